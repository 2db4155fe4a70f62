"""An IMAP server that misbehaves to order: real ones do all of this, but not when a test wants them to."""

import base64
import email.utils
import re
import select
import socket
import ssl
import threading
import time


class OddImap:
    """One mailbox, any user and password. `mails` is {uid: (raw, Unix seconds)} of INBOX; Sent and Baosong keep what is
    appended, and behave.

    `faults` is {uid: fault} for FETCHes of whole mails: "never" (silence), "bye", "cut" (the literal ends early),
    "flood" (untagged answers without end), "skip" (OK without the mail), "gone" (expunged before it is asked for),
    "hollow" (no byte of it), "refuse" (NO), "expunged" (NO, and it is gone), "slow" (in drops, over seven seconds). `once` says that a fault happens one time only. `sasl_ir` = "refused": named, and not understood.
    `deaf` = True: once it idles it never answers again, on any connection that is open then. `forgets` = True: what is
    appended is taken and not kept. `full` = True: nothing more may be appended.
    `ill`: "NO" or "BYE" to every FETCH of a mail or its header in INBOX; or "NIL" instead of mails, not of headers.
    `sent_refuses`: a command ("APPEND", "EXAMINE") that is refused for Sent.
    `poisoned`: the folder that the faults are in. `single` = True: one connection at a time may log in.
    `lists`: of the next listings of INBOX each says these UIDs alone.
    `greeting`: its first line. `behind`: seconds by which its clock is.
    `idle`: "NO" or "BAD" (IDLE is named and refused), "BYE" (once: the server says goodbye in it),
    "END" (it ends at once), "EXISTS" (it tells at once of mail that is not there).
    """

    def __init__(self, authority, mails=None, faults=None, once=False, sasl_ir=None):
        cert, key = authority.issue("server", "DNS:localhost", "IP:127.0.0.1")
        self.context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.context.load_cert_chain(cert, key)
        self.mails, self.faults, self.once, self.sasl_ir = dict(mails or {}), dict(faults or {}), once, sasl_ir
        self.deaf = self.forgets = self.full = False
        self.idle = self.ill = self.sent_refuses = None
        self.behind = 0
        self.greeting = "* OK odd server ready"
        self.lists = []
        self.poisoned = "INBOX"
        self.single, self.open = False, 0
        self.log = []  # commands, without their tags; those to other folders than INBOX begin with its name
        self.logins = 0
        self.folders = {"Sent": {}, "Baosong": {}}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.imaps = self.listener.getsockname()[1]
        self.imap = 0
        self.password, self.ca, self.authority, self.lmtp = "loopback-only", authority.ca, authority, 0
        threading.Thread(target=self._accept, daemon=True).start()

    def add(self, raw, when):
        uid = max(self.mails, default=0) + 1
        self.mails[uid] = (raw, when)
        return uid

    def asked(self, pattern):
        return [line for line in self.log if re.search(pattern, line)]

    def stop(self):
        self.listener.close()

    # --- the protocol ------------------------------------------------------------------------------------------

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._guarded, args=(client,), daemon=True).start()

    def _guarded(self, client):
        try:
            with self.context.wrap_socket(client, server_side=True) as tls:
                Session(self, tls).run()
        except (OSError, ValueError, ConnectionError):
            pass


