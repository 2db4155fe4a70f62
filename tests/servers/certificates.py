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

    def issue(self, name, *alternatives, since=None, until=None):
        """A certificate and key (paths) for subject alternative names such as "DNS:localhost"; `since` and `until` such
        as "20200101000000Z"."""
        key, request, certificate = (Path(self.dir / f"{name}.{end}") for end in ("key", "csr", "pem"))
        if not certificate.exists():
            extensions = self.dir / f"{name}.ext"
            extensions.write_text("basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n"
                                  f"subjectAltName={','.join(alternatives)}\n")
            _openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                     "-keyout", key, "-out", request)
            if since:
                self._sign_for_a_time(request, extensions, certificate, since, until)
            else:
                _openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self._key, "-CAcreateserial", "-days",
                         36500, "-extfile", extensions, "-out", certificate)
            for path in (key, certificate):
                self.stage.give(path)
        return certificate, key

    def _sign_for_a_time(self, request, extensions, certificate, since, until):
        """Only `openssl ca` takes dates, and it wants a little bureaucracy."""
        (self.dir / "index").write_text("")
        config = self.dir / "ca.cnf"
        config.write_text(f"[ca]\ndefault_ca = us\n[us]\ndatabase = {self.dir}/index\nnew_certs_dir = {self.dir}\n"
                          "rand_serial = yes\ndefault_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n")
        _openssl("ca", "-batch", "-notext", "-config", config, "-cert", self.ca, "-keyfile", self._key, "-in", request,
                 "-startdate", since, "-enddate", until, "-extfile", extensions, "-out", certificate)
