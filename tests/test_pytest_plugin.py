"""The pytest plugin as its users meet it, and what it costs those who do not use it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import reach
from reach import ExpectationsError
from reach.pytest_plugin import assert_reach
from tests.command import CLEAN, furnished

pytest_plugins = ["pytester"]

INI = """
[pytest]
reach_source = nets/net.json
addopts = -p no:cacheprovider
"""


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    folder = pytester.mkdir("nets")
    furnished().write(folder / "net.json")
    pytester.makeini(INI)
    return pytester


def test_the_fixtures(project: pytest.Pytester) -> None:
    project.makepyfile(
        """
        import pytest

        def test_network(reach_network):
            assert [f.name for f in reach_network.functions] == ["loner", "orders", "thumbnailer"]

        def test_holds(assert_reach):
            assert_reach("orders", "internet", "rds:orders-db", cannot="rds:orders-db:22")
            assert_reach("thumbnailer", cannot=["internet", "s3"])

        def test_blocked(assert_reach):
            assert_reach("thumbnailer", "internet", because="it fetches pictures")

        def test_open(assert_reach):
            assert_reach("orders", cannot="internet")

        def test_unknown(assert_reach):
            assert_reach("orders", "ledger.corp.internal:5432")

        def test_typo(assert_reach):
            assert_reach("order", "s3")
        """
    )
    result = project.runpytest_subprocess("-p", "no:randomly")
    result.assert_outcomes(passed=2, failed=4)
    result.stdout.fnmatch_lines(
        [
            "E  *AssertionError: expected thumbnailer can reach internet (test_the_fixtures.py:11),*",
            "E  *fetches pictures",
            "E  *✕ BLOCKED    thumbnailer → internet:443*IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS*",
            "E  *expected orders cannot reach internet on any TCP or UDP port*",
            "E  *open by*",
            "E  *? UNKNOWN    orders → ledger.corp.internal:5432*",
            "E  *test_the_fixtures.py:20: no function 'order' in the source*",
            "E  *did you mean 'orders'?*",
        ]
    )
    assert "def assert_reach" not in result.stdout.str(), "the failure shows our own code"


def test_without_the_option_it_says_what_to_write(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_x(reach_network): pass")
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*reach_source = net.json   in pytest.ini*"])


def test_the_function_takes_any_network() -> None:
    net = reach.demo("private")
    assert_reach(net, "orders", cannot=["internet"])
    with pytest.raises(AssertionError, match="expected orders can reach internet"):
        assert_reach(net, "*", "internet")
    with pytest.raises(ExpectationsError, match=r"test_pytest_plugin\.py:\d+: .*unknown target 's4'"):
        assert_reach(net, "orders", "s4")


def test_it_is_installed_with_the_package() -> None:
    (found,) = [e for e in entry_points(group="pytest11") if e.value == "reach.pytest_plugin"]
    assert found.name == "reach"


def test_it_costs_other_peoples_runs_nothing() -> None:
    """Beyond what pytest itself has loaded, three small modules and no library."""
    code = (
        "import sys, pytest, _pytest.config\n_pytest.config.get_config()\nbefore = set(sys.modules)\n"
        "import reach.pytest_plugin\nprint(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=CLEAN)
    assert done.stdout.split() == ["reach", "reach.errors", "reach.pytest_plugin"]


def test_a_run_that_does_not_use_it_loads_nothing_of_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import sys

        def test_modules():
            mine = {name for name in sys.modules if name.split(".")[0] == "reach"}
            assert mine == {"reach", "reach.errors", "reach.pytest_plugin"}
            assert not {"boto3", "networkx", "matplotlib", "yaml", "click", "rich"} & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:hypothesispytest").assert_outcomes(passed=1)
