"""tests/bench/run NAME."""
import argparse
import signal
import sys

from lab.parts.process import LabError

from . import controller, fleet, northbound, policy, snmp, table, transaction


def parse(argv):
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("name", choices=("transaction", "northbound", "snmp", "controller", "policy"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--only", action="append", metavar="ROW")
    parser.add_argument("--rounds", type=int, metavar="N")
    options = parser.parse_args(argv)
    parts = {"transaction": transaction.PARTS, "snmp": snmp.PARTS, "policy": policy.LOADS}.get(options.name, ())
    for only in options.only or ():
        if only not in parts:
            parser.error(f"{options.name} has no such part: {only}; it has: {', '.join(parts) or 'none'}")
    return options


def taken(options):
    """Rows and phases of the benchmark that was asked for."""
    if options.name == "northbound":
        return northbound.measure(northbound.smoke() if options.smoke else northbound.Amount(rounds=options.rounds or 20))
    if options.name == "snmp":
        extent = snmp.SMOKE if options.smoke else snmp.Extent(rounds=options.rounds or 5)
        return snmp.measure(options.only or list(snmp.PARTS), extent)
    if options.name == "controller":
        return controller.measure(controller.SMOKE if options.smoke else controller.Extent(rounds=options.rounds or 5))
    if options.name == "policy":
        return policy.measure(options.only or (policy.SMOKE if options.smoke else policy.LOADS))
    extent = transaction.SMOKE if options.smoke else transaction.Extent(rounds=options.rounds or 40)
    return transaction.measure(options.only or list(transaction.PARTS), extent)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was begun is cleaned up
    options = parse(sys.argv[1:])
    fleet.place()
    try:
        rows, phases = taken(options)
    except LabError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(table.as_json(rows, phases) if options.json else table.text(rows, phases))
    return 0


if __name__ == "__main__":
    sys.exit(main())