class Session:
    def __init__(self, server, stream):
        self.server, self.stream, self.file = server, stream, stream.makefile("rb")
        self.deaf = False
        self.folder = "INBOX"
        self.seen = 0  # mails that it was told of: what comes after an EXAMINE is told in IDLE, as real servers do
        self.entered = False

    @property
    def mails(self):
        return self.server.folders.get(self.folder, self.server.mails)

    def say(self, *lines):
        self.stream.sendall(b"".join(line.encode() + b"\r\n" for line in lines))

    def run(self):
        try:
            self.talk()
        finally:
            self.server.open -= self.entered

    def enter(self, tag):
        if self.server.single and self.server.open:
            self.say(f"{tag} NO [LIMIT] Too many simultaneous connections")
            return
        self.entered = True
        self.server.open += 1
        self.server.logins += 1
        self.say(f"{tag} OK logged in")

    def talk(self):
        self.say(self.server.greeting)
        while line := self.file.readline():
            tag, _, command = line.decode("latin-1").rstrip("\r\n").partition(" ")
            if self.deaf:
                continue
            going_deaf = self.server.deaf  # before a test sees the command, and changes its mind
            aside = command.startswith("UID ") and self.folder in self.server.folders
            self.server.log.append(f"{self.folder} {command}" if aside else command)
            verb = command.split(" ", 1)[0].upper()
            if verb == self.server.sent_refuses and re.match(r'\w+ "?Sent', command):
                self.say(f"{tag} NO [NOPERM] not in this folder")
                continue
            if verb == "IDLE" and going_deaf:
                self.say("+ idling")
                self.deaf = True
                continue
            handler = getattr(self, "do_" + verb.lower(), None)
            if handler:
                if handler(tag, command) is False:
                    return
            else:
                self.say(f"{tag} OK done")

    def do_capability(self, tag, _):
        words = "IMAP4rev1 AUTH=PLAIN ID UIDPLUS IDLE" + (" SASL-IR" if self.server.sasl_ir else "")
        self.say(f"* CAPABILITY {words}", f"{tag} OK done")

    def do_authenticate(self, tag, command):
        words = command.split(" ")
        if len(words) > 2 and self.server.sasl_ir == "refused":
            self.say(f"{tag} BAD invalid command or parameters")
            return
        if len(words) < 3:
            self.say("+ ")
            base64.b64decode(self.file.readline())
        self.enter(tag)

    def do_login(self, tag, _):
        self.enter(tag)

    def do_list(self, tag, _):
        names = ["INBOX", *self.server.folders]
        self.say(*(f'* LIST () "/" {name}' for name in names), f"{tag} OK done")

    def do_examine(self, tag, command):
        self.folder = command.split(" ", 1)[1].strip('"')
        uids = list(self.mails)  # one moment's: tests add to it
        self.seen = len(uids)
        self.say("* FLAGS (\\Seen)", f"* {self.seen} EXISTS", "* OK [UIDVALIDITY 7] x",
                 f"* OK [UIDNEXT {max(uids, default=0) + 1}] x", f"{tag} OK [READ-ONLY] done")

    def do_append(self, tag, command):
        folder = self.server.folders[command.split(" ", 2)[1].strip('"')]
        if self.server.full:
            self.say(f"{tag} NO [OVERQUOTA] Quota exceeded (mailbox for user is full)")
            return
        given = re.search(r'"(\d.+?)" \{', command)
        when = email.utils.parsedate_to_datetime(given.group(1).replace("-", " ")) if given else None
        size = int(re.search(r"\{(\d+)\}$", command).group(1))
        self.say("+ go")
        uid = max(folder, default=0) + 1
        folder[uid] = (self.file.read(size), int(when.timestamp() if when else time.time() - self.server.behind))
        if self.server.forgets:
            del folder[uid]
        self.file.readline()
        self.say(f"{tag} OK [APPENDUID 7 {uid}] done")

    def do_idle(self, tag, _):
        if self.server.idle in ("NO", "BAD"):
            self.say(f"{tag} {self.server.idle} not today")
            return
        self.say("+ idling")
        if self.server.idle in ("END", "EXISTS"):
            if self.server.idle == "EXISTS":
                self.say(f"* {len(self.mails)} EXISTS")
                self.file.readline()
            self.say(f"{tag} OK done")
            return
        if self.server.idle == "BYE":
            self.server.idle = None
            self.say("* BYE restarting")
            return False
        while not self.stream.pending() and not select.select([self.stream], [], [], 0.1)[0]:
            if len(self.mails) != self.seen:
                self.seen = len(self.mails)
                self.say(f"* {self.seen} EXISTS")
        if not self.file.readline():
            return False
        self.say(f"{tag} OK done")

    def do_logout(self, tag, _):
        self.say("* BYE bye", f"{tag} OK done")
        return False

    # --- FETCH -------------------------------------------------------------------------------------------------

    def do_uid(self, tag, command):
        _, _, uids, what = command.split(" ", 3)
        wanted = self.chosen(uids)
        if self.server.ill == "NIL" and "BODY.PEEK[]" in what and self.folder == "INBOX":
            self.say(*(f"* {uid} FETCH (UID {uid} BODY[] NIL)" for uid in wanted), f"{tag} OK done")
            return
        if self.server.ill in ("NO", "BYE") and "BODY" in what and self.folder == "INBOX":
            self.say("* BYE backend is away" if self.server.ill == "BYE" else f"{tag} NO [SERVERBUG] try again later")
            return self.server.ill != "BYE"
        if "RFC822.SIZE" in what:
            self.listing(tag, wanted)
        elif "HEADER" in what:
            for uid in wanted:
                header = self.mails[uid][0].partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                self.body(uid, "BODY[HEADER]", header)
            self.say(f"{tag} OK done")
        else:
            return self.bodies(tag, wanted)

    def chosen(self, uids):
        ranges = []
        for part in uids.split(","):
            first, _, last = part.partition(":")
            ranges.append((int(first), 1 << 32 if last == "*" else int(last or first)))
        return [uid for uid in sorted(self.mails) if any(a <= uid <= b for a, b in ranges)]

    def listing(self, tag, wanted):
        lines = []
        if self.server.lists and self.folder == "INBOX":
            wanted = [uid for uid in wanted if uid in self.server.lists[0]]
            del self.server.lists[0]
        for uid in wanted:
            raw, when = self.mails[uid]
            date = time.strftime("%d-%b-%Y %H:%M:%S +0000", time.gmtime(when))
            lines.append(f'* {uid} FETCH (UID {uid} INTERNALDATE "{date}" RFC822.SIZE {len(raw)})')
        self.say(*lines, f"{tag} OK done")

    def body(self, uid, name, data):
        self.stream.sendall(f"* {uid} FETCH (UID {uid} {name} {{{len(data)}}}\r\n".encode() + data + b")\r\n")

    def slowly(self, data, seconds=7, drops=70):
        for at in range(drops):
            self.stream.sendall(data[len(data) * at // drops:len(data) * (at + 1) // drops])
            time.sleep(seconds / drops)

    def bodies(self, tag, wanted):
        for uid in wanted:
            fault = self.server.faults.get(uid) if self.folder == self.server.poisoned else None
            if fault and self.server.once:
                del self.server.faults[uid]
            raw = self.mails[uid][0]
            if fault == "never":
                self.file.readline()  # until the client gives up
                return False
            if fault == "bye":
                self.say("* BYE the server is restarted")
                return False
            if fault == "cut":
                self.stream.sendall(f"* 1 FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw[:len(raw) // 2])
                return False
            if fault == "flood":
                while True:
                    self.stream.sendall(b"* 1 FETCH (FLAGS (\\Seen))\r\n" * 1000)
            if fault == "hollow":
                self.body(uid, "BODY[]", b"")
                continue
            if fault == "refuse":
                self.say(f"{tag} NO cannot read it")
                return
            if fault == "expunged":
                del self.mails[uid]
                self.say(f"{tag} NO Some of the requested messages no longer exist")
                return
            if fault == "gone":
                del self.mails[uid]
                continue
            if fault == "slow":
                self.slowly(f"* 1 FETCH (UID {uid} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")\r\n")
                continue
            if fault != "skip":
                self.body(uid, "BODY[]", raw)
        self.say(f"{tag} OK done")
