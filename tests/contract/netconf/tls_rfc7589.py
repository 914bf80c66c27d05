"""RFC 7589: NETCONF over TLS. `operator` is whom a fingerprint stands for; `guest` is a certificate's CommonName."""
import ipaddress
import ssl

from certificates import Authority, fingerprint, x509
from clauses import clause
from servers import fails, is_ok
from wire import Ended, Session, eom, hello

TLS = "TLS"
RUNNING = "<get-config><source><running/></source></get-config>"


def client(t, name="guest", **how):
    """A certificate that the trusted authority has issued."""
    return t.server.authority.issue(name, **how)


def refused(t, shown, version=None):
    """With TLS 1.3 a client hears only after its own handshake that it is not let in."""
    try:
        channel = t.server.over_tls(shown, version)
    except OSError:
        return
    try:
        session = Session(channel)
    except Ended:
        return
    finally:
        channel.close()
    raise AssertionError(f"it is let in, as session {session.id}")


def user(t, session):
    """Whom the server takes it for."""
    assert session.rpc(RUNNING).data is not None  # so that it has begun
    monitoring = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
    data = t.s.rpc(f'<get><filter><netconf-state xmlns="{monitoring}"><sessions/></netconf-state></filter></get>').data
    known = {e.findtext(f"{{{monitoring}}}session-id"): e for e in data.iter(f"{{{monitoring}}}session")}
    entry = known[str(session.id)]
    assert entry.findtext(f"{{{monitoring}}}transport").endswith("netconf-tls")
    return entry.findtext(f"{{{monitoring}}}username")


def names(t, *listed):
    """These rules, and no others, of whom a certificate stands for."""
    inner = "".join(f"<cert-to-name><id>{number}</id>{rule}</cert-to-name>" for number, rule in listed)
    t.set(t.model.config(f'<netconf-server><tls nc:operation="replace">{t.model.tls(inner)}</tls></netconf-server>'))
    t.commit()


def of(file):
    return f"<fingerprint>{fingerprint(file)}</fingerprint>"


def by(kind, name=""):
    return f"<map-type>{kind}</map-type>" + (f"<name>{name}</name>" if name else "")


@clause("7589 2", "A client connects, shakes hands, and NETCONF begins with hello; TLS 1.2 and later are spoken, and nothing before it", lacks=TLS)
def netconf_begins_after_the_handshake(t):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        session = t.over_tls(client(t), version)
        assert session.id and session.rpc(RUNNING).data is not None
    refused(t, client(t), ssl.TLSVersion.TLSv1_1)


@clause("7589 3", "Both peers with base:1.1 speak in chunks after hello, as over SSH; with base:1.0 messages end with ]]>]]>", lacks=TLS)
def messages_are_framed_as_over_ssh(t):
    new = t.over_tls(client(t))
    assert new.chunked and "urn:ietf:params:netconf:base:1.1" in new.capabilities
    assert set(t.model.notes(t.read("running", session=new))) == {"one", "two"}
    old = t.session("1.0", channel=t.server.over_tls(client(t)))
    assert not old.chunked and set(t.model.notes(t.read("running", session=old))) == {"one", "two"}


@clause("7589 3", "Where records end means nothing: a message may come octet by octet, and two in one record", lacks=TLS)
def records_are_no_messages(t):
    channel = t.server.over_tls(client(t))
    session = t.session(channel=channel, greeting=None)
    for octet in eom(hello("urn:ietf:params:netconf:base:1.0")):
        channel.sendall(bytes([octet]))
    session.hear_hello()
    ask = f'<rpc message-id="%d" xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">{RUNNING}</rpc>'
    session.pipe.send(eom(ask % 1) + eom(ask % 2))
    assert [session.reply().root.get("message-id") for _ in range(2)] == ["1", "2"]


@clause("7589 4", "close-session is answered, and then TLS is closed with close_notify", lacks=TLS)
def close_session_closes_tls(t):
    session = t.over_tls(client(t))
    is_ok(session.rpc("<close-session/>"))
    # Without close_notify this would be an error of the TLS library's.
    assert session.pipe.channel.recv(1) == b""


