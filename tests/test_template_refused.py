"""Malformed templates: file, line, what is wrong, and what to do; in bounded time and memory."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import reach
from reach.errors import TemplateError
from tests.command import run
from tests.templated import network_of, snapshot_of

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
V = "Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties:\n      CidrBlock: "
IF_A = "Resources:\n  V: {Type: X, Condition: A}\n"
CHOICE = "Parameters:\n  P: {Type: String, Default: a, AllowedValues: [b, c]}\n"
EXPORT = "Outputs:\n  O: {Value: !ImportValue o, Export: {Name: o}}\n"
GROUPS = """Resources:
  A:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: vpc-1, SecurityGroupIngress: [{IpProtocol: tcp, SourceSecurityGroupId: !Ref B}]}
  B:
    Type: AWS::EC2::SecurityGroup
    Properties: {VpcId: vpc-1, SecurityGroupIngress: [{IpProtocol: tcp, SourceSecurityGroupId: !GetAtt A.GroupId}]}
"""
LOOP = """Transform: AWS::LanguageExtensions
Resources:
  "Fn::ForEach::A":
    - x
    - {items}
    - "A${{x}}": {{Type: X}}
"""
# name, text, the line, words of the message, words of the hint
REFUSED = [
    ("tab", "Resources:\n\tA: b\n", 2, "not YAML", "spaces"),
    ("quote", 'Resources:\n  A: "b\n', None, "not YAML", "quotes"),
    ("a key twice", "Resources:\n  A: {Type: X}\n  A: {Type: Y}\n", 3, "'A' stands twice in one mapping", ""),
    ("two documents", "Resources: {A: {Type: X}}\n---\nb: 1\n", 2, "a second document", "split"),
    ("list", "- a\n", 1, "a template is a mapping", ""),
    ("no resources", "AWSTemplateFormatVersion: 2010-09-09\n", 1, "no Resources", ""),
    ("section", "Resource:\n  A: {Type: X}\n", 1, "'Resource' is no section", "did you mean Resources?"),
    ("resource", "Resources:\n  A: b\n", 2, "'A' is not a mapping", "Type"),
    ("hostile name", 'Resources:\n  "\\e[31mA": {Type: X}\n', 2, "'\\x1b[31mA' is no name", "letters and digits"),
    ("no type", "Resources:\n  A:\n    Typ: X\n", 2, "'A' has no Type", "AWS::EC2::VPC"),
    ("properties", "Resources:\n  A:\n    Type: X\n    Properties: [1]\n", 4, "Properties of 'A' are not", ""),
    ("bomb", BOMB, None, "more than 400,000 values", ""),
    ("endless alias", "Resources: &a\n  A: *a\n", 2, "would never end", ""),
    ("no anchor", "Resources:\n  A: *nothing\n", 2, "no anchor &nothing", ""),
    ("deep lists", "Resources: " + "[" * 50_000, 1, "more than 100 deep", ""),
    ("deep mappings", "{a: " * 50_000, 1, "more than 100 deep", ""),
    ("deep dashes", "- " * 50_000, 1, "more than 100 deep", ""),
    ("huge", "Resources: {A: {Type: X}}\n#" + "x" * 4_000_000, None, "takes at most", "snapshot"),
    ("block", V + "10.0.0.0/77\n", 5, "CidrBlock of V is '10.0.0.0/77'", "10.0.0.0/16"),
    ("list for a text", V + "[a]\n", 5, "CidrBlock of V is a list", ""),
    ("function", V + "!Selct [0, [a]]\n", 5, "no function Fn::Selct", "did you mean Fn::Select?"),
    ("select", V + "!Select [4, [a]]\n", 5, "cannot take item 4 of a list of 1", "first item is 0"),
    ("join", V + "!Join [a]\n", 5, "Fn::Join takes a list of 2, and here is 1", ""),
    ("cidr", V + "!Select [0, !Cidr [10.0.0.0/24, 900, 8]]\n", 5, "no room for 900 such blocks", ""),
    ("ref", V + "!Ref Vv\n", 5, "Ref of 'Vv', and there is no such parameter or resource", "did you mean 'V'?"),
    ("own ref", V + "!GetAtt V.CidrBlock\n", 2, "V → V need each other", ""),
    ("circle", GROUPS, 2, "A → B → A need each other", "SecurityGroupIngress"),
    ("mapping", V + "!FindInMap [M, a, b]\n", 5, "no mapping 'M'", ""),
    ("condition", "Conditions:\n  A: !Not [!Condition A]\n" + IF_A, 2, "refers to itself", ""),
    ("no condition", IF_A, 2, "no condition 'A'", ""),
    ("not a condition", "Conditions: {A: hello}\n" + IF_A, 1, "this is no condition", "Fn::Equals"),
    ("pseudo", V + "!Ref AWS::Regoin\n", 5, "no AWS::Regoin", "did you mean AWS::Region?"),
    ("flag", V + "10.0.0.0/16\n      EnableDnsSupport: perhaps\n", 6, "must be true or false", ""),
    ("route", "Resources:\n  R: {Type: AWS::EC2::Route, Properties: {A: b}}\n", 2, "has no destination", ""),
    ("loop", LOOP.format(items="!Ref AWS::AccountId"), 3, "is not known before deployment", "--param AWS::AccountId=…"),
    ("no such key", "Mappings: {M: {a: {b: c}}}\n" + V + "!FindInMap [M, a, c]\n", 6, "M has no a → c", "it has b"),
    ("no such region", "Mappings: {M: {eu-west-3: {b: c}}}\n" + V + "!FindInMap [M, !Ref AWS::Region, b]\n", 6,
     "the mapping M has no eu-west-1", "--region: eu-west-3"),
    ("two short forms", V + "!ImportValue !Sub '${A}-b'\n", 5, "not YAML", "Fn::ImportValue: !Sub"),
    ("two short forms on two lines", V + "!ImportValue\n       !Sub 'a'\n", None, "not YAML", "Fn::ImportValue: !Sub"),
    ("loop over a parameter", "Parameters: {Names: {Type: CommaDelimitedList}}\n" + LOOP.format(items="!Ref Names"), 4,
     "the list of Fn::ForEach::A is not known", "the parameter Names (one.yaml:1) has no value and no default: give"),
    ("loop over a mapping", LOOP.format(items="[{b: c}]"), 3, "holds more than texts", "[a, b]"),
    ("not a choice", CHOICE + V + "!Ref P\n", 2, "cannot be 'a'", "b, c"),
    ("own export", V + "!ImportValue o\n" + EXPORT, 7, "comes back to itself", ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "what", "hint"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED])
def test_refused(text: str, line: int | None, what: str, hint: str) -> None:
    began = time.process_time()
    with pytest.raises(TemplateError) as caught:
        snapshot_of(text)
    assert time.process_time() - began < 5
    where = f"one.yaml:{line}: " if line else "one.yaml"
    assert caught.value.message.startswith(where), caught.value.message
    assert what in caught.value.message
    assert hint in (caught.value.hint or "")
    assert len(str(caught.value)) < 1000


def test_a_long_chain_is_no_traceback() -> None:
    chain = "".join(f"  A{i}: {{Type: X, Properties: {{P: !GetAtt A{i + 1}.P}}}}\n" for i in range(900))
    text = f"Resources:\n{chain}  A900: {{Type: X}}\n"
    text += "  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !GetAtt A0.P}}\n"
    with pytest.raises(TemplateError, match="on and on"):
        snapshot_of(text)


NESTED = "Resources:\n  Inner:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: {}\n"


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("main.yaml", "contains itself"),
        ("back.yaml", "contains itself"),
        ("../outside.yaml", "leads out of the folder"),
        ("/etc/passwd", "leads out of the folder"),
        ("sub/../../outside.yaml", "leads out of the folder"),
        ("link.yaml", "leads out of the folder"),
        ("folder/inner.yaml", "leads out of the folder"),
        ("missing.yaml", "cannot be read"),
    ],
)
def test_nested_templates_stay_in_the_folder(tmp_path: Path, url: str, what: str) -> None:
    root = tmp_path / "in"
    (root / "sub").mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text("Resources: {A: {Type: X}}")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "inner.yaml").write_text("Resources: {A: {Type: X}}")
    (root / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (root / "folder").symlink_to(tmp_path / "elsewhere")
    (root / "back.yaml").write_text(NESTED.format("main.yaml"))
    (root / "main.yaml").write_text(NESTED.format(url))
    result = run("list", "--from", str(root / "main.yaml"))
    assert result.exit_code == 2
    assert what in result.stderr
    assert "main.yaml:5: TemplateURL of Inner" in result.stderr or "back.yaml:5" in result.stderr


def test_the_command_says_it_on_two_lines() -> None:
    result = run(
        "path",
        "orders",
        "--from",
        "-",
        stdin="Resources:\n  V:\n    Type: AWS::EC2::VPC\n    Properties: {CidrBlock: x}\n",
    )
    assert result.exit_code == 2
    assert result.stderr == "error: -:4: CidrBlock of V is 'x', and must be a CIDR block\n  like 10.0.0.0/16\n"


@pytest.mark.parametrize("name", ["bomb", "deep lists", "deep mappings", "huge"])
def test_within_bounded_memory(tmp_path: Path, name: str) -> None:
    path = tmp_path / "t.yaml"
    path.write_text("Resources:\n" * (name != "huge") + next(text for n, text, *_ in REFUSED if n == name))
    code = f"""
        import resource, sys
        resource.setrlimit(resource.RLIMIT_AS, (700_000_000, 700_000_000))
        sys.argv = ["reach", "list", "--from", {str(path)!r}]
        from reach.cli import main
        main()
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr


