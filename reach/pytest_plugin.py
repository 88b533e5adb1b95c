"""A plugin for pytest: assert what functions reach, with the explanation as the failure message.

INVARIANT: whoever installs reach loads this in every run of pytest, so it imports nothing that pytest has not.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from reach.network import Network

SOURCE = "reach_source"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini option that says where the network is described."""
    words = "Where the network of 'reach_network' is described, one source per line: files relative to the ini file."
    parser.addini(SOURCE, words, type="linelist", default=[])


@pytest.fixture(scope="session")
def reach_network(pytestconfig: pytest.Config) -> Network:
    """The network that the ini option ``reach_source`` names, read once."""
    sources = pytestconfig.getini(SOURCE)
    if not sources:
        pytest.fail(f"say where the network is described: {SOURCE} = net.json   in pytest.ini", pytrace=False)
    from reach import load
    from reach.cli.finding import placed

    folder = pytestconfig.inipath.parent if pytestconfig.inipath else pytestconfig.rootpath
    return load(*(placed(source, folder) for source in sources))


@pytest.fixture(name="assert_reach")
def _assert_reach(reach_network: Network) -> Callable[..., None]:
    """`assert_reach` about the network of `reach_network`: ``assert_reach("orders", "s3", cannot="internet")``."""
    return partial(assert_reach, reach_network)


def assert_reach(
    network: Network, function: str, *can: str, cannot: str | Iterable[str] = (), because: str = ""
) -> None:
    """Fail unless what is expected of a function holds; with the meaning that it has in a reach.yaml.

    Parameters
    ----------
    network
        What `reach.load` gives. The fixture of this name has it already.
    function
        A name, a glob, ``!glob``, or ``tag:key=value``.
    can
        Targets that must be reachable from every subnet.
    cannot
        Targets that must be blocked from every subnet; without a port on every TCP and UDP port.
    because
        Why; part of the failure message.

    Raises
    ------
    AssertionError
        If something does not hold, or is unknown; the message is the explanation.
    ExpectationsError
        If the function or a target is not in the network.
    """
    __tracebackhide__ = True
    from reach.cli.finding import shown
    from reach.errors import ExpectationsError
    from reach.expectations import Status, evaluate, stated
    from reach.render.outcomes import render_failures

    caller = sys._getframe(1)
    place = shown(Path(caller.f_code.co_filename))
    refused = (cannot,) if isinstance(cannot, str) else tuple(cannot)
    try:
        outcomes = evaluate(network, stated(place, caller.f_lineno, function, can, refused, because))
    except ExpectationsError as error:
        raise ExpectationsError(error.message, error.hint) from None  # from here: our own frames say nothing
    if any(outcome.status is not Status.PASSED for outcome in outcomes):
        raise AssertionError(render_failures(outcomes))
