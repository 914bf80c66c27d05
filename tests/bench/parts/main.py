"""tests/bench/run NAME."""
import argparse
import signal
import sys

from lab.parts.process import LabError

from . import fleet, table, transaction


def parse(argv):
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("name", choices=("transaction",))
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--only", action="append", choices=tuple(transaction.PARTS), metavar="ROW")
    parser.add_argument("--rounds", type=int, default=40, metavar="N")
    return parser.parse_args(argv)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was begun is cleaned up
    options = parse(sys.argv[1:])
    fleet.place()
    try:
        extent = transaction.SMOKE if options.smoke else transaction.Extent(rounds=options.rounds)
        rows, phases = transaction.measure(options.only or list(transaction.PARTS), extent)
    except LabError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(table.as_json(rows, phases) if options.json else table.text(rows, phases))
    return 0


if __name__ == "__main__":
    sys.exit(main())
