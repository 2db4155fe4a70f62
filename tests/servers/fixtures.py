"""Fixtures that every suite against servers begins with."""

import os

import pytest

from . import Dovecot, Stage


@pytest.fixture(scope="session")
def stage():
    with Stage(keep=bool(os.environ.get("BAOSONG_KEEP"))) as stage:
        yield stage


@pytest.fixture(scope="session")
def imap(stage):
    """Dovecot: any address, one password; the certificate is for localhost and 127.0.0.1."""
    return Dovecot(stage).start()
