"""The command lines that the documents print: read out of their blocks, and run as a reader would run them.

`reach` runs in this process, with its output handed on through pipes and into files. Programs of others do not run:
ELSEWHERE says why each of them is left out.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from click.testing import Result

from tests.command import run

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("graphs/*.md")])
PAGES = sorted(ROOT.glob("graphs/*/README.md"))
FENCE = re.compile(r"^(?P<indent> *)```(?P<language>[a-z]*)\n(?P<text>.*?)^(?P=indent)```", re.MULTILINE | re.DOTALL)
YAML_STEP = re.compile(r"^ *- (?:run: )?(?P<words>reach .+)$", re.MULTILINE)

# Programs that are not run here, and why.
ELSEWHERE = {
    "aws": "needs an account; the names of calls and options are checked against botocore",
    "export": "changes the reader's shell",
    "make": "test_readme_commands runs both in a clone; the others regenerate what tests compare",
    "mkdir": "the folder is there",
    "pip": "installs from outside",
    "sed": "changes a workflow of the reader's; test_ci_glue replaces the same in every example",
    "terraform": "needs Terraform and a project of the reader's; plan.json is what it writes",
    ".venv/bin/python": "runs the tests themselves",
}
JQ = shutil.which("jq")


@dataclass(frozen=True)
class Command:
    """One command line of a document, and what the document shows of its output."""

    document: str
    words: str
    shown: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.document}: {self.words}"


def commands(document: Path) -> list[Command]:
    """Every command line of a document's console, shell and YAML blocks, in the order of reading."""
    name = document.relative_to(ROOT).as_posix()
    found = []
    for block in FENCE.finditer(document.read_text(encoding="utf-8")):
        text = re.sub(rf"^{block['indent']}", "", block["text"], flags=re.MULTILINE)
        match block["language"]:
            case "console":
                found += [replace(command, document=name) for command in _console(text)]
            case "sh" | "bash":
                found += [Command(name, words) for words in _lines(text)]
            case "yaml":
                found += [Command(name, step["words"]) for step in YAML_STEP.finditer(text)]
    return found


def _console(text: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        typed = 1
        while lines[typed - 1].endswith("\\"):
            typed += 1
        words = " ".join(line.strip().removesuffix("\\").strip() for line in lines[:typed])
        yield Command("", words, tuple(line.rstrip() for line in lines[typed:]))


def _lines(text: str) -> Iterator[str]:
    """The lines of a script: one that ends in a backslash, or inside quotes, goes on in the next."""
    pending = ""
    for line in text.splitlines():
        pending += line.strip()
        if pending.endswith("\\"):
            pending = pending.removesuffix("\\")
            continue
        try:
            split = shlex.split(pending, comments=True)
        except ValueError:
            pending += " "
            continue
        if split:
            yield pending
        pending = ""
    assert not pending, f"unfinished: {pending}"


def parts(words: str) -> list[list[str]]:
    """A command line as its programs with their arguments and the operator that follows each, as its last word.

    >>> parts("reach list > names.txt && cat names.txt  # all of them")
    [['reach', 'list', '>'], ['names.txt', '&&'], ['cat', 'names.txt', '']]
    """
    lexer = shlex.shlex(words, posix=True, punctuation_chars="|&;>")
    lexer.whitespace_split = True
    found: list[list[str]] = [[]]
    for word in lexer:
        if word and set(word) <= set("|&;>"):
            found[-1].append(word)
            found.append([])
        else:
            found[-1].append(word)
    return [*(part for part in found[:-1] if part), *([[*found[-1], ""]] if found[-1] else [])]


def programs(words: str) -> list[str]:
    """What a command line starts, files that it writes left out."""
    out, into_file = [], False
    for *args, operator in parts(words):
        if not into_file:
            out.append(args[0])
        into_file = operator == ">"
    return out


def execute(words: str, folder: Path, **env: str) -> tuple[Result, str]:
    """Run a command line in `folder`; the last result of `reach`, and what the whole line leaves on standard output."""
    result, output, before = None, "", ""
    for *args, operator in parts(words):
        if before == ">":
            if result is not None:  # what others write is there
                (folder / args[0]).write_text(output, encoding="utf-8")
            output = ""
        elif args[0] in ("reach", ".venv/bin/reach"):
            result = run(*args[1:], stdin=output if before == "|" else None, **env)
            output = result.stdout
        elif args[0] == "jq" and JQ:
            output = subprocess.run(args, input=output, capture_output=True, text=True, check=True, timeout=60).stdout
        elif args[0] == "sort":
            assert args[1:] == ["-u"]
            output = "".join(sorted(set(output.splitlines(keepends=True))))
        before = operator
    assert result is not None, f"no reach in {words}"
    return result, output


def agree(shown: tuple[str, ...], printed: list[str]) -> bool:
    """Whether a document shows what was printed; a line `…` stands for lines left out.

    >>> agree(("a", "…"), ["a", "b", "c"]), agree(("a",), ["a", "b"]), agree(("…", "c"), ["a", "b", "c"])
    (True, False, True)
    """
    pattern = "".join(r"(?:.*\n)*" if line.strip() == "…" else re.escape(line) + r"\n" for line in trimmed(shown))
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in trimmed(printed))) is not None


def trimmed(lines: tuple[str, ...] | list[str]) -> list[str]:
    """Without trailing blanks, and without empty lines at either end."""
    out = [line.rstrip() for line in lines]
    while out and not out[0]:
        out.pop(0)
    while out and not out[-1]:
        out.pop()
    return out
