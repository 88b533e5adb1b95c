"""The command line: commands and options, exit codes, questions, and where results go."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from reach import __version__
from reach.answer import Verdict
from reach.cli import COMMANDS, exits, group, reach
from reach.errors import AwsError, QuestionError, ReachError, SnapshotError

from .command import furnished, loaded_by, run
from .schema import validate_answers
from .worlds import World


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(furnished().write(tmp_path_factory.mktemp("net") / "net.json"))


@pytest.fixture(scope="module")
def denied(tmp_path_factory: pytest.TempPathFactory) -> str:
    world = furnished()
    world.drop("NatGateways")
    return str(world.write(tmp_path_factory.mktemp("denied") / "net.json"))


# -- commands and options ---------------------------------------------------------------------------


@pytest.mark.smoke
def test_help_names_every_command_and_what_it_does() -> None:
    shown = run("--help").stdout
    for name, (_, short) in COMMANDS.items():
        assert any(line.split()[:1] == [name] and short in line for line in shown.splitlines()), name


@pytest.mark.smoke
def test_help_loads_no_command() -> None:
    assert loaded_by("--help") & {entry.split(":")[0] for entry, _ in COMMANDS.values()} == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_every_option_is_explained(name: str) -> None:
    command = reach.get_command(click.Context(reach), name)
    assert command is not None
    assert command.help
    result = run(name, "--help")
    assert result.exit_code == 0
    assert all(len(line) <= 80 for line in result.stdout.splitlines())
    for param in command.params:
        if isinstance(param, click.Option):
            assert param.help, param.opts
        else:
            assert (param.metavar or param.name or "").strip("[].").upper() in result.stdout.upper()


@pytest.mark.smoke
@pytest.mark.parametrize("name", ["diff", "", "\x1b[31m"])
def test_what_does_not_exist_yet_is_no_such_command(name: str) -> None:
    result = run(name)
    assert result.exit_code == 2
    assert "No such command" in result.stderr
    assert "\x1b" not in result.stderr


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("typed", "meant"), [("pth", "path"), ("lst", "list"), ("digram", "diagram"), ("DEMO", "demo")]
)
def test_a_typo_is_asked_about(typed: str, meant: str) -> None:
    result = run(typed)
    assert result.exit_code == 2
    assert f"'{meant}'" in result.stderr


@pytest.mark.smoke
def test_version() -> None:
    result = run("--version")
    assert (result.stdout, result.exit_code) == (f"reach {__version__}\n", 0)


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    result = run("path", "orders", "-f", "xlsx")
    assert result.exit_code == 2
    assert "'text', 'json'" in result.stderr


# -- exit codes -------------------------------------------------------------------------------------


@pytest.mark.smoke
@pytest.mark.parametrize(("one", "other"), [pair for pair in product(exits.PRECEDENCE, repeat=2) if pair[0] != pair[1]])
def test_precedence_of_exit_codes(one: int, other: int) -> None:
    order = [2, 4, 1, 3, 0]
    assert exits.worst((one, other)) == min(one, other, key=order.index)


@pytest.mark.smoke
def test_every_verdict_has_its_code() -> None:
    assert {v.value: exits.OF_VERDICT[v] for v in Verdict} == {
        "reachable": 0,
        "partial": 1,
        "blocked": 1,
        "unknown": 3,
    }


FAULTS: list[tuple[BaseException, int, str]] = [
    (ReachError("no such thing", "look elsewhere"), 2, "error: no such thing\n  look elsewhere\n"),
    (QuestionError("no function 'a\x1b[2Jb'"), 2, "error: no function 'a\\x1b[2Jb'\n"),
    (SnapshotError("net.json is empty"), 2, "error: net.json is empty\n"),
    (AwsError("no credentials"), 4, "error: no credentials\n"),
    (KeyboardInterrupt(), 130, "interrupted\n"),
    (BrokenPipeError(), 141, ""),
    (
        ZeroDivisionError("division\nby zero"),
        2,
        "error: this is a bug in reach: ZeroDivisionError: division\n",
    ),
    (RecursionError(), 2, "error: this is a bug in reach: RecursionError: \n"),
]


def failing(error: BaseException) -> click.Group:
    @click.command()
    @click.option("--debug", is_flag=True, expose_value=False, callback=lambda c, p, v: c.meta.update({exits.DEBUG: v}))
    def fail() -> None:
        raise error

    class Failing(group.LazyGroup):
        def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
            return fail

    return Failing("reach", lazy={"fail": ("", "")})


@pytest.mark.smoke
@pytest.mark.parametrize(("error", "code", "said"), FAULTS, ids=lambda value: type(value).__name__)
def test_every_error_has_a_code_and_words_but_no_traceback(error: BaseException, code: int, said: str) -> None:
    result = CliRunner().invoke(failing(error), ["fail"])
    assert result.exit_code == code
    assert result.stderr.replace(": \n", ":\n").startswith(said.replace(": \n", ":\n"))
    assert result.stderr or not said
    assert "Traceback" not in result.output


@pytest.mark.smoke
def test_debug_shows_the_traceback() -> None:
    result = CliRunner().invoke(failing(ZeroDivisionError("x")), ["fail", "--debug"])
    assert result.exit_code == 2
    assert "Traceback" in result.stderr
    assert "error: this is a bug in reach" in result.stderr


# -- path -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("orders", "internet"), 0, "✓ REACHABLE  orders → internet:443"),
        (("orders", "rds:orders-db"), 0, "✓ REACHABLE  orders → rds:orders-db"),
        (("thumbnailer", "internet"), 1, "[IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS]"),
        (("thumbnailer", "internet", "rds:orders-db"), 1, "1 reachable, 1 blocked"),
        (("*", "internet"), 1, "2 reachable, 1 blocked"),
        (("loner", "rds:orders-db"), 1, "[DISCONNECTED_VPCS]"),
    ],
)
def test_path(net: str, args: tuple[str, ...], code: int, words: str) -> None:
    result = run("path", *args, "--from", net)
    assert result.exit_code == code, result.output
    assert words in result.stdout
    assert result.stderr == f"read {net}: 3 functions, 1 VPC, 2 subnets\n"
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_unknown_is_a_code_of_its_own_and_names_what_is_missing(denied: str) -> None:
    result = run("path", "orders", "internet", "--from", denied)
    assert result.exit_code == 3, result.output
    assert result.stdout.startswith("? UNKNOWN ")
    assert "needs    ec2:DescribeNatGateways" in result.stdout


def test_blocked_beats_unknown(denied: str) -> None:
    assert run("path", "*", "internet", "--from", denied).exit_code == 1


def test_without_a_target_all_that_a_function_usually_needs_is_asked(net: str) -> None:
    result = run("path", "orders", "--from", net, "-q")
    targets = [line.partition(" → ")[2].split(":443")[0].split()[0] for line in result.stdout.splitlines()]
    assert targets[:3] == ["internet", "s3", "dynamodb"]
    assert targets[3].startswith("rds:orders-db")
    assert result.stderr == ""


@pytest.mark.parametrize("args", [("orders", "internet"), ("*",), ("thumbnailer", "internet", "s3", "rds:orders-db")])
def test_json_is_valid_and_ascii(net: str, denied: str, args: tuple[str, ...]) -> None:
    for source in (net, denied):
        result = run("path", *args, "--from", source, "-f", "json")
        assert result.stdout.isascii()
        document = json.loads(result.stdout)
        validate_answers(document)
        assert [origin["name"] for origin in document["source"]] == [source]
        assert document["reach"] == __version__
        verdicts = {answer["verdict"] for answer in document["answers"]}
        assert result.exit_code == exits.worst(exits.OF_VERDICT[Verdict(v)] for v in verdicts)


def test_quiet_is_one_line_for_each_answer(net: str) -> None:
    result = run("path", "*", "internet", "--from", net, "-q")
    words = [line.split()[1] for line in result.stdout.splitlines()]
    assert words == ["REACHABLE", "REACHABLE", "BLOCKED"]


def test_quiet_and_verbose_exclude_each_other(net: str) -> None:
    assert run("path", "orders", "-q", "-v", "--from", net).exit_code == 2


def test_verbose_shows_the_way_back(net: str) -> None:
    assert "and back" not in run("path", "orders", "internet", "--from", net).stdout
    assert "and back" in run("path", "orders", "internet", "--from", net, "-v").stdout


def test_the_environment_names_sources(net: str, tmp_path: Path) -> None:
    assert run("path", "orders", "internet", REACH_FROM=net).exit_code == 0
    spaced = tmp_path / "my network.json"
    spaced.write_bytes(Path(net).read_bytes())
    assert run("path", "orders", "internet", REACH_FROM=str(spaced)).exit_code == 0
    assert run("path", "orders", "internet", REACH_FROM=f"'{spaced}' {net}").exit_code == 0
    assert run("path", "orders", "internet", REACH_FROM="'").exit_code == 2


def test_a_flag_replaces_the_environment(net: str) -> None:
    assert run("path", "orders", "internet", "--from", net, REACH_FROM="/nonexistent").exit_code == 0


def test_standard_input_is_a_source(net: str) -> None:
    result = run("path", "orders", "internet", "--from", "-", stdin=Path(net).read_text())
    assert result.exit_code == 0
    assert result.stderr.startswith("read -: 3 functions")


def test_several_regions_cannot_choose_one_name(net: str) -> None:
    result = run("path", "orders", "--from", net, "--region", "eu-west-1", "--region", "eu-west-2")
    assert result.exit_code == 2
    assert "--region" in result.stderr


def test_a_name_in_two_regions_is_chosen_by_region(tmp_path: Path) -> None:
    sources = []
    for region in ("eu-west-1", "eu-west-2"):
        world = World(region)
        world.function("orders")
        sources += ["--from", str(world.write(tmp_path / f"{region}.json"))]
    both = run("path", "orders", "internet", *sources)
    assert both.exit_code == 2
    assert "eu-west-1/orders" in both.stderr
    assert "eu-west-2/orders" in both.stderr
    one = run("path", "orders", "internet", *sources, "--region", "eu-west-2", "-f", "json")
    assert one.exit_code == 0
    assert json.loads(one.stdout)["answers"][0]["source"]["region"] == "eu-west-2"
