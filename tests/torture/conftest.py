"""Fixtures of the faults: private servers, lanes, and a line per part as soon as it is over."""

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "demo"), str(TESTS / "e2e"), str(TESTS / "torture")]

from bed import LANES, LONG, SEED, Lane, Tally, Work, a_friday  # noqa: E402
from proxy import Proxies  # noqa: E402
from servers import build_dir  # noqa: E402
from servers.fixtures import imap, stage  # noqa: E402, F401


def pytest_report_header(config):
    return f"build under test: {build_dir()}; {'long' if LONG else 'short'} form, seed {SEED}, {LANES} lanes"


@pytest.fixture(scope="session")
def proxies():
    proxies = Proxies()
    yield proxies
    proxies.close()


@pytest.fixture(scope="session")
def lanes(stage, imap, proxies):
    """A maker of lanes with settings of their own."""
    def make(count=LANES, **settings):
        return [Lane(stage, imap, proxies, {k.replace("__", "."): v for k, v in settings.items()})
                for _ in range(count)]
    return make


@pytest.fixture(scope="session")
def friday(lanes):
    return Work(lanes(), a_friday)


@pytest.fixture
def tally(request):
    """Counts what a part does, and says it."""
    tally = Tally(request.node.name.removeprefix("test_").replace("_", " "))
    yield tally
    plugin = request.config.pluginmanager.getplugin
    with plugin("capturemanager").global_and_fixture_disabled():
        plugin("terminalreporter").write(f"\n{tally}\n")
