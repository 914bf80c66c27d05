"""RFC 6241, section 8: what a server may offer, and must refuse where it does not."""
import time

from clauses import clause, refusal
from events_rfcs import BASE_EVENTS, CHANGES, listener, texts
from servers import fails, is_ok
from wire import PATIENCE

COMMIT, CONFIRMED = "<commit/>", "confirmed-commit"


def confirmed(timeout=None, persist=None, persist_id=None):
    more = "".join(f"<{name}>{value}</{name}>" for name, value in
                   (("confirm-timeout", timeout), ("persist", persist), ("persist-id", persist_id)) if value is not None)
    return f"<commit><confirmed/>{more}</commit>"


def confirming(persist_id):
    return f"<commit><persist-id>{persist_id}</persist-id></commit>"


def cancelling(persist_id=None):
    return "<cancel-commit>" + (f"<persist-id>{persist_id}</persist-id>" if persist_id else "") + "</cancel-commit>"


def change(t, name="tried", session=None):
    t.set(t.model.config(t.model.a_note(name)), session=session)


def until(t, what, question):
    """Each change of running has the question asked anew."""
    heard = listener(t, CHANGES)
    while not question(t.notes("running")):
        assert heard.event("netconf-config-change", PATIENCE) is not None, what


def steps(t):
    """The next step of a confirmed commit, each time that it is asked for. What is told of an earlier one may be late: the first
    is a start."""
    heard = listener(t, f'<filter><netconf-confirmed-commit xmlns="{BASE_EVENTS}"/></filter>')

    def told():
        begun = False
        while True:
            step = texts(heard.event("netconf-confirmed-commit"))["confirm-event"]
            begun = begun or step == "start"
            if begun:
                yield step
    return told().__next__


# -- 8.2


@clause("6241 8.2", "running is edited directly", needs="writable-running")
def running_is_edited_directly(t):
    m = t.model
    is_ok(t.edit(m.config(m.a_note("direct")), target="running"))
    assert "direct" in t.notes("running")


@refusal("writable-running")
def editing_running_is_refused(t):
    fails(t.edit(t.model.config(t.model.a_note("direct")), target="running"),
          ("operation-not-supported", "invalid-value", "unknown-element", "bad-element"))
    assert "direct" not in t.notes("running")


# -- 8.3


@clause("6241 8.3.1", "The candidate is changed without touching running, and is running after a commit", needs="candidate")
def a_commit_makes_the_candidate_running(t):
    change(t)
    assert "tried" in t.notes() and "tried" not in t.notes("running")
    is_ok(t.s.rpc(COMMIT))
    assert "tried" in t.notes("running") and t.notes() == t.notes("running")


@clause("6241 8.3.1", "The candidate is shared by the sessions", needs="candidate")
def the_candidate_is_shared(t):
    change(t)
    other = t.session()
    assert "tried" in t.model.notes(t.read("candidate", session=other))
    is_ok(other.rpc(COMMIT))
    assert "tried" in t.notes("running")


@clause("6241 8.3.4.1", "A commit of what is not valid is refused with the rule's own error, and changes nothing", needs="candidate")
def a_commit_of_what_is_not_valid_changes_nothing(t):
    m = t.model
    t.set(m.policy("<lower>900</lower>"))
    change(t)
    fails(t.s.rpc(COMMIT), "operation-failed", m.policy_path, "levels-crossed")
    assert "tried" not in t.notes("running") and "tried" in t.notes(), "the candidate is gone"
    is_ok(t.s.rpc("<discard-changes/>"))


@clause("6241 8.3.4.1", "A commit of nothing is ok", needs="candidate")
def a_commit_of_nothing_is_ok(t):
    is_ok(t.s.rpc(COMMIT))
    is_ok(t.s.rpc(COMMIT))


@clause("6241 8.3.4.2", "discard-changes makes the candidate running's again", needs="candidate")
def discard_changes_reverts_the_candidate(t):
    change(t)
    is_ok(t.s.rpc("<discard-changes/>"))
    assert t.notes() == t.notes("running") and "tried" not in t.notes()
    is_ok(t.s.rpc("<discard-changes/>"))


@clause("6241 8.3.4.2", "discard-changes is in-use where another has locked the candidate", needs="candidate")
def discard_changes_respects_locks(t):
    is_ok(t.s.rpc("<lock><target><candidate/></target></lock>"))
    change(t)
    fails(t.session().rpc("<discard-changes/>"), "in-use")
    fails(t.session().rpc(COMMIT), "in-use")
    assert "tried" in t.notes()


