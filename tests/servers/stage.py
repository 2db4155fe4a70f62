"""The place where servers run: a temporary folder, the user they run as, and their processes."""

import atexit
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TEST_USER = "baosong-test"  # `make deps` creates it when root; without it, servers of root run as nobody
START_SECONDS = 30

# Outlives us by a moment: when our end of its input closes without "done" (kill -9, a crash), it ends the process
# groups that we told it of and removes the folder. (PR_SET_PDEATHSIG is lost when a server changes its user.)
JANITOR = """
import os, shutil, signal, sys, time
groups = []
for line in sys.stdin:
    if line.strip() == "done":
        sys.exit(0)
    groups.append(int(line))
for sign in (signal.SIGTERM, signal.SIGKILL):
    for group in groups:
        try:
            os.killpg(group, sign)
        except OSError:
            pass
    time.sleep(1)
shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


class ServerError(Exception):
    """A server did not start or stop as it should; the text holds the end of its log."""


def free_ports(count, host="127.0.0.1"):
    """Ports that were free a moment ago. Somebody may take one: starters try again with others."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for s in sockets:
            s.bind((host, 0))
        return [s.getsockname()[1] for s in sockets]
    finally:
        for s in sockets:
            s.close()


def _user():
    """(name, uid, gid) that servers and daemon run as: ourselves, or for root a user without rights."""
    if os.getuid() != 0:
        entry = pwd.getpwuid(os.getuid())
    else:
        try:
            entry = pwd.getpwnam(TEST_USER)
        except KeyError:
            entry = pwd.getpwnam("nobody")
    return entry.pw_name, entry.pw_uid, entry.pw_gid


class Stage:
    """A folder of its own under /tmp (Unix sockets need short paths, and a clone under /root is closed to the
    user that servers run as) or another one, and every process started in it."""

    def __init__(self, keep=False, under="/tmp"):
        self.user, self.uid, self.gid = _user()
        self.group = grp.getgrgid(self.gid).gr_name
        self.root_started = os.getuid() == 0
        self.keep = keep
        self.dir = Path(tempfile.mkdtemp(prefix="baosong-", dir=under))
        self.dir.chmod(0o711)
        self.give(self.dir)
        self.processes = []
        self._closed = False
        self._pid = os.getpid()
        self._janitor = subprocess.Popen([sys.executable, "-I", "-c", JANITOR, str(self.dir)], stdin=subprocess.PIPE,
                                         start_new_session=True, text=True, bufsize=1)
        atexit.register(self.close)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def give(self, path):
        """Hands a file or folder to the user of the servers."""
        if self.root_started:
            os.chown(path, self.uid, self.gid)
        return Path(path)

    def folder(self, *parts, mode=0o700):
        path = self.dir.joinpath(*parts)
        for p in [*reversed(path.relative_to(self.dir).parents), path.relative_to(self.dir)]:
            full = self.dir / p
            if not full.exists():
                full.mkdir(mode=mode)
                self.give(full)
        return path

    def file(self, path, content, mode=0o600):
        """Writes a file (text or bytes) that the servers' user owns."""
        path = self.dir / path
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        path.chmod(mode)
        return self.give(path)

    def programs(self, build):
        """The programs of a build folder, where the user of the servers can run them."""
        build = Path(build).resolve()
        if not self.root_started:
            return build
        target = self.dir / ("bin-" + build.name)
        if not target.exists():
            target.mkdir(mode=0o755)
            for name in ("baosongd", "baosong", "baosong-parse", "baosong-parse-all"):
                shutil.copy2(build / name, target / name)
                (target / name).chmod(0o755)
        return target

    def as_user(self):
        """Keyword arguments for subprocess that make the child an ordinary user."""
        if not self.root_started:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def environment(self, **more):
        """A small, fixed environment: no locale, proxy or home of whoever started us."""
        env = {"PATH": "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "HOME": str(self.dir),
               "TMPDIR": str(self.dir)}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                env[name] = os.environ[name]
        env.update(more)
        return env

    def run(self, argv, timeout=120, as_root=False, env=None, **more):
        """Runs a command to its end as the servers' user; gives the CompletedProcess with text output."""
        return subprocess.run([str(a) for a in argv], cwd=self.dir, timeout=timeout, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace",
                              env=self.environment(**(env or {})), **({} if as_root else self.as_user()), **more)

    def spawn(self, argv, log, as_root=False):
        """Starts a server in a process group of its own; it also dies when we do, even by kill -9."""
        with open(log, "ab") as out:
            process = subprocess.Popen([str(a) for a in argv], cwd=self.dir, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=out, start_new_session=True, env=self.environment(),
                                       **({} if as_root else self.as_user()))
        self.processes.append(process)
        self._janitor.stdin.write(f"{process.pid}\n")
        return process

    def wait_for(self, what, condition, process, log):
        """Returns when condition() is true; raises with the log's end when the process dies or time is up."""
        deadline = time.monotonic() + START_SECONDS
        pause = 0.002
        while not condition():
            if process.poll() is not None or time.monotonic() > deadline:
                why = f"ended with {process.returncode}" if process.poll() is not None else "did not get ready"
                tail = Path(log).read_text(errors="replace")[-3000:] if Path(log).exists() else "(no log)"
                raise ServerError(f"{what} {why}:\n{tail}")
            process_wait(process, pause)
            pause = min(pause * 1.5, 0.1)

    def end(self, process):
        """Ends one server and whatever it started."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(process.pid, sign)
            except (ProcessLookupError, PermissionError):
                pass
            try:
                process.wait(10)
                break
            except subprocess.TimeoutExpired:
                continue
        try:  # children that outlived the master are in its group
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass
        if process in self.processes:
            self.processes.remove(process)

    def close(self):
        """Ends every server, newest first, and removes the folder."""
        if self._closed or os.getpid() != self._pid:
            return
        self._closed = True
        for process in reversed(list(self.processes)):
            self.end(process)
        self._janitor.communicate("done\n")
        if not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)


def on_free_ports(server, begin):
    """Starts a server: begin() chooses ports, starts it and waits until it is there. Somebody may take a port first."""
    for attempt in range(3):
        try:
            begin()
            return server
        except ServerError as e:
            server.stop()
            if attempt == 2 or "address already in use" not in str(e).lower():
                raise


def process_wait(process, seconds):
    """Waits for the process to end, but not longer than this: the pause between two looks at a condition."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        pass


def answers(port, greeting, host="127.0.0.1"):
    """Whether the server on this port greets with these bytes."""
    try:
        with socket.create_connection((host, port), 1) as s:
            s.settimeout(2)
            return s.recv(len(greeting)) == greeting
    except OSError:
        return False


def accepts(port, host="127.0.0.1"):
    """Whether something listens on this port."""
    try:
        socket.create_connection((host, port), 1).close()
        return True
    except OSError:
        return False
