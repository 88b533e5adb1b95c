"""Bad input: what is wrong, where, and what to do; the right exit code, and never a traceback."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from .command import NOWHERE, call, furnished, run


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(furnished().write(tmp_path_factory.mktemp("net") / "net.json"))


Make = Callable[[Path], list[str]]


def text_file(text: str | bytes) -> Make:
    def make(folder: Path) -> list[str]:
        place = folder / "net.json"
        place.write_bytes(text if isinstance(text, bytes) else text.encode())
        return ["path", "orders", "internet", "--from", str(place)]

    return make


def asked(*args: str) -> Make:
    return lambda folder: ["path", *args, "--from", str(furnished().write(folder / "net.json"))]


def wrong(key: str, value: object) -> Make:
    document = furnished().document()
    document["accounts"]["123456789012"]["eu-west-1"][key] = value
    return text_file(json.dumps(document))


def empty_folder(folder: Path) -> list[str]:
    return ["path", "orders", "internet", "--from", str(folder)]


def other_folder(folder: Path) -> list[str]:
    (folder / "package.json").write_text('{"name": "left-pad"}')
    return empty_folder(folder)


def missing_file(folder: Path) -> list[str]:
    return ["path", "orders", "internet", "--from", str(folder / "none.json")]


BAD: dict[str, tuple[Make, str]] = {
    "unknown function": (asked("order", "internet"), "orders"),
    "function of nothing": (asked("zzz", "internet"), "zzz"),
    "glob without a match": (asked("zzz-*", "internet"), "zzz-*"),
    "unknown target": (asked("orders", "intrnet"), "internet"),
    "unknown database": (asked("orders", "rds:orders-bd"), "orders-db"),
    "address without a port": (asked("orders", "10.0.0.5"), "10.0.0.5"),
    "port out of range": (asked("orders", "internet:99999"), "99999"),
    "empty file": (text_file(""), "net.json"),
    "truncated JSON": (text_file(json.dumps(furnished().document())[:-200]), "net.json"),
    "not UTF-8": (text_file(b"\xff\xfe\x00{"), "net.json"),
    "deep nesting": (text_file("[" * 200_000), "net.json"),
    "some other JSON": (text_file('{"foo": 1, "bar": 2}'), "net.json"),
    "a JSON list": (text_file("[]"), "net.json"),
    "another format version": (text_file('{"format": "reach-snapshot/99", "accounts": {}}'), "99"),
    "collection of a wrong type": (wrong("Subnets", {"a": 1}), "Subnets"),
    "member of a wrong type": (wrong("Vpcs", [{"VpcId": 5}]), "VpcId"),
    "record of a wrong type": (wrong("Functions", ["orders"]), "Functions"),
    "empty folder": (empty_folder, "no output of the AWS CLI"),
    "folder without AWS JSON": (other_folder, "no output of the AWS CLI"),
    "missing file": (missing_file, "none.json"),
    "unknown demo": (lambda folder: ["path", "orders", "--from", "demo:none"], "vpc-private"),
    "no argument": (lambda folder: ["path"], "SOURCE"),
}


@pytest.mark.parametrize(("make", "words"), BAD.values(), ids=BAD.keys())
def test_bad_input_is_explained(make: Make, words: str, tmp_path: Path) -> None:
    result = run(*make(tmp_path))
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert words in result.stderr
    assert "rror: " in result.stderr
    assert "bug" not in result.stderr
    assert "Traceback" not in result.stderr


def test_a_typo_in_a_name_is_asked_about(net: str) -> None:
    result = run("path", "order", "internet", "--from", net)
    assert "did you mean" in result.stderr
    assert "'orders'" in result.stderr


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_said(tmp_path: Path) -> None:
    place = furnished().write(tmp_path / "net.json")
    place.chmod(0)
    result = run("path", "orders", "--from", str(place))
    assert result.exit_code == 2
    assert "ermission" in result.stderr


def test_a_file_that_breaks_off_while_it_is_read_is_said(net: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root, too: the operating system refuses whatever is read."""

    def refuse(self: Path, *args: object, **kwargs: object) -> bytes:
        raise PermissionError(13, "Permission denied", str(self))

    for method in ("read_bytes", "read_text", "open"):
        monkeypatch.setattr(Path, method, refuse)
    result = run("path", "orders", "--from", net)
    assert result.exit_code == 2
    assert "Permission denied" in result.stderr
    assert net in result.stderr


@pytest.mark.parametrize("command", [("path", "orders", "internet"), ("list",)])
def test_no_credentials_is_said(command: tuple[str, ...], tmp_path: Path) -> None:
    done = call(*command, "--region", "eu-west-1", cwd=tmp_path, **NOWHERE)
    assert done.returncode == 4, done.stderr
    assert b"credentials" in done.stderr
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_no_region_is_said(tmp_path: Path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    done = call("path", "orders", "internet", cwd=tmp_path, **NOWHERE, **keys)
    assert done.returncode in (2, 4), done.stderr
    assert b"region" in done.stderr
    assert b"Traceback" not in done.stderr


def test_an_unreachable_endpoint_is_said(tmp_path: Path) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_MAX_ATTEMPTS": "1"}
    closed = {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    done = call("path", "orders", "internet", "--region", "eu-west-1", cwd=tmp_path, **NOWHERE, **keys, **closed)
    assert done.returncode == 4, done.stderr
    assert b"127.0.0.1:9" in done.stderr
    assert b"Traceback" not in done.stderr
