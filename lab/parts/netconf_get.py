#!/usr/bin/python3
"""What the lab asks an appliance behind Headgate's back, with ncclient, a client no one here wrote.

  netconf_get.py HOST PORT USER KEY KNOWN_HOSTS                               running, as it came
  netconf_get.py HOST PORT USER KEY KNOWN_HOSTS --fault OPERATION EFFECT COUNT MESSAGE
"""
import sys
from xml.sax.saxutils import escape

from ncclient import manager
from ncclient.xml_ import to_ele


def main(host, port, user, key, _known_hosts, *fault):
    # ncclient checks known_hosts only in the user's home; the lab made these keys a moment ago on this machine.
    with manager.connect_ssh(host=host, port=int(port), username=user, key_filename=key, hostkey_verify=False,
                             allow_agent=False, look_for_keys=False, timeout=15) as session:
        if not fault:
            sys.stdout.write(session.get_config("running").data_xml)
            return
        _, operation, effect, count, message = fault
        text = f"<message>{escape(message)}</message>" if message else ""
        session.dispatch(to_ele(f'<inject-fault xmlns="urn:headgate:yang:lab-fault"><operation>{operation}</operation>'
                                f"<effect>{effect}</effect><count>{count}</count>{text}</inject-fault>"))


if __name__ == "__main__":
    if len(sys.argv) < 6:
        sys.exit(__doc__)
    main(*sys.argv[1:])
