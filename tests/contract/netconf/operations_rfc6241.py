"""RFC 6241, section 7: each operation but edit-config."""
from clauses import clause, refusal
from servers import BASE, fails, is_ok
from wire import Ended


def copy(target, source):
    return f"<copy-config><target><{target}/></target><source>{source}</source></copy-config>"


def lock(name, word="lock"):
    return f"<{word}><target><{name}/></target></{word}>"


@clause("6241 5.1", "The running datastore is always there")
def running_is_always_there(t):
    assert set(t.notes("running")) == {"one", "two"}


@clause("6241 7.1", "get-config of every datastore that is offered, without state")
def get_config_gives_each_datastore(t):
    for name in ["running"] + [n for n in ("candidate", "startup") if t.offers(n)]:
        assert set(t.notes(name)) == {"one", "two"}, name
        assert not [e for e in t.read(name) if "yang-library" in e.tag or "netconf-monitoring" in e.tag], "state in get-config"


@clause("6241 7.1", "get-config without state: nothing that is config false")
def get_config_has_no_state(t):
    from wire import local
    m = t.model
    assert not [e for e in m.found(t.read("running")) if local(e) in ("daemon", "event", "transaction", "up")]


@clause("6241 7.1", "A datastore that is not offered is refused, not taken for another")
def a_datastore_that_is_not_offered_is_refused(t):
    for name in (n for n in ("candidate", "startup") if not t.offers(n)):
        assert t.s.rpc(f"<get-config><source><{name}/></source></get-config>").errors, name


@clause("6241 7.1", "get-config of an inline config, of two sources or of none is refused")
def get_config_has_one_source(t):
    assert t.s.rpc("<get-config><source><running/><running/></source></get-config>").errors
    assert t.s.rpc("<get-config><source/></get-config>").errors
    assert t.s.rpc("<get-config><source><config/></source></get-config>").errors


@clause("6241 7.3", "copy-config makes the target wholly what the source is", needs="startup")
def copy_config_replaces_the_target(t):
    m = t.model
    is_ok(t.s.rpc(copy("startup", f"<config>{m.config(m.a_note('only'))}</config>")))
    assert list(t.notes("startup")) == ["only"] and t.apps("startup") == {}
    is_ok(t.s.rpc(copy("startup", "<running/>")))
    assert set(t.notes("startup")) == {"one", "two"}


@clause("6241 7.3", "copy-config to the datastore that edits go to, from an inline config and from another datastore")
def copy_config_takes_an_inline_config(t):
    m = t.model
    is_ok(t.s.rpc(copy(t.store, f"<config>{m.config(m.a_note('only'))}</config>")))
    assert list(t.notes()) == ["only"] and t.apps() == {}
    if t.store == "candidate":
        assert set(t.notes("running")) == {"one", "two"}
        is_ok(t.s.rpc(copy("candidate", "<running/>")))
        assert set(t.notes()) == {"one", "two"}


@clause("6241 7.3", "copy-config of what is no configuration is refused, and changes nothing")
def copy_config_of_nonsense_changes_nothing(t):
    m = t.model
    for bad, tag in ((m.config("<nothing/>"), "unknown-element"), (m.config(m.an_app("a", port="0")), "invalid-value"),
                     ('<x xmlns="urn:no"/>', "unknown-namespace"), (m.config(f"<{m.note}/>"), "missing-element")):
        fails(t.s.rpc(copy(t.store, f"<config>{bad}</config>")), tag)
    assert set(t.notes()) == {"one", "two"}


@clause("6241 7.3", "copy-config onto itself is refused")
def copy_config_onto_itself_is_refused(t):
    fails(t.s.rpc(copy(t.store, f"<{t.store}/>")), ("invalid-value", "operation-failed"))


