"""RFC 6241, sections 3, 4 and 8.1: the messages themselves, whatever they ask for."""
from clauses import clause
from lxml import etree
from servers import BASE, fails, is_ok
from wire import CAPABILITY, Ended, Reply, chunks, eom, hello, local, q

GET = "<get-config><source><running/></source></get-config>"


@clause("6241 3", "A message may begin with an XML declaration, a comment, white space or a processing instruction")
def a_prolog_is_read_over(t):
    for prolog in ('<?xml version="1.0" encoding="UTF-8"?>', "<!-- a word -->", "\n \t", "<?for nobody?>",
                   '<?xml version="1.0" encoding="UTF-8"?>\n<!-- a --><?b c?>\n'):
        assert t.s.ask(f'{prolog}<rpc message-id="p" xmlns="{BASE}">{GET}</rpc>').data is not None, prolog


@clause("6241 3", "What is not well-formed is answered malformed-message, or ends the session")
def what_is_not_well_formed_is_refused(t):
    for bad in ("<rpc", f'<rpc message-id="1" xmlns="{BASE}"><get></rpc>', "no XML", f'<rpc message-id="1" xmlns="{BASE}"><get/></rpc><x>',
                f'<rpc message-id="1" xmlns="{BASE}"><x:get/></rpc>', f'<rpc message-id="1" message-id="2" xmlns="{BASE}"><get/></rpc>',
                f'<rpc message-id="1" xmlns="{BASE}">&nothing;</rpc>', ""):
        session = t.session()
        try:
            session.pipe.send(chunks(bad or " "))
            fails(session.reply(), "malformed-message", of=("rpc",))
        except Ended:
            pass
    assert t.s.rpc(GET).data is not None, "the server does not stand"


@clause("6241 3", "What is not UTF-8 is answered malformed-message, or ends the session")
def what_is_not_utf8_is_refused(t):
    for bad in (b"\xff\xfe", b"\xc0\xaf", b"\xed\xa0\x80", b"\xf5\x80\x80\x80"):
        session = t.session()
        note = t.model.config(t.model.a_note("u", "@")).encode().replace(b"@", bad)
        try:
            session.pipe.send(chunks(f'<rpc message-id="1" xmlns="{BASE}"><edit-config><target><{t.store}/></target><config>'.encode()
                                     + note + b"</config></edit-config></rpc>"))
            assert session.reply().errors, f"{bad} was taken"
        except Ended:
            pass
    assert "u" not in t.notes(), "it is in the datastore"


@clause("6241 3", "A document type declaration must not appear")
def a_document_type_is_refused(t):
    for declaration in ("<!DOCTYPE rpc>", '<!DOCTYPE rpc [<!ENTITY e "x">]>', '<!DOCTYPE rpc SYSTEM "file:///etc/passwd">'):
        session = t.session()
        try:
            fails(session.ask(f'{declaration}<rpc message-id="1" xmlns="{BASE}">{GET}</rpc>'), "malformed-message")
        except Ended:
            pass


@clause("6241 3", "CDATA, comments, processing instructions, character references and odd white space are XML like any other")
def cdata_comments_and_odd_white_space_are_read_as_xml(t):
    m = t.model
    edit = (f'<rpc\n\tmessage-id = "1"\r\n xmlns="{BASE}" ><!-- a --><edit-config ><target\n><{t.store} /></target><?pi?>'
            f'<config><{m.top} xmlns="{m.namespace}"><!-- b --><{m.note}><name><![CDATA[cdata]]></name>'
            f'<{m.text}>a<![CDATA[<b> & ]]>&#x63;<!-- in -->&amp;&lt;d&quot;</{m.text}></{m.note}>'
            f'<{m.note}\n>\n<name>spaced</name>\n</{m.note}\n></{m.top}></config></edit-config></rpc  >\n')
    is_ok(t.s.ask(edit))
    assert t.notes().get("cdata") == 'a<b> & c&<d"', t.notes()
    assert "spaced" in t.notes()