@clause("7589 4", "Who closes without close-session has ended its session: what it had locked is free", lacks=TLS)
def a_closed_connection_ends_the_session(t):
    session = t.over_tls(client(t, "operator", file="named"))
    is_ok(session.rpc("<lock><target><running/></target></lock>"))
    listening = t.session()
    is_ok(listening.rpc('<create-subscription xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"/>'))
    session.pipe.channel.unwrap().close()
    listening.event_of(session, "netconf-session-end")
    is_ok(t.s.rpc("<lock><target><running/></target></lock>"))


@clause("7589 5", "A client's certificate must lead to a trusted authority: none, a stranger's, and its own are refused", lacks=TLS)
def unknown_certificates_are_refused(t):
    stranger = Authority(t.server.folder, "stranger")
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        for shown in (None, stranger.issue("guest", file="strange-guest"), stranger.file):
            refused(t, shown, version)


@clause("7589 5", "A certificate whose time is over is refused, and one that is for servers", lacks=TLS)
def expired_certificates_are_refused(t):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        refused(t, client(t, file="expired", days=-1), version)
        refused(t, client(t, usage="server", file="a-server"), version)


@clause("7589 6", "A client can tell the server by its certificate: its authority, and its address", lacks=TLS)
def the_server_is_known_by_its_certificate(t):
    t.over_tls(client(t))  # who checks both
    try:
        t.server.over_tls(client(t), ca=Authority(t.server.folder, "other").file)
    except ssl.SSLCertVerificationError:
        return
    raise AssertionError("the test's client checks nothing")


@clause("7589 7", "cert-to-name: by the certificate's fingerprint, a name that is given", lacks=TLS)
def a_fingerprint_stands_for_a_user(t):
    chosen = client(t, "whoever")
    names(t, (1, of(chosen) + by("specified", "operator")))
    assert user(t, t.over_tls(chosen)) == "operator"
    refused(t, client(t))


@clause("7589 7", "cert-to-name: an authority's fingerprint is for all whom it vouches for", lacks=TLS)
def an_authoritys_fingerprint_is_for_all_its_own(t):
    names(t, (1, of(t.server.authority.file) + by("common-name")))
    assert user(t, t.over_tls(client(t))) == "guest" and user(t, t.over_tls(client(t, "operator", file="op"))) == "operator"


@clause("7589 7", "cert-to-name: from the subjectAltName: mail (its domain in lower case), DNS name (lower case), address; any of them", lacks=TLS)
def a_subject_alternative_name_stands_for_a_user(t):
    shown = client(t, file="named", others=[x509.RFC822Name("Guest@EXAMPLE.Com"), x509.DNSName("Host.Example"), x509.IPAddress(
        ipaddress.ip_address("192.0.2.7"))])
    for kind, expected in (("san-rfc822-name", "Guest@example.com"), ("san-dns-name", "host.example"), ("san-ip-address", "192.0.2.7"),
                           ("san-any", "Guest@example.com")):
        names(t, (1, by(kind)))
        assert user(t, t.over_tls(shown)) == expected, kind


@clause("7589 7", "The first rule, by id, that fits and yields a name counts; one that yields none is passed over", lacks=TLS)
def the_first_rule_that_yields_a_name_counts(t):
    shown = client(t)
    names(t, (30, by("common-name")), (10, by("san-dns-name")), (20, of(shown) + by("specified", "operator")))
    assert user(t, t.over_tls(shown)) == "operator"
    assert user(t, t.over_tls(client(t, "other"))) == "other"


@clause("7589 7", "A certificate for which no rule has a name is refused, however trusted", lacks=TLS)
def a_certificate_without_a_name_is_refused(t):
    names(t, (1, by("san-dns-name")))
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        refused(t, client(t), version)


@clause("7589 7", "The name is the user of access control, and of what is told of the session", lacks=TLS)
def the_name_is_the_user(t):
    m = t.model
    listening = t.session()
    is_ok(listening.rpc('<create-subscription xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"/>'))
    guest = t.over_tls(client(t))
    told = listening.event_of(guest, "netconf-session-start")
    assert [e.text for e in told.iter("{*}username")] == ["guest"] and [e.text for e in told.iter("{*}source-host")] == ["127.0.0.1"]
    fails(t.edit(m.config(m.a_note("mine")), guest), "access-denied")
    operator = t.over_tls(client(t, "operator", file="op"))
    is_ok(t.edit(m.config(m.a_note("mine")), operator))
