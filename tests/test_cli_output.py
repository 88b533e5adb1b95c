"""Where results go: standard output as it is, files whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from reach import files
from reach.cli import output
from reach.errors import ReachError

from .command import CLEAN, call, furnished, loaded_by, run


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(furnished().write(tmp_path_factory.mktemp("net") / "net.json"))


@pytest.mark.parametrize("format_", ["text", "json"])
def test_a_file_gets_what_standard_output_would(net: str, tmp_path: Path, format_: str) -> None:
    place = tmp_path / "answer"
    result = run("path", "orders", "internet", "--from", net, "-f", format_, "-o", str(place))
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.endswith(f"wrote {place}\n")
    same = run("path", "orders", "internet", "--from", net, "-f", format_, "-o", "-")
    assert place.read_text(encoding="utf-8") == same.stdout
    assert os.listdir(tmp_path) == ["answer"]


def test_a_file_cannot_be_where_there_is_no_folder(net: str, tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "none" / "answer"):
        result = run("path", "orders", "--from", net, "-o", str(place))
        assert result.exit_code == 2
        assert str(place.parent) in result.stderr


@pytest.mark.smoke
def test_a_replaced_file_keeps_its_mode_and_a_link_stays_a_link(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)
    files.replace(link, b"new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


@pytest.mark.smoke
def test_a_new_file_is_as_readable_as_any_other(tmp_path: Path) -> None:
    files.replace(tmp_path / "new", b"")
    (tmp_path / "other").touch()
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.smoke
def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "answer"
    place.write_text("old")

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    with pytest.raises(ReachError, match=r"cannot write .*answer: No space left on device"):
        output.emit("new", str(place))
    assert place.read_text() == "old"
    assert os.listdir(tmp_path) == ["answer"]


@pytest.mark.smoke
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    files.replace(pipe, b"text")
    reader.join(10)
    assert read == [b"text"]
    assert pipe.is_fifo()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said(net: str) -> None:
    command = f'"{sys.executable}" -m reach path orders internet --from "{net}" -q > /dev/full'
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False, env=CLEAN)
    assert done.returncode == 2
    assert done.stderr.decode().strip() == "error: cannot write standard output: No space left on device"


def test_a_reader_that_goes_away_is_no_error(net: str) -> None:
    # The pipe is closed before a byte is written.
    command = [sys.executable, "-m", "reach", "path", "*", "--from", net, "-v", "-f", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=CLEAN) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read().decode()
        assert process.wait(60) == 141
    assert said.splitlines() == [f"read {net}: 3 functions, 1 VPC, 2 subnets"]


def test_a_stream_without_the_glyphs_gets_ascii(net: str) -> None:
    done = call("path", "orders", "internet", "--from", net, PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0
    assert done.stdout.startswith(b"+ REACHABLE  orders -> internet:443")
    assert done.stdout.isascii()


def test_the_plain_path_loads_nothing_that_it_does_not_need(net: str) -> None:
    loaded = loaded_by("path", "orders", "internet", "--from", net)
    assert "reach.ask" in loaded
    assert loaded & {"rich", "boto3", "botocore", "networkx", "matplotlib"} == set()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_an_interrupt_ends_it_with_130_and_one_word(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    command = [sys.executable, "-m", "reach", "path", "orders", "--from", str(pipe)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=CLEAN) as process:
        with pipe.open("wb"):  # opens when the command has begun to read
            process.send_signal(signal.SIGINT)
        out, said = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, b"")
    assert said == b"interrupted\n"
