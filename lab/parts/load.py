"""Clients: wrk with slow requests, curl with downloads that last, and the proof that not one of them was failed."""
import re
import signal
import subprocess

from .process import LabError


class Load:
    """wrk against one appliance's virtual server of a pool, from the client host, until `stop`."""

    def __init__(self, lab, appliance, connections, page="slow", seconds=600, pool="web"):
        self.appliance, self.connections = appliance, connections
        self.child = lab.popen("client", ["wrk", "-t", "1", "-c", connections, "-d", f"{seconds}s", "--timeout", "30s",
                                          appliance.virtuals[pool] + page], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def stop(self):
        """Ends it and gives {"requests", "failed"}: failed are all that were not answered with 2xx or 3xx."""
        self.child.send_signal(signal.SIGINT)
        try:
            text, _ = self.child.communicate(timeout=60)
        except subprocess.TimeoutExpired:
            self.child.kill()
            raise LabError("wrk does not end") from None
        done = re.search(r"(\d+) requests in", text)
        if not done:
            raise LabError(f"wrk did not report: {text.strip()[-300:]}")
        errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
        refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
        failed = sum(map(int, errors.groups())) if errors else 0
        return {"requests": int(done.group(1)), "failed": failed + (int(refused.group(1)) if refused else 0)}

    def kill(self):
        if self.child.poll() is None:
            self.child.kill()
            self.child.communicate()


class Loads:
    """One Load an appliance; stops what is left when the story ends early."""

    def __init__(self, lab):
        self.lab, self.running, self.requests, self.failed = lab, [], 0, 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for load in self.running:
            load.kill()

    def add(self, total, appliances=None, page="slow", pool="web"):
        """`total` connections more, spread evenly over the appliances."""
        appliances = appliances or self.lab.appliances
        self.running += [Load(self.lab, a, total // len(appliances), page, pool=pool) for a in appliances]

    def stop(self, keep=0):
        """Ends all but the first `keep` of them; gives requests and failures of all that ended so far."""
        for load in self.running[keep:]:
            result = load.stop()
            self.requests += result["requests"]
            self.failed += result["failed"]
        self.running = self.running[:keep]
        return self.requests, self.failed


class Streams:
    """`count` downloads by one appliance, each of a connection of its own, which last until `stop`: one curl."""

    def __init__(self, lab, appliance, count):
        self.lab, self.appliance, self.count, self.child = lab, appliance, count, None

    def start(self):
        self.child = self.lab.popen("client", ["curl", "-s", "-S", "--no-progress-meter", "--parallel", "--parallel-immediate", "--parallel-max", self.count,
                                               "-o", "/dev/null", f"{self.appliance.virtual}stream?[1-{self.count}]"],
                                    stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def stop(self):
        """Ends them; raises when one has ended by itself."""
        self.child.terminate()
        _, said = self.child.communicate(timeout=60)
        if said or self.child.returncode != -signal.SIGTERM:
            raise LabError(f"downloads by {self.appliance.name} broke off: {said.strip()[-300:] or self.child.returncode}")

    def kill(self):
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.communicate()