@clause("6241 8.3.5.2", "What was not committed goes with the candidate's lock: by unlock and by the session's end", needs="candidate")
def uncommitted_changes_go_with_the_lock(t):
    is_ok(t.s.rpc("<lock><target><candidate/></target></lock>"))
    change(t)
    is_ok(t.s.rpc("<unlock><target><candidate/></target></unlock>"))
    assert "tried" not in t.notes()
    holder = t.session()
    is_ok(holder.rpc("<lock><target><candidate/></target></lock>"))
    change(t, session=holder)
    is_ok(holder.rpc("<close-session/>"))
    holder.ends()
    end = time.monotonic() + PATIENCE
    while "tried" in t.notes():
        assert time.monotonic() < end, "it stays"


# -- 8.4


@clause("6241 8.4.1", "A confirmed commit that nobody confirms is taken back when its time is up, under traffic too", needs=CONFIRMED)
def an_unconfirmed_commit_is_taken_back_in_time(t):
    change(t)
    is_ok(t.s.rpc(confirmed(2)))
    assert "tried" in t.notes("running")
    end = time.monotonic() + PATIENCE
    while "tried" in t.notes("running"):
        assert time.monotonic() < end, f"not in {PATIENCE} s: the commit to be taken back"


@clause("6241 8.4.1", "A confirmed commit is confirmed by a commit of its own session", needs=CONFIRMED)
def a_commit_confirms(t):
    step = steps(t)
    change(t)
    is_ok(t.s.rpc(confirmed(1)))
    is_ok(t.s.rpc(COMMIT))
    fails(t.s.rpc(cancelling()), ("operation-failed", "invalid-value", "data-missing"))
    assert [step(), step()] == ["start", "complete"]
    # Whose time ends after the first one's would have.
    change(t, "more")
    is_ok(t.s.rpc(confirmed(1)))
    assert [step(), step()] == ["start", "timeout"]
    notes = t.notes("running")
    assert "tried" in notes and "more" not in notes


@clause("6241 8.4.1", "A further confirmed commit prolongs the time, and both changes are taken back", needs=CONFIRMED)
def a_further_confirmed_commit_prolongs(t):
    step = steps(t)
    change(t)
    is_ok(t.s.rpc(confirmed(1)))
    change(t, "more")
    begun = time.monotonic()
    is_ok(t.s.rpc(confirmed(3)))
    assert {"tried", "more"} <= set(t.notes("running"))
    assert [step(), step(), step()] == ["start", "extend", "timeout"]
    assert time.monotonic() - begun > 2.9, "it was taken back when the first one's time was up"
    until(t, "both to be taken back", lambda notes: not {"tried", "more"} & set(notes))


@clause("6241 8.4.1", "Without persist, the end of its session takes it back", needs=CONFIRMED)
def the_end_of_the_session_takes_it_back(t):
    for how in ("close", "drop", "kill"):
        session = t.session()
        change(t, session=session)
        is_ok(session.rpc(confirmed(600)))
        assert "tried" in t.notes("running")
        if how == "close":
            is_ok(session.rpc("<close-session/>"))
        if how == "kill":
            is_ok(t.s.rpc(f"<kill-session><session-id>{session.id}</session-id></kill-session>"))
        session.close()
        until(t, "its end to take it back", lambda notes: "tried" not in notes)


@clause("6241 8.4.1", "A restart before it was confirmed takes it back", needs=CONFIRMED)
def a_restart_takes_an_unconfirmed_commit_back(t):
    change(t)
    is_ok(t.s.rpc(confirmed(600)))
    assert "tried" in t.notes("running")
    t.finish()
    t.server.restart()
    until(t, "the restart to take it back", lambda notes: "tried" not in notes)


@clause("6241 8.4.1", "With persist, it outlives its session, and any session confirms it by persist-id", needs=CONFIRMED)
def a_persistent_commit_is_confirmed_by_anybody(t):
    session = t.session()
    change(t, session=session)
    is_ok(session.rpc(confirmed(600, persist="token")))
    is_ok(session.rpc("<close-session/>"))
    session.ends()
    assert "tried" in t.notes("running")
    is_ok(t.s.rpc(confirming("token")))
    assert "tried" in t.notes("running")
    fails(t.s.rpc(confirming("token")), "invalid-value")


@clause("6241 8.4.1", "A persistent one is not confirmed without its persist-id, nor with another", needs=CONFIRMED)
def a_persistent_commit_needs_its_id(t):
    change(t)
    is_ok(t.s.rpc(confirmed(600, persist="token")))
    other = t.session()
    fails(other.rpc(confirming("wrong")), "invalid-value")
    assert other.rpc(COMMIT).errors, "confirmed without the persist-id"
    is_ok(other.rpc(cancelling("token")))
    assert "tried" not in t.notes("running")


