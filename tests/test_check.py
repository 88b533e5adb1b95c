"""`reach check` as a user runs it: which file, which network, what is printed, and the exit code."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reach.cli import finding
from reach.expectations.document import LARGEST
from reach.files import create

from .command import furnished, run
from .schema import packaged, valid, validate_answers

HOLDS = "{function: orders, can: [internet, 'rds:orders-db']}"
FAILS = "{function: orders, cannot: [dynamodb], because: PCI zone}"
UNSURE = "{function: orders, can: ['ledger.corp.internal:5432']}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A git repository with a snapshot, to stand in."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "repo")
    furnished().write(tmp_path / "repo" / "net.json")
    return tmp_path / "repo"


def write(path: Path, *entries: str, source: str | None = "net.json", more: str = "") -> Path:
    start = f"from: [{source}]\n" if source else ""
    path.write_text(f"version: 1\n{start}expect:\n" + "".join(f"- {e}\n" for e in entries) + more, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("entries", "arguments", "code"),
    [
        ((HOLDS,), (), 0),
        ((HOLDS, FAILS), (), 1),
        ((HOLDS, UNSURE), (), 3),
        ((HOLDS, UNSURE), ("--unknown", "fail"), 3),
        ((HOLDS, UNSURE), ("--unknown", "warn"), 0),
        ((FAILS, UNSURE), (), 1),
        ((FAILS, UNSURE), ("--unknown", "warn"), 1),
    ],
)
@pytest.mark.parametrize("format_", ["text", "json"])
def test_exit_codes(
    folder: Path, entries: tuple[str, ...], arguments: tuple[str, ...], code: int, format_: str
) -> None:
    write(folder / "reach.yaml", *entries)
    assert run("check", *arguments, "-f", format_).exit_code == code


def test_a_report_in_a_file_leaves_the_count_in_the_log(folder: Path) -> None:
    write(folder / "reach.yaml", HOLDS, FAILS)
    done = run("check", "-f", "junit", "-o", "out.xml")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.endswith("wrote out.xml\n2 passed, 1 failed\n")
    assert run("check", "-f", "junit", "-o", "out.xml", "-q").stderr == ""


def test_the_flag_wins_over_the_file(folder: Path) -> None:
    write(folder / "reach.yaml", UNSURE, more="unknown: warn\n")
    assert run("check").exit_code == 0
    assert run("check", "--unknown", "fail").exit_code == 3
    write(folder / "reach.yaml", HOLDS, source="none.json")
    assert run("check").exit_code == 2
    assert run("check", "--from", "net.json").exit_code == 0


def test_one_line_each_then_details_then_the_count(folder: Path) -> None:
    write(folder / "reach.yaml", HOLDS, FAILS, UNSURE)
    result = run("check")
    lines = result.stdout.splitlines()
    assert lines[:4] == [
        "✓ PASSED   orders  can     internet",
        "✓ PASSED   orders  can     rds:orders-db",
        "✕ FAILED   orders  cannot  dynamodb",
        "? UNKNOWN  orders  can     ledger.corp.internal:5432  [UNKNOWN_RESOURCE]",
    ]
    assert lines[-1].startswith("2 passed, 1 failed, 1 unknown in ")
    details = result.stdout.split("\n\n")
    assert "expected orders cannot reach dynamodb on any TCP or UDP port (reach.yaml:5)," in details[1]
    assert "because PCI zone" in details[1]
    assert "  open by  sg-" in details[1]
    assert "create-route" not in details[1]  # what would open it further
    assert len(details) == 4, "what holds has no details"
    assert result.stderr.startswith("read net.json: 3 functions")
    quiet = run("check", "-q")
    assert [line.split()[1] for line in quiet.stdout.splitlines() if line and line[0] in "✓✕?"] == ["FAILED", "UNKNOWN"]
    assert quiet.stderr == ""


def test_json_has_everything(folder: Path) -> None:
    write(folder / "reach.yaml", HOLDS, FAILS)
    document = json.loads(run("check", "-f", "json").stdout)
    valid(document, packaged("check.schema.json"))
    for expectation in document["expectations"]:
        head = {"format": "reach-answers/1", "reach": document["reach"], "source": document["source"]}
        validate_answers(head | {"answers": expectation["answers"]})
    assert document["summary"] == {"passed": 2, "failed": 1, "unknown": 0}
    last = document["expectations"][-1]
    assert [last[k] for k in ("function", "expected", "target", "status")] == ["orders", "cannot", "dynamodb", "failed"]
    assert (last["because"], last["file"], last["line"]) == ("PCI zone", "reach.yaml", 5)
    assert [a["target"] for a in last["answers"]] == ["dynamodb:*", "dynamodb:*/udp"]


# -- which file -------------------------------------------------------------------------------------------


def test_the_file_is_found_up_to_the_git_root(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder.parent / "reach.yaml", FAILS)
    deep = folder / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    lost = run("check")
    assert lost.exit_code == 2
    assert "reach check --init" in lost.stderr
    write(folder / "reach.yaml", HOLDS)  # its net.json is beside it, not here
    assert run("check").exit_code == 0
    assert run("check", "-q", "-f", "json").exit_code == 0
    write(deep / "other.yaml", FAILS, source="../../net.json")
    assert run("check", "-c", "other.yaml").exit_code == 1


def test_pyproject_is_the_last_resort(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder / "sub")
    expect = '[[tool.reach.expect]]\nfunction = "orders"\ncannot = ["internet"]\n'
    (folder / "pyproject.toml").write_text(f'[tool.reach]\nfrom = ["net.json"]\n{expect}', encoding="utf-8")
    assert run("check").exit_code == 1
    assert run("check", "-c", "../pyproject.toml").exit_code == 1
    write(folder / "reach.yaml", HOLDS)
    assert run("check").exit_code == 0


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("reach.yaml", b"\xff\xfe", "reach.yaml:1: this is not UTF-8 text"),
        ("reach.yaml", b"version: 1\nexpect:\n- {function: caf\xe9, can: [s3]}\n", "reach.yaml:3: this is not UTF-8"),
        ("reach.yaml", b"", "reach.yaml:1: the file is empty"),
        ("reach.yaml", b"x" * (LARGEST + 1), "reach.yaml:1: the file is too large"),
        ("reach.yaml", b"version: 1\nexpect:\n- {function: ordres, can: [s3]}\n", "did you mean 'orders'"),
        ("x.toml", b"[tool.other]\n", "no [tool.reach]"),
        ("x.toml", b"[", "x.toml:1: this is not TOML"),
        ("none.yaml", None, "no such file"),
    ],
)
def test_bad_files_are_explained(folder: Path, name: str, data: bytes | None, words: str) -> None:
    if data is not None:
        (folder / name).write_bytes(data)
    result = run("check", "-c", name, "--from", "net.json")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert words in result.stderr
    assert "bug" not in result.stderr
    assert "\n  " in result.stderr, "what to do"


def test_a_folder_is_no_file(folder: Path) -> None:
    result = run("check", "-c", ".")
    assert result.exit_code == 2
    assert "directory" in result.stderr
    assert "-c reach.yaml" in result.stderr


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("none.json", "reach.yaml:4: none.json: there is no such file or folder"),
        ("net.jsn", "did you mean 'net.json'?"),
        ("sub/none.yaml", "reach.yaml:4: sub/none.yaml: there is no such file or folder"),
        ("api=none.yaml", "reach.yaml:4: api=none.yaml: there is no such file or folder"),
        ("demo:vpc-privat", "reach.yaml:4: there is no built-in network 'vpc-privat'"),
        ("empty.json", "reach.yaml:4: empty.json is empty"),
        ("broken.json", "reach.yaml:4: broken.json:2: "),
        ("notes.json", "reach.yaml:4: notes.json is neither a snapshot nor"),
        ("void", "reach.yaml:4: the folder void holds no output of the AWS CLI"),
    ],
)
@pytest.mark.parametrize("name", ["reach.yaml", "pyproject.toml"])
def test_a_source_that_cannot_be_read_is_said_with_the_line_that_names_it(
    folder: Path, name: str, source: str, words: str
) -> None:
    (folder / "empty.json").write_bytes(b"")
    (folder / "broken.json").write_bytes(b'{"a":\n}')
    (folder / "notes.json").write_bytes(b'{"a": 1}')
    (folder / "void").mkdir()
    texts = {
        "reach.yaml": f"version: 1\nfrom:\n- net.json\n- {source}\nexpect: [{HOLDS}]\n",
        "pyproject.toml": f"[tool.reach]\nfrom = [\n'net.json',\n'{source}',\n]\n"
        "[[tool.reach.expect]]\nfunction = 'a'\ncan = 's3'\n",
    }
    (folder / name).write_text(texts[name], encoding="utf-8")
    result = run("check", "-c", name)
    assert result.exit_code == 2
    said = " ".join(result.stderr.split())
    assert said.startswith(f"error: {name}:4: "), said
    assert words.replace("reach.yaml", name) in said


TEMPLATE = """\
Parameters: {Cidr: {Type: String, Default: 10.0.0.0/16}}
Resources:
  V: {Type: "AWS::EC2::VPC", Properties: {CidrBlock: !Ref Cidr}}
  orders: {Type: "AWS::Lambda::Function", Properties: {FunctionName: orders}}
