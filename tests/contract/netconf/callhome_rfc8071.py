"""RFC 8071: call home, over SSH and TLS. The test is the client that waits to be called."""
import contextlib
import pathlib
import socket
import ssl
import time

import paramiko
from certificates import Authority
from clauses import clause
from servers import free_port, is_ok
from wire import PATIENCE, Ended, Session

CALLS = "call home"
RUNNING = "<get-config><source><running/></source></get-config>"
COMMON_NAME = "<cert-to-name><id>1</id><map-type>common-name</map-type></cert-to-name>"


class Waiting:
    """A client at a port."""

    def __init__(self):
        self.port = free_port()
        self.socket = socket.create_server(("127.0.0.1", self.port))
        self.socket.settimeout(PATIENCE)

    def called(self, patience=PATIENCE):
        self.socket.settimeout(patience)
        return self.socket.accept()[0]

    def is_called(self, patience):
        with contextlib.suppress(TimeoutError):
            self.called(patience).close()
            return True
        return False


@contextlib.contextmanager
def waiting(t, *transports, interval="1.0"):
    """A client for each, which is called as long as that is configured."""
    clients = [Waiting() for _ in transports]
    configured = "".join(f"<call-home><name>c{client.port}</name><address>127.0.0.1</address><reconnect-interval>{interval}</reconnect-interval>"
                         f"{transport(t, client.port)}</call-home>" for transport, client in zip(transports, clients))
    t.set(t.model.config(f"<netconf-server>{configured}</netconf-server>"))
    t.commit()
    try:
        yield clients
    finally:
        for client in clients:
            client.socket.close()


def ssh(t, port):
    return f"<ssh><port>{port}</port><host-key-file>{t.server.folder}/host</host-key-file><user><name>operator</name>" \
           f"<authorized-keys-file>{t.server.folder}/user.pub</authorized-keys-file></user></ssh>"


def tls(t, port):
    return f"<tls><port>{port}</port>{t.model.tls_access(COMMON_NAME)}</tls>"


def over_ssh(t, connected, key="user"):
    """The session on a call, once the server's host key was found to be the right one."""
    transport = paramiko.Transport(connected)
    t.transports.append(transport)
    transport.start_client(timeout=PATIENCE)
    known = (t.server.folder / "host.pub").read_text().split()[1]
    assert transport.get_remote_server_key().get_base64() == known, "another host key"
    transport.auth_publickey("operator", paramiko.Ed25519Key.from_private_key_file(str(t.server.folder / key)))
    channel = transport.open_session(timeout=PATIENCE)
    channel.invoke_subsystem("netconf")
    return t.session(channel=channel)


def over_tls(t, connected, name="operator", ca=None):
    """The session on a call, once the server's certificate was found to be one of the authority's for its address."""
    context = t.server.tls_client(t.server.authority.issue(name, file=f"called-{name}"), ca=ca)
    connected.settimeout(PATIENCE)
    return t.session(channel=context.wrap_socket(connected, server_hostname="127.0.0.1"))


BOTH = ((ssh, over_ssh), (tls, over_tls))


@clause("8071 4.1", "S1-S5: the server dials; on that connection it is the server of SSH, or of TLS, and of NETCONF", lacks=CALLS)
def the_server_dials_and_serves(t):
    for transport, served in BOTH:
        with waiting(t, transport) as [client]:
            session = served(t, client.called())
            assert session.chunked and session.rpc(RUNNING).data is not None
            t.set(t.model.config(t.model.a_note("called")), session=session)
            t.commit(session)
            assert "called" in t.notes("running")


@clause("8071 4.1", "S1: the ports are 4334 for SSH and 4335 for TLS where none is said", lacks=CALLS)
def the_ports_are_the_assigned_ones(t):
    m = t.model
    where = "<call-home><name>d</name><address>127.0.0.1</address>{}</call-home>"
    for transport, port in ((ssh, "4334"), (tls, "4335")):
        is_ok(t.edit(m.config("<netconf-server>" + where.format(transport(t, 0).replace("<port>0</port>", "")) + "</netconf-server>")))
        shown = t.read(more="<with-defaults xmlns='urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults'>report-all</with-defaults>")
        assert [p.text for e in shown.iter(f"{{{m.namespace}}}call-home") for p in e.iter(f"{{{m.namespace}}}port")] == [port]
    is_ok(t.s.rpc("<discard-changes/>"))


