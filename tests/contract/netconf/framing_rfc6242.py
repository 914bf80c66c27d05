"""RFC 6242: how messages are cut apart, and SSH beneath them."""
import paramiko
from clauses import clause
from servers import BASE, is_ok
from wire import PATIENCE, chunks, eom, hello

GET = "<get-config><source><running/></source></get-config>"


def request(number="1", content=GET):
    return f'<rpc message-id="{number}" xmlns="{BASE}">{content}</rpc>'


def written(t, text):
    m = t.model
    return request("1", f"<edit-config><target><{t.store}/></target><config>{m.config(m.a_note('framed', text))}</config></edit-config>")


@clause("6242 4.1", "Both hellos end in ]]>]]>, whatever is spoken after them")
def hellos_end_in_the_old_delimiter(t):
    for base in ("1.0", "1.1"):
        session = t.session(base=base)
        assert session.rpc(GET).data is not None


@clause("6242 4.3", "With base:1.0 each message ends in ]]>]]>, and they may come in one piece or octet by octet")
def the_old_delimiter_may_come_in_pieces(t):
    session = t.session(base="1.0")
    data = eom(request("1")) + eom("\n" + request("2") + "\n")
    for octet in range(len(data)):
        session.pipe.send(data[octet:octet + 1])
    assert [session.reply().root.get("message-id") for _ in range(2)] == ["1", "2"]
    session.pipe.send(data * 5)
    assert [session.reply().root.get("message-id") for _ in range(10)] == ["1", "2"] * 5


@clause("6242 4.2", "A message may be cut into chunks of any size, of one octet too")
def chunks_of_every_size_are_taken(t):
    message = written(t, "of chunks")
    for size in (1, 2, 3, 5, 7, 16, 64, 100, len(message) - 1, len(message), len(message) + 1):
        t.s.pipe.send(chunks(message, size))
        is_ok(t.s.reply())
    assert t.notes()["framed"] == "of chunks"


@clause("6242 4.2", "Chunks may end anywhere: inside a tag, a character of several octets, CDATA, a reference")
def chunks_may_end_inside_anything(t):
    text = "世界 \U0001F600 &amp; &#x4e16; <![CDATA[ä]]&gt; ]]>"
    message = written(t, text).encode()
    for cut in range(len(message) - 240, len(message)):
        t.s.pipe.send(b"\n#%d\n%s\n#%d\n%s\n##\n" % (cut, message[:cut], len(message) - cut, message[cut:]))
        is_ok(t.s.reply())
    assert t.notes()["framed"] == "世界 \U0001F600 & 世 ä]]&gt; ", t.notes()["framed"]


@clause("6242 4.2", "Chunks and their headers may arrive in any pieces")
def chunk_headers_may_arrive_octet_by_octet(t):
    data = chunks(request("1"), 10) + chunks(request("2"))
    for octet in range(len(data)):
        t.s.pipe.send(data[octet:octet + 1])
    assert [t.s.reply().root.get("message-id") for _ in range(2)] == ["1", "2"]


@clause("6242 4.2", "]]>]]> inside a chunk is content like any other")
def the_old_delimiter_in_a_chunk_is_content(t):
    t.s.pipe.send(chunks(written(t, "]]&gt;]]&gt;<!-- ]]>]]> -->")))
    is_ok(t.s.reply())
    assert t.notes()["framed"] == "]]>]]>"


@clause("6242 4.2", "A large message is taken and sent: chunk-size goes up to 4294967295")
def a_large_message_is_taken_and_sent(t):
    text = "x" * 2_000_000
    is_ok(t.s.ask(written(t, text), 30))
    assert t.notes()["framed"] == text


