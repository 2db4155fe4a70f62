"""A proxy between the daemon and a server that misbehaves at one byte of the conversation.

It ends the daemon's TLS with a certificate of the test authority and begins TLS of its own towards the server, so that
offsets count bytes of IMAP and SMTP, not of TLS records.
"""

import asyncio
import contextlib
import random
import ssl
import threading
from dataclasses import dataclass, field

TO_CLIENT, TO_SERVER = "answers", "commands"
GARBAGE = (b"* 4294967296 FETCH (((((", b"\0" * 64, b"\r\n\r\n* BYE {99999999}\r\n", b"* 1 FETCH (UID 1 BODY[] {7}\r\n",
           b"\xff\xfe" * 40, b"999 \r\n", b"250-\r\n")


@dataclass
class Fault:
    """What goes wrong once, where `direction` has carried `offset` bytes (over all connections of the trial); with
    `after`, so many bytes after these words were first said (whoever plans it listens).

    how: "cut" (both ends closed), "half" (FIN towards the one who waits for more, the other way stays open), "stall"
    (nothing more, ever, and nothing is closed), "garbage" (bytes that nobody said), "again" (the last bytes twice),
    "slow" (byte by byte for a while), "" (nothing: only count)."""
    how: str = ""
    direction: str = TO_CLIENT
    offset: int = -1
    seed: int = 0
    words: bytes = b""          # the garbage; else chosen by the seed
    after: bytes = b""
    done: bool = False
    carried: dict = field(default_factory=lambda: {TO_CLIENT: 0, TO_SERVER: 0})
    said: dict = field(default_factory=lambda: {TO_CLIENT: bytearray(), TO_SERVER: bytearray()})


    def where(self):
        """The offset over all connections; -1 as long as it is not known."""
        if not self.after:
            return self.offset
        begin = self.said[self.direction].find(self.after)
        return begin + len(self.after) + self.offset if begin >= 0 else -1


class Link:
    """One connection of the daemon, and ours to the server."""

    def __init__(self, proxy, client, server):
        self.proxy, self.fault = proxy, proxy.fault
        self.ends = {TO_CLIENT: (server, client), TO_SERVER: (client, server)}
        self.stalled = asyncio.Event()

    def close(self):
        for _, (_, writer) in self.ends.values():
            with contextlib.suppress(AttributeError):  # Python 3.11's TLS transport, once it is closed
                writer.transport.abort()

    async def run(self):
        tasks = [asyncio.ensure_future(self.pump(way)) for way in (TO_CLIENT, TO_SERVER)]
        try:
            await asyncio.wait(tasks)
        finally:
            for task in tasks:
                task.cancel()
            self.close()

    async def pump(self, way):
        (reader, _), (_, writer) = self.ends[way]
        fault = self.fault
        try:
            while data := await reader.read(65536):
                if self.stalled.is_set():
                    continue
                at = fault.carried[way]
                fault.carried[way] += len(data)
                if self.proxy.listening:
                    fault.said[way] += data
                offset = fault.where() if fault.how and not fault.done and way == fault.direction else -1
                if 0 <= offset < at + len(data):
                    fault.done = True
                    head, tail = data[:offset - at], data[offset - at:]
                    if await self.misbehave(writer, data, head, tail):
                        continue
                    return
                writer.write(data)
                await writer.drain()
            if not self.stalled.is_set():
                writer.close()  # the one has said all, and the other hears it
        except (OSError, ssl.SSLError, asyncio.IncompleteReadError):
            self.close()

    async def misbehave(self, writer, data, head, tail):
        """True if the conversation goes on."""
        fault, dice = self.fault, random.Random(self.fault.seed)
        if fault.how == "again":
            writer.write(data)
            writer.write(data)
            await writer.drain()
            return True
        if head:
            writer.write(head)
            await writer.drain()
        if fault.how == "garbage":
            writer.write(fault.words or dice.choice(GARBAGE) + dice.randbytes(dice.randrange(40)))
        elif fault.how == "slow":
            for i in range(min(len(tail), 40)):
                writer.write(tail[i:i + 1])
                await asyncio.sleep(0.001)
            tail = tail[40:]
        elif fault.how == "stall":
            self.stalled.set()
            return True
        elif fault.how == "half":
            self.stalled.set()
            writer.transport.get_extra_info("socket").shutdown(1)
            return True
        else:
            self.close()
            return False
        writer.write(tail)
        await writer.drain()
        return True


class Proxies:
    """One thread that serves all proxies of a test run."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)


class Proxy:
    """Listens on `port`; `plan(fault)` says what the next trial has to bear."""

    def __init__(self, proxies, server_port, authority=None):
        """With an authority both sides speak TLS from the start; without, neither."""
        self.proxies, self.server_port = proxies, server_port
        self.fault, self.listening, self.links = Fault(), False, set()
        self.inside = self.outside = None
        if authority:
            certificate, key = authority.issue("server", "DNS:localhost", "IP:127.0.0.1")
            self.inside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            self.inside.load_cert_chain(certificate, key)
            self.outside = ssl.create_default_context(cafile=str(authority.ca))
        self.server = proxies.call(asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.inside))
        self.port = self.server.sockets[0].getsockname()[1]

    async def _serve(self, reader, writer):
        try:
            name = {"server_hostname": "localhost"} if self.outside else {}
            server = await asyncio.open_connection("127.0.0.1", self.server_port, ssl=self.outside, **name)
        except OSError:
            writer.transport.abort()
            return
        link = Link(self, (reader, writer), server)
        self.links.add(link)
        try:
            await link.run()
        finally:
            self.links.discard(link)

    def plan(self, fault=None, listening=False):
        """What happens from here on; links of before are closed. Gives the fault, which then tells what it did."""
        async def change():
            for link in list(self.links):
                link.close()
            self.fault, self.listening = fault or Fault(), listening
        self.proxies.call(change())
        return self.fault
