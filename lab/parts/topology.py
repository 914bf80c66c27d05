"""Where the hosts of a lab are: addresses of the loopback network, or namespaces behind a bridge."""
import fcntl
import os
import pathlib
import subprocess

from .process import LabError, start_time, wait_for

HOSTS = {"manager": 1, "nms": 9, "client": 10}  # appliances from 21, servers from 101


def locks_folder():
    return pathlib.Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp") / f"headgate-lab-{os.getuid()}"


def remove_locks():
    """Those that nobody holds any more, and the folder with the last one."""
    for file in locks_folder().glob("*"):
        with open(file, "rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                file.unlink(missing_ok=True)
            except BlockingIOError:
                pass
    try:
        locks_folder().rmdir()
    except OSError:
        pass  # another lab's lock is in it, or there is none


class Loopback:
    """127.77.N.x: no privileges, everything in reach of curl. N is this lab's own: a lock file says so, held by
    every process of the lab, so that labs beside each other do not meet."""
    kind = "loopback"

    def __init__(self, network=None):
        self.network = network
        self.lock = None

    def build(self, _processes, _log):
        locks_folder().mkdir(mode=0o700, exist_ok=True)
        for number in range(100):
            lock = os.open(locks_folder() / str(number), os.O_CREAT | os.O_RDWR, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                continue
            if self._free(number):
                os.set_inheritable(lock, True)
                self.lock, self.network = lock, f"127.77.{number}"
                return
            os.close(lock)
        raise LabError("a hundred labs run here already: end one with lab/down")

    @staticmethod
    def _free(number):
        """Nobody of another user's has a socket on it either."""
        local = f"{number:02X}4D7F:"
        time_wait = "06"  # the echo of a lab that has ended
        return not any((f := line.split())[1][2:].startswith(local) and f[3] != time_wait for table in ("tcp", "udp")
                       for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:])

    def address(self, number):
        return f"{self.network}.{number}"

    def add_host(self, *_):
        pass

    def remove_host(self, _host):
        pass

    def wrap(self, _host, argv):
        return argv

    def keep_open(self):
        return (self.lock,) if self.lock is not None else ()

    def state(self):
        return {"kind": self.kind, "network": self.network}


class Netns:
    """A bridge in a namespace of its own, and a namespace a host; as root, or as a plain user in a user namespace."""
    kind = "netns"

    def __init__(self, holders=None, rootless=None):
        self.holders = holders or {}
        self.rootless = os.getuid() != 0 if rootless is None else rootless
        self.processes = self.log = None

    def build(self, processes, log):
        self.processes, self.log = processes, log
        self._hold("wire", ["unshare", "-Urn"] if self.rootless else ["unshare", "-n"])
        self._ip("wire", "link", "add", "hg-bridge", "type", "bridge")
        self._ip("wire", "link", "set", "hg-bridge", "up")

    def add_host(self, host, number):
        self._hold(host, self._enter("wire") + ["unshare", "-n"])
        cable = f"hg{number}"
        self._ip("wire", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", str(self.holders[host]))
        self._ip("wire", "link", "set", cable, "master", "hg-bridge", "up")
        self._ip(host, "link", "set", "lo", "up")
        self._ip(host, "addr", "add", f"{self.address(number)}/24", "dev", "eth0")
        self._ip(host, "link", "set", "eth0", "up")

    def remove_host(self, host):
        """Nobody lives there any more: its end of the cable goes with the namespace."""
        self.processes.stop(f"ns-{host}")
        self.holders.pop(host, None)

    def address(self, number):
        return f"10.77.0.{number}"

    def wrap(self, host, argv):
        return self._enter(host) + [str(a) for a in argv]

    def keep_open(self):
        return ()

    def state(self):
        return {"kind": self.kind, "holders": self.holders, "rootless": self.rootless}

    def _hold(self, host, prefix):
        """A process that does nothing but keep a namespace alive: it ends, and the namespace with it."""
        before = os.readlink("/proc/self/ns/net") if host == "wire" else os.readlink(f"/proc/{self.holders['wire']}/ns/net")
        pid = self.processes.start(f"ns-{host}", prefix + ["sleep", "infinity"], self.log)
        self.holders[host] = pid

        def inside():
            if start_time(pid) is None:
                raise LabError(f"no namespace for {host}: unshare failed; see {self.log}. Try --topology loopback.")
            return os.readlink(f"/proc/{pid}/ns/net") != before and \
                pathlib.Path(f"/proc/{pid}/comm").read_text().strip() == "sleep"

        wait_for(f"the namespace of {host}", inside)

    def _enter(self, host):
        pid = self.holders[host]
        user = [f"--user=/proc/{self.holders['wire']}/ns/user", "--preserve-credentials"] if self.rootless else []
        return ["nsenter", *user, f"--net=/proc/{pid}/ns/net", "--"]

    def _ip(self, host, *words):
        done = subprocess.run(self._enter(host) + ["ip", *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise LabError(f"ip {' '.join(words)} in {host}: {done.stderr.strip()}")


def restore(state, processes, log):
    if state["kind"] == "loopback":
        return Loopback(state["network"])
    built = Netns(state["holders"], state["rootless"])
    built.processes, built.log = processes, log
    return built
