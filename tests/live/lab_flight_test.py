#!/usr/bin/python3 -B
"""The flight record of a real headgated: a pool grows and shrinks by itself, is changed by an operator, a change is refused; then the
record, copied, is flown again: every decision is as it was, the same twice; with another policy other ones are told. Nothing
secret is in it, and its reader survives what is cut or damaged.

  lab_flight_test.py [PART OF A CASE'S NAME]
"""
import json
import shutil
import subprocess
import sys

from lab_house import lab_up, named, tell_stories

from lab.parts import story
from lab.parts.main import load_story
from lab.parts.process import wait_for

REFUSED = 1


def replay(lab, *words):
    made = subprocess.run([*lab.manager.command("replay", *map(str, words))], capture_output=True, text=True, timeout=120, check=False)
    return made.returncode, made.stdout, made.stderr


def copy_of(lab):
    """The record as it is now, as an operator sends it to a colleague."""
    folder = lab.run_dir / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(lab.manager.dir / "state/flight", folder)
    return folder


def policy(lab, **leaves):
    file = lab.run_dir / "policy.json"
    file.write_text(json.dumps({"headgate:headgate": {"pool": [{"name": "web", "policy": leaves}]}}))
    return file


def it_is_flown_again_as_it_was(lab, teller):
    lab.manager.do("resume", "web")
    load_story("grow").tell(lab, teller)
    load_story("shrink").tell(lab, teller)
    lab.manager.do("plan", "web")
    lab.manager.do("hold", "web")
    extra = story.candidate(lab)
    code, said = lab.manager.do("allocate", "web", extra.name)
    teller.prove("an operator adds one by hand", code == 0, said)
    done = [t for t in lab.manager.ask("transactions") if t["outcome"] == "committed"]
    number = max(int(t["id"]) for t in done)

    def flown():
        code, said, _ = replay(lab, copy_of(lab), "--json")
        told = json.loads(said)
        ended = [c for c in told["recorded"]["change"] if c["outcome"] == "committed"]
        return (code, told) if len(ended) >= len(done) else None
    code, told = wait_for("the record to be on the disk", flown, 20)
    teller.prove("every decision is as it was", code == 0 and told["mismatches"] == 0 and told["decisions"] > 20,
                 f"{told['decisions']} decisions, {told['samples']} samples, {json.dumps(told['mismatch'][:3])}")
    teller.prove("each change is in it", sorted(c["server"] for c in told["recorded"]["change"] if c["outcome"] == "committed")
                 == sorted(t["server"] for t in done), json.dumps(told["recorded"]["change"]))
    folder = copy_of(lab)
    first, again = replay(lab, folder), replay(lab, folder)
    teller.prove("the same record gives the same bytes", first == again and first[0] == 0, first[1])
    explained = lab.manager.show("explain", "web")
    teller.prove("the pool is explained", "What its members say" in explained and f"Transaction {number}" in explained, explained)
    explained = lab.manager.show("explain", str(number))
    teller.prove("the transaction is explained", f"add {extra.name} to web" in explained and "It was done" in explained, explained)


def another_policy_is_flown_too(lab, teller):
    folder = copy_of(lab)
    file = policy(lab, upper=1000, lower=1)
    first, again = (replay(lab, folder, "--policy", file) for _ in range(2))
    teller.prove("the same record and policy give the same bytes", first == again and first[0] == 0, first[1] + first[2])
    told = json.loads(replay(lab, folder, "--policy", file, "--json")[1])
    was, would = (told[key]["pool"][0]["changes"] for key in ("recorded", "with-policy"))
    teller.prove("a calmer policy changes less", would < was, f"{would} instead of {was}")
    code, _, said = replay(lab, folder, "--policy", policy(lab, upper=200, lower=300))
    teller.prove("levels that are no policy are refused", code == REFUSED and "lower level must be less" in said, said)


def nothing_secret_is_in_it(lab, teller):
    files = sorted((lab.manager.dir / "state/flight").glob("*.flight"))
    teller.prove("only its owner reads it", all(file.stat().st_mode & 0o777 == 0o600 for file in files), str(files))
    octets = b"".join(file.read_bytes() for file in files)
    secrets = [lab.secrets[name].encode() for name in ("community", "auth", "priv")]
    teller.prove("no secret is in it", octets and not any(word in octets for word in (*secrets, b"sealed:", b"secret-file", b"PRIVATE")),
                 f"{len(octets)} octets")
    samples = json.loads(replay(lab, copy_of(lab), "--json")[1])["samples"]
    teller.say(f"{len(octets)} octets of {samples} samples, with all else: {len(octets) / max(samples, 1):.1f} a sample")


def what_is_cut_or_damaged_is_told(lab, teller):
    folder = copy_of(lab)
    file = sorted(folder.glob("*.flight"))[-1]
    octets = file.read_bytes()
    file.write_bytes(octets[:-5])
    code, _, said = replay(lab, file)
    teller.prove("what a crash cuts is read up to there", code == 0 and "its last entries are not whole" in said, said)
    middle = len(octets) // 2
    file.write_bytes(octets[:middle] + bytes([octets[middle] ^ 1]) + octets[middle + 1:])
    code, _, said = replay(lab, file)
    teller.prove("what is damaged is told in one sentence", code == REFUSED and "it is damaged at octet" in said and said.count("\n") == 1, said)


def main():
    with lab_up(servers=4, f5=1, citrix=1) as lab:
        return tell_stories(lab, named((it_is_flown_again_as_it_was, another_policy_is_flown_too, nothing_secret_is_in_it,
                                        what_is_cut_or_damaged_is_told)), *sys.argv[1:2])


if __name__ == "__main__":
    sys.exit(main())