@clause("6241 3", "Texts are Unicode, in any script, and come back as they went")
def texts_of_any_script_come_back_as_they_went(t):
    text = "Grüße, 世界, \U0001F600, \u00a0\u200b, e\u0301"
    t.set(t.model.config(t.model.a_note("script", text)))
    assert t.notes()["script"] == text, t.notes()["script"]


@clause("6241 3.1", "Elements are known by their namespace, whatever the prefix")
def any_prefix_will_do(t):
    m = t.model
    is_ok(t.s.ask(f'<a:rpc xmlns:a="{BASE}" message-id="1"><a:edit-config><a:target><a:{t.store}/></a:target><a:config>'
                  f'<b:{m.top} xmlns:b="{m.namespace}"><b:{m.note}><b:name>prefixed</b:name><b:{m.text}>x</b:{m.text}></b:{m.note}></b:{m.top}>'
                  f'</a:config></a:edit-config></a:rpc>'))
    assert t.notes()["prefixed"] == "x"
    got = t.s.ask(f'<a:rpc xmlns:a="{BASE}" message-id="2"><a:get-config><a:source><a:{t.store}/></a:source><a:filter a:type="subtree">'
                  f'<b:{m.top} xmlns:b="{m.namespace}"><b:{m.note}><b:name>prefixed</b:name></b:{m.note}></b:{m.top}></a:filter>'
                  f'</a:get-config></a:rpc>').data
    assert list(m.notes(got)) == ["prefixed"], m.notes(got)


@clause("6241 3.1", "A message of another namespace is none of NETCONF's")
def another_namespace_is_refused(t):
    for space in ("urn:other", ""):
        session = t.session()
        try:
            answer = session.ask(f'<rpc message-id="1" xmlns="{space}">{GET}</rpc>')
            assert answer.errors, f"{space}: {answer}"
        except Ended:
            pass


@clause("6241 4.1", "An rpc without message-id is answered missing-attribute")
def an_rpc_needs_a_message_id(t):
    error = fails(t.s.ask(f'<rpc xmlns="{BASE}">{GET}</rpc>'), "missing-attribute", of=("rpc",), bad_attribute="message-id",
                  bad_element="rpc")
    assert error.path is None
    assert t.s.rpc(GET).data is not None, "the session does not go on"


@clause("6241 4.1", "The message-id is any text, and is repeated unchanged")
def any_message_id_is_repeated(t):
    for written, value in (("101", "101"), ("", ""), ("a &lt;b&gt; &amp; &quot;c&quot;", 'a <b> & "c"'), ("Grüße 世", "Grüße 世"),
                           ("x" * 4096, "x" * 4096), ("it's", "it's"), (" two  blanks ", " two  blanks ")):
        got = t.s.ask(f'<rpc message-id="{written}" xmlns="{BASE}">{GET}</rpc>').root.get("message-id")
        assert got == value, f"{value!r} came back as {got!r}"
        got = t.s.ask(f'<rpc message-id="{written}" xmlns="{BASE}"><nothing xmlns="urn:no"/></rpc>').root.get("message-id")
        assert got == value, f"with an error, {value!r} came back as {got!r}"


@clause("6241 4.1", "Every other attribute of an rpc is returned with its reply, with its namespace, unmodified")
def every_attribute_of_an_rpc_is_returned(t):
    head = f'<rpc message-id="1" xmlns="{BASE}" xmlns:ex="http://example.net/content/1.0" ex:user-id="fred &lt;1&gt;" plain="p">'
    for content in (GET, "<discard-changes/>" if t.store == "candidate" else GET, '<nothing xmlns="urn:no"/>', "<lock/>"):
        reply = t.s.ask(head + content + "</rpc>")
        attributes = dict(reply.root.attrib)
        assert attributes == {"message-id": "1", "plain": "p", "{http://example.net/content/1.0}user-id": "fred <1>"}, attributes


