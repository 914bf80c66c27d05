"""Each check is shown something wrong of each kind, and must name it."""
import pathlib
import shutil
import tempfile

import checks

MIB, SERVER = checks.MIB + ".txt", checks.SERVER + ".txt"
# (check, where, what is there, what is put there instead, what must be said). `where` is a file of mibs/, "yang",
# or a key of what the checks are given: names, sources.
CASES = [
    ("smilint", MIB, "hgPoolReason, hgPoolMembers,", "hgPoolMembers,", "hgPoolReason"),
    ("smilint", SERVER, "hgsAuthHeader, hgsAuthSecret,", "hgsAuthHeader,", "hgsAuthSecret"),
    ("smilint", MIB, "HgState", "HgTransactionState", "only in case"),
    ("net_snmp", MIB, "hgPoolAlarm", "hgPool_Alarm", "hgPool_Alarm"),
    ("net_snmp", MIB, "FROM INET-ADDRESS-MIB;", "FROM INET-ADDRESS-MUB;", "INET-ADDRESS-MUB"),
    ("net_snmp", SERVER, "::= { hgsAppEntry 24 }", "::= { hgsAppEntri 24 }", "hgsAppEntri"),
    ("words", MIB, '    UNITS       "polls"\n', "", "hgPollsMissed: has no UNITS"),
    ("words", MIB, "Polls of real servers that were not answered. Discontinuities are\n        told by "
     "hgCounterDiscontinuityTime.", "Polls.", "hgPollsMissed: does not say where"),
    ("words", SERVER, "The way. Shown to users with authPriv only.", "The way.", "hgsAuthKind: does not say that"),
    ("words", SERVER, "hgsAppBinding, hgsAppConnections, hgsAppSettingsRevision }", "hgsAuthSecret }",
     "carries hgsAuthSecret"),
    ("words", MIB, "MAX-ACCESS  read-only", "MAX-ACCESS  read-write", "hgDaemonVersion: is writable"),
    ("server_numbers", SERVER, "::= { hgsAppEntry 26 }", "::= { hgsAppEntry 27 }", "hgsAppDataSourceReason"),
    ("server_numbers", MIB, "documentation(32473) 7 }", "documentation(32473) 8 }", "headgate: the MIB has"),
    ("server_numbers", "names", "value Application port 6", "value Application port 27", "hgsAppPort"),
    ("server_numbers", "names", "value Authentication secret 9\n", "", "hgsAuthSecret"),
    ("server_numbers", "names", "value Notification settingsChanged 5",
     "value Notification settingsChanged 5\nvalue Notification expired 6", "hgsExpired"),
    ("server_numbers", "names", ".1.2.1\n", ".1.3.1\n", "hgsAuthEntry: the MIB has"),
    ("manager_numbers", MIB, "::= { hgAlarmEntry 8 }", "::= { hgAlarmEntry 9 }", "hgAlarmText"),
    ("manager_numbers", "names", "value manager.Pool held 3", "value manager.Pool held 16", "hgPoolHeld"),
    ("manager_numbers", "names", "value manager.Notification notTold 7\n", "", "hgNotTold"),
    ("manager_numbers", "names", "oid manager.Server 1.3.6.1.4.1.32473.7.1.1.10.1", "oid manager.Server 1.3.6.1.4.1.32473.7.1.1.10.2",
     "hgServerEntry: the MIB has"),
    ("ordered_words", "names", "text states draining\n", "", "HgState in order"),
    ("ordered_words", MIB, "nothing(1), allocate(2), release(3)", "nothing(1), release(2), allocate(3)", "HgIntent in order"),
    ("server_values", SERVER, "working(2), done(3)", "working(3), done(2)", "hgsAppDataSourceState"),
    ("server_values", "names", "value Kind token 5\n", "", "HgAuthenticationKind"),
    ("server_values", "names", "value Protocol tcp 3", "value Protocol any 3", "HgProtocol"),
    ("code_texts", "names", "text Phase draining\n", "", "HgState"),
    ("code_texts", "names", "text Level under-used", "text Level idle", "HgLevel"),
    ("code_texts", "names", "text AuthenticationKind server-tls", "text AuthenticationKind tls", "HgAuthenticationKind"),
    ("code_texts", MIB, "SYNTAX INTEGER { f5(1), citrix(2) }", "SYNTAX INTEGER { f5(1), a10(2) }", "HgFamily"),
    ("notifications", SERVER, "hgsAppBinding, hgsAppConnections, hgs", "hgsAppConnections, hgsAppBinding, hgs",
     "hgsApplicationUp"),
    ("notifications", MIB, "hgEventTime, hgEventSeverity, hgEventKind, hgEventPool,",
     "hgEventSeverity, hgEventTime, hgEventKind, hgEventPool,", "hgPoolFull: it has"),
    ("notifications", "sources", '"pool-grown"', '"pool-bigger"', "kind pool-grown"),
    ("notifications", MIB, ", hgTransactionKind,\n                  hgTransactionOutcome }", " }", "hgTransactionOver: it has"),
    ("yang", "yang", "enum under-used", "enum idle", "HgLevel: names"),
    ("yang", "yang", "enum token {", "enum bearer {", "HgAuthenticationKind: names"),
    ("yang", "yang", "leaf binding {", "leaf bound-by {", "hgMemberBinding: the YANG module has no"),
    ("yang", "yang", 'default "800";', 'default "750";', "hgPoolUpper: default"),
    ("yang", "yang", 'range "1..100";', 'range "1..50";', "hgMemberWeight: range"),
    ("yang", "yang", 'length "1..64";', 'length "1..63";', "hgPoolName: length"),
    ("yang", "yang", 'units "permille";', 'units "percent";', "hgPoolUtilisation: units"),
    ("yang", MIB, "DEFVAL      { 16 }", "DEFVAL      { 8 }", "hgPoolMaximum: default"),
    ("yang", MIB, "rolledBack(2)", "takenBack(2)", "HgOutcome: names"),
    ("yang", MIB, "configured(1), allocated(2) }", "allocated(1), configured(2) }", "hgMemberOrigin: names"),
]


