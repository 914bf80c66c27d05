"""netconfd (Yuma123) behind sshd: a NETCONF server that no one here wrote, with the F5-style model, without a data plane.

Both run as whoever starts them, on a port and in a folder of their own, and are ended by their own ids. The user to log
in as is therefore that one, see `user`."""
import getpass
import os
import pathlib
import shlex
import signal
import socket
import subprocess
import sys

from .ports import free_port
from .process import LabError, Processes, tail, wait_for

TREE = pathlib.Path(__file__).resolve().parents[2]
MODULE = TREE / "yang/appliances/adc-f5-ltm.yang"
NETCONFD, SUBSYSTEM, SSHD = "/usr/sbin/netconfd", "/usr/sbin/netconf-subsystem", "/usr/sbin/sshd"
BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"

SSHD_CONFIG = """\
Port {port}
ListenAddress {address}
HostKey {folder}/host_key
AuthorizedKeysFile {public_key}
PidFile none
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
MaxStartups 100
Subsystem netconf "{subsystem} --ncxserver-sockname={port}@{socket}"
"""


def available():
    return all(os.access(program, os.X_OK) for program in (NETCONFD, SUBSYSTEM, SSHD))


class Netconfd:
    def __init__(self, folder, name="netconfd", address="127.0.0.1", port=None, target="candidate", processes=None):
        """`target`: candidate, or running for a server that has no candidate."""
        self.folder = pathlib.Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name, self.address, self.target = name, address, target
        self.port = port or free_port(address)
        self.user = getpass.getuser()
        self.socket = self.folder / "ncx.sock"
        self.processes = processes or Processes(self.folder / "processes")

    def prepare(self, content, public_key):
        """`content`: what is inside <config> at the first start; `public_key`: of who may log in."""
        self.public_key = pathlib.Path(public_key).resolve()
        if not (self.folder / "host_key").exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", self.name, "-f",
                            self.folder / "host_key"], check=True)
        (self.folder / "startup.xml").write_text(f'<config xmlns="{BASE}">\n{content}</config>\n')
        (self.folder / "sshd_config").write_text(SSHD_CONFIG.format(
            port=self.port, address=self.address, folder=self.folder, public_key=self.public_key,
            subsystem=SUBSYSTEM, socket=self.socket))

    def known_host(self):
        """The line of a known-hosts file."""
        kind, key = (self.folder / "host_key.pub").read_text().split()[:2]
        return f"[{self.address}]:{self.port} {kind} {key}\n"

    def start(self):
        self.start_sshd()
        self.start_netconfd()

    def start_sshd(self):
        command = [SSHD, "-D", "-e", "-f", str(self.folder / "sshd_config")]
        if os.getuid() == 0 and not os.path.isdir("/run/sshd"):
            # As root it insists on a directory that Debian's own service makes; ours sees one that nobody else does.
            words = f"mount -t tmpfs none /run && mkdir -m 755 /run/sshd && exec {shlex.join(command)}"
            command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", words]
        self.processes.start(f"{self.name}-sshd", command, self.folder / "sshd.log")

    def start_netconfd(self):
        # A netconfd that was killed leaves its socket behind, and a new one will not start beside it.
        self.socket.unlink(missing_ok=True)
        self.processes.start(self.name, [
            NETCONFD, f"--module={MODULE}", f"--startup={self.folder / 'startup.xml'}", f"--target={self.target}",
            f"--ncxserver-sockname={self.socket}", f"--port={self.port}", "--with-startup=true",
            "--access-control=off", f"--superuser={self.user}", f"--log={self.folder / 'log'}", "--log-append",
            "--log-level=info"], self.folder / "out", env={"HOME": str(self.folder)}, cwd=self.folder)

    def wait(self):
        def listens():
            for part in (self.name, f"{self.name}-sshd"):
                self.processes.check(part)
            try:
                with socket.create_connection((self.address, self.port), timeout=5) as peer:
                    greeting = peer.recv(4)
            except OSError:
                return False
            return greeting == b"SSH-" and self.socket.exists()
        try:
            wait_for(f"{self.name} at {self.address}:{self.port}", listens)
        except LabError as error:
            raise LabError(f"{error}\n{tail(self.folder / 'log')}\n{tail(self.folder / 'sshd.log')}") from error

    def kill(self):
        """netconfd alone, hard: its sessions end, its socket stays. sshd goes on."""
        self.processes.stop(self.name, how=signal.SIGKILL)

    def pid(self):
        return self.processes.record(self.name)["pid"]

    def stop(self):
        for part in (self.name, f"{self.name}-sshd"):
            self.processes.stop(part)

    def pause(self, on):
        os.kill(self.pid(), signal.SIGSTOP if on else signal.SIGCONT)


def main(folder, public_key, content, target="candidate"):
    """Serves a test that is not Python: says PORT USER, then obeys kill, start, stop and go, each answered with done,
    until its input ends."""
    server = Netconfd(folder, target=target)
    server.prepare(pathlib.Path(content).read_text(), public_key)
    (server.folder / "known_hosts").write_text(server.known_host())
    obey = {"kill": server.kill, "start": lambda: (server.start_netconfd(), server.wait()),
            "stop": lambda: server.pause(True), "go": lambda: server.pause(False)}
    try:
        server.start()
        server.wait()
        print(server.port, server.user, flush=True)
        for line in sys.stdin:
            obey[line.strip()]()
            print("done", flush=True)
    finally:
        server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
