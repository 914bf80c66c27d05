#!/usr/bin/python3
"""What the lab asks an appliance behind Headgate's back, with ncclient, a client no one here wrote.

  netconf_client.py HOST PORT USER KEY running                               the configuration, as it came
  netconf_client.py HOST PORT USER KEY startup                               the one that it would start with
  netconf_client.py HOST PORT USER KEY fault OPERATION EFFECT COUNT MESSAGE  RPC inject-fault
  netconf_client.py HOST PORT USER KEY clear-faults
  netconf_client.py HOST PORT USER KEY ha-state active|standby               RPC set-ha-state
  netconf_client.py HOST PORT USER KEY try-locks                             locks and unlocks both datastores
  netconf_client.py HOST PORT USER KEY hold-lock                             prints `locked`, holds it until ended
  netconf_client.py HOST PORT USER KEY alarms                                of Headgate: RFC 8632's alarm-list, in JSON
"""
import json
import signal
import sys
from xml.sax.saxutils import escape

from ncclient import manager
from ncclient.xml_ import to_ele

FAULT = "urn:headgate:yang:lab-fault"
ALARMS = "urn:ietf:params:xml:ns:yang:ietf-alarms"


def running(session):
    sys.stdout.write(session.get_config("running").data_xml)


def startup(session):
    sys.stdout.write(session.get_config("startup").data_xml)


def fault(session, operation, effect, count, message):
    words = f"<message>{escape(message)}</message>" if message else ""
    session.dispatch(to_ele(f'<inject-fault xmlns="{FAULT}"><operation>{operation}</operation><effect>{effect}</effect>'
                            f"<count>{count}</count>{words}</inject-fault>"))


def clear_faults(session):
    session.dispatch(to_ele(f'<clear-faults xmlns="{FAULT}"/>'))


def ha_state(session, state):
    session.dispatch(to_ele(f'<set-ha-state xmlns="{FAULT}"><state>{state}</state></set-ha-state>'))


def try_locks(session):
    with session.locked("candidate"), session.locked("running"):
        pass


def alarms(session):
    data = session.get(filter=("subtree", f'<alarms xmlns="{ALARMS}"><alarm-list/></alarms>')).data_ele
    print(json.dumps([{leaf.tag.rpartition("}")[2]: leaf.text for leaf in alarm} for alarm in data.iter(f"{{{ALARMS}}}alarm")]))


def hold_lock(session):
    with session.locked("candidate"):
        print("locked", flush=True)
        signal.sigwait([signal.SIGTERM, signal.SIGINT])


VERBS = {"running": running, "startup": startup, "fault": fault, "clear-faults": clear_faults, "ha-state": ha_state,
         "try-locks": try_locks, "hold-lock": hold_lock, "alarms": alarms}


def main(host, port, user, key, verb, *words):
    if verb == "hold-lock":
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGINT])
    # The lab made these keys a moment ago on this machine; Headgate's own client does check the host key.
    with manager.connect_ssh(host=host, port=int(port), username=user, key_filename=key, hostkey_verify=False,
                             allow_agent=False, look_for_keys=False, timeout=30) as session:
        VERBS[verb](session, *words)


if __name__ == "__main__":
    if len(sys.argv) < 6 or sys.argv[5] not in VERBS:
        sys.exit(__doc__)
    main(*sys.argv[1:])
