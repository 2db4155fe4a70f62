"""The program behind SmtpSink; stands alone (run by /usr/bin/python3 as the servers' user)."""

import asyncio
import base64
import email
import email.policy
import json
import re
import signal
import smtplib
import ssl
import sys


def rule_for(config, address, at):
    """The reply to give to this recipient at this point, or None; rules are read anew each time."""
    with open(config["rules"]) as f:
        rules = json.load(f)
    for rule in rules:
        if rule.get("at", "rcpt") == at and re.search(rule["match"], address):
            key = json.dumps(rule, sort_keys=True)
            used = config["used"].get(key, 0)
            if "times" in rule and used >= rule["times"]:
                continue
            config["used"][key] = used + 1
            return rule.get("reply", "")
    return None


def note(config, **entry):
    with open(config["journal"], "a") as f:
        f.write(json.dumps(entry, ensure_ascii=False) + "\n")


class Handler:
    def __init__(self, config):
        self.config = config

    async def handle_RCPT(self, server, session, envelope, address, options):
        reply = rule_for(self.config, address, "rcpt")
        if reply:
            note(self.config, at="refused", **{"from": envelope.mail_from}, to=[address], message_id="", subject="",
                 reply=reply)
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        entry = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "message_id": str(message["Message-ID"] or ""),
                 "subject": str(message["Subject"] or "")}
        for address in envelope.rcpt_tos:
            if rule_for(self.config, address, "drop") is not None:
                note(self.config, at="dropped", reply="", **entry)
                server.transport.abort()
                return "421 4.3.0 gone"
            reply = rule_for(self.config, address, "data")
            if reply:
                note(self.config, at="refused", reply=reply, **entry)
                return reply
        loop = asyncio.get_running_loop()
        reply = await loop.run_in_executor(None, self.deliver, envelope)
        note(self.config, at="taken" if reply.startswith("250") else "refused", reply=reply, **entry)
        if any(rule_for(self.config, a, "after") is not None for a in envelope.rcpt_tos):
            server.transport.abort()
        return reply

    def deliver(self, envelope):
        wanted = [a for a in envelope.rcpt_tos if re.search(self.config["deliver_to"], a)]
        if not wanted:
            return "250 2.0.0 taken"
        try:
            with smtplib.LMTP("127.0.0.1", self.config["lmtp"]) as lmtp:
                for address in wanted:  # smtplib does not read LMTP's reply per recipient
                    lmtp.sendmail(envelope.mail_from or "", [address], envelope.content)
            return "250 2.0.0 delivered"
        except (OSError, smtplib.SMTPException) as e:
            return f"451 4.3.0 local delivery: {' '.join(str(e).split())}"


class Bearers(Handler):
    """OAuth2: whoever has one of the tokens in a file, one a line, may send."""

    async def bearer(self, server, args):
        from aiosmtpd.smtp import AuthResult
        said = args[1] if len(args) > 1 else await server.challenge_auth("", encode_to_b64=False)
        said = base64.b64decode(said) if isinstance(said, str) else said
        token = re.search(rb"auth=Bearer ([^\x01]+)", said)
        with open(self.config["tokens"]) as f:
            good = bool(token) and token.group(1).decode() in f.read().split()
        note(self.config, at="auth", to=[], message_id="", subject="", reply="235" if good else "535", **{"from": args[0]})
        return AuthResult(success=good, handled=False, message=None if good else "535 5.7.8 token expired")

    async def auth_XOAUTH2(self, server, args):
        return await self.bearer(server, args)

    async def auth_OAUTHBEARER(self, server, args):
        return await self.bearer(server, args)


async def serve(config):
    from aiosmtpd.smtp import SMTP, AuthResult
    context = None
    if config["tls"] != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(config["cert"], config["key"])

    def authenticate(server, session, envelope, mechanism, data):
        reply = rule_for(config, data.login.decode(), "auth")
        if reply:
            note(config, at="auth", to=[], message_id="", subject="", reply=reply, **{"from": ""})
            return AuthResult(success=False, handled=False, message=reply)
        good = data.login.decode() == config["user"] and data.password.decode() == config["password"]
        return AuthResult(success=good, handled=good)

    def protocol():
        extra = {}
        if config["user"] or config["tokens"]:
            # With tokens `user` is the one mechanism that is offered.
            extra = {"auth_exclude_mechanism": [m for m in ("PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER")
                                                if config["tokens"] and m != config["user"].upper()],
                     "authenticator": authenticate, "auth_required": True,
                     "auth_require_tls": config["tls"] == "starttls"}
        if config["tls"] == "starttls":
            extra.update(tls_context=context, require_starttls=True)
        return SMTP(Bearers(config) if config["tokens"] else Handler(config), hostname="mail.shili.example", data_size_limit=64 << 20, loop=loop,
                    enable_SMTPUTF8=True, **extra)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", config["port"],
                                      ssl=context if config["tls"] == "smtps" else None)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    server.close()


if __name__ == "__main__":
    with open(sys.argv[1]) as f:
        settings = json.load(f)
    settings["used"] = {}
    asyncio.run(serve(settings))
