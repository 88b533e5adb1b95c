"""Text for people: what is said, at most 80 columns wide, and nothing that a hostile name could change."""

from __future__ import annotations

import io
import json
import re
import shlex
import subprocess
import sys
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec.structs import replace

from reach.answer import Answer, Evidence, Verdict
from reach.render.grouping import groups_of
from reach.render.terminal import COLUMNS, HIDDEN, Page, needs_ascii, safe, wants_colour, width, wrap, write
from reach.render.text import GLYPH, render_text, tally, write_answers

from . import answers as made

pytestmark = pytest.mark.smoke


# -- laws ------------------------------------------------------------------------------------------


@given(st.text())
@example("\x1b]0;owned\x07\x1b[2J")
@example("a\u202eb\u200d\ufeff")
@example("\ud800")
def test_safe_text_holds_nothing_invisible_and_stays_safe(text: str) -> None:
    once = safe(text)
    assert not any(unicodedata.category(char) in HIDDEN for char in once)
    assert safe(once) == once
    assert safe(text, ascii=True).isascii()


@given(st.text(), st.integers(min_value=2, max_value=100))
def test_wrapping_keeps_the_width_and_loses_only_spaces(text: str, columns: int) -> None:
    text = safe(text)
    lines = wrap(text, columns)
    assert all(width(line) <= columns for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def hostile(answer: Answer, name: str) -> Answer:
    """The answer as it would be if every text in it that comes from AWS were `name`."""
    proof = Evidence(name or "x", name, {name: [name]})
    blockers = tuple(replace(b, resource=name, why=name, fix=name, evidence=(proof,)) for b in answer.blockers)
    paths = tuple(replace(p, hops=tuple(replace(h, resource=name, detail=name) for h in p.hops)) for p in answer.paths)
    source = replace(answer.source, id=name, subnets=(name,))
    return replace(answer, source=source, target=name, headline=name, blockers=blockers, paths=paths)


@given(st.sampled_from(made.EVERY), st.text(), st.booleans())
@example(made.BLOCKED, "x\n✓ REACHABLE  forged\r\x1b[31m", False)
def test_no_name_can_act_on_the_terminal(answer: Answer, name: str, ascii: bool) -> None:
    text = render_text(hostile(answer, name), detail="verbose", ascii=ascii)
    for line in text.split("\n"):
        assert not any(unicodedata.category(char) in HIDDEN for char in line)
        assert width(line) <= COLUMNS
    assert text.isascii() or not ascii


def test_a_name_with_a_line_break_cannot_forge_a_verdict() -> None:
    text = render_text(hostile(made.BLOCKED, "x\n✓ REACHABLE  y"))
    assert not any(line.startswith("✓") for line in text.split("\n"))


COMMANDS = (
    "::error file=x::p",
    "::add-mask::s",
    "::stop-commands::t",
    "##[error]x",
    "##vso[task.setvariable variable=x]y",
)
OBEYED = re.compile(r"^\s*::[A-Za-z][\w-]*(\s.*)?::|##\[|##vso\[")


@given(st.sampled_from(made.EVERY), st.integers(0, 90), st.sampled_from(COMMANDS), st.sampled_from((" ", "::", "")))
def test_no_name_can_command_the_job_that_prints_it(answer: Answer, before: int, command: str, glue: str) -> None:
    """GitHub's runner takes `::error::` after any space at the front of a line, which may be where a line is broken."""
    name = f"{'x' * before}{glue}{command} {'y' * 20} {command}"
    for detail in ("normal", "verbose"):
        for line in render_text(hostile(answer, name), detail=detail).split("\n"):  # type: ignore[arg-type]
            assert not OBEYED.search(line), line
            assert width(line) <= COLUMNS


def test_what_only_looks_like_a_command_stays_as_it_is() -> None:
    page = Page()
    page.line(("::/0 → eigw-1, ::/0", ""))
    page.hang([("", "")], "::ffff:0:0/96 and AWS::EC2::VPC # ## [x]")
    assert page.plain() == "::/0 → eigw-1, ::/0\n::ffff:0:0/96 and AWS::EC2::VPC # ## [x]\n"


# -- tables ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", made.EVERY)
@pytest.mark.parametrize("detail", ["quiet", "compact", "normal", "verbose"])
def test_every_answer_begins_with_glyph_and_word_and_fits(answer: Answer, detail: str) -> None:
    lines = render_text(answer, detail=detail).splitlines()  # type: ignore[arg-type]
    assert lines[0].startswith(f"{GLYPH[answer.verdict]} {answer.verdict.value.upper()} ")
    assert "orders → internet:443" in lines[0]
    assert all(width(line) <= COLUMNS for line in lines)
    assert (len(lines) == 1) == (detail == "quiet")


BLOCKED_TEXT = """\
✕ BLOCKED    orders → internet:443  [IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS]
   1 λ     orders                   in subnet-0aaaaaaaaaaaaaaaa,
                                    subnet-0bbbbbbbbbbbbbbbb
     SG    sg-0dddddddddddddddd     outbound tcp/443 to 0.0.0.0/0
   2 RT    rtb-0eeeeeeeeeeeeeeee    0.0.0.0/0 → igw-0123
   ✕ IGW   igw-0123                 The sender has no public IPv4 address
  because  igw-0123 is why.
  seen     igw-0123 Routes[1].State = blackhole
  fix      Mend igw-0123.
  more     reach explain LAMBDA_ENI_HAS_NO_PUBLIC_IP
  also     SUBNET_ACL_RESTRICTION acl-0ffffffffffffffff (on the way back; from
           subnet-0aaaaaaaaaaaaaaaa; after
           IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS): The subnet's network ACL does
           not admit it
  note:    Over IPv6 it is reachable.
  assumed: The VPC uses Amazon's DNS. (DNS-4)
"""


def test_a_blocked_answer_says_where_why_what_was_seen_and_how_to_mend_it() -> None:
    assert render_text(made.BLOCKED) == BLOCKED_TEXT


@pytest.mark.parametrize(
    ("answer", "detail", "words"),
    [
        (made.PARTIAL, "normal", "(1 of 2 subnets)"),
        (made.PARTIAL, "normal", f"✓ from {made.A}\n"),
        (made.PARTIAL, "normal", f"✕ from {made.B}\n"),
        (made.PARTIAL, "compact", "after failover: ✕ blocked: SUBNET_ACL_RESTRICTION"),
        (made.UNKNOWN, "compact", "needs    ec2:DescribeInternetGateways"),
        (made.UNKNOWN, "quiet", "[UNKNOWN_RESOURCE]"),
        (made.RETURN_DENIED, "normal", "and back"),
        (made.RETURN_DENIED, "normal", "✕ ACL   acl-0ffffffffffffffff    The subnet's network ACL does not admit"),
        (made.REACHABLE, "verbose", "ACL   acl-0ffffffffffffffff    100 allow"),
    ],
)
def test_says(answer: Answer, detail: str, words: str) -> None:
    assert words in render_text(answer, detail=detail)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "detail", "words"),
    [
        (made.REACHABLE, "normal", "ACL"),  # guards that admit it are told with -v
        (made.REACHABLE, "normal", "because"),
        (made.BLOCKED, "compact", "seen"),
        (made.BLOCKED, "compact", "assumed"),
        (made.BLOCKED, "normal", "and back"),  # nothing comes back from where nothing arrived
        (made.UNATTACHED, "normal", "subnet"),
    ],
)
def test_does_not_say(answer: Answer, detail: str, words: str) -> None:
    assert words not in render_text(answer, detail=detail)  # type: ignore[arg-type]