@clause("6241 8.4.1", "A follow-up confirmed commit takes persist-id, and prolongs", needs=CONFIRMED)
def a_persistent_commit_is_prolonged_by_its_id(t):
    change(t)
    is_ok(t.s.rpc(confirmed(600, persist="token")))
    other = t.session()
    change(t, "more", session=other)
    is_ok(other.rpc(confirmed(600, persist="token", persist_id="token")))
    is_ok(other.rpc(confirming("token")))
    assert {"tried", "more"} <= set(t.notes("running"))


@clause("6241 8.4.1", "Another session's commit meanwhile is refused", needs=CONFIRMED)
def another_session_cannot_commit_meanwhile(t):
    change(t)
    is_ok(t.s.rpc(confirmed(600)))
    assert t.session().rpc(COMMIT).errors, "another session confirmed it"
    is_ok(t.s.rpc(cancelling()))


@clause("6241 8.4.4.1", "cancel-commit takes it back at once, of its own session or by persist-id", needs=CONFIRMED)
def cancel_commit_takes_it_back(t):
    change(t)
    is_ok(t.s.rpc(confirmed(600)))
    assert t.session().rpc(cancelling()).errors, "another session cancelled it"
    is_ok(t.s.rpc(cancelling()))
    assert "tried" not in t.notes("running")
    fails(t.s.rpc(cancelling()), ("operation-failed", "invalid-value", "data-missing"))


@clause("6241 8.4.4.1", "cancel-commit of an unknown persist-id is invalid-value", needs=CONFIRMED)
def cancel_commit_of_an_unknown_id_is_invalid_value(t):
    fails(t.s.rpc(cancelling("nobody's")), "invalid-value")


@clause("6241 8.4.5.1", "confirm-timeout is 1 second or more; persist and the time go with confirmed alone", needs=CONFIRMED)
def the_parameters_of_confirmed_are_checked(t):
    for bad in ("0", "-1", "x", "4294967296"):
        assert t.s.rpc(confirmed(bad)).errors, bad
    assert t.s.rpc("<commit><persist>p</persist></commit>").errors
    assert t.s.rpc("<commit><confirm-timeout>5</confirm-timeout></commit>").errors


@clause("6241 8.4.1", "A confirmed commit that was refused leaves nothing to confirm or to cancel", needs=CONFIRMED)
def a_refused_confirmed_commit_leaves_nothing_pending(t):
    m = t.model
    t.set(m.policy("<lower>900</lower>"))
    fails(t.s.rpc(confirmed(600)), "operation-failed", m.policy_path, "levels-crossed")
    is_ok(t.s.rpc("<discard-changes/>"))
    fails(t.s.rpc(cancelling()), ("operation-failed", "invalid-value", "data-missing"))


@clause("6241 8.4.5.2", "A lock on running is denied to others while a confirmed commit is pending", needs=CONFIRMED)
def running_is_not_locked_while_a_commit_is_pending(t):
    change(t)
    is_ok(t.s.rpc(confirmed(600)))
    fails(t.session().rpc("<lock><target><running/></target></lock>"), "lock-denied")
    is_ok(t.s.rpc(cancelling()))


@refusal(CONFIRMED)
def confirmed_commit_is_refused(t):
    for content in (confirmed(), confirmed(5), confirming("x"), cancelling(), "<commit><persist>p</persist></commit>"):
        fails(t.s.rpc(content), ("operation-not-supported", "unknown-element", "bad-element"))


# -- 8.5


@clause("6241 8.5", "rollback-on-error: with one error, nothing of the edit is done", needs="rollback-on-error")
def rollback_on_error_does_all_or_nothing(t):
    m = t.model
    fails(t.edit(m.config(m.a_note("good", "g"), m.a_note("nobody", op="delete"), m.a_note("one", op="delete")),
                 before="<error-option>rollback-on-error</error-option>"), "data-missing", [m.top, m.note])
    assert t.notes() == {"one": "first", "two": "second"}
    is_ok(t.edit(m.config(m.a_note("good", "g")), before="<error-option>rollback-on-error</error-option>"))
    assert t.notes()["good"] == "g"


@refusal("rollback-on-error")
def rollback_on_error_is_refused(t):
    fails(t.edit(t.model.config(t.model.a_note("x")), before="<error-option>rollback-on-error</error-option>"),
          ("invalid-value", "operation-not-supported", "bad-element"))
    assert "x" not in t.notes()


# -- 8.6


