"""What people hand in as a network and is none, or is no ordinary file: what it is, and what to do; in bounded time."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import os
import subprocess
import sys
import textwrap
import threading
import time
import zipfile
from pathlib import Path

import pytest

from reach import errors, files
from reach.errors import TemplateError
from reach.snapshot import document
from reach.sources import read
from reach.sources.terraform import parse_plan, plan
from tests.command import run
from tests.templated import network_of

TEMPLATE = "Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: 10.0.0.0/16\n"
SERVERLESS = "service: x\nprovider:\n  name: aws\nfunctions:\n  a: {handler: x}\n"
ANSWERED = {"TemplateBody": TEMPLATE, "StagesAvailable": ["Original"]}


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("tfplan", b"\xff\xfe")
    return out.getvalue()


# The file, what it holds, what is said behind its name, what to do.
STRANGERS = [
    ("tfplan", zipped(), ":1: this is not JSON: it is a saved plan", "terraform show -json"),
    ("app.ts", "import * as cdk from 'aws-cdk-lib';\n", ":1: this is not JSON, and no template: code", "cdk synth"),
    ("cdk.json", '{"app": "npx ts-node bin/app.ts"}', " is the configuration of the CDK", "cdk synth"),
    ("serverless.yml", SERVERLESS, ":2: this is not JSON, and no template: a file of the Ser", "serverless package"),
    ("reach.yaml", "version: 1\nexpect: []\n", ":2: this is not JSON, and no template: a file of ex", "reach check -c"),
    ("pod.yaml", "apiVersion: v1\nkind: Pod\n", ":1: this is not JSON, and no template: a manifest of", "what is read"),
    ("samconfig.toml", '[default.deploy.parameters]\nstack_name = "x"\n', ":2: this is not JSON", "template.yaml"),
    ("lower.yaml", "resources:\n  A: {Type: X}\n", ":1: this is not JSON, and no template: its section", "Resources:"),
    ("comments.yaml", "# one\n\n  # two\n", ":1: this is not JSON: it holds comments only", "what is read"),
    ("words.txt", "hello\n", ":1: this is not JSON, and no template: it has no section Reso", "what is read"),
    ("got.json", json.dumps(ANSWERED), " is what aws cloudformation get-template answers", "--output text > t.yaml"),
    ("params.json", '{"Parameters": {"A": "b"}}', " is a file of parameters", "--param-file"),
    ("digits.json", '{"Resources": ' + "9" * 5000 + "}", ": a number in the JSON has more than 4,300 digits", "what"),
    ("conflict.yaml", "<<<<<<< HEAD\n" + TEMPLATE + "=======\n", ":2: this is not YAML", "a merge of git"),
    ("comma.yaml", '\n{"Resources": {"A": {"Type": "X"},}}', ":2: this is not JSON", "a comma"),
    ("cut.gz", gzip.compress(TEMPLATE.encode())[:-9], ": the gzip data is damaged", "make the file again"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "said", "hint"), STRANGERS, ids=[row[0] for row in STRANGERS])
def test_strangers(name: str, data: str | bytes, said: str, hint: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    result = run("list", "--from", str(path))
    assert result.exit_code == 2
    assert result.stdout == ""
    first, *further = result.stderr.splitlines()
    assert first.startswith(f"error: {path}{said}"), first
    assert hint in "".join(further)


PLACES = [
    ("s3://bucket/a/t.yaml", "only files on this machine are read", "aws s3 cp s3://bucket/a/t.yaml t.yaml"),
    ("https://example.com/t.yaml?a=b", "only files on this machine", "curl -fsSL -o t.yaml 'https://example.com/t.yaml?a=b'"),
    ("file:///tmp/t.yaml", "give the path of the file, without file://", "--from /tmp/t.yaml"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "said", "hint"), PLACES, ids=["s3", "https", "file"])
def test_what_is_no_path(source: str, said: str, hint: str) -> None:
    result = run("list", "--from", source)
    assert result.exit_code == 2
    assert said in result.stderr
    assert hint in result.stderr


def test_links_that_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "gone").symlink_to("nowhere")
    for name, said in (("circle", "a circle of links"), ("gone", "a link to nothing: it leads to nowhere")):
        result = run("list", "--from", str(tmp_path / name))
        assert result.exit_code == 2
        assert said in result.stderr


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_that_windows_wrote(coding: str, tmp_path: Path) -> None:
    """A template, its parameters and the expectations, by a shell that writes UTF-16 or an editor with a mark."""
    mark = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}.get(coding, b"")

    def written(name: str, text: str) -> str:
        (tmp_path / name).write_bytes(mark + text.replace("\n", "\r\n").encode(coding))
        return str(tmp_path / name)

    template = written(
        "t.yaml", "Parameters: {Block: {Type: String}}\n" + TEMPLATE.replace("10.0.0.0/16", "!Ref Block")
    )
    params = written("p.json", '[{"ParameterKey": "Block", "ParameterValue": "10.9.0.0/16"}]')
    result = run("list", "--from", template, "--param-file", params, "-f", "json")
    assert result.exit_code == 0, result.stderr
    assert "10.9.0.0/16" in result.stdout
    expectations = written("reach.yaml", "version: 1\nexpect: [{function: zzz, can: [s3]}]\n")
    result = run("check", "-c", expectations, "--from", template, "--param-file", params)
    assert result.exit_code == 2
    assert "zzz" in result.stderr


# -- what is no ordinary file -----------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["source", "params", "template of an assembly", "manifest", "expectations", "policy"])
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "PATIENCE", 0.1)
    pipe = tmp_path / ("manifest.json" if what == "manifest" else "pipe.yaml")
    os.mkfifo(pipe)
    template = tmp_path / "t.yaml"
    template.write_text(TEMPLATE)
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "pipe.yaml"}}
    if what == "template of an assembly":
        (tmp_path / "manifest.json").write_text(json.dumps({"artifacts": {"A": stack}}))
    calls = {
        "source": ("list", "--from", str(pipe)),
        "params": ("list", "--from", str(template), "--param-file", str(pipe)),
        "template of an assembly": ("list", "--from", str(tmp_path)),
        "manifest": ("list", "--from", str(tmp_path)),
        "expectations": ("check", "-c", str(pipe), "--from", str(template)),
        "policy": ("policy", str(pipe), "--from", str(template)),
    }
    began = time.monotonic()
    result = run(*calls[what])
    assert time.monotonic() - began < 5
    assert result.exit_code == 2, result.output
    assert "bug" not in result.stderr
    assert "nobody wrote to it" in result.stderr or what == "manifest"


def test_a_pipe_is_read_to_its_end_however_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with `--from <(cdk synth)`: who writes has opened it, and takes its time."""
    monkeypatch.setattr(files, "PATIENCE", 0.05)
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    opened = threading.Event()

    def write() -> None:
        with pipe.open("wb", buffering=0) as file:  # waits for who reads
            opened.set()
            time.sleep(0.3)
            file.write(TEMPLATE[:20].encode())
            time.sleep(0.1)
            file.write(TEMPLATE[20:].encode())

    keeper = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)  # lets the writer open it before it is read
    writer = threading.Thread(target=write)
    writer.start()
    assert opened.wait(5)
    assert files.read(pipe, 10_000) == TEMPLATE.encode()
    os.close(keeper)
    writer.join()


