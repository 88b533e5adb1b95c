"""The formats for CI systems: valid by their own schemas and parsers, and closed to hostile names.

sarif-2.1.0-rtm.5.json is the schema that SchemaStore publishes (json.schemastore.org/sarif-2.1.0-rtm.5.json), copied
from the npm package @microsoft/jest-sarif 1.0.0-beta.0 (MIT).
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from jsonschema import Draft4Validator
from junitparser import Error, Failure, JUnitXml, Skipped
from msgspec.structs import replace

from reach.answer import Answer, Evidence
from reach.checks import CATALOGUE
from reach.cli.formats import CASES, SUMMARY, render_cases
from reach.expectations import Outcome, Status, Verb, evaluate, parse_yaml
from reach.render.case import THROUGH, Case, of_answers, of_outcomes
from reach.render.csv import inert
from reach.render.github import LARGEST, step_summary
from reach.render.json import dumps
from reach.render.markdown import plain
from tests import answers as made
from tests.command import furnished, run
from tests.scenario import network
from tests.scenario_worlds import DB, NAT

pytestmark = pytest.mark.smoke

SARIF = json.loads((Path(__file__).parent / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
EVIL = 'a\n::error::x,y:z%25"<b>|`@me`\x1b[2J\u202e]]>=1+1\ufffe\ud800'
EXPECT = """
from: [net.json]
expect:
- {function: orders, can: [internet, "rds:orders-db"], cannot: [s3], because: PCI zone}
- {function: free, can: ["rds:orders-db"]}
- {function: orders, can: ["ledger.corp.internal:5432"]}
"""


def outcomes() -> list[Outcome]:
    return [*evaluate(network((*NAT, DB)), parse_yaml(EXPECT, "conf/reach.yaml"))]


def hostile(answer: Answer) -> Answer:
    """The same answer in a network whose every name is written by a stranger."""
    blockers = tuple(replace(b, resource=EVIL, why=EVIL, fix=EVIL) for b in answer.blockers)
    return replace(
        answer, source=replace(answer.source, id=EVIL, arn=EVIL), headline=EVIL, target=EVIL, blockers=blockers
    )


CASE_SETS: dict[str, list[Case]] = {
    "answers": of_answers(made.EVERY, ()),
    "expectations": of_outcomes(outcomes()),
    "tolerant": of_outcomes(outcomes(), tolerant=True),
    "hostile": of_answers([hostile(a) for a in made.EVERY], ()),
    "none": [],
}
every_set = pytest.mark.parametrize("cases", CASE_SETS.values(), ids=CASE_SETS)


def rendered(format_: str, cases: list[Case]) -> str:
    return render_cases(format_, cases, "tally", name="reach.yaml", seconds=0.5)


def test_statuses_of_expectations() -> None:
    assert [(c.status.value, c.code) for c in CASE_SETS["expectations"]] == [
        ("passed", ""), ("passed", ""), ("failed", THROUGH), ("failed", "DISCONNECTED_VPCS"),
        ("unknown", "UNKNOWN_RESOURCE"),
    ]  # fmt: skip


@pytest.mark.parametrize("format_", CASES)
@every_set
def test_no_format_lets_a_name_act(format_: str, cases: list[Case]) -> None:
    text = rendered(format_, cases)
    assert text.endswith("\n")
    for char in ("\x1b", "\u202e", "\ufffe", "\r"):
        assert char not in text
    assert text == rendered(format_, cases)


# -- SARIF ------------------------------------------------------------------------------------------------


@every_set
def test_sarif_is_valid(cases: list[Case]) -> None:
    document = json.loads(rendered("sarif", cases))
    errors = [f"{e.json_path}: {e.message}" for e in Draft4Validator(SARIF).iter_errors(document)]
    assert errors == []
    found = [case for case in cases if case.status is not Status.PASSED]
    (one,) = document["runs"]
    assert len(one["results"]) == len(found)
    rules = one["tool"]["driver"]["rules"]
    for result, case in zip(one["results"], found, strict=True):
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == case.code
        assert result["level"] == ("error" if case.status is Status.FAILED else "warning")
        assert rules[result["ruleIndex"]]["help"]["text"]
    prints = {result["partialFingerprints"]["reach/v1"] for result in one["results"]}
    assert len(prints) == len({(case.claim, case.code) for case in found})


def test_the_schema_refuses_what_is_no_sarif() -> None:
    document = json.loads(rendered("sarif", CASE_SETS["expectations"]))
    del document["runs"][0]["results"][0]["message"]
    assert list(Draft4Validator(SARIF).iter_errors(document))


def place(case: Case) -> Any:
    result = json.loads(rendered("sarif", [case]))["runs"][0]["results"][0]
    physical = result["locations"][0].get("physicalLocation")
    return physical and (unquote(physical["artifactLocation"]["uri"]), physical["region"]["startLine"])


def in_template(answer: Answer, where: str) -> Answer:
    seen = (Evidence("rtb-1", "Routes[0]", "x"), Evidence("rtb-1", "Routes[1]", "blackhole", where))
    return replace(answer, blockers=tuple(replace(b, evidence=seen) for b in answer.blockers))


class Origin:
    def __init__(self, kind: str, name: str) -> None:
        self.kind, self.name, self.taken = kind, name, None


def test_a_finding_is_shown_at_its_line() -> None:
    blocked = in_template(made.BLOCKED, "infra/net work.yaml:42")
    assert place(of_answers([blocked], ())[0]) == ("infra/net work.yaml", 42)
    assert place(of_answers([blocked], (Origin("snapshot", "net.json"),))[0]) == ("infra/net work.yaml", 42)
    assert place(of_answers([made.BLOCKED], (Origin("snapshot", "net.json"),))[0]) == ("net.json", 1)
    (live,) = of_answers([made.BLOCKED], (Origin("aws", "aws"),))
    assert live.place is None
    assert place(live) == ("orders", 1), "code scanning refuses a file with a result that has no place"
    assert place(CASE_SETS["expectations"][2]) == ("conf/reach.yaml", 4)
    inside = in_template(made.BLOCKED, f"{Path.cwd()}/template.yaml:7")
    assert place(of_answers([inside], ())[0]) == ("template.yaml", 7)
    outside = in_template(made.BLOCKED, "/elsewhere/template.yaml:7")
    assert place(of_answers([outside], ())[0]) == ("file:///elsewhere/template.yaml", 7)


TEMPLATE = """\
Parameters: {VpcCidr: {Type: String}}
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: !Ref VpcCidr}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: !Ref VpcCidr}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: !Ref Vpc, GroupDescription: x}
  Orders:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: orders
      Tags: [{Key: team, Value: pay}]
      Code: {ZipFile: x}
      Handler: a.b
      Role: arn:aws:iam::123456789012:role/x
      Runtime: python3.12
      VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group]}