def test_parameters_that_no_template_has() -> None:
    with pytest.raises(TemplateError, match="no template has a parameter 'VpcCdr'") as caught:
        snapshot_of("Parameters: {VpcCidr: {Type: String}}\n" + V + "!Ref VpcCidr\n", params={"VpcCdr": "10.0.0.0/16"})
    assert caught.value.hint == "did you mean 'VpcCidr'?"


@pytest.mark.parametrize("name", ["a" * 5000, "\\0"], ids=["long", "null"])
def test_a_nested_template_whose_name_is_none(name: str, tmp_path: Path) -> None:
    path = tmp_path / "t.yaml"
    path.write_text(f'Resources: {{N: {{Type: "AWS::CloudFormation::Stack", Properties: {{TemplateURL: "{name}"}}}}}}')
    with pytest.raises(TemplateError, match=r"t.yaml:1: TemplateURL of N is .* no name of a file"):
        reach.load(path)


def test_a_nested_template_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    path = tmp_path / "t.yaml"
    path.write_text('Resources: {N: {Type: "AWS::CloudFormation::Stack", Properties: {TemplateURL: pipe.yaml}}}')
    with pytest.raises(TemplateError, match=r"t.yaml:1: TemplateURL of N is pipe.yaml, which is no file"):
        reach.load(path)