"""
REACHES = "{function: orders, can: [s3]}"


@pytest.mark.parametrize(
    ("source", "params", "arguments", "code", "words"),
    [
        ("net.json", "{Cidr: 10.1.0.0/16}", (), 2, "error: reach.yaml:3: the value of 'Cidr' is for a template"),
        ("t.yaml", "{Cidr: 10.1.0.0/16}", (), 0, ""),
        ("t.yaml", "{Cdir: 10.1.0.0/16}", (), 2, "error: reach.yaml:3: no template has a parameter 'Cdir'"),
        ("t.yaml", "{'t:Cidr': 10.1.0.0/16}", (), 0, ""),
        ("net.json", "{AWS::Region: eu-west-1}", (), 0, ""),
        # the same expectations, asked of the network that is there: its own file has no use for the parameters
        ("t.yaml", "{Cidr: 10.1.0.0/16}", ("--from", "net.json"), 0, "warning: reach.yaml:3: the value of 'Cidr'"),
        ("t.yaml", "{Cidr: 10.1.0.0/16, B: x}", ("--from", "t.yaml"), 0, "warning: reach.yaml:3: no template has"),
        # what is typed is never spare
        ("net.json", "{}", ("--param", "Cidr=10.1.0.0/16"), 2, "error: the value of 'Cidr' is for a template"),
        ("net.json", "{}", ("--ssm", "/a=b"), 2, "error: the value of '/a' is for a template"),
        ("net.json", "{}", ("--export", "a=b"), 2, "error: the value of 'a' is for a template"),
        ("t.yaml", "{Cidr: x}", ("--from", "net.json", "--param", "Cidr=y"), 2, "error: the value of 'Cidr' is for"),
    ],
)  # fmt: skip
def test_params_are_never_silently_ignored(
    folder: Path, source: str, params: str, arguments: tuple[str, ...], code: int, words: str
) -> None:
    (folder / "t.yaml").write_text(TEMPLATE, encoding="utf-8")
    (folder / "reach.yaml").write_text(
        f"version: 1\nfrom: [{source}]\nparams: {params}\nexpect: [{REACHES}]\n", encoding="utf-8"
    )
    result = run("check", *arguments)
    assert result.exit_code == code, result.output
    assert words in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("source", "meant"),
    [
        ("net.json", "sub/net.json"),
        ("../net.json", "sub/../net.json"),
        ("/abs/net.json", "/abs/net.json"),
        ("aws", "aws"),
        ("-", "-"),
        ("demo:nat", "demo:nat"),
        ("api=api.yaml", "api=sub/api.yaml"),
    ],
)
def test_sources_are_relative_to_the_file(source: str, meant: str) -> None:
    from reach.expectations import parse_yaml

    file = parse_yaml(f"from: ['{source}']\nexpect: [{HOLDS}]", os.path.join("sub", "reach.yaml"))
    assert finding.sources_of(file) == (meant,)


# -- a first file -----------------------------------------------------------------------------------------


def test_init_writes_what_holds(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "sub").mkdir()
    result = run("check", "--init", "-c", "sub/reach.yaml", "--from", "net.json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert "wrote sub/reach.yaml" in result.stderr
    text = (folder / "sub" / "reach.yaml").read_text(encoding="utf-8")
    assert '\nfrom: ["../net.json"]\n' in text
    assert os.listdir(folder / "sub") == ["reach.yaml"]
    monkeypatch.chdir(folder / "sub")
    assert run("check").exit_code == 0


def test_init_never_overwrites(folder: Path) -> None:
    place = write(folder / "reach.yaml", HOLDS)
    before = place.read_bytes()
    result = run("check", "--init", "--from", "net.json")
    assert result.exit_code == 2
    assert "exists" in result.stderr
    with pytest.raises(FileExistsError):  # it came while the account was read
        create(place, b"new")
    assert place.read_bytes() == before
    assert sorted(os.listdir(folder)) == [".git", "net.json", "reach.yaml"]
    assert run("check", "--init", "-c", "pyproject.toml").exit_code == 2
    assert run("check", "--init", "-c", "none/reach.yaml").exit_code == 2


def test_init_says_what_it_was_read_with(folder: Path) -> None:
    """A file has keys for sources and parameters only; what else it takes to read them is said."""
    ssm = TEMPLATE.replace(
        "{Type: String, Default: 10.0.0.0/16}", "{Type: 'AWS::SSM::Parameter::Value<String>', Default: /c}"
    )
    (folder / "t.yaml").write_text(ssm, encoding="utf-8")
    options = ("--region", "eu-west-1", "--ssm", "/c=10.0.0.0/16", "--resolve", "db.corp=10.0.0.9")
    result = run("check", "--init", "--from", "t.yaml", *options)
    assert result.exit_code == 0, result.output
    read_with = "--region eu-west-1 --resolve db.corp=10.0.0.9 --ssm /c=10.0.0.0/16"
    assert f"check it: reach check {read_with}\n" in result.stderr
    assert f"# Read with {read_with}, " in (folder / "reach.yaml").read_text(encoding="utf-8")
    assert run("check", *options).exit_code == 0


def test_init_writes_what_can_be_read_whatever_the_names_are(folder: Path) -> None:
    """Half a character, quotes and line breaks come only from files that nobody at AWS wrote; but they come."""
    world = furnished()
    world["loner"]["FunctionName"] = 'lo\ud800"\n- x &y\x07ner'
    (folder / "net.json").write_text(json.dumps(world.document()), encoding="utf-8")
    assert run("check", "--init", "--from", "net.json").exit_code == 0
    assert run("check").exit_code == 0
    assert run("check", "-f", "json").stdout.count('"status": "passed"') > 3


def test_init_writes_no_file_that_says_nothing(folder: Path) -> None:
    unread = "  I: {Type: 'AWS::EC2::Subnet', Properties: {VpcId: !Ref V, CidrBlock: !Ref Sub}}\n"
    inside = TEMPLATE.replace(
        "{FunctionName: orders}", "{FunctionName: orders, VpcConfig: {SubnetIds: [!Ref I], SecurityGroupIds: [sg-1]}}"
    )
    text = inside.replace("Parameters: {", "Parameters: {Sub: {Type: String}, ") + unread
    (folder / "t.yaml").write_text(text, encoding="utf-8")
    result = run("check", "--init", "--from", "t.yaml")
    assert result.exit_code == 2
    assert "nothing to write" in result.stderr
    assert "internet is unknown (needs " in result.stderr
    assert not (folder / "reach.yaml").exists()


def test_a_second_file_never_replaces_the_first(folder: Path) -> None:
    """The last one won, so what the first expected went unchecked."""
    write(folder / "fails.yaml", FAILS)
    write(folder / "holds.yaml", HOLDS)
    result = run("check", "-c", "fails.yaml", "-c", "holds.yaml")
    assert result.exit_code == 2
    assert "one file at a time" in result.stderr
    loose = run("check", "fails.yaml")
    assert loose.exit_code == 2
    assert "-c FILE" in loose.stderr


def test_a_file_of_the_other_spelling_is_pointed_at(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder / "reach.yml", HOLDS)
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder / "sub")
    result = run("check")
    assert result.exit_code == 2
    assert f"-c {os.path.join('..', 'reach.yml')}" in result.stderr


def test_it_is_said_where_the_environment_replaces_the_sources(folder: Path) -> None:
    write(folder / "reach.yaml", FAILS, source="none.json")
    said = "warning: REACH_FROM replaces 'from:' of reach.yaml"
    assert said in run("check", REACH_FROM="net.json").stderr
    assert said not in run("check", "--from", "net.json", REACH_FROM="net.json").stderr
    write(folder / "reach.yaml", FAILS, source=None)
    assert said not in run("check", REACH_FROM="net.json").stderr


def test_hostile_words_cannot_act_on_the_terminal(folder: Path) -> None:
    entry = r'{function: orders, cannot: [internet], because: "\e[2J\u202e\n::error::x"}'
    write(folder / "reach.yaml", entry)
    shown = run("check")
    assert shown.exit_code == 1
    assert "\x1b" not in shown.output
    assert "\u202e" not in shown.output
    assert "\n::error" not in shown.output