"""


def test_findings_of_a_template_are_shown_at_its_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The VPC's main route table comes with the VPC, so that is the line to look at."""
    monkeypatch.chdir(tmp_path)
    Path("template.yaml").write_text(TEMPLATE, encoding="utf-8")
    expect = "from: [template.yaml]\nparams: {VpcCidr: 10.0.0.0/24}\nexpect: [{function: 'tag:team=pay', can: [s3]}]"
    Path("reach.yaml").write_text(expect, encoding="utf-8")
    document = json.loads(run("check", "-f", "sarif").stdout)
    assert list(Draft4Validator(SARIF).iter_errors(document)) == []
    (result,) = document["runs"][0]["results"]
    where = result["locations"][0]["physicalLocation"]
    assert (where["artifactLocation"]["uri"], where["region"]["startLine"]) == ("template.yaml", 3)
    assert run("check", "-f", "github").stdout.startswith("::error file=template.yaml,line=3,")
    first = run("check", "--init", "-c", "first.yaml", "--from", "template.yaml", "--param", "VpcCidr=10.0.0.0/24")
    assert first.exit_code == 0, first.output
    assert run("check", "-c", "first.yaml").exit_code == 0


def test_what_opens_a_gate_is_shown_at_its_line() -> None:
    def told(outcome: Outcome) -> Outcome:
        where = Evidence("rtb-fn", "Routes[1]", "x", "template.yaml:9")

        def of(answer: Answer) -> Answer:
            paths = []
            for path in answer.paths:
                hops = [
                    replace(h, findings=tuple(replace(f, evidence=(*f.evidence, where)) for f in h.findings))
                    for h in path.hops
                ]
                paths.append(replace(path, hops=tuple(hops)))
            return replace(answer, paths=tuple(paths))

        return replace(outcome, answers=tuple(map(of, outcome.answers)))

    assert place(of_outcomes([told(outcomes()[2])])[0]) == ("template.yaml", 9)
    written, made_by_a_job = Origin("template", "template.yaml"), Origin("plan", "template.yaml")
    assert place(of_outcomes([told(outcomes()[2])], origins=[written])[0]) == ("template.yaml", 9)
    assert place(of_outcomes([told(outcomes()[2])], origins=[made_by_a_job])[0]) == ("conf/reach.yaml", 4)


