"""The lab's own certificate authority, by openssl: nothing outside the lab knows it."""
import hashlib
import os
import ssl
import subprocess

from .process import LabError


class Authority:
    def __init__(self, folder):
        self.folder = folder
        self.certificate = folder / "ca.pem"
        self._key = folder / "ca.key"

    def issue(self, name, usage, address=None):
        """Files with a certificate for `name`, and for the address if one is given (usage: serverAuth or clientAuth), and
        its key; made when there are none."""
        self.folder.mkdir(exist_ok=True)
        if not self.certificate.exists():
            self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "90",
                          "-subj", "/CN=Headgate lab authority", "-keyout", self._key, "-out", self.certificate)
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        if not certificate.exists():
            request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
            names = f"DNS:{name},IP:{address}" if address else f"DNS:{name}"
            extensions.write_text(f"subjectAltName={names}\nextendedKeyUsage={usage}\n")
            self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                          "-keyout", key, "-out", request)
            self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial",
                          "-days", "90", "-extfile", extensions, "-out", certificate)
        return certificate, key

    @staticmethod
    def fingerprint(certificate):
        """As RFC 7407 writes it, by SHA-256."""
        digest = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate.read_text())).hexdigest()
        return ":".join(["04", *(digest[i:i + 2] for i in range(0, len(digest), 2))])

    @staticmethod
    def _openssl(*words):
        before = os.umask(0o077)  # keys are among what it writes
        try:
            done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)
        finally:
            os.umask(before)
        if done.returncode:
            raise LabError(f"openssl {words[0]} failed: {done.stderr.strip()}")
