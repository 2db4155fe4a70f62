"""Dovecot from a private config, without root: IMAP (TLS and STARTTLS) and LMTP for every address there is."""

import base64
import imaplib
import os
import re
import signal
import ssl
import time
from pathlib import Path

from .certificates import Authority
from .stage import ServerError, accepts, answers, free_ports, on_free_ports

OTHER_HOST = "127.0.0.2"  # on this address the certificate is for mail.other.invalid
PASSWORD = "loopback-only"

CONFIG = """\
base_dir = {dir}/run
state_dir = {dir}/run
log_path = {dir}/dovecot.log
ssl = required
ssl_cert = <{cert}
ssl_key = <{key}
ssl_dh =
local {other_host} {{
  ssl_cert = <{other_cert}
  ssl_key = <{other_key}
}}
listen = 127.0.0.1, {other_host}
protocols = imap lmtp
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_process_limit = 50
first_valid_uid = 1
mail_location = {format}:~/mail
mail_uid = {uid}
mail_gid = {gid}
mail_fsync = never
mail_max_userip_connections = 100
auth_mechanisms = plain login
auth_username_format = %Lu
auth_failure_delay = 0
disable_plaintext_auth = yes
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={dir}/home/%d/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  prefix = {prefix}
  separator = {separator}
  mailbox "{sent}" {{
    special_use = \\Sent
    auto = subscribe
  }}
  mailbox "{junk}" {{
    special_use = \\Junk
    auto = subscribe
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
    ssl = no
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service imap {{
  service_count = 0
}}
protocol lmtp {{
  postmaster_address = postmaster@shili.example
}}
{extra}
"""