@clause("6241 4.1", "An rpc holds exactly one operation")
def an_rpc_holds_one_operation(t):
    assert t.s.rpc("").errors, "an rpc without an operation was taken"
    two = t.s.rpc(f"{GET}{GET}")
    assert two.errors, "an rpc with two operations was taken"


@clause("6241 4.1", "Requests may be pipelined; they are answered serially and in their order")
def pipelined_requests_are_answered_in_order(t):
    m = t.model
    t.s.pipe.send(b"".join(chunks(
        f'<rpc message-id="{n}" xmlns="{BASE}"><edit-config><target><{t.store}/></target><config>'
        f'{m.config(m.a_note("piped", str(n)))}</config></edit-config></rpc>'
        if n % 2 else f'<rpc message-id="{n}" xmlns="{BASE}"><get-config><source><{t.store}/></source></get-config></rpc>')
        for n in range(1, 41)))
    for n in range(1, 41):
        reply = t.s.reply()
        assert reply.root.get("message-id") == str(n), f"{reply.root.get('message-id')} came in place of {n}"
        if n % 2 == 0:
            assert m.notes(reply.data)["piped"] == str(n - 1), "not processed in order"


@clause("6241 4.1", "A request may come with the hello, before the server's has been read")
def a_request_in_the_same_write_as_hello_is_answered(t):
    session = t.session(greeting=None)
    session.pipe.send(eom(hello("urn:ietf:params:netconf:base:1.1")) + chunks(f'<rpc message-id="1" xmlns="{BASE}">{GET}</rpc>'))
    session.hear_hello()
    session.chunked = True
    assert session.reply().data is not None


@clause("6241 4.3", "An operation that nobody knows is operation-not-supported, unknown-element or unknown-namespace")
def an_unknown_operation_is_refused(t):
    fails(t.s.rpc('<nothing xmlns="urn:no"/>'), ("operation-not-supported", "unknown-namespace"))
    fails(t.s.rpc("<nothing/>"), ("operation-not-supported", "unknown-element"), of=("protocol", "rpc"))
    fails(t.s.rpc(f'<nothing xmlns="{t.model.namespace}"/>'), ("operation-not-supported", "unknown-element"))


@clause("6241 4.3", "A parameter that an operation does not have is unknown-element, naming it")
def an_unknown_parameter_is_refused(t):
    fails(t.s.rpc(f"<get-config><source><running/></source><more/></get-config>"), "unknown-element", bad_element="more")
    fails(t.s.rpc("<get-config><source><nowhere/></source></get-config>"), ("unknown-element", "bad-element"), bad_element="nowhere")
    fails(t.s.rpc('<get-config><source><running/></source><more xmlns="urn:no"/></get-config>'), ("unknown-namespace", "unknown-element"),
          bad_element="more")


@clause("6241 4.3", "A parameter that is missing is missing-element, naming it")
def a_missing_parameter_is_refused(t):
    for content, missing in (("<get-config/>", "source"), ("<lock/>", "target"), ("<unlock/>", "target"), ("<edit-config/>", "target"),
                             ("<kill-session/>", "session-id"), ("<copy-config/>", "target"), ("<delete-config/>", "target")):
        fails(t.s.rpc(content), "missing-element", bad_element=missing)


@clause("6241 4.3", "Several errors of one request may come in one reply; error-path names each node with declared prefixes")
def several_errors_come_in_one_reply(t):
    m = t.model
    reply = t.edit(m.config(m.an_app("bad", port="0"), m.an_app("worse", port="65536")),
                   before="<error-option>continue-on-error</error-option>")
    # What follows from them may be told too: these entries have no port.
    assert [e.steps for e in reply.errors[:2]] == [[m.top, m.app, "port"]] * 2, reply
    assert [("'bad'" in e.path, "'worse'" in e.path) for e in reply.errors[:2]] == [(True, False), (False, True)], reply
    assert set(reply.errors[0].modules.values()) == {m.namespace}, reply.errors[0].modules


