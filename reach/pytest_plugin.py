"""A plugin for pytest: assert what functions reach, with the explanation as the failure message.

INVARIANT: whoever installs reach loads this in every run of pytest, so it imports nothing that pytest has not.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from reach.network import Network

SOURCE, PARAMS = "reach_source", "reach_params"


class AssertReach(Protocol):
    """What the fixture `assert_reach` gives: `assert_reach` about the network of `reach_network`."""

    def __call__(
        self,
        function: str,
        *targets: str | Iterable[str],
        can: str | Iterable[str] = (),
        cannot: str | Iterable[str] = (),
        because: str = "",
    ) -> None: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    """The ini options that say where the network is described."""
    words = "Where the network of 'reach_network' is described, one source per line: files relative to the ini file."
    parser.addini(SOURCE, words, type="linelist", default=[])
    words = "Parameters of the templates among them, one NAME=VALUE per line."
    parser.addini(PARAMS, words, type="linelist", default=[])


@pytest.fixture(scope="session")
def reach_network(pytestconfig: pytest.Config) -> Network:
    """The network that the ini option ``reach_source`` names, with ``reach_params``, read once."""
    sources = pytestconfig.getini(SOURCE)
    if not sources:
        pytest.fail(f"say where the network is described: {SOURCE} = net.json   in pytest.ini", pytrace=False)
    from reach import ReachError, load
    from reach.cli.finding import placed, shown

    params = dict(_pair(line) for line in pytestconfig.getini(PARAMS))
    ini = pytestconfig.inipath or pytestconfig.rootpath
    folder = Path(shown(ini.parent if pytestconfig.inipath else ini))
    try:
        return load(*(placed(source, folder) for source in sources), params=params)
    except ReachError as error:
        words = f"the network of {SOURCE} in {shown(ini)} cannot be read: {error}"
    pytest.fail(words, pytrace=False)  # from here: our own frames say nothing


def _pair(line: str) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    if not name or not equals:
        pytest.fail(f"{PARAMS} {line!a} has no name and value, like NAME=VALUE", pytrace=False)
    return name, value


@pytest.fixture(name="assert_reach")
def _assert_reach(reach_network: Network) -> AssertReach:
    """`assert_reach` about the network of `reach_network`: ``assert_reach("orders", "s3", cannot="internet")``."""
    return partial(assert_reach, reach_network)


def assert_reach(
    network: Network,
    function: str,
    *targets: str | Iterable[str],
    can: str | Iterable[str] = (),
    cannot: str | Iterable[str] = (),
    because: str = "",
) -> None:
    """Fail unless what is expected of a function holds; with the meaning that it has in a reach.yaml.

    Parameters
    ----------
    network
        What `reach.load` gives. The fixture of this name has it already.
    function
        A name, a glob, ``!glob``, or ``tag:key=value``.
    targets, can
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
    TypeError
        If something else than words stands for a function or a target.
    """
    __tracebackhide__ = True
    from reach.cli.finding import shown
    from reach.errors import ExpectationsError
    from reach.expectations import Status, evaluate, stated
    from reach.network import Network
    from reach.render.outcomes import render_failures

    if not isinstance(network, Network) or not isinstance(function, str):
        forms = (
            "assert_reach(network, 'orders', 's3'); of the fixture, which has its network, assert_reach('orders', 's3')"
        )
        raise TypeError(f"a network, then the name of a function: {forms}")
    caller = sys._getframe(1)
    place = shown(Path(caller.f_code.co_filename))
    wanted, refused = _words(*targets, can), _words(cannot)
    try:
        outcomes = evaluate(network, stated(place, caller.f_lineno, function, wanted, refused, because))
    except ExpectationsError as error:
        raise ExpectationsError(error.message, error.hint) from None  # from here: our own frames say nothing
    if any(outcome.status is not Status.PASSED for outcome in outcomes):
        raise AssertionError(render_failures(outcomes))


def _words(*some: str | Iterable[str]) -> list[str]:
    """Targets, one by one or in lists."""
    __tracebackhide__ = True
    out: list[str] = []
    for one in some:
        many = [one] if isinstance(one, str) or not isinstance(one, Iterable) else list(one)
        for odd in (word for word in many if not isinstance(word, str)):
            raise TypeError(f"a target is a text, such as 'internet:443', and no {type(odd).__name__}: {odd!r}")
        out += many
    return out