# -- limits -----------------------------------------------------------------------------------------------

ROOM = 600_000_000  # bytes of address space, of which Python and its libraries take a good part
HUGE = {
    "yaml": lambda: TEMPLATE.encode() + b"# a comment of many\n" * 5_000_000,
    "text": lambda: b"a line of no template\n" * 5_000_000,
    "json": lambda: b'{"Resources": {"V": "' + b"x" * 100_000_000 + b'"}}',
    "plan": lambda: b'{"format_version": "1.2", "resource_changes": [' + b'{"a": "b"}, ' * 18_000_000 + b"1]}",
    "values": lambda: b'{"accounts": {}, "a": [' + b'{"a":1},' * 20_000_000 + b"1]}",
}


@pytest.mark.parametrize("kind", HUGE)
def test_a_huge_file_is_refused_before_it_is_parsed(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "huge"
    path.write_bytes(HUGE[kind]())
    code = f"""
        import resource, sys
        resource.setrlimit(resource.RLIMIT_AS, ({ROOM}, {ROOM}))
        sys.argv = ["reach", "list", "--from", {str(path)!r}]
        from reach.cli import main
        main()
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert "bytes: that is" in done.stderr or "more than 20,000,000 values" in done.stderr, done.stderr


def test_what_fills_the_memory_is_no_bug(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def full(*_: object) -> bytes:
        raise MemoryError

    monkeypatch.setattr(document, "read", full)
    path = tmp_path / "t.yaml"
    path.write_text(TEMPLATE)
    result = run("list", "--from", str(path))
    assert result.exit_code == 2
    assert "not enough memory" in result.stderr
    assert "bug" not in result.stderr


def test_gzip_unpacks_to_what_may_be_read_at_most(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(document, "MOST_READ", 1_000_000)
    path = tmp_path / "t.gz"
    path.write_bytes(gzip.compress(b" " * 3_000_000))
    with pytest.raises(errors.SnapshotError, match="unpack to more than 1,000,000"):
        read([str(path)])


def test_more_resources_than_any_stack_has() -> None:
    text = "Resources:\n" + "".join(f"  A{i}: {{Type: X}}\n" for i in range(5001))
    with pytest.raises(TemplateError, match=r"one.yaml:2: the template has 5,001 resources: more than 5,000") as caught:
        network_of(text)
    assert "500 in one stack" in str(caught.value.hint)


def test_more_resources_than_any_plan_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "MOST_INSTANCES", 2)
    rows = [{"address": f"a.b[{i}]", "change": {"actions": ["create"], "after": {}}} for i in range(3)]
    with pytest.raises(TemplateError, match=r"plan\.json has 3 resources: more than 2 are not read"):
        parse_plan(json.dumps({"format_version": "1.2", "resource_changes": rows}).encode(), "plan.json")


def test_a_message_quotes_no_endless_value() -> None:
    with pytest.raises(TemplateError) as caught:
        network_of(TEMPLATE.replace("10.0.0.0/16", "9" * 100_000))
    assert len(caught.value.message) < 1000
    assert caught.value.message.startswith("one.yaml:5: CidrBlock of V is '999")
    assert caught.value.message.endswith("and must be a CIDR block")
