"""What the probe (probe.cpp) saw of headgated: RPCs with their answers, and durable writes, in seconds of the
monotonic clock, which is that of every process here."""
import dataclasses
import re

# What a read between transactions, a heartbeat or a subscription says is no part of one.
ENVELOPE = re.compile(r'<rpc [^>]*message-id="(\d+)"[^>]*>(.*)</rpc>', re.S)


@dataclasses.dataclass
class Rpc:
    sent: float
    channel: str
    operation: str  # the content of <rpc>
    answered: float | None = None


class Seen:
    def __init__(self, file):
        self.rpcs, self.syncs, self.datagrams, self.sent = [], [], [], []
        self.offset = 0.0  # from the daemon's wall clock to the monotonic one
        waiting = {}
        for line in file.read_text().splitlines():
            word, rest = line.split(" ", 1)
            if word == "anchor":
                real, monotonic = map(int, rest.split())
                self.offset = (monotonic - real) / 1e6
            elif word == "sync":
                begin, end = map(int, rest.split())
                self.syncs.append((begin / 1e6, end / 1e6))
            elif word in ("datagram", "sent"):
                at, socket = rest.split()
                (self.sent if word == "sent" else self.datagrams).append((int(at) / 1e6, socket))
            elif word == "rpc":
                at, channel, text = rest.split(" ", 2)
                found = ENVELOPE.search(re.sub(r"\\(.)", lambda m: {"n": "\n"}.get(m[1], m[1]), text))
                if found:
                    waiting[channel] = Rpc(int(at) / 1e6, channel, found[2])
                    self.rpcs.append(waiting[channel])
            elif word == "reply":
                at, channel, complete = rest.split()
                if complete == "1" and channel in waiting:
                    waiting.pop(channel).answered = int(at) / 1e6

    def monotonic(self, wall):
        """Of a time of the daemon's (seconds since the epoch)."""
        return wall + self.offset

    def rpcs_in(self, begin, end):
        return [r for r in self.rpcs if begin <= r.sent <= end]

    def syncs_in(self, begin, end):
        return [s for s in self.syncs if begin <= s[0] <= end]


def covered(spans, begin, end):
    """How much of begin to end the spans cover together."""
    total, reached = 0.0, begin
    for left, right in sorted(spans):
        left, right = max(left, reached), min(right, end)
        if right > left:
            total += right - left
            reached = right
    return total