# -- JUnit ------------------------------------------------------------------------------------------------


@every_set
def test_junit_is_read_by_junitparser(cases: list[Case]) -> None:
    xml = JUnitXml.fromstring(rendered("junit", cases).encode())
    failed = [c for c in cases if c.status is Status.FAILED]
    unknown = [c for c in cases if c.status is Status.UNKNOWN]
    assert (xml.tests, xml.failures) == (len(cases), len(failed))
    assert (xml.errors, xml.skipped) == (sum(c.counts for c in unknown), sum(not c.counts for c in unknown))
    results = [r for suite in xml for case in suite for r in case.result]
    kinds = {kind: sum(isinstance(r, kind) for r in results) for kind in (Failure, Error, Skipped)}
    assert kinds == {Failure: xml.failures, Error: xml.errors, Skipped: xml.skipped}
    for suite in xml:
        assert suite.tests == len(list(suite))
        assert all(case.classname and case.name for case in suite)


def test_junit_holds_the_explanation() -> None:
    xml = JUnitXml.fromstring(rendered("junit", CASE_SETS["expectations"]).encode())
    by_name = {(case.classname, case.name): case for suite in xml for case in suite}
    (failure,) = by_name["free", "can reach rds:orders-db"].result
    assert failure.type == "DISCONNECTED_VPCS"
    assert "aws lambda update-function-configuration" in failure.text
    (opened,) = by_name["orders", "cannot reach s3 on any TCP or UDP port"].result
    assert "because PCI zone" in opened.message
    assert "create-" not in opened.text
    assert by_name["orders", "can reach internet"].is_passed


# -- GitHub -----------------------------------------------------------------------------------------------

COMMAND = re.compile(r"::(error|warning) ((?:[a-z]+=[^,:\r\n]*)(?:,[a-z]+=[^,:\r\n]*)*)::([^\r\n]*)")