@clause("6241 7.3", "copy-config to running, where running cannot be written, is refused")
def copy_config_to_running_is_refused_unless_it_is_writable(t):
    m = t.model
    reply = t.s.rpc(copy("running", f"<config>{m.config(m.a_note('only'))}</config>"))
    if t.offers("writable-running"):
        is_ok(reply)
        assert list(t.notes("running")) == ["only"]
    else:
        fails(reply, ("operation-not-supported", "invalid-value", "unknown-element"))
        assert set(t.notes("running")) == {"one", "two"}


@clause("6241 7.4", "running cannot be deleted")
def running_cannot_be_deleted(t):
    fails(t.s.rpc("<delete-config><target><running/></target></delete-config>"),
          ("operation-not-supported", "invalid-value", "unknown-element", "bad-element"))
    assert set(t.notes("running")) == {"one", "two"}


@clause("6241 7.4", "delete-config empties startup", needs="startup")
def delete_config_empties_startup(t):
    is_ok(t.s.rpc("<delete-config><target><startup/></target></delete-config>"))
    assert len(t.read("startup")) == 0
    assert set(t.notes("running")) == {"one", "two"}


@clause("6241 7.5", "A lock keeps other sessions from changing the datastore: in-use")
def a_lock_keeps_others_out(t):
    m = t.model
    is_ok(t.s.rpc(lock(t.store)))
    other = t.session()
    fails(t.edit(m.config(m.a_note("x")), other), "in-use")
    fails(other.rpc(copy(t.store, f"<config>{m.config()}</config>")), "in-use")
    is_ok(t.edit(m.config(m.a_note("mine"))))
    assert "mine" in m.notes(t.read(session=other)), "a lock keeps nobody from reading"


@clause("6241 7.5", "A second lock is lock-denied, with the session-id of whoever holds it; the holder's own too")
def a_second_lock_is_denied_with_the_holders_id(t):
    for name in ["running"] + [n for n in ("candidate", "startup") if t.offers(n)]:
        is_ok(t.s.rpc(lock(name)))
        fails(t.session().rpc(lock(name)), "lock-denied", session_id=str(t.s.id), of=("protocol",))
        fails(t.s.rpc(lock(name)), "lock-denied", session_id=str(t.s.id))


@clause("6241 7.5", "Each datastore has its own lock")
def each_datastore_has_its_own_lock(t):
    is_ok(t.s.rpc(lock("running")))
    for name in (n for n in ("candidate", "startup") if t.offers(n)):
        is_ok(t.session().rpc(lock(name)))


@clause("6241 7.5", "A lock on running keeps others from committing", needs="candidate")
def a_lock_on_running_keeps_others_from_committing(t):
    m = t.model
    is_ok(t.s.rpc(lock("running")))
    other = t.session()
    is_ok(t.edit(m.config(m.a_note("x")), other))
    fails(other.rpc("<commit/>"), "in-use")
    assert "x" not in t.notes("running")


@clause("6241 7.5", "A candidate that was changed, and not committed, cannot be locked", needs="candidate")
def a_changed_candidate_cannot_be_locked(t):
    is_ok(t.edit(t.model.config(t.model.a_note("x"))))
    fails(t.session().rpc(lock("candidate")), "lock-denied")
    is_ok(t.s.rpc("<discard-changes/>"))
    is_ok(t.session().rpc(lock("candidate")))


@clause("6241 7.5", "Locks go with their session, however it ends")
def locks_go_with_their_session(t):
    for end in ("close-session", "drop", "kill"):
        holder = t.session()
        is_ok(holder.rpc(lock("running")))
        if end == "close-session":
            is_ok(holder.rpc("<close-session/>"))
        elif end == "kill":
            is_ok(t.s.rpc(f"<kill-session><session-id>{holder.id}</session-id></kill-session>"))
        else:
            holder.close()
        for _ in range(200):
            if t.s.rpc(lock("running")).ok:
                break
        else:
            raise AssertionError(f"{end}: the lock stays")
        is_ok(t.s.rpc(lock("running", "unlock")))