@clause("8071 3.1", "C3: the client knows the server by its host key or certificate; one that does not goes, and is called again", lacks=CALLS)
def the_client_checks_who_calls(t):
    with waiting(t, tls) as [client]:
        try:
            over_tls(t, client.called(), ca=Authority(t.server.folder, "not-its").file)
            raise AssertionError("the test's client checks nothing")
        except ssl.SSLCertVerificationError:
            pass
        assert over_tls(t, client.called()).id
    with waiting(t, ssh) as [client]:
        assert client.is_called(PATIENCE), "and leaves before it has said who it is"
        assert over_ssh(t, client.called()).id


@clause("8071 4.1", "S4: the client authenticates as if it had dialled: without a known key or certificate it is not served, and called again",
        lacks=CALLS)
def the_client_authenticates(t):
    with waiting(t, ssh) as [client]:
        try:
            over_ssh(t, client.called(), "stranger")
            raise AssertionError("a stranger is served")
        except paramiko.AuthenticationException:
            t.transports.pop().close()
        assert over_ssh(t, client.called()).id
    with waiting(t, tls) as [client]:
        stranger = Authority(t.server.folder, "strange").issue("operator", file="strange-operator")
        connected = client.called()
        connected.settimeout(PATIENCE)
        with contextlib.suppress(OSError, Ended):
            Session(t.server.tls_client(stranger).wrap_socket(connected, server_hostname="127.0.0.1"))
            raise AssertionError("a stranger is served")
        assert over_tls(t, client.called()).id


@clause("8071 4.1", "S6: the connection is persistent: when it ends, however, the client is called again", lacks=CALLS)
def who_is_gone_is_called_again(t):
    for transport, served in BOTH:
        with waiting(t, transport) as [client]:
            first = served(t, client.called())
            is_ok(first.rpc("<close-session/>"))
            second = served(t, client.called())
            connected = second.pipe.channel
            (connected.get_transport() if transport is ssh else connected).close()
            third = served(t, client.called())
            is_ok(t.s.rpc(f"<kill-session><session-id>{third.id}</session-id></kill-session>"))
            assert served(t, client.called()).id > third.id


@clause("8071 4.1", "S6: a client has one connection; while it stands nobody calls", lacks=CALLS)
def a_client_is_called_once(t):
    with waiting(t, tls, ssh) as [one, other]:
        session = over_tls(t, one.called())
        beside = over_ssh(t, other.called())
        assert not one.is_called(1.5), "it is called again"
        assert session.rpc(RUNNING).data is not None and beside.rpc(RUNNING).data is not None


@clause("8071 4.1", "S6: one that does not answer is called until it does, with a wait between two tries", lacks=CALLS)
def who_does_not_answer_is_called_until_it_does(t):
    with waiting(t, tls) as [client]:
        client.socket.close()
        began = time.monotonic()
        assert over_tls(t, client_again(client).called()).id
        assert time.monotonic() - began < PATIENCE


def client_again(client):
    """At the same port, when nobody has been there for a try or two."""
    again = Waiting.__new__(Waiting)
    again.socket, again.port = socket.create_server(("127.0.0.1", client.port)), client.port
    client.socket = again.socket
    return again


@clause("8071 4.1", "S7: keep-alives are sent, so that either side finds out about a connection that is dead", lacks=CALLS)
def keep_alives_are_sent(t):
    with waiting(t, ssh, tls) as clients:
        sessions = [over_ssh(t, clients[0].called()), over_tls(t, clients[1].called())]
        for client, session in zip(clients, sessions):
            # proc(5): the remote address, and which timer runs: 2 is the keep-alive's. What was said may still wait to be heard.
            def timers(port=client.port):
                lines = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
                return [line[5].split(":")[0] for line in lines if line[2].endswith(f":{port:04X}") and line[3] == "01"]
            end = time.monotonic() + PATIENCE
            while timers() != ["02"]:
                assert time.monotonic() < end, f"the connection's timer is {timers()}"
                time.sleep(0.01)
            assert session.rpc(RUNNING).data is not None


@clause("8071 4.1", "Who is configured no more is not called any more, and keeps the session that it has", lacks=CALLS)
def who_is_not_configured_is_not_called(t):
    with waiting(t, tls) as [client]:
        session = over_tls(t, client.called())
        assert session.rpc(RUNNING).data is not None  # it is a session: with its hello on the way it would go with the call
        t.set(t.model.config('<netconf-server><call-home nc:operation="delete">'
                             f"<name>c{client.port}</name></call-home></netconf-server>"))
        t.commit()
        assert session.rpc(RUNNING).data is not None
        is_ok(session.rpc("<close-session/>"))
        assert not client.is_called(1.5)


@clause("8071 4.1", "A restarted server calls those whom it is to call", lacks=CALLS)
def a_restarted_server_calls(t):
    with waiting(t, ssh) as [client]:
        over_ssh(t, client.called())
        t.finish()
        t.server.restart()
        assert over_ssh(t, client.called()).id