def test_subnets_with_the_same_story_are_told_once() -> None:
    assert [g.subnets for g in groups_of(made.REACHABLE)] == [(made.A, made.B)]


def test_subnets_that_differ_only_in_their_tables_take_one_line_each() -> None:
    other = made.path(made.B, made.OK, made.hops("igw-0123", table="rtb-0other"))
    text = render_text(replace(made.REACHABLE, paths=(made.REACHABLE.paths[0], other)))
    assert text.count("λ") == 1
    assert f"✓ from {made.B}: likewise, through rtb-0other → igw-0123" in " ".join(text.split())


def test_parts_of_the_addresses_are_named() -> None:
    some = made.path(made.A, made.NO, made.LOST, addresses=("52.0.0.0/8",))
    rest = made.path(
        made.A,
        made.OK,
        made.hops("igw-0123"),
        addresses=("0.0.0.0/3", "32.0.0.0/4", "48.0.0.0/6", "53.0.0.0/8"),
    )
    text = render_text(replace(made.PARTIAL, paths=(some, rest)))
    assert f"✕ from {made.A} to 52.0.0.0/8\n" in text
    assert "to 0.0.0.0/3, 32.0.0.0/4, 48.0.0.0/6 and 1 more" in " ".join(text.split())


def test_several_answers_end_with_a_tally() -> None:
    page = Page()
    write_answers(page, (made.REACHABLE, made.REACHABLE, made.BLOCKED))
    blocks = page.plain().split("\n\n")
    assert len(blocks) == 4
    assert blocks[-1] == "2 reachable, 1 blocked\n"
    assert tally(made.EVERY) == "2 reachable, 1 partial, 2 blocked, 1 unknown"