@clause("6241 8.6.4.1", "validate of each datastore and of an inline config", needs="validate")
def validate_takes_datastores_and_configs(t):
    m = t.model
    for name in ["running"] + [n for n in ("candidate", "startup") if t.offers(n)]:
        is_ok(t.s.rpc(f"<validate><source><{name}/></source></validate>"))
    is_ok(t.s.rpc(f"<validate><source><config>{m.config(m.a_note('x'))}</config></source></validate>"))
    fails(t.s.rpc(f"<validate><source><config>{m.config(m.an_app('x', process=None))}</config></source></validate>"), "data-missing")
    fails(t.s.rpc(f"<validate><source><config>{m.config(m.an_app('x', port='0'))}</config></source></validate>"), "invalid-value")
    fails(t.s.rpc(f"<validate><source><config>{m.config('<nothing/>')}</config></source></validate>"), "unknown-element")
    assert "x" not in t.notes(), "validate has changed something"


@clause("6241 8.6.4.1", "validate says each rule's error of a candidate that is not valid", needs="validate")
def validate_says_what_is_not_valid(t):
    m = t.model
    t.set(m.policy("<lower>900</lower>"))
    fails(t.s.rpc(f"<validate><source><{t.store}/></source></validate>"), "operation-failed", m.policy_path, "levels-crossed")


@clause("6241 8.6.4.1", "test-option test-then-set, the default, refuses what is not valid; set does not look; test-only sets nothing",
        needs="validate")
def test_options_test_and_set(t):
    m = t.model
    bad = m.policy("<lower>900</lower>")
    for option in ("", "<test-option>test-then-set</test-option>", "<test-option>test-only</test-option>"):
        fails(t.edit(bad, before=option), "operation-failed", m.policy_path, "levels-crossed")
    is_ok(t.edit(m.config(m.a_note("x")), before="<test-option>test-only</test-option>"))
    assert "x" not in t.notes()
    if t.store == "candidate":
        is_ok(t.edit(bad, before="<test-option>set</test-option>"))
    fails(t.edit(m.config(), before="<test-option>guess</test-option>"), ("invalid-value", "bad-element"))


@refusal("validate")
def validate_is_refused(t):
    fails(t.s.rpc("<validate><source><running/></source></validate>"), ("operation-not-supported", "unknown-element"))
    for word in ("test-then-set", "set", "test-only"):
        fails(t.edit(t.model.config(t.model.a_note("x")), before=f"<test-option>{word}</test-option>"),
              ("operation-not-supported", "unknown-element", "invalid-value", "bad-element"))
    assert "x" not in t.notes()


# -- 8.7


@clause("6241 8.7.1", "startup is what the server begins with; running is not saved unasked", needs="startup")
def startup_is_what_the_server_begins_with(t):
    m = t.model
    change(t, "saved")
    t.commit()
    is_ok(t.s.rpc("<copy-config><target><startup/></target><source><running/></source></copy-config>"))
    change(t, "unsaved")
    t.commit()
    t.finish()
    t.server.restart()
    assert "saved" in t.notes("running") and "unsaved" not in t.notes("running")
    assert m.notes(t.read("startup")) == t.notes("running")


@clause("6241 8.7.5.1", "startup is locked and read like the others", needs="startup")
def startup_is_locked_like_the_others(t):
    is_ok(t.s.rpc("<lock><target><startup/></target></lock>"))
    copy = "<copy-config><target><startup/></target><source><running/></source></copy-config>"
    fails(t.session().rpc(copy), "in-use")
    fails(t.session().rpc("<delete-config><target><startup/></target></delete-config>"), "in-use")
    is_ok(t.s.rpc(copy))


@clause("6241 8.7", "startup is not edited by edit-config", needs="startup")
def startup_is_not_edited(t):
    fails(t.edit(t.model.config(t.model.a_note("x")), target="startup"),
          ("operation-not-supported", "invalid-value", "unknown-element", "bad-element"))


# -- 8.8


@clause("6241 8.8", "A URL is a source and a target", needs="url")
def a_url_is_a_source(t):
    raise AssertionError("no server here offers :url; write this test with the first that does")


@refusal("url")
def urls_are_refused(t):
    for content in ("<copy-config><target><url>file:///tmp/x</url></target><source><running/></source></copy-config>",
                    f"<copy-config><target><{t.store}/></target><source><url>file:///etc/passwd</url></source></copy-config>",
                    "<get-config><source><url>file:///etc/passwd</url></source></get-config>",
                    f"<edit-config><target><{t.store}/></target><url>file:///etc/passwd</url></edit-config>",
                    "<delete-config><target><url>file:///tmp/x</url></target></delete-config>"):
        fails(t.s.rpc(content), ("operation-not-supported", "unknown-element", "bad-element", "invalid-value", "missing-element"))
    assert set(t.notes()) == {"one", "two"}
