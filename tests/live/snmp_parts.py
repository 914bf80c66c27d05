"""Net-SNMP's tools as an SNMP manager: they ask, and snmptrapd hears."""
import os
import pathlib
import socket
import subprocess
import sys
import tempfile

from patience import PATIENCE, wait_for

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from lab.parts.ports import free_port  # noqa: E402  (the tree is known from here on)

COMMUNITY, USER, AUTH, PRIV = "test-word", "ape", "authentic-words", "private-words"


class Traps:
    """A snmptrapd in its own folder; what it hears, a line each: every varbind as "OID = TYPE: VALUE", with `form` (of
    snmptrapd's -F) before them."""

    def __init__(self, address="127.0.0.1", form=""):
        self.folder = tempfile.TemporaryDirectory(prefix="hgt-")
        self.dir = pathlib.Path(self.folder.name)
        self.address = f"{address}:{free_port(address, socket.SOCK_DGRAM)}"
        self.form = form
        self.start()

    def configuration(self):
        return f"authCommunity log {COMMUNITY}\ncreateUser {USER} SHA-256 {AUTH} AES {PRIV}\nauthUser log {USER} priv\n"

    def start(self):
        # Each time: what snmptrapd keeps when it ends takes its place.
        (self.dir / "snmptrapd.conf").write_text(self.configuration())
        self.process = subprocess.Popen(
            ["/usr/sbin/snmptrapd", "-f", "-C", "-c", self.dir / "snmptrapd.conf", "-On", "-Oe", "-Lf", self.dir / "heard",
             "-F", self.form + "%V|%v\n", "-p", self.dir / "pid", self.address],
            env={**os.environ, "MIBS": "", "SNMP_PERSISTENT_DIR": str(self.dir)}, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        port = f":{int(self.address.split(':')[1]):04X} "
        wait_for("snmptrapd", lambda: port in pathlib.Path("/proc/net/udp").read_text())

    def heard(self, trap=""):
        """Those of this snmpTrapOID."""
        lines = (self.dir / "heard").read_text().splitlines() if (self.dir / "heard").exists() else []
        return [line for line in lines if f".1.3.6.1.6.3.1.1.4.1.0 = OID: {trap}" in line]

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE)

    def close(self):
        self.stop()
        self.folder.cleanup()


def snmp_secrets(folder):
    """A community's and a user's file, as --snmp-community and --snmp-user take them."""
    for name, text in (("community", COMMUNITY + "\n"), ("usm", f"auth={AUTH}\npriv={PRIV}\n")):
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(text)
    return folder / "community", folder / "usm"


def ask_snmp(tool, address, *names, version="2c", community=COMMUNITY, words=()):
    """snmpget, snmpwalk, … : its values by OID, as "TYPE: VALUE"."""
    how = ["-v2c", "-c", community] if version == "2c" else \
        ["-v3", "-u", USER, "-l", "authPriv", "-a", "SHA-256", "-A", AUTH, "-x", "AES", "-X", PRIV]
    done = subprocess.run([tool, *how, "-t", "2", "-r", "2", "-On", "-Oe", *words, address, *names], capture_output=True,
                          text=True, check=False, timeout=60, env={**os.environ, "MIBS": ""})
    if done.returncode:
        raise AssertionError(f"{tool} {names}: {done.stderr}{done.stdout}")
    return dict(line.split(" = ", 1) for line in done.stdout.splitlines() if " = " in line)