@clause("6241 4.3", "error-message is for people, and error-info's bad-element is a name alone")
def an_error_says_what_it_is_about(t):
    error = fails(t.s.rpc("<get-config><source><running/></source><more/></get-config>"), "unknown-element", bad_element="more")
    assert error.message, "no error-message"


@clause("6241 4.4", "What succeeds and has nothing to say is answered <ok/>")
def success_is_ok(t):
    reply = t.s.rpc("<lock><target><running/></target></lock>")
    assert reply.ok and [local(e) for e in reply.root] == ["ok"], reply
    is_ok(t.s.rpc("<unlock><target><running/></target></unlock>"))


@clause("6241 8.1", "The server's hello has capabilities, base among them, and a session-id of 1 or more")
def the_servers_hello_has_capabilities_and_a_session_id(t):
    assert t.s.hello.tag == q("hello") and t.s.id >= 1
    assert {"urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1"} <= set(t.s.capabilities), t.s.capabilities
    assert len(set(t.s.capabilities)) == len(t.s.capabilities), "a capability twice"
    assert t.session().id != t.s.id, "two sessions with one id"


@clause("6241 8.1", "The server says hello as soon as there is a connection, without waiting for the client's")
def the_server_does_not_wait_with_its_hello(t):
    session = t.session(greeting=None)
    session.hear_hello()
    assert session.id


@clause("6241 8.1", "A client's hello with a session-id ends the session")
def a_clients_hello_with_a_session_id_ends_the_session(t):
    session = t.session(greeting=None)
    session.pipe.send(eom(hello("urn:ietf:params:netconf:base:1.1", body="<session-id>4</session-id>")))
    session.hear_hello()
    assert session.ends() == b""


@clause("6241 8.1", "Without a common base version, or without a hello, there is no session")
def without_a_common_base_version_there_is_no_session(t):
    for greeting in (hello(), hello("urn:ietf:params:netconf:base:9.9"), hello("urn:example:x"), "<hello/>", "hello",
                     f'<hello xmlns="{BASE}"/>', f'<rpc message-id="1" xmlns="{BASE}">{GET}</rpc>'):
        session = t.session(greeting=None)
        session.pipe.send(eom(greeting))
        session.hear_hello()
        assert session.ends() == b"", greeting


@clause("6241 8.1", "Capabilities that the server does not know are read over, white space around them too")
def unknown_capabilities_are_read_over(t):
    session = t.session(greeting=hello("urn:example:x?y=z&amp;a", "\n  urn:ietf:params:netconf:base:1.1\n", "urn:ietf:params:xml:ns:yang:1"))
    assert session.rpc(GET).data is not None


@clause("6241 8.1", "A peer that also speaks base:1.1 is spoken to so; one of base:1.0 alone by that")
def the_highest_common_version_is_spoken(t):
    both = t.session(greeting=hello("urn:ietf:params:netconf:base:1.0", "urn:ietf:params:netconf:base:1.1"))
    assert both.rpc(GET).data is not None
    old = t.session(base="1.0")
    assert old.rpc(GET).data is not None


@clause("6241 8", "Only what is offered is advertised, and everything that is")
def capabilities_go_with_each_other(t):
    words = {c.removeprefix(CAPABILITY).split(":")[0] for c in t.capabilities if c.startswith(CAPABILITY)}
    assert "confirmed-commit" not in words or "candidate" in words
    assert "candidate" in words or "writable-running" in words
    assert "interleave" not in words or "notification" in words


@clause("6241 A", "malformed-message is never sent to a peer of base:1.0")
def a_peer_of_base_1_0_hears_nothing_of_malformed_messages(t):
    session = t.session(base="1.0")
    try:
        session.pipe.send(eom("<rpc><get></rpc>"))
        assert all(e.tag != "malformed-message" for e in session.reply().errors)
    except Ended:
        pass


@clause("6241 3", "A reply is one well-formed document that names its namespace")
def a_reply_stands_alone(t):
    data = t.s.rpc("<get/>").bytes
    root = etree.fromstring(data)
    assert root.nsmap[None] == BASE and Reply(data).data is not None
