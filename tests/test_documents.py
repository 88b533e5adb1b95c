"""The documents: every command line runs and prints what is shown, Python blocks run, links lead somewhere.

The pages of the gallery's networks are compared in test_gallery.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from botocore import xform_name
from botocore.session import get_session
from moto import mock_aws

from reach.checks import CATALOGUE
from reach.cli import reach
from reach.cli.examples import EXAMPLES
from reach.cli.group import LazyGroup
from tests.command import NOWHERE, run
from tests.desk import lay_out
from tests.documented import (
    DOCUMENTS,
    ELSEWHERE,
    FENCE,
    JQ,
    PAGES,
    ROOT,
    Command,
    agree,
    commands,
    execute,
    parts,
    programs,
)

EVERY = [command for document in DOCUMENTS for command in commands(document)]
OURS = [command for command in EVERY if "reach" in {Path(p).name for p in programs(command.words)}]
AWS = [command for command in EVERY if programs(command.words)[0] == "aws"]
PLACEHOLDER = re.compile(r"[A-Z][A-Z_=:]*")


def inline() -> Iterator[Command]:
    """Every command that stands in the middle of a sentence."""
    for document in DOCUMENTS:
        prose = FENCE.sub("", document.read_text(encoding="utf-8"))
        for words in re.findall(r"`(reach [a-z][^`]*)`", prose):
            yield Command(document.relative_to(ROOT).as_posix(), " ".join(words.split()))


INLINE = sorted(set(inline()), key=str)
IN_HELP = [Command(f"reach {name} --help", words) for name, lines in EXAMPLES.items() for words in lines]
KEYS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "eu-west-1"}


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    lay_out(folder)
    return folder


@pytest.fixture
def desk(laid_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own with the files that commands name; those who read AWS meet an empty account."""
    for file in laid_out.iterdir():
        (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def reads_aws(command: Command) -> bool:
    return any("snapshot" in args or ("--from" not in args and "path" in args) for args in parts(command.words))


@pytest.mark.parametrize("command", OURS, ids=str)
def test_the_command_runs_and_prints_what_is_shown(command: Command, desk: Path) -> None:
    if "--init" in command.words:
        (desk / "reach.yaml").unlink()
    if reads_aws(command):
        (desk / "net.json").unlink()
        with mock_aws():
            result, output = execute(command.words, desk, **NOWHERE, **KEYS)
    else:
        result, output = execute(command.words, desk)
    assert result.exit_code in (0, 1, 3), f"{command}\n{result.stdout}{result.stderr}"
    assert output or result.stderr
    if command.shown and not ("jq" in programs(command.words) and not JQ):
        printed = output or result.stderr  # what `-o FILE` did is said on standard error
        assert agree(command.shown, printed.splitlines()), f"{command} prints\n{printed}"


@pytest.mark.parametrize("command", IN_HELP, ids=str)
def test_examples_in_the_help_run(command: Command, desk: Path) -> None:
    name = programs_and_words(command)[1]
    shown = run(name, "--help").stdout
    assert f"  {command.words}\n" in shown
    if name == "check" and "--init" in command.words:
        (desk / "reach.yaml").unlink()
    if name != "snapshot":  # the blocks take one
        result, output = execute(command.words, desk)
        assert result.exit_code in (0, 1, 3), f"{command}\n{result.stdout}{result.stderr}"
        assert output or result.stderr or ">" in command.words


def programs_and_words(command: Command) -> list[str]:
    return shlex.split(command.words, comments=True)


def test_every_command_has_examples() -> None:
    assert isinstance(reach, LazyGroup)
    assert set(EXAMPLES) | {"completion"} == set(reach.lazy)


def test_every_program_is_run_or_says_why_not() -> None:
    used = {program for command in EVERY for program in programs(command.words)}
    assert used - ELSEWHERE.keys() <= {"reach", ".venv/bin/reach", "jq", "sort"}
    assert set(ELSEWHERE) <= used, "an exception that nothing needs any more"
    assert len(OURS) >= 30


def test_no_command_stands_outside_of_a_block() -> None:
    """Where a test would not find it: indented blocks, and fences without a language."""
    for document in DOCUMENTS:
        text = FENCE.sub("", document.read_text(encoding="utf-8"))
        assert not re.search(r"^(?: {4,}|\$ )reach ", text, re.MULTILINE), document
        for block in FENCE.finditer(document.read_text(encoding="utf-8")):
            assert block["language"] or not re.search(r"^(\$ )?reach ", block["text"], re.MULTILINE), document


@pytest.mark.parametrize("command", INLINE, ids=str)
def test_commands_in_sentences_have_their_options(command: Command, desk: Path) -> None:
    """Those that are whole run too; others are mentioned only (`reach path`), or have a placeholder in them."""
    assert isinstance(reach, LazyGroup)
    _, name, *args = shlex.split(command.words)
    called = reach.get_command(click.Context(reach), name)
    assert called is not None, f"{command}: no such command"
    known = {option for parameter in called.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {a.partition("=")[0] for a in args if a.startswith("-")} <= known | {"-h", "--help", "-"}
    if any("…" in a or (PLACEHOLDER.fullmatch(a) and a not in CATALOGUE) for a in args):
        return
    try:
        called.make_context(name, list(args)).close()
    except (click.MissingParameter, click.exceptions.Exit):  # mentioned; -h
        return
    if "--init" in args:
        (desk / "reach.yaml").unlink()
    if name != "snapshot":  # the blocks take one; an account takes seconds
        result, _ = execute(command.words, desk, REACH_FROM="net.json")
        assert result.exit_code in (0, 1, 3), f"{command}\n{result.stdout}{result.stderr}"


@pytest.mark.parametrize("command", AWS, ids=lambda command: command.words[:60])
def test_calls_of_the_aws_command_exist(command: Command) -> None:
    """The service, the operation and the options, by the models that the AWS CLI is made from."""
    (_, service, call, *args, _), *_ = parts(command.words)
    model = get_session().get_service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    members = model.operation_model(operations[call]).input_shape
    options = {f"--{xform_name(member, '-')}" for member in (members.members if members else ())}
    assert {a for a in args if a.startswith("--")} <= options | {"--query"}


PYTHON = [
    (document.name, block["text"])
    for document in DOCUMENTS
    for block in FENCE.finditer(document.read_text(encoding="utf-8"))
    if block["language"] == "python" and "def test_" not in block["text"]
]


@pytest.mark.parametrize(("document", "block"), PYTHON, ids=[name for name, _ in PYTHON])
@pytest.mark.filterwarnings("default")
def test_python_in_the_documents_runs(document: str, block: str, desk: Path) -> None:
    exec(compile(block, document, "exec"), {})


@pytest.mark.parametrize("document", [*DOCUMENTS, *PAGES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)]+)", document.read_text(encoding="utf-8")):
        file, _, anchor = target.partition("#")
        place = document.parent / file if file else document
        assert place.exists(), f"{document.name} links to {target}"
        if anchor and place.suffix == ".md":
            assert anchor in anchors(place), f"{document.name} links to {target}"


def anchors(document: Path) -> set[str]:
    """The names that GitHub gives to the headings of a document."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", document.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_of_the_guide_is_in_its_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert pages <= set(re.findall(r"\]\(([\w-]+\.md)\)", index))
    assert "docs/README.md" in (ROOT / "README.md").read_text(encoding="utf-8")
