"""The pytest plugin as its users meet it, and what it costs those who do not use it."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import entry_points
from typing import Any

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


TEMPLATE = """\
Parameters: {Cidr: {Type: String}}
Resources:
  V: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: !Ref Cidr}}
  S: {Type: "AWS::EC2::Subnet", Properties: {VpcId: !Ref V, CidrBlock: !Ref Cidr}}
  F:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: orders
      VpcConfig: {SubnetIds: [!Ref S], SecurityGroupIds: [!GetAtt V.DefaultSecurityGroup]}
"""


def test_a_template_is_read_with_its_parameters(pytester: pytest.Pytester) -> None:
    (pytester.mkdir("infra") / "t.yaml").write_text(TEMPLATE, encoding="utf-8")
    pytester.makeini(
        "[pytest]\nreach_source = infra/t.yaml\nreach_params =\n    Cidr=10.7.0.0/24\n    AWS::Region=eu-north-1\n"
    )
    pytester.makepyfile(
        """
        def test_params(reach_network, assert_reach):
            assert reach_network.functions[0].home.region == "eu-north-1"
            assert_reach("orders", cannot="internet")

        def test_where(assert_reach):
            assert_reach("orders", "internet")
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-W", "error", "--strict-config")
    result.assert_outcomes(passed=1, failed=1)
    # the file as seen from where pytest runs
    result.stdout.fnmatch_lines(['E  *"10.7.0.0/24 → local"*', "E  *(infra/t.yaml:3)*"])


@pytest.mark.parametrize(
    ("ini", "words"),
    [
        (
            "reach_source = nets/nett.json",
            "the network of reach_source in tox.ini cannot be read: nets/nett.json: there is no",
        ),
        ("reach_source = tox.ini", "tox.ini"),
        ("reach_source = nets/net.json\nreach_params = Cidr", "reach_params 'Cidr' has no name and value"),
        ("reach_source = nets/net.json\nreach_params = Cidr=x", "the value of 'Cidr' is for a template"),
    ],
)
def test_what_cannot_be_read_fails_in_a_few_words(project: pytest.Pytester, ini: str, words: str) -> None:
    """Not in two hundred lines of our own code for every test."""
    project.makeini(f"[pytest]\n{ini}\n")
    project.makepyfile("def test_x(reach_network): pass")
    result = project.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(errors=1)
    said = result.stdout.str()
    assert words in said
    assert "reach/pytest_plugin.py" not in said
    assert "INTERNALERROR" not in said


def test_targets_may_stand_in_lists() -> None:
    net = reach.demo("private")
    with pytest.raises(AssertionError) as caught:
        assert_reach(net, "orders", ["s3", "internet"], can=["sqs"], cannot=("internet:22",))
    assert [line.split(" (")[0] for line in str(caught.value).splitlines() if line.startswith("expected")] == [
        "expected orders can reach internet", "expected orders can reach sqs",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("orders", "s3"), "a network, then the name of a function"),
        ((None, "orders", "s3"), "a network, then the name of a function"),
        ((reach.demo("private"), reach.demo("private"), "orders", "s3"), "of the fixture, which has its network"),
        ((reach.demo("private"), "orders", 443), "and no int: 443"),
        ((reach.demo("private"), "orders", ["s3", None]), "and no NoneType: None"),
    ],
)
def test_what_is_no_question_is_said_in_words(arguments: Any, words: str) -> None:
    with pytest.raises(TypeError, match=re.escape(words)):
        assert_reach(*arguments)


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