@pytest.mark.parametrize("region", ["x", "eu-", "-", "eu--1"])
def test_a_region_of_any_shape_is_one(region: str) -> None:
    """Names of databases hold it in short; one that no region has is no bug."""
    text = "Resources: {Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, DBInstanceIdentifier: db}}}"
    assert [d.name for d in network_of(text, region=region).databases] == ["db"]


JOIN = "!Join ['', !Split [',', !FindInMap [M, a, b]]]"
JOINED = "Resources:\n" + "".join(
    f"  G{i}: {{Type: 'AWS::EC2::SecurityGroup', Properties: {{VpcId: x, GroupDescription: {JOIN}}}}}\n"
    for i in range(1500)
)
LONG = "Parameters:\n  P: {{Type: String, Default: {}}}\n"
LIST = ",".join(f"x{i}" for i in range(500))
LOOPS = f"""Transform: AWS::LanguageExtensions
Resources:
  Fn::ForEach::A:
    - a
    - &l [{LIST}]
    - Fn::ForEach::B: [b, *l, {{'V${{a}}${{b}}': {{Type: X}}}}]
"""
HUGE = f"Mappings: {{M: {{a: {{b: '{'x,' * 50_000}'}}}}}}\n"
CIDR = "Resources:\n  V: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Select [0, !Cidr [10.0.0.0/8, 3, BITS]]}}\n"
# What a template makes of little: name, text, line, what is said.
BOMBS = [
    ("a power of two", CIDR.replace("BITS", "-999999999"), 2, "Fn::Cidr cannot work with"),
    ("bits", CIDR.replace("BITS", "999999999"), 2, "Fn::Cidr cannot work with"),
    ("a huge list, joined by many", HUGE + JOINED, 136, "here the functions"),
    ("a long default", LONG.format("x" * 5000) + V + "!Ref P\n", 2, "has 5,000 characters"),
    ("loops in loops", LOOPS, 1, "write out more than"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "line", "what"), [row[1:] for row in BOMBS], ids=[row[0] for row in BOMBS])
