"""Real servers whose ports want to know who is there: nginx that asks for a password, a token, a name in TLS or a client
certificate, and an authority of one's own that signs what they need."""
import pathlib
import subprocess

from patience import PATIENCE, wait_for


class Authority:
    """Signs certificates; everything lies in one folder."""

    def __init__(self, folder, name):
        self.folder, self.name = pathlib.Path(folder), name
        self.run("req", "-x509", *self.new_key(name), "-days", "2", "-subj", f"/CN={name}", "-out", self.path(name, "pem"))

    def path(self, name, kind):
        return self.folder / f"{name}.{kind}"

    def new_key(self, name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.path(name, "key"))

    @staticmethod
    def run(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True)

    def sign(self, name, subject=None):
        """The files of a certificate and its key."""
        subject = subject or name
        self.path(name, "ext").write_text(f"subjectAltName=DNS:{subject}\n")
        self.run("req", *self.new_key(name), "-subj", f"/CN={subject}", "-out", self.path(name, "csr"))
        self.run("x509", "-req", "-in", self.path(name, "csr"), "-CA", self.path(self.name, "pem"), "-CAkey",
                 self.path(self.name, "key"), "-CAcreateserial", "-days", "2", "-extfile", self.path(name, "ext"), "-out",
                 self.path(name, "pem"))
        return self.path(name, "pem"), self.path(name, "key")

    @property
    def pem(self):
        return self.path(self.name, "pem").read_text().strip()


# What makes a port ask. nginx answers `return` before it looks at a password: what that protects must be a file.

def asks_for_password(users_file, folder):
    return f'location = /health {{ root {folder}; auth_basic "monitor"; auth_basic_user_file {users_file}; }}'


def asks_for_token(header, token):
    variable = "$http_" + header.lower().replace("-", "_")
    return f'location = /health {{ if ({variable} != "{token}") {{ return 403; }} return 200 "ok"; }}'


def answers_health():
    return 'location = /health { return 200 "ok"; }'


def asks_for_client_certificate(authority_file):
    return f"ssl_client_certificate {authority_file}; ssl_verify_client on;"


def server(address, port, inside):
    return f"server {{ listen {address}:{port}; location / {{ return 200 {address}; }} {inside} }}\n"


def tls_server(address, port, name, certificate, key, inside):
    """Whoever does not send the name (SNI) is turned away. One block only: with two, nginx would choose by the Host header,
    which here is the load balancer's."""
    return (f"server {{ listen {address}:{port} ssl; ssl_certificate {certificate}; ssl_certificate_key {key}; "
            f'if ($ssl_server_name != "{name}") {{ return 421; }} location / {{ return 200 {address}; }} {inside} }}\n')


def users(path, user, password):
    hashed = subprocess.run(["openssl", "passwd", "-apr1", "-stdin"], input=password, check=True, capture_output=True,
                            text=True).stdout.strip()
    path.write_text(f"{user}:{hashed}\n")
    return path


class Nginx:
    """One nginx with these servers; ends with it."""

    def __init__(self, folder, servers):
        self.folder = pathlib.Path(folder)
        temporary = "".join(f"{kind}_temp_path {self.folder}/{kind}; "
                            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "health").write_text("ok")
        (self.folder / "nginx.conf").write_text(
            f"daemon off; worker_processes 1; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log; events {{}}\n"
            f"http {{ access_log {self.folder}/access.log; {temporary}\n{''.join(servers)}}}\n")
        self.process = subprocess.Popen(["nginx", "-e", self.folder / "error.log", "-p", self.folder, "-c",
                                         self.folder / "nginx.conf"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for("nginx", lambda: (self.folder / "nginx.pid").exists() or self.process.poll() is not None)
        if self.process.poll() is not None:
            raise AssertionError("nginx did not start: " + (self.folder / "error.log").read_text())

    def close(self):
        self.process.terminate()
        self.process.wait(PATIENCE)
