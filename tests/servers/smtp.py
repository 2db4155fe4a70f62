"""An SMTP server (aiosmtpd) that hands what it accepts to Dovecot's LMTP, and can be told to refuse."""

import json

from .stage import answers, free_ports, on_free_ports
from . import sink as sink_program


class SmtpSink:
    """`refuse` changes what it answers while it runs; `log` is what it was asked."""

    def __init__(self, stage, dovecot, name="smtp", tls="none", user=None, password=None, tokens=None,
                 deliver_to=""):
        """tls: "none" (plain), "starttls" or "smtps", with the certificate of Dovecot's authority. With a user,
        AUTH is required; with `tokens`, a file, one of the OAuth2 tokens in it by the mechanism that `user` names.
        deliver_to: regex of the recipients whose mailboxes are filled; default: all."""
        self.stage, self.dovecot, self.tls, self.deliver_to = stage, dovecot, tls, deliver_to
        self.user, self.password, self.tokens = user, password, tokens
        self.dir = stage.folder(name)
        self.rules = stage.file(self.dir / "rules.json", "[]")
        self.journal = stage.file(self.dir / "journal", "")
        self.process = self.port = None
        self.told = 0
        self.host = "localhost"

    def start(self, port=None):
        stage = self.stage
        # The clone may be closed to the servers' user, so the program is copied.
        program = stage.file(self.dir / "sink.py", open(sink_program.__file__, "rb").read())
        cert, key = self.dovecot.authority.issue("server", "DNS:localhost", "IP:127.0.0.1")

        def begin():
            self.port = port or free_ports(1)[0]
            settings = {"port": self.port, "lmtp": self.dovecot.lmtp, "rules": str(self.rules),
                        "journal": str(self.journal), "tls": self.tls, "cert": str(cert), "key": str(key),
                        "user": self.user, "password": self.password,
                        "tokens": str(self.tokens) if self.tokens else None,
                        "deliver_to": self.deliver_to}
            config = stage.file(self.dir / "sink.json", json.dumps(settings))
            log = self.dir / "sink.log"
            self.process = stage.spawn(["/usr/bin/python3", "-I", program, config], log)
            ready = self.dir / "ready"
            ready.unlink(missing_ok=True)
            stage.wait_for("SMTP sink", lambda: self._ready(), self.process, log)

        return on_free_ports(self, begin)

    def _ready(self):
        if self.tls == "smtps":
            from .stage import accepts
            return accepts(self.port)
        return answers(self.port, b"220")

    def stop(self):
        if self.process:
            self.stage.end(self.process)
            self.process = None

    def refuse(self, *rules):
        """Each rule: {"match": regex of the recipient, "reply": "451 4.7.1 …", "at": "rcpt"|"data"|"drop", "auth" (match:
        the user) or "after" (take the mail, then break the connection instead of answering), "times": how often
        (default: always)}. No rule: take everything again."""
        self.told += 1  # "times" counts from now, also for a rule that an earlier test gave
        self.stage.file(self.rules, json.dumps([{**rule, "told": self.told} for rule in rules]))

    def log(self):
        """What happened, oldest first: {"at", "from", "to", "message_id", "subject", "reply"} per DATA and refusal."""
        return [json.loads(line) for line in self.journal.read_text().split("\n") if line]

    def accepted(self):
        """(recipient, Message-ID) of every mail taken, oldest first."""
        return [(to, e["message_id"]) for e in self.log() if e["at"] == "taken" for to in e["to"]]