def altered(given, folder, where, old, new):
    """What is given, with one thing changed; files are copied before."""
    mibs, yang = folder / "mibs", folder / "headgate.yang"
    shutil.copytree(given["mibs"], mibs)
    shutil.copy(given["yang"], yang)
    changed = {**given, "mibs": mibs, "yang": yang}
    file = yang if where == "yang" else mibs / where
    before = given[where] if where in given and where != "yang" else file.read_text()
    if old not in before:
        raise LookupError(f"'{old}' is not there to be changed")
    if where in given and where != "yang":
        changed[where] = before.replace(old, new)
    else:
        file.write_text(before.replace(old, new))
    return changed


def noticed(given, case):
    """Nothing, or why the case was not noticed."""
    name, where, old, new, expected = case
    with tempfile.TemporaryDirectory() as folder:
        try:
            changed = altered(given, pathlib.Path(folder), where, old, new)
        except LookupError as error:
            return str(error)
        try:
            said = getattr(checks, name)(checks.evidence(**changed))
        except ValueError as error:  # so wrong that nothing can be read of it: tests/mib/run prints the same
            said = [str(error)]
    return None if any(expected in line for line in said) else f"instead of '{expected}' was said: {said}"


def run(given):
    failed = 0
    for case in CASES:
        why = noticed(given, case)
        failed += bool(why)
        if why:
            print(f"not noticed by {case[0]}: {case[1]}: {case[2]!r} -> {case[3]!r}: {why}")
    unshown = {check.__name__ for check in checks.ALL} - {case[0] for case in CASES}
    if unshown:
        print(f"no case shows that these notice anything: {', '.join(sorted(unshown))}")
    print(f"{len(CASES) - failed} of {len(CASES)} kinds of mistake noticed")
    return 1 if failed or unshown else 0