@clause("6241 7.6", "unlock gives the datastore free; of what is not locked, or by another, it is refused")
def unlock_frees_what_is_ones_own(t):
    is_ok(t.s.rpc(lock("running")))
    other = t.session()
    assert other.rpc(lock("running", "unlock")).errors, "another's lock was unlocked"
    fails(other.rpc(lock("running")), "lock-denied")
    is_ok(t.s.rpc(lock("running", "unlock")))
    assert t.s.rpc(lock("running", "unlock")).errors, "what is not locked was unlocked"
    is_ok(other.rpc(lock("running")))


@clause("6241 7.7", "get gives the running configuration with the state")
def get_gives_configuration_and_state(t):
    data = t.s.rpc("<get/>").data
    assert set(t.model.notes(data)) == {"one", "two"}
    names = {e.tag for e in data}
    assert any("ietf-yang-library" in n for n in names) and any("ietf-netconf-monitoring" in n for n in names), names


@clause("6241 7.7", "get takes the same filters as get-config")
def get_takes_filters(t):
    m = t.model
    got = t.s.rpc(f"<get><filter>{m.config(m.a_note('one'))}</filter></get>").data
    assert m.notes(got) == {"one": "first"} and len(got) == 1
    assert len(t.s.rpc("<get><filter/></get>").data) == 0


@clause("6241 7.7", "get shows running, not the candidate", needs="candidate")
def get_does_not_show_the_candidate(t):
    t.set(t.model.config(t.model.a_note("x")))
    assert "x" not in t.model.notes(t.s.rpc("<get/>").data)


@clause("6241 7.8", "close-session is answered ok; then the session ends, and nothing after it is done")
def close_session_ends_the_session(t):
    m = t.model
    from wire import chunks
    session = t.session()
    session.pipe.send(chunks(f'<rpc message-id="1" xmlns="{BASE}"><close-session/></rpc>')
                      + chunks(f'<rpc message-id="2" xmlns="{BASE}"><edit-config><target><{t.store}/></target><config>'
                               f'{m.config(m.a_note("late"))}</config></edit-config></rpc>'))
    is_ok(session.reply())
    assert session.ends() == b""
    assert "late" not in t.notes()


@clause("6241 7.9", "kill-session ends another session")
def kill_session_ends_another(t):
    victim = t.session()
    is_ok(t.s.rpc(f"<kill-session><session-id>{victim.id}</session-id></kill-session>"))
    victim.ends()
    try:
        victim.rpc("<get/>")
        raise AssertionError("it goes on")
    except Ended:
        pass


@clause("6241 7.9", "kill-session of oneself is invalid-value; so is one of a session that is not there")
def kill_session_of_oneself_or_of_nobody_is_refused(t):
    for number in (t.s.id, 4294967295, 0):
        fails(t.s.rpc(f"<kill-session><session-id>{number}</session-id></kill-session>"), "invalid-value")
    for number in ("x", "-1", ""):
        fails(t.s.rpc(f"<kill-session><session-id>{number}</session-id></kill-session>"), ("invalid-value", "bad-element"))


@refusal("startup")
def startup_is_refused(t):
    for content in ("<get-config><source><startup/></source></get-config>", copy("startup", "<running/>"), lock("startup"),
                    "<delete-config><target><startup/></target></delete-config>",
                    "<validate><source><startup/></source></validate>"):
        fails(t.s.rpc(content), ("operation-not-supported", "unknown-element", "invalid-value", "bad-element"))


@refusal("candidate")
def candidate_is_refused(t):
    for content in ("<get-config><source><candidate/></source></get-config>", lock("candidate"), "<commit/>", "<discard-changes/>",
                    "<validate><source><candidate/></source></validate>",
                    f"<edit-config><target><candidate/></target><config>{t.model.config()}</config></edit-config>"):
        fails(t.s.rpc(content), ("operation-not-supported", "unknown-element", "invalid-value", "bad-element"))