def test_one_answer_has_no_tally() -> None:
    page = Page()
    write_answers(page, (made.REACHABLE,))
    assert page.plain() == render_text(made.REACHABLE) == made.REACHABLE.to_text() == str(made.REACHABLE)


def test_a_version_or_alias_is_part_of_the_name() -> None:
    live = replace(made.REACHABLE, source=replace(made.SOURCE, qualifier="live"))
    assert "orders:live → internet:443" in render_text(live, detail="quiet")


def test_long_names_wrap_and_are_not_cut() -> None:
    name = "a" * 64
    text = render_text(replace(made.BLOCKED, source=replace(made.SOURCE, id=name)))
    assert name in text
    assert all(width(line) <= COLUMNS for line in text.splitlines())


# -- terminals -------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "flag", "variables", "expected"),
    [
        (Terminal(), False, {}, True),
        (Terminal(), True, {}, False),
        (Terminal(), False, {"NO_COLOR": "1"}, False),
        (Terminal(), False, {"NO_COLOR": ""}, True),
        (Terminal(), False, {"TERM": "dumb"}, False),
        (io.StringIO(), False, {}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    stream: io.StringIO,
    flag: bool,
    variables: dict[str, str],
    expected: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert wants_colour(stream, no_color=flag) is expected


def test_colour_adds_escapes_and_changes_no_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    page = Page()
    write_answers(page, made.EVERY, "verbose")
    stream = Terminal()
    write(page, stream, colour=True)
    from rich.text import Text

    assert "\x1b[" in stream.getvalue()
    shown = [line.rstrip() for line in Text.from_ansi(stream.getvalue()).plain.splitlines()]
    assert shown == page.plain().splitlines()


def test_plain_text_loads_no_rich() -> None:
    code = "import sys; from tests import answers; print(answers.BLOCKED); print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8")
    assert done.stdout.endswith("\nFalse\n")


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", False), ("ascii", True), ("latin-1", True), ("no-such", True)]
)
def test_streams_without_the_glyphs_get_ascii(encoding: str, expected: bool) -> None:
    class Stream(io.StringIO):
        pass

    Stream.encoding = encoding  # type: ignore[assignment]
    stream = Stream()
    assert needs_ascii(stream) is expected


def test_ascii_text_keeps_the_words_and_the_width() -> None:
    text = render_text(made.BLOCKED, ascii=True)
    assert text.isascii()
    assert text.startswith("x BLOCKED    orders -> internet:443  [IGW_")
    assert all(len(line) <= COLUMNS for line in text.splitlines())


def test_a_command_in_a_fix_can_be_copied() -> None:
    permission = "'IpProtocol=tcp,IpRanges=[{CidrIp=0.0.0.0/0,Description=all of it}]'"
    command = f"aws ec2 authorize-security-group-egress --group-id sg-1 --ip-permissions {permission}"
    fixed = replace(made.BLOCKED.blockers[0], fix=f"Allow it in sg-1: {command}")
    text = render_text(replace(made.BLOCKED, blockers=(fixed,)))
    assert "  fix      Allow it in sg-1:\n" in text
    lines = text[text.index("    aws ec2") :].partition("\n  more")[0]
    assert all(width(line) <= COLUMNS for line in lines.splitlines())
    assert shlex.split(lines.replace("\\\n", "")) == shlex.split(command)


def test_evidence_is_quoted_as_json_unless_it_is_text() -> None:
    proof = Evidence("rtb-1", "Routes", [{"a": None}], "template.yaml:7")
    text = render_text(replace(made.BLOCKED, blockers=(replace(made.BLOCKED.blockers[0], evidence=(proof,)),)))
    assert f"seen     rtb-1 Routes = {json.dumps([{'a': None}])} (template.yaml:7)" in text


def test_every_verdict_has_a_glyph_of_its_own() -> None:
    assert len(set(GLYPH.values())) == len(Verdict) == len(GLYPH)