class Dovecot:
    """Any user with the password PASSWORD; a mailbox per address, made at its first mail or login."""

    def __init__(self, stage, name="dovecot", format="sdbox", sent="Sent", junk="Junk", prefix="", separator="/",
                 extra="", certificate="server"):
        """`prefix`: what the names of all folders but INBOX must begin with; `certificate`: a name that
        Authority.issue() knows already."""
        self.stage = stage
        self.dir = stage.folder(name)
        self.format, self.sent, self.junk, self.extra = format, sent, junk, extra
        self.prefix, self.separator, self.certificate = prefix, separator, certificate
        self.host = "localhost"
        self.password = PASSWORD
        self.process = None
        self.imap = self.imaps = self.lmtp = None
        self.authority = Authority(stage)
        self.ca = self.authority.ca

    def start(self):
        stage = self.stage
        cert, key = self.authority.issue(self.certificate, "DNS:localhost", "IP:127.0.0.1")
        other_cert, other_key = self.authority.issue("other", "DNS:mail.other.invalid")
        log = self.dir / "dovecot.log"

        def begin():
            self.imap, self.imaps, self.lmtp = free_ports(3)
            config = stage.file(self.dir / "dovecot.conf", CONFIG.format(
                dir=self.dir, cert=cert, key=key, other_host=OTHER_HOST, other_cert=other_cert, other_key=other_key,
                user=stage.user, group=stage.group, uid=stage.uid, gid=stage.gid, format=self.format,
                password=self.password, imap=self.imap, imaps=self.imaps, lmtp=self.lmtp, sent=self.sent,
                junk=self.junk, prefix=self.prefix, separator=self.separator, extra=self.extra))
            self.process = stage.spawn(["/usr/sbin/dovecot", "-F", "-c", config], self.dir / "stderr.log")
            stage.wait_for("Dovecot", lambda: answers(self.imap, b"* OK") and accepts(self.imaps) and
                           answers(self.lmtp, b"220"), self.process, log)

        return on_free_ports(self, begin)

    def stop(self):
        if self.process:
            self.stage.end(self.process)
            self.process = None

    def drop(self):
        """Breaks every IMAP connection that is logged in."""
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                pid, name, _, parent, *_ = stat.read_text().split()
            except OSError:  # it has ended meanwhile
                continue
            if name == "(imap)" and int(parent) == self.process.pid:
                os.kill(int(pid), signal.SIGKILL)

    # --- what tests do with a mailbox --------------------------------------------------------------------------

    def login(self, user):
        """An imaplib connection over TLS, logged in."""
        client = imaplib.IMAP4_SSL("localhost", self.imaps, ssl_context=ssl.create_default_context(cafile=str(self.ca)))
        client.login(user, self.password)
        return client

    def append(self, user, mail, when=None, folder="INBOX", flags=""):
        """Puts one mail (bytes) or several [(bytes, when)] into a folder; `when` is Unix seconds or None."""
        mails = [(mail, when)] if isinstance(mail, bytes) else mail
        client = self.login(user)
        try:
            for data, at in mails:
                date = imaplib.Time2Internaldate(at if at is not None else time.time())
                check(client.append(quote(folder), flags, date, data))
        finally:
            client.logout()

    def append_many(self, user, mails, folder="INBOX", batch=200):
        """MULTIAPPEND (RFC 3502) of many (bytes, when): a few round trips instead of thousands."""
        client = self.login(user)
        mails = list(mails)
        try:
            for start in range(0, len(mails), batch):
                _multiappend(client, folder, mails[start:start + batch])
        finally:
            client.logout()

    def create(self, user, folder):
        client = self.login(user)
        try:
            client.create(quote(folder))
        finally:
            client.logout()

    def fetch(self, user, folder="INBOX"):
        """Every mail of a folder as {"uid", "flags", "when" (Unix), "raw"}, never setting \\Seen; [] if no folder."""
        client = self.login(user)
        try:
            status, _ = client.select(quote(folder), readonly=True)
            if status != "OK":
                return []
            _, data = client.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")
            mails = []
            for item in data:
                if isinstance(item, tuple):
                    head = item[0].decode()
                    mails.append({"uid": int(re.search(r"UID (\d+)", head).group(1)),
                                  "flags": re.search(r"FLAGS \(([^)]*)\)", head).group(1).split(),
                                  "when": int(time.mktime(imaplib.Internaldate2tuple(item[0]))), "raw": item[1]})
            return sorted(mails, key=lambda m: m["uid"])
        finally:
            client.logout()

    def folders(self, user):
        client = self.login(user)
        try:
            _, lines = client.list()
            return [re.search(rb'"/" "?([^"]*)"?$', line).group(1).decode() for line in lines if line]
        finally:
            client.logout()

    def mailboxes(self):
        """Addresses that have ever received anything."""
        return sorted(f"{p.name}@{p.parent.name}" for p in (self.dir / "home").glob("*/*"))


def check(answer):
    status, data = answer
    if status != "OK":
        raise ServerError(f"IMAP said {status}: {data}")
    return data


def quote(folder):
    """A mailbox name as IMAP wants it: modified UTF-7, quoted."""
    out, run = [], ""

    def flush():
        nonlocal run
        if run:
            code = base64.b64encode(run.encode("utf-16-be")).rstrip(b"=").replace(b"/", b",").decode()
            out.append(f"&{code}-")
            run = ""

    for c in folder:
        if " " <= c <= "~":
            flush()
            out.append("&-" if c == "&" else c)
        else:
            run += c
    flush()
    return '"' + "".join(out) + '"'


def _multiappend(client, folder, mails):
    """imaplib knows only one literal per command, so this speaks for itself (LITERAL+: no waiting)."""
    tag = client._new_tag()
    parts = [tag + b" APPEND " + quote(folder).encode()]
    for data, when in mails:
        date = imaplib.Time2Internaldate(when)
        parts.append(f" {date} {{{len(data)}+}}\r\n".encode() + data)
    client.send(b"".join(parts) + b"\r\n")
    while True:
        line = client.readline()
        if line.startswith(tag):
            if b" OK" not in line[:len(tag) + 4]:
                raise ServerError(f"APPEND: {line!r}")
            return
        if not line:
            raise ServerError("APPEND: connection lost")
