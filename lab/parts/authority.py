"""The lab's own certificate authority, by openssl: nothing outside the lab knows it."""
import os
import subprocess

from .process import LabError


class Authority:
    def __init__(self, folder):
        self.folder = folder
        self.certificate = folder / "ca.pem"
        self._key = folder / "ca.key"

    def issue(self, name, usage):
        """Files with a certificate for `name` (usage: serverAuth or clientAuth) and its key; made when there are none."""
        self.folder.mkdir(exist_ok=True)
        if not self.certificate.exists():
            self._openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "90",
                          "-subj", "/CN=Headgate lab authority", "-keyout", self._key, "-out", self.certificate)
        certificate, key = self.folder / f"{name}.pem", self.folder / f"{name}.key"
        if not certificate.exists():
            request, extensions = self.folder / f"{name}.csr", self.folder / f"{name}.ext"
            extensions.write_text(f"subjectAltName=DNS:{name}\nextendedKeyUsage={usage}\n")
            self._openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={name}",
                          "-keyout", key, "-out", request)
            self._openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self._key, "-CAcreateserial",
                          "-days", "90", "-extfile", extensions, "-out", certificate)
        return certificate, key

    @staticmethod
    def _openssl(*words):
        before = os.umask(0o077)  # keys are among what it writes
        try:
            done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)
        finally:
            os.umask(before)
        if done.returncode:
            raise LabError(f"openssl {words[0]} failed: {done.stderr.strip()}")
