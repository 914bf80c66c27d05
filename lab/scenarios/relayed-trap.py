"""An NMS relays a trap: it is attributed to the server that it names, and is a hint, never a fact."""
from lab.parts.story import members

ENTERPRISE = ".1.3.6.1.6.3.1.1.5.3"  # linkDown: any trap will do, a hint is a hint
TRAP_ADDRESS = ".1.3.6.1.6.3.18.1.3.0"


def tell(lab, teller):
    server = lab.servers[1]
    before = members(lab)
    since = teller.now()
    teller.say(f"the NMS relays a trap of {server.name}")
    folder = lab.folder("nms")
    (folder / "snmp.conf").touch(mode=0o600)
    (folder / "snmp.conf").write_text(f"defVersion 2c\ndefCommunity {lab.secrets['community']}\n")
    source = lab.topology.address(9)
    done = lab.run("nms", ["snmptrap", "--clientaddr=" + source, lab.notifications, "", ENTERPRISE, TRAP_ADDRESS, "a", server.address],
                   env={"SNMPCONFPATH": str(folder), "MIBS": "", "SNMP_PERSISTENT_DIR": str(folder)})
    teller.prove("the NMS could send it", done.returncode == 0, done.stderr.strip() or f"from {source}")
    seen = teller.until("the event", lambda e: e["kind"] == "notification" and e.get("server") == server.name, since, 15)
    teller.prove("it is attributed to the server that it names", True, seen["text"])
    teller.prove("it is a hint: the server was asked, nothing else happened", "hint" in seen["text"] and members(lab) == before,
                 ", ".join(before))
