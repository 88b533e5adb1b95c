"""The commands beside `path`: list, explain, completion, demo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reach.answer import Reason
from reach.cli import COMMANDS
from reach.cli.explain import find
from reach.errors import QuestionError

from .command import NOWHERE, call, furnished, loaded_by, run


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(furnished().write(tmp_path_factory.mktemp("net") / "net.json"))


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("functions", ["loner", "orders", "thumbnailer"]),
        ("databases", ["rds:orders-db"]),
        ("vpcs", ["vpc-0a"]),
    ],
)
def test_list_names_what_path_takes(net: str, kind: str, names: list[str]) -> None:
    assert run("list", kind, "--from", net, "-q").stdout.split() == names
    rows = json.loads(run("list", kind, "--from", net, "-f", "json").stdout)[kind]
    assert [row.get("id", row["name"]) for row in rows] == names
    table = run("list", kind, "--from", net).stdout.splitlines()
    assert table[0] == f"{kind} ({len(names)})"
    assert [line.split()[0] for line in table[2:]] == names


def test_list_of_everything(net: str) -> None:
    result = run("list", "--from", net)
    assert result.exit_code == 0
    assert [line for line in result.stdout.splitlines() if line and line[0] != " "] == [
        "functions (3)",
        "databases (1)",
        "vpcs (1)",
    ]
    document = json.loads(run("list", "--from", net, "-f", "json").stdout)
    assert list(document) == ["format", "reach", "source", "functions", "databases", "vpcs"]
    assert document["format"] == "reach-list/1"


def test_list_shows_the_account_where_there_are_several(tmp_path: Path) -> None:
    """Names of two accounts look alike; a function's VPC is that of its subnets, whatever VpcConfig says (M-1)."""
    vpc = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}
    subnet = {"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"}
    config = {"VpcId": "vpc-123abc", "SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]}
    arn = "arn:aws:lambda:eu-west-1:{}:function:orders"
    accounts = {
        account: {
            "eu-west-1": {
                "Vpcs": [vpc | {"VpcId": f"vpc-{account[0]}"}],
                "Subnets": [subnet | {"SubnetId": f"subnet-{account[0]}", "VpcId": f"vpc-{account[0]}"}],
                "Functions": [
                    {
                        "FunctionName": "orders",
                        "FunctionArn": arn.format(account),
                        "VpcConfig": config | {"SubnetIds": [f"subnet-{account[0]}"]},
                    }
                ],
            }
        }
        for account in ("111111111111", "222222222222")
    }
    file = tmp_path / "two.json"
    file.write_text(json.dumps({"format": "reach-snapshot/1", "source": "aws", "accounts": accounts, "gaps": []}))
    table = run("list", "functions", "--from", str(file)).stdout.splitlines()
    assert table[1].split() == ["NAME", "VPC", "SUBNETS", "REGION", "ACCOUNT"]
    assert [line.split()[1] for line in table[2:]] == ["vpc-1", "vpc-2"]
    assert [line.split()[-1] for line in table[2:]] == ["111111111111", "222222222222"]


def test_list_narrows_by_region_and_account(net: str) -> None:
    assert run("list", "functions", "--from", net, "-q", "--region", "us-east-1").stdout == ""
    assert run("list", "functions", "--from", net, "-q", "--account", "1").stdout == ""
    assert "orders" in run("list", "functions", "--from", net, "-q", "--account", "123456789012").stdout


def test_hostile_names_are_escaped(tmp_path: Path) -> None:
    world = furnished()
    world["vpc-0a"]["Tags"] = [{"Key": "Name", "Value": "\x1b]0;owned\x07\nvpcs (9)\u202e"}]
    source = str(world.write(tmp_path / "net.json"))
    for args in (("list",), ("list", "-f", "json"), ("path", "orders", "internet", "-v")):
        shown = run(*args, "--from", source).output
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        assert "\nvpcs (9)" not in shown
    assert "\\x1b]0;owned\\x07\\nvpcs" in run("list", "vpcs", "--from", source).stdout.replace("\\x0a", "\\n")


@pytest.mark.smoke
@pytest.mark.parametrize("typed", ["SUBNET_ACL_RESTRICTION", "subnet-acl-restriction", "[Subnet_Acl_restriction]"])
def test_explain(typed: str) -> None:
    result = run("explain", typed)
    assert result.exit_code == 0
    assert result.stdout.startswith("SUBNET_ACL_RESTRICTION\n")
    assert "  why " in result.stdout
    assert "  fix " in result.stdout


@pytest.mark.smoke
def test_explain_lists_every_code_once() -> None:
    from reach.checks import CATALOGUE

    words = [line.split()[0] for line in run("explain").stdout.splitlines() if line.startswith("  ") and line[2] != " "]
    assert sorted(words) == sorted(CATALOGUE)


@pytest.mark.smoke
def test_explain_of_every_code_says_all_that_the_catalogue_says() -> None:
    from reach.checks import CATALOGUE

    for code, reasons in CATALOGUE.items():
        shown = " ".join(run("explain", code).stdout.split())
        for reason in reasons:
            for words in (reason.title, reason.why, reason.fix):
                assert " ".join(words.split()) in shown, code


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("typed", "meant"), [("SUBNET_ACL_RESTRICTON", "SUBNET_ACL_RESTRICTION"), ("blub", "reach explain")]
)
def test_explain_of_an_unknown_code(typed: str, meant: str) -> None:
    result = run("explain", typed)
    assert result.exit_code == 2
    assert f"error: no reason code '{typed}'" in result.stderr
    assert meant in result.stderr


