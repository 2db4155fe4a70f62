"""Private real mail servers on free loopback ports: Dovecot, an SMTP server, Postfix.

Used by the end-to-end tests, the demo and the benchmark alike. Everything lives in one temporary folder, belongs to one
ordinary user (also when root started it), and is gone when the program ends, however it ends.

    with Stage() as stage:
        imap = Dovecot(stage).start()
        sink = SmtpSink(stage, imap).start()
"""

from .stage import Stage, ServerError, free_ports
from .campaign import Campaign, build_dir
from .certificates import Authority
from .dovecot import Dovecot
from .smtp import SmtpSink
from .postfix import Postfix
from .odd_imap import OddImap

__all__ = ["Campaign", "build_dir", "Stage", "ServerError", "free_ports", "Authority", "Dovecot", "SmtpSink", "Postfix", "OddImap"]