def test_what_grows_is_stopped(text: str, line: int | None, what: str) -> None:
    began = time.process_time()
    with pytest.raises(TemplateError) as caught:
        snapshot_of(text)
    assert time.process_time() - began < 5
    assert caught.value.message.startswith(f"one.yaml:{line}: " if line else "one.yaml"), caught.value.message
    assert what in caught.value.message


def test_stacks_of_many_resources_are_counted_together(tmp_path: Path) -> None:
    url = "Type: 'AWS::CloudFormation::Stack', Properties: {TemplateURL: big.yaml}"
    (tmp_path / "main.yaml").write_text("Resources:\n" + "".join(f"  N{i}: {{{url}}}\n" for i in range(100)))
    (tmp_path / "big.yaml").write_text("Resources:\n" + "".join(f"  A{i}: {{Type: X}}\n" for i in range(5000)))
    began = time.process_time()
    with pytest.raises(
        TemplateError, match=r"big\.yaml:1: with this template the stacks have more than 50,000 resources"
    ):
        reach.load(tmp_path / "main.yaml")
    assert time.process_time() - began < 20


ELSEWHERE = [
    ("https://s3.amazonaws.com/bucket/t.yaml", "is not a local file (https://s3.amazonaws.com/bucket/t.yaml)"),
    ("s3://bucket/t.yaml", "put its template beside this one and name it in TemplateURL"),
    ("file:///etc/passwd", "is not a local file (file:///etc/passwd)"),
]


@pytest.mark.parametrize(("url", "said"), ELSEWHERE, ids=["https", "s3", "file"])
def test_a_nested_template_elsewhere_is_said(url: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "main.yaml").write_text(NESTED.format(url))
    result = run("list", "--from", str(tmp_path / "main.yaml"))
    assert result.exit_code == 0
    assert said in result.stderr


@pytest.mark.parametrize(
    ("url", "said", "hint"),
    [
        ("[a]", "is ['a'], and must be a template's file or URL", ""),
        ("5", "is 5, and must be", ""),
        ("''", "is '', and must be", ""),
        ("'sub\\x.yaml'", "cannot be read", "separate folders by /"),
        ("'%2e%2e/outside.yaml'", "cannot be read", "build the template first"),
        ("again.yaml", "is 'again.yaml', a link: it contains itself", ""),
    ],
)
def test_a_nested_template_of_no_name(url: str, said: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "again.yaml").symlink_to(tmp_path / "main.yaml")
    (tmp_path / "outside.yaml").write_text("Resources: {A: {Type: X}}")
    (tmp_path / "main.yaml").write_text(NESTED.format(url))
    with pytest.raises(TemplateError) as caught:
        reach.load(tmp_path / "main.yaml")
    assert f"main.yaml:5: TemplateURL of Inner {said}" in caught.value.message
    assert hint in (caught.value.hint or "")
