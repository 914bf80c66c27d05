"""What lab/up, lab/down, lab/restart, lab/scenario and lab/demo do."""
import argparse
import importlib.util
import signal
import sys

from .lab import Lab, TREE
from .process import LabError
from .protected import IN_WORDS, WISHES
from .tell import Teller

SCENARIOS = TREE / "lab/scenarios"


def stories():
    return sorted(p.stem for p in SCENARIOS.glob("*.py"))


def load_story(name):
    if name not in stories():
        raise LabError(f"no scenario '{name}'; there are {', '.join(stories())}")
    spec = importlib.util.spec_from_file_location(name.replace("-", "_"), SCENARIOS / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def up(options, say):
    people = (options.servers, options.f5, options.citrix, options.pairs, options.agents)
    Lab.check_free(*people)
    try:
        lab = Lab.create(options.topology, *people)
        lab.up(say)
    except BaseException:
        Lab.down()
        raise
    return lab


def tell(name, lab):
    teller = Teller()
    story = load_story(name)
    teller.chapter(story.__doc__.splitlines()[0])
    teller.watch(lab.manager)
    try:
        story.tell(lab, teller)
    finally:
        teller.stop_watching()
    teller.say(f"{name}: {sum(1 for p in teller.proofs if p[1])} of {len(teller.proofs)} proofs hold")


def demo(options):
    from .demo import tell_demo  # only here: the other commands do not need it
    teller = Teller()
    teller.chapter("a lab: real nginx, snmpd, HAProxy and NETCONF")
    lab = up(options, teller.say)
    try:
        tell_demo(lab, teller)
    finally:
        teller.stop_watching()
        if options.keep:
            print(f"\nthe lab is still running: {lab.run_dir}/endpoints.json; lab/down ends it")
        else:
            Lab.down()


def new_server(wish):
    lab = Lab.attach()
    server = lab.add_server(wish)
    print(f"{server.name} runs: {server.http}, which wants {IN_WORDS[wish]} (at /health); snmpd at {server.snmp}")
    print(f"its folder:  {server.dir}")
    print("Headgate knows nothing of it, and there is no headgate-agent yet. Its file would be:\n")
    print(server.agent_file().rstrip())


def parse(argv):
    parser = argparse.ArgumentParser(prog="lab")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("up", "demo"):
        p = commands.add_parser(name, prog=f"lab/{name}")
        p.add_argument("--topology", choices=("loopback", "netns"), default="loopback")
        p.add_argument("--servers", type=int, default=4, metavar="N", help="real servers (4)")
        p.add_argument("--agents", type=int, default=2 if name == "demo" else 0, metavar="N",
                       help="real servers more, with headgate-agent, that want to be authenticated: the first a password, the "
                            "second TLS, the third a client certificate, the fourth a token, and so on "
                            f"({2 if name == 'demo' else 0})")
        p.add_argument("--f5", type=int, metavar="N", help="F5-style appliances (1; with --pairs 2)")
        p.add_argument("--citrix", type=int, metavar="N", help="Citrix-style appliances (1; with --pairs 2)")
        p.set_defaults(pairs=False)
        if name == "up":
            p.add_argument("--pairs", action="store_true", help="each two of a family are a high-availability pair")
        if name == "demo":
            p.add_argument("--keep", action="store_true", help="leave the lab running")
    commands.add_parser("down", prog="lab/down")
    commands.add_parser("restart", prog="lab/restart").add_argument("name")
    server = commands.add_parser("server", prog="lab/server")
    server.add_argument("wish", metavar="WANTS", choices=tuple(WISHES), help=", ".join(WISHES))
    commands.add_parser("scenario", prog="lab/scenario").add_argument("name", nargs="?")
    options = parser.parse_args(argv)
    if options.command in ("up", "demo"):
        for family in ("f5", "citrix"):
            if getattr(options, family) is None:
                setattr(options, family, 2 if options.pairs else 1)
    return options


def run(options):
    if options.command == "up":
        lab = up(options, print)
        print("lab ready")
        print(f"endpoints: {lab.run_dir}/endpoints.json")
        print(f"try:       {' '.join(lab.manager.command('status'))}")
    elif options.command == "down":
        print("lab ended" if Lab.down() else "no lab was running")
    elif options.command == "restart":
        Lab.attach().restart(options.name)
        print(f"{options.name} restarted")
    elif options.command == "server":
        new_server(options.wish)
    elif options.command == "scenario":
        if options.name:
            tell(options.name, Lab.attach())
        else:
            for name in stories():
                print(f"{name:16} {load_story(name).__doc__.splitlines()[0]}")
    else:
        demo(options)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was begun is cleaned up
    try:
        run(parse(sys.argv[1:]))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lab: interrupted", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
