"""Authorities of X.509, and whom they vouch for; files in a folder."""
import datetime
import ipaddress
import os

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = datetime.timedelta(days=1)
USAGES = {"client": ExtendedKeyUsageOID.CLIENT_AUTH, "server": ExtendedKeyUsageOID.SERVER_AUTH}


def called(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Authority:
    """NAME.pem; what it issues stands beside it."""

    def __init__(self, folder, name):
        self.folder, self.name, self.key = folder, name, ec.generate_private_key(ec.SECP256R1())
        own = self._begun(name, self.key, 1).add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.file = self._written(name, own.sign(self.key, hashes.SHA256()), self.key)

    def _begun(self, name, key, days):
        now = datetime.datetime.utcnow()
        return x509.CertificateBuilder(called(self.name), called(name), key.public_key(), x509.random_serial_number(),
                                       now - 10 * DAY, now + days * DAY)

    def _written(self, file, certificate, key):
        path = self.folder / f"{file}.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        with open(os.open(path.with_suffix(".key"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            out.write(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
        return path

    def issue(self, name, usage="client", days=1, file=None, others=()):
        """Its file; the key is beside it, as .key. `days`: that it is still good, or less than none; `others`: subjectAltNames."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._begun(name, key, days).add_extension(x509.ExtendedKeyUsage([USAGES[usage]]), critical=False)
        if usage == "server":
            others = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        if others:
            made = made.add_extension(x509.SubjectAlternativeName(others), critical=False)
        return self._written(file or name, made.sign(self.key, hashes.SHA256()), key)


def fingerprint(file):
    """As RFC 7407 writes it, by SHA-256."""
    return ":".join(["04", *(f"{b:02x}" for b in x509.load_pem_x509_certificate(file.read_bytes()).fingerprint(hashes.SHA256()))])


__all__ = ["Authority", "fingerprint", "x509"]
