"""tests/bench/run NAME."""
import argparse
import signal
import sys

from lab.parts.process import LabError

from . import fleet, northbound, table, transaction


def parse(argv):
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("name", choices=("transaction", "northbound"))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--only", action="append", choices=tuple(transaction.PARTS), metavar="ROW")
    parser.add_argument("--rounds", type=int, metavar="N")
    options = parser.parse_args(argv)
    if options.only and options.name != "transaction":
        parser.error("--only is for transaction")
    return options


def taken(options):
    """Rows and phases of the benchmark that was asked for."""
    if options.name == "northbound":
        return northbound.measure(northbound.smoke() if options.smoke else northbound.Amount(rounds=options.rounds or 20))
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