@clause("6242 4.2", "A chunk that is no chunk ends the session: zero, leading zeroes, a sign, hexadecimal, too large, no number, no data")
def a_bad_chunk_ends_the_session(t):
    for bad in (b"\n#0\n", b"\n#01\nx", b"\n#-1\nx", b"\n#+1\nx", b"\n#0x10\n", b"\n#a\n", b"\n#\n", b"\n#4294967296\n",
                b"\n#99999999999\n", b"\n# 1\nx", b"\n#1 \nx", b"\n#1\r\nx", b"\n##\n", b"#1\nx", b"\n1\nx", b"\n\n", b"x",
                b"\n#3\nabcd\n##\n", b"\n#2\nab\n#x\n", b"\n#2\nab\n##x", request("1").encode(), eom(request("1"))):
        session = t.session()
        session.rpc(GET)
        session.pipe.send(bad + b"\n" * 4)
        assert b"<data" not in session.ends(), bad
    assert t.s.rpc(GET).data is not None, "others are not served any more"


@clause("6242 4.2", "A bad chunk leaves nothing of its message behind")
def a_message_that_does_not_end_is_not_done(t):
    session = t.session()
    message = written(t, "half").encode()
    session.pipe.send(b"\n#%d\n%s\n#0\n" % (len(message), message))
    session.ends()
    assert "framed" not in t.notes()


@clause("6242 3", "NETCONF is the SSH subsystem netconf")
def netconf_is_the_subsystem_netconf(t):
    transport = t.server.over_ssh()
    try:
        channel = transport.open_session(timeout=PATIENCE)
        channel.invoke_subsystem("netconf")
        session = t.session(channel=channel)
        assert session.rpc(GET).data is not None
        session.pipe.send(chunks(request("c"), 1))
        assert session.reply().data is not None
        is_ok(session.rpc("<close-session/>"))
        assert session.ends() == b""
    finally:
        transport.close()


@clause("6242 3", "With base:1.0 over SSH too")
def the_old_framing_goes_over_ssh(t):
    transport = t.server.over_ssh()
    try:
        channel = transport.open_session(timeout=PATIENCE)
        channel.invoke_subsystem("netconf")
        assert t.session(base="1.0", channel=channel).rpc(GET).data is not None
    finally:
        transport.close()


@clause("6242 3.1", "What is no subsystem netconf is refused: a shell, a command, another subsystem, a forwarded port")
def nothing_else_is_served_over_ssh(t):
    for ask in (lambda c: c.invoke_shell(), lambda c: c.exec_command("id"), lambda c: c.invoke_subsystem("sftp")):
        transport = t.server.over_ssh()
        try:
            channel = transport.open_session(timeout=PATIENCE)
            ask(channel)
            raise AssertionError("it was served")
        except (paramiko.SSHException, EOFError):
            pass
        finally:
            transport.close()
    transport = t.server.over_ssh()
    try:
        transport.open_channel("direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 1), timeout=PATIENCE)
        raise AssertionError("a port was forwarded")
    except (paramiko.SSHException, EOFError):
        pass
    finally:
        transport.close()


@clause("6242 6", "Nobody is served without having proved who he is")
def nobody_is_served_without_a_key_that_is_known(t):
    for key, user in (("stranger", "operator"), ("user", "nobody")):
        try:
            t.server.over_ssh(key, user).close()
            raise AssertionError(f"{user} was let in by the key {key}")
        except paramiko.SSHException:
            pass
    transport = paramiko.Transport(("127.0.0.1", t.server.port))
    transport.start_client(timeout=PATIENCE)
    try:
        transport.auth_none("operator")
        raise AssertionError("let in without anything")
    except paramiko.SSHException:
        pass
    finally:
        transport.close()


@clause("6242 4.1", "A client's line end behind its hello, as OpenSSH's users type it, does no harm")
def a_line_end_behind_the_hello_does_no_harm(t):
    session = t.session(greeting=None)
    session.pipe.send(eom(hello("urn:ietf:params:netconf:base:1.1")) + chunks(request("1")))
    session.hear_hello()
    session.chunked = True
    assert session.reply().data is not None
    session = t.session(greeting=None)
    session.pipe.send(eom(hello("urn:ietf:params:netconf:base:1.1")) + b"\n" + chunks(request("1")))
    session.hear_hello()
    session.chunked = True
    assert session.reply().data is not None

