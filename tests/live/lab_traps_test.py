#!/usr/bin/python3 -B
"""What an appliance tells by SNMP alone: one that has no NETCONF notifications (RFC 5277 is optional) says by a trap or an
inform that its configuration was changed, and is checked for drift because of it.

  lab_traps_test.py [PART OF A CASE'S NAME]
"""
import sys

from appliance_parts import Citrix, edit
from lab_house import lab_up, named, spare, tell_stories
from ncclient import manager as ncclient

from lab.parts.appliance import NETCONF_PORT
from lab.parts.process import wait_for
from lab.parts.server import HTTP_PORT


class Member:
    """As Citrix's edits want one."""
    port = HTTP_PORT

    def __init__(self, server):
        self.address = server.address


def operator(lab, appliance):
    return ncclient.connect(host=appliance.address, port=NETCONF_PORT, username="headgate", key_filename=str(lab.private_key),
                            hostkey_verify=False, look_for_keys=False, allow_agent=False)


# -- the cases


def a_change_that_only_a_trap_tells_of_is_found(lab, teller):
    [appliance] = lab.appliances
    server = spare(lab)
    since = teller.now()
    lab.kill(appliance.name)
    teller.until("its loss", lambda e: e["kind"] == "appliance-lost", since, 60)
    appliance.options = ("--without", "notification")
    lab.restart(appliance.name)
    lab.manager.wait()
    wait_for("the check of then", lambda: lab.manager.do("check")[0] == 0)
    with operator(lab, appliance) as session:
        offered = [c for c in session.server_capabilities if ":capability:notification:" in c]
        teller.prove(f"{appliance.name} tells nothing by NETCONF", not offered, "by its hello")
        since = teller.now()
        edit(session, Citrix().add(Member(server)))
        session.commit()
        drift = teller.until("the drift", lambda e: e["kind"] == "drift", since, 30)
        teller.prove("it is checked because of its inform: the member that an operator added is found",
                     server.address in drift["text"] and drift["severity"] == "alarm", drift["text"])
        since = teller.now()
        edit(session, Citrix().remove(Member(server)))
        session.commit()
        clear = teller.until("the end of the alarm", lambda e: e["kind"] == "drift" and e["severity"] == "clear", since, 30)
        teller.prove("it is found too that it was taken away again", True, clear["text"])


CASES = named([a_change_that_only_a_trap_tells_of_is_found])


def main():
    with lab_up(servers=3, f5=0, citrix=1) as lab:
        return tell_stories(lab, CASES, *sys.argv[1:2])


if __name__ == "__main__":
    sys.exit(main())