@pytest.mark.smoke
def test_a_part_of_a_code_finds_it() -> None:
    reason = Reason("ENDPOINT_SG_CLOSED", "", "", "")
    with pytest.raises(QuestionError) as caught:
        find("sg", {"ENDPOINT_SG_CLOSED": (reason,)})
    assert caught.value.hint is not None
    assert "ENDPOINT_SG_CLOSED" in caught.value.hint


@pytest.mark.smoke
def test_explain_loads_nothing_heavy() -> None:
    loaded = loaded_by("explain")
    assert "reach.checks" in loaded
    assert loaded & {"rich", "boto3", "botocore", "networkx", "matplotlib"} == set()


@pytest.mark.smoke
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_is_clicks_own(shell: str) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_REACH_COMPLETE" in result.stdout
    assert call(**{"_REACH_COMPLETE": f"{shell}_source"}).stdout.decode().strip() == result.stdout.strip()


def completed(words: str, last: str = "") -> list[str]:
    count = str(len(words.split()))
    done = call(_REACH_COMPLETE="bash_complete", COMP_WORDS=f"{words} {last}".strip(), COMP_CWORD=count)
    assert done.returncode == 0, done.stderr
    return [line.partition(",")[2] for line in done.stdout.decode().splitlines() if line]


def test_completion_of_commands_and_words(net: str) -> None:
    assert completed("reach", "pa") == ["path"]
    assert completed("reach") == list(COMMANDS)
    assert completed(f"reach path --from {net}", "th") == ["thumbnailer"]
    assert completed(f"reach path --from {net}") == ["loner", "orders", "thumbnailer"]
    assert completed("reach path orders", "in") == ["internet"]
    assert completed("reach list", "data") == ["databases"]
    assert completed("reach explain", "subnet-acl") == ["SUBNET_ACL_RESTRICTION"]


def test_completion_waits_for_nothing() -> None:
    assert completed("reach path", "or") == []
    assert completed("reach path --from /nonexistent", "or") == []


def test_demo_shows_every_verdict_and_draws_every_answer(tmp_path: Path) -> None:
    done = call("demo", "-o", str(tmp_path / "new" / "out"), cwd=tmp_path, **NOWHERE)
    shown = done.stdout.decode()
    assert done.returncode == 0, done.stderr
    assert done.stderr == b""
    for word in ("✓ REACHABLE", "✕ BLOCKED", "◐ PARTIAL", "? UNKNOWN"):
        assert word in shown
    pictures = sorted((tmp_path / "new" / "out").iterdir())
    assert shown.count("  picture  ") == len(pictures) >= 6
    for picture in pictures:
        assert str(picture) in shown.replace("\n", "")
        assert picture.read_text(encoding="utf-8").rstrip().endswith("</svg>")


def test_demo_says_when_it_cannot_draw(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    result = run("demo", "-o", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert str(tmp_path / "out") in result.stderr