def unescaped(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


@every_set
def test_github_commands_are_one_line_each(cases: list[Case]) -> None:
    lines = rendered("github", cases).splitlines()
    found = [case for case in cases if case.status is not Status.PASSED]
    assert lines[-1] == "tally"
    assert len(lines) == len(found) + 1
    for line, case in zip(lines, found, strict=False):
        parts = COMMAND.fullmatch(line)
        assert parts, line
        assert parts[1] == ("error" if case.counts else "warning")
        properties = {k: unescaped(v) for k, v in (p.split("=", 1) for p in parts[2].split(","))}
        assert properties["title"] == f"reach {case.code}"
        assert case.place is None or (properties["file"], int(properties["line"])) == case.place
        assert unescaped(parts[3]).startswith(case.sentence)


def test_github_escapes_file_names() -> None:
    evil = replace(CASE_SETS["expectations"][2], place=("a,line=1::x%.yaml", 3))
    parts = COMMAND.fullmatch(rendered("github", [evil]).splitlines()[0])
    assert parts
    assert unescaped(parts[2].split(",")[0]) == "file=a,line=1::x%.yaml"


def test_the_step_summary_is_appended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    furnished().write(tmp_path / "net.json")
    (tmp_path / "reach.yaml").write_text("from: [net.json]\nexpect: [{function: orders, cannot: [internet]}]")
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    monkeypatch.chdir(tmp_path)
    result = run("check", "-f", "github", **{SUMMARY: str(summary)})
    assert result.exit_code == 1
    assert result.stdout.startswith("::error file=reach.yaml,line=2,title=reach MUST_NOT_BE_REACHABLE::orders ")
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n**0 passed, 1 failed**\n")
    assert text.count("```mermaid\nflowchart LR\n") == 1
    assert text.count("```") == 2
    asked = run("path", "orders", "thumbnailer", "--from", "net.json", "-f", "github", **{SUMMARY: str(summary)})
    assert asked.exit_code == 2
    run("path", "thumbnailer", "internet", "--from", "net.json", "-f", "github", **{SUMMARY: str(summary)})
    assert summary.read_text(encoding="utf-8").count("```mermaid") == 2
    broken = run("check", "-f", "github", **{SUMMARY: str(tmp_path / "none" / "x")})
    assert broken.exit_code == 2
    assert SUMMARY in broken.stderr


def test_a_summary_stays_below_the_limit_of_github() -> None:
    long = replace(CASE_SETS["expectations"][2], why="x" * 3000)
    text = step_summary([long] * 2000, "tally")
    assert LARGEST / 2 < len(text.encode()) <= LARGEST + 100
    assert text.endswith("the log of the job names every case.\n")
    assert text.count("```") % 2 == 0
    assert text.count("<details>") == text.count("</details>")
    rows = step_summary([replace(CASE_SETS["expectations"][0], claim="x" * 3000)] * 2000, "tally")
    assert len(rows.encode()) <= LARGEST + 100
    assert rows.count("\n| ") > 100


# -- Markdown, CSV, Mermaid -------------------------------------------------------------------------------


@every_set
def test_markdown_tables_keep_their_columns(cases: list[Case]) -> None:
    lines = rendered("markdown", cases).splitlines()
    rows = [line for line in lines if line.startswith("|")]
    assert len(rows) == len(cases) + 2
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {5}


def test_markdown_text_is_only_text() -> None:
    assert plain("# [x](y) *b*") == "\\# \\[x\\]\\(y\\) \\*b\\*"
    assert plain("- item") == "\\- item"
    assert plain("1. item") == "1\\. item"
    assert plain("<img src=x> @team") == "&lt;img src=x&gt; &#64;&#8203;team"


@every_set
def test_csv_is_read_back(cases: list[Case]) -> None:
    rows = list(csv.DictReader(io.StringIO(rendered("csv", cases))))
    assert [(r["status"], r["code"]) for r in rows] == [(c.status.value, c.code) for c in cases]
    assert not any(cell.startswith(("=", "+", "-", "@")) for r in rows for cell in r.values())


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1"])
def test_cells_are_no_formulas(text: str) -> None:
    assert inert(text)[0] in "' "


@pytest.mark.parametrize(
    "name", ["::error file=x::y", "::add-mask::s", "a ##[error]x", "##vso[task.setvariable variable=x]y"]
)
@pytest.mark.parametrize("format_", ["csv", "markdown", "github", "junit", "sarif", "json"])
def test_no_name_is_a_command_of_the_job_that_prints_it(name: str, format_: str) -> None:
    """Each line of what is printed is read by GitHub's runner and by Azure's agent; ours are the annotations."""
    answer = replace(made.BLOCKED, source=replace(made.BLOCKED.source, id=name), headline=name, target=name)
    blockers = tuple(replace(b, resource=name, why=name, fix=name) for b in answer.blockers)
    answer = replace(answer, blockers=blockers)
    text = dumps({"a": name}) if format_ == "json" else rendered(format_, of_answers([answer], ()))
    for line in text.splitlines():
        ours = format_ == "github" and line.startswith("::error title=reach ")
        assert ours or not re.match(r"\s*::[a-z-]+(\s.*)?::", line), line
        if format_ in ("csv", "markdown", "junit"):
            assert not re.search(r"##(vso)?\[", line), line


def test_mermaid_shows_one_answer(tmp_path: Path) -> None:
    source = str(furnished().write(tmp_path / "net.json"))
    one = run("path", "orders", "internet", "--from", source, "-f", "mermaid")
    assert one.stdout.startswith("flowchart LR\n")
    assert one.exit_code == 0
    many = run("path", "orders", "--from", source, "-f", "mermaid")
    assert many.exit_code == 2
    assert "one TARGET" in many.stderr


@pytest.mark.parametrize("format_", CASES)
def test_path_and_check_write_to_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_: str) -> None:
    furnished().write(tmp_path / "net.json")
    (tmp_path / "reach.yaml").write_text("from: [net.json]\nexpect: [{function: orders, can: [internet]}]")
    monkeypatch.chdir(tmp_path)
    for command in (("path", "orders", "internet", "--from", "net.json"), ("check",)):
        result = run(*command, "-f", format_, "-o", "out", "-q")
        assert (result.exit_code, result.output) == (0, "")
        assert (tmp_path / "out").read_text(encoding="utf-8")


def test_every_code_has_a_rule_with_help() -> None:
    case = CASE_SETS["expectations"][3]
    cases = [replace(case, code=code) for code in CATALOGUE]
    rules = json.loads(rendered("sarif", cases))["runs"][0]["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == sorted(CATALOGUE)
    assert all("reach explain" in rule["help"]["markdown"] for rule in rules)
    assert Verb.CAN.wanted != Verb.CANNOT.wanted
