"""A certificate authority for one test run, made by the openssl command."""

import subprocess
from pathlib import Path


def _openssl(*argv):
    subprocess.run(["openssl", *map(str, argv)], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


class Authority:
    """Writes ca.pem into its folder and issues server certificates beside it."""

    def __init__(self, stage, name="ca"):
        self.stage = stage
        self.dir = stage.folder("tls-" + name, mode=0o755)
        self.ca = self.dir / "ca.pem"
        self._key = self.dir / "ca.key"
        if not self.ca.exists():
            _openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", 36500,
                     "-subj", f"/CN=baosong test authority {name}", "-keyout", self._key, "-out", self.ca,
                     "-addext", "keyUsage=critical,keyCertSign,cRLSign")
            self.ca.chmod(0o644)

    def issue(self, name, *alternatives):
        """A certificate and key (paths) for subject alternative names such as "DNS:localhost"."""
        key, request, certificate = (Path(self.dir / f"{name}.{end}") for end in ("key", "csr", "pem"))
        if not certificate.exists():
            extensions = self.dir / f"{name}.ext"
            extensions.write_text("basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n"
                                  f"subjectAltName={','.join(alternatives)}\n")
            _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                     "-keyout", key, "-out", request)
            _openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self._key, "-CAcreateserial", "-days",
                     36500, "-extfile", extensions, "-out", certificate)
            for path in (key, certificate):
                self.stage.give(path)
        return certificate, key
