"""A private Postfix (needs root: its master does), relaying everything to Dovecot's LMTP."""

import grp
import os
import pwd
import shutil

from .stage import answers, free_ports, on_free_ports

MAIN = """\
compatibility_level = 3.6
queue_directory = {dir}/queue
data_directory = {dir}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = {dir}/log/postfix.log
maillog_file_prefixes = {dir}
myhostname = mail.shili.example
mydestination =
local_recipient_maps =
alias_maps =
alias_database =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_helo_required = yes
smtpd_helo_restrictions = reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname
smtpd_tls_cert_file = {cert}
smtpd_tls_key_file = {key}
smtpd_tls_security_level = may
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
default_transport = lmtp:inet:127.0.0.1:{lmtp}
relay_transport = lmtp:inet:127.0.0.1:{lmtp}
biff = no
"""

# service type private unpriv chroot wakeup maxproc command
MASTER = """\
{port} inet n - n - 10 smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


class Postfix:
    @staticmethod
    def possible():
        """Why it cannot run here, or "" if it can."""
        if os.getuid() != 0:
            return "Postfix needs root"
        if not os.access("/usr/sbin/postfix", os.X_OK):
            return "Postfix is not installed"
        return ""

    def __init__(self, stage, dovecot, name="postfix"):
        self.stage, self.dovecot = stage, dovecot
        self.host = "localhost"
        self.dir = stage.folder(name, mode=0o755)
        os.chown(self.dir, 0, 0)
        self.process = self.port = None

    def _queue(self):
        """The queue's folders, as `postfix check` would make them (in two seconds)."""
        postfix, postdrop = pwd.getpwnam("postfix").pw_uid, grp.getgrnam("postdrop").gr_gid
        folders = [(name, postfix, 0, 0o700) for name in (
            "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private", "saved", "trace")]
        folders += [("pid", 0, 0, 0o755), ("maildrop", postfix, postdrop, 0o1730), ("public", postfix, postdrop, 0o2710)]
        for name, uid, gid, mode in [("", 0, 0, 0o755), *folders]:
            path = self.dir / "queue" / name
            path.mkdir(exist_ok=True)
            os.chown(path, uid, gid)
            path.chmod(mode)

    def start(self):
        for name in ("data", "log", "etc"):
            (self.dir / name).mkdir(mode=0o755, exist_ok=True)
            os.chown(self.dir / name, pwd.getpwnam("postfix").pw_uid if name == "data" else 0, 0)
        self._queue()
        cert, key = self.dovecot.authority.issue("server", "DNS:localhost", "IP:127.0.0.1")
        # Postfix insists that only root can change its key.
        own_cert, own_key = self.dir / "etc/server.pem", self.dir / "etc/server.key"
        shutil.copy(cert, own_cert)
        shutil.copy(key, own_key)
        own_key.chmod(0o600)
        log = self.dir / "log/postfix.log"

        def begin():
            self.port = free_ports(1)[0]
            (self.dir / "etc/main.cf").write_text(MAIN.format(dir=self.dir, cert=own_cert, key=own_key,
                                                              lmtp=self.dovecot.lmtp))
            (self.dir / "etc/master.cf").write_text(MASTER.format(port=self.port))
            self.process = self.stage.spawn(["/usr/lib/postfix/sbin/master", "-s", "-c", self.dir / "etc"],
                                            self.dir / "log/start.log", as_root=True)
            self.stage.wait_for("Postfix", lambda: answers(self.port, b"220"), self.process, log)

        return on_free_ports(self, begin)

    def log(self):
        return (self.dir / "log/postfix.log").read_text(errors="replace")

    def stop(self):
        if self.process:
            self.stage.end(self.process)
            self.process = None
