"""Files of expectations: what they may say, what is wrong with them and where, and what they are found to be."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from reach import ExpectationsError, Network, Verdict
from reach.describe import describe
from reach.expectations import Status, evaluate, parse_toml, parse_yaml
from reach.expectations.document import DEEPEST, LARGEST
from reach.expectations.first import first_file
from reach.expectations.reading import ENTRY, TOP
from reach.snapshot import parse
from tests.scenario import Step, Steps, build, do, network
from tests.scenario_ipv6 import dual, gateway
from tests.scenario_worlds import ANY, DB, DB_BOTH, NAT, PRIVATE, PUBLIC_HALF, S3_ROUTED, only
from tests.schema import packaged
from tests.worlds import World

pytestmark = pytest.mark.smoke

FILE = "reach.yaml"


def expecting(*entries: str, top: str = "") -> str:
    """A file with these entries, from line 3 on."""
    return f"version: 1\n{top}expect:\n" + "".join(f"- {entry}\n" for entry in entries)


def turned_out(world: Steps, *entries: str) -> list[tuple[str, str, str, str]]:
    found = evaluate(network(world), parse_yaml(expecting(*entries), FILE))
    return [(o.function, o.verb.value, o.target, o.status.value) for o in found]


# -- what holds -------------------------------------------------------------------------------------------

HALF: Steps = (*PRIVATE, *PUBLIC_HALF, do("route_table", "vpc-1", ["subnet-b"], [(ANY, "nat-1")], id="rtb-b"))
V6: Step = do("function", "orders6", ["subnet-a"], ["sg-fn"], ipv6=True)
DUAL: Steps = (*NAT, dual("subnet-a"), gateway(), V6)
ONLY_443: Step = only(("tcp", 443, ANY))
LOCKED: Step = only(("tcp", 443, "10.0.0.0/16"))


@pytest.mark.parametrize(
    ("world", "entry", "status"),
    [
        (NAT, "{function: orders, can: [internet]}", "passed"),
        (NAT, "{function: orders, cannot: [internet]}", "failed"),
        (PRIVATE, "{function: orders, cannot: [internet]}", "passed"),
        (PRIVATE, "{function: orders, can: [internet]}", "failed"),
        # partial is neither
        (HALF, "{function: both, can: [internet]}", "failed"),
        (HALF, "{function: both, cannot: [internet]}", "failed"),
        # a gate is not passed because its port was not asked: 443 is closed, 22 is open
        ((*NAT, only(("tcp", 22, ANY))), "{function: orders, cannot: [internet]}", "failed"),
        ((*NAT, only(("udp", 53, ANY))), "{function: orders, cannot: [internet]}", "failed"),
        ((*NAT, only(("tcp", 22, ANY))), '{function: orders, cannot: ["internet:443"]}', "passed"),
        ((*NAT, only(("tcp", 22, ANY))), '{function: orders, can: ["internet:22"]}', "passed"),
        ((*NAT, LOCKED), "{function: orders, cannot: [internet]}", "passed"),
        # an address that nobody may reach needs no port either
        ((*NAT, only(("tcp", 22, ANY))), '{function: orders, cannot: ["52.1.2.9"]}', "failed"),
        ((*NAT, only(("udp", 53, ANY))), '{function: orders, cannot: ["52.1.2.0/24"]}', "failed"),
        ((*NAT, only(("udp", 53, ANY))), '{function: orders, cannot: ["52.1.2.0/24:22"]}', "passed"),
        ((*NAT, LOCKED), '{function: orders, cannot: ["52.1.2.0/24"]}', "passed"),
        ((*NAT, ONLY_443), "{function: orders, can: [internet]}", "passed"),
        ((*PRIVATE, S3_ROUTED), "{function: orders, can: [s3]}", "passed"),
        ((*PRIVATE, S3_ROUTED), "{function: orders, can: [s3], cannot: [internet]}", "passed"),
        ((*NAT, DB), '{function: orders, can: ["rds:orders-db"]}', "passed"),
        ((*NAT, DB), '{function: orders, cannot: ["rds:orders-db"]}', "failed"),
        ((*NAT, DB), '{function: orders, cannot: ["rds:orders-db:22"]}', "passed"),
        ((*NAT, DB), '{function: orders, can: ["rds:ord*"]}', "passed"),
    ],
)  # fmt: skip
def test_what_can_and_cannot_mean(world: Steps, entry: str, status: str) -> None:
    found = turned_out(world, entry)
    assert {s for *_, s in found} == {status}, found


def test_what_is_not_known_is_neither() -> None:
    def denied(world: World) -> None:
        world.drop("NatGateways")

    for verb in ("can", "cannot"):
        assert turned_out((*NAT, denied), f"{{function: orders, {verb}: [internet]}}")[0][3] == "unknown"


def test_ipv6_is_no_way_around_a_gate() -> None:
    """The way over IPv4 is closed, the one over the egress-only gateway open: 'cannot' is about both."""
    closed = only(("-1", None, "::/0"))
    assert turned_out((*DUAL, closed), "{function: orders6, cannot: [internet]}")[0][3] == "failed"
    assert turned_out((*DUAL, LOCKED), "{function: orders6, cannot: [internet]}")[0][3] == "passed"
    # of a host nobody knows whether it has an IPv6 address
    assert turned_out((*DUAL, closed), "{function: orders6, cannot: [example.com]}")[0][3] == "unknown"


@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("orders", ["orders"]),
        ("'*'", ["both", "free", "orders"]),
        ("'o*'", ["orders"]),
        ("'!free'", ["both", "orders"]),
        ("'![fo]*'", ["both"]),
        ("['*', '!orders']", ["both", "free"]),
        ("[orders, free]", ["free", "orders"]),
        ("arn:aws:lambda:eu-west-1:123456789012:function:orders", ["orders"]),
        ("eu-west-1/orders", ["orders"]),
    ],
)
def test_patterns(pattern: str, names: list[str]) -> None:
    assert [f for f, *_ in turned_out(NAT, f"{{function: {pattern}, can: [s3]}}")] == names


def tagged(snapshot: dict[str, Any], tags: dict[str, dict[str, str]] | None) -> Network:
    region = snapshot["accounts"]["123456789012"]["eu-west-1"]
    arns = {f["FunctionName"]: f["FunctionArn"] for f in region["Functions"]}
    if tags is not None:
        region["resourcegroupstaggingapi:ResourceTagMappingList"] = [
            {"ResourceARN": arns[name], "Tags": [{"Key": k, "Value": v} for k, v in pairs.items()]}
            for name, pairs in tags.items()
        ]
    return describe(parse(json.dumps(snapshot), "world"))


@pytest.mark.parametrize(
    ("pattern", "names"),
    [("tag:team=pay", ["orders"]), ("tag:team=*", ["both", "orders"]), ("'!tag:team=pay'", ["both", "free"])],
)
def test_patterns_of_tags(pattern: str, names: list[str]) -> None:
    net = tagged(build(NAT).document(), {"orders": {"team": "pay"}, "both": {"team": "it", "x": "y"}})
    file = parse_yaml(expecting(f"{{function: {pattern}, can: [s3]}}"), FILE)
    assert [o.function for o in evaluate(net, file)] == names


def test_tags_that_were_not_read_are_asked_for() -> None:
    net = tagged(build(NAT).document(), None)
    file = parse_yaml(expecting("{function: 'tag:team=pay', can: [s3]}"), FILE)
    with pytest.raises(ExpectationsError, match=r"reach\.yaml:3: .*tags were not read") as caught:
        evaluate(net, file)
    assert caught.value.hint == "take the snapshot with: reach snapshot --tags"


def test_functions_that_could_not_be_listed_leave_a_glob_open() -> None:
    def broken_off(world: World) -> None:
        world.partial("Functions")

    found = turned_out((*PRIVATE, broken_off), "{function: '*', cannot: [internet]}")
    assert found[-1] == ("*", "cannot", "internet", "unknown")
    assert {s for *_, s in found[:-1]} == {"passed", "failed"}  # `free` is in no VPC
    assert turned_out((*PRIVATE, broken_off), "{function: orders, cannot: [internet]}")[-1][3] == "passed"


def test_a_function_that_two_patterns_mean_is_asked_once() -> None:
    found = turned_out(NAT, "{function: '*', can: [s3]}", "{function: orders, can: [s3, internet]}")
    assert found.count(("orders", "can", "s3", "passed")) == 1
    assert ("orders", "can", "internet", "passed") in found


def test_what_fails_to_be_closed_names_what_opens_it() -> None:
    outcome = evaluate(network(NAT), parse_yaml(expecting("{function: orders, cannot: [internet]}"), FILE))[0]
    assert [resource for resource, _ in outcome.openings] == ["sg-fn", "rtb-fn"]
    assert outcome.first is None


def test_a_gate_that_holds_because_nothing_runs_says_so() -> None:
    def failed(world: World) -> None:
        world["orders"].update(State="Failed", StateReasonCode="SubnetOutOfIPAddresses")

    file = parse_yaml(expecting("{function: orders, cannot: [internet]}"), FILE)
    assert evaluate(network((*NAT, failed)), file)[0].caveat == "only because something does not run"
    assert evaluate(network(PRIVATE), file)[0].caveat == ""


def test_a_gate_says_what_goes_around_it() -> None:
    """The name of the service stays public, where it is closed; the endpoint has a name of its own."""
    endpoint = do("interface_endpoint", "vpc-1", "sqs", ["subnet-a"], ["sg-fn"], private_dns=False, id="vpce-q")
    file = parse_yaml(expecting("{function: orders, cannot: [sqs]}"), FILE)
    outcome = evaluate(network((*PRIVATE, endpoint)), file)[0]
    assert (outcome.status, outcome.caveat) == (Status.PASSED, "unless a client sets endpoint_url to vpce-q")


def test_what_holds_until_a_failover_says_so() -> None:
    file = parse_yaml(expecting("{function: orders, can: ['rds:orders-db']}"), FILE)
    closed = do("network_acl", "vpc-1", ["subnet-e"], (), (), id="acl-e")
    outcome = evaluate(network((*NAT, DB_BOTH, closed)), file)[0]
    assert (outcome.status, outcome.caveat) == (Status.PASSED, "not after a failover: then it is blocked")


def test_targets_that_could_not_be_listed_leave_a_glob_open() -> None:
    def broken_off(world: World) -> None:
        world.partial("DBClusters")

    found = turned_out((*NAT, DB, broken_off), "{function: orders, cannot: ['rds:*-db:22']}")
    assert found[-1] == ("orders", "cannot", "rds:*-db:22", "unknown")
    assert {s for *_, s in found[:-1]} == {"passed"}
    assert turned_out((*NAT, DB, broken_off), "{function: orders, cannot: ['rds:orders-db:22']}")[-1][3] == "passed"


@pytest.mark.parametrize(
    ("target", "found"),
    [
        ("rds:*", ["rds:orders-db"]),
        ("rds:*:5432", ["rds:orders-db:5432"]),
        ("rds:*:*", ["rds:orders-db:*"]),
        ("rds", ["rds"]),  # the API
        ("sqs:*", ["sqs:*"]),  # of which no VPC holds anything: every port
    ],
)
def test_a_lone_star_means_every_database(target: str, found: list[str]) -> None:
    """It meant the API of RDS on every port: a gate that no database was held to."""
    assert [t for _, _, t, _ in turned_out((*NAT, DB), f"{{function: orders, can: ['{target}']}}")] == found


@pytest.mark.parametrize("databases", [(), (DB,)], ids=["none known", "one known"])
def test_targets_that_were_not_collected_leave_a_glob_open(databases: Steps) -> None:
    """A pattern matches nothing only where everything was read."""
    document = build((*NAT, *databases)).document()
    del document["accounts"]["123456789012"]["eu-west-1"]["DBClusters"]
    net = describe(parse(json.dumps(document), "world"))
    found = evaluate(net, parse_yaml(expecting("{function: orders, cannot: ['rds:*:22']}"), FILE))
    assert [o.status.value for o in found] == [*["passed" for _ in databases], "unknown"]
    assert (found[-1].target, found[-1].needs) == ("rds:*:22", "rds:DescribeDBClusters")


def test_functions_of_one_name_are_told_apart() -> None:
    """Two lines said the same of `orders`, and a test report kept one of them."""
    document = build(NAT).document()
    regions = document["accounts"]["123456789012"]
    twin = json.loads(json.dumps(regions["eu-west-1"]["Functions"][-1]).replace("eu-west-1", "eu-central-1"))
    regions["eu-central-1"] = {"Functions": [twin]}
    net = describe(parse(json.dumps(document), "world"))
    found = [o.function for o in evaluate(net, parse_yaml(expecting("{function: '*', can: [s3]}"), FILE))]
    name = twin["FunctionName"]
    twins = {f"123456789012/{region}/{name}" for region in ("eu-central-1", "eu-west-1")}
    assert sorted(found) == sorted(twins | {"both", "free", "orders"} - {name})


def test_values_of_a_parameter_may_be_repeated() -> None:
    file = parse_yaml("params: {Bits: [4, 4], One: [8]}\n" + expecting("{function: a, can: [s3]}"), FILE)
    assert dict(file.params) == {"Bits": "4,4", "One": "8"}


# -- what is wrong, and where -----------------------------------------------------------------------------

BAD: dict[str, tuple[str, int, str]] = {
    "empty": ("", 1, "is empty"),
    "no YAML": ("a: [", 2, "not YAML"),
    "tab": ("version: 1\n\texpect: []\n", 2, "not YAML"),
    "control character": ("version: \x01", 1, "not YAML"),
    "two documents": ("version: 1\n---\nversion: 1\n", 3, "several documents"),
    "a list": ("- a", 1, "must have members"),
    "a word": ("orders", 1, "must have members"),
    "unknown key": ("version: 1\nexpects: []\n", 2, "unknown key 'expects'"),
    "key twice": ("version: 1\nexpect: []\nversion: 1\n", 3, "'version' is here twice"),
    "key that is a list": ("? [a]\n: b\n", 1, "a key must be a word"),
    "another version": ("version: 2\nexpect: []\n", 1, "version: 1"),
    "no expectations": ("version: 1\n", 1, "no 'expect'"),
    "empty list": ("version: 1\nexpect: []\n", 2, "at least one"),
    "expect is a text": ("version: 1\nexpect: orders\n", 2, "must be a list"),
    "unknown word": ("version: 1\nunknown: ignore\n" + expecting("{function: a, can: [s3]}")[11:], 2, "fail or warn"),
    "parameter without a name": ("params: {A: b,\n '': c}\n" + expecting("{function: a, can: [s3]}"), 2, "has no name"),
    "parameter that is a mapping": ("params: {A:\n {b: c}}\n" + expecting("{function: a, can: [s3]}"), 2, "'A' must"),
    "function of a template": (expecting("{function: !Ref Orders, can: [s3]}"), 3, "the tag '!Ref' means nothing"),
    "tag of a list": (expecting("{function: a, can: !Split [s3]}"), 3, "the tag '!Split' means nothing"),
    "tag of a program": (expecting("{function: !!python/object:os.system a, can: [s3]}"), 3, "means nothing"),
    "merged mapping": (expecting("{function: a, can: [s3], <<: {a: b}}"), 3, "unknown key '<<'"),
    "because is a list": (expecting("{function: a, can: [s3], because: [b]}"), 3, "'because' must be one text"),
    "from is a mapping": ("from: {a: b}\n" + expecting("{function: a, can: [s3]}"), 1, "'from' must be a text or"),
    "source twice": ("from: [a,\n a]\n" + expecting("{function: a, can: [s3]}"), 2, "'a' is here twice"),
    "version with a point": ("version: 1.0\nexpect: []\n", 1, "version: 1"),
    "expect is a mapping": ("version: 1\nexpect: {function: a, can: s3}\n", 2, "must be a list"),
    "params are a list": ("params: [a]\n" + expecting("{function: a, can: [s3]}"), 1, "names with values"),
    "entry is a text": (expecting("orders"), 3, "must have members"),
    "entry without function": (expecting("{can: [s3]}"), 3, "names no 'function'"),
    "entry without a verb": (expecting("{function: orders}"), 3, "neither 'can' nor 'cannot'"),
    "unknown key of an entry": (expecting("{function: orders, can: [s3]}", "{function: a, may: [s3]}"), 4, "'may'"),
    "empty target list": (expecting("{function: orders, can: []}"), 3, "'can' is empty"),
    "empty target": (expecting("{function: orders, can: ['']}"), 3, "'can' is empty"),
    "target that is a mapping": (expecting("{function: orders, can: [{a: b}]}"), 3, "must be a text"),
    "unreadable target": (expecting("{function: orders, can: ['internet:99999']}"), 3, "65535"),
    "address without a port": (expecting("{function: orders, can: [10.0.0.5]}"), 3, "needs a port"),
    "target twice in a list": (expecting("{function: orders, can: [s3, s3]}"), 3, "'s3' is here twice"),
    "target twice": (expecting("{function: a, can: [s3]}", "{function: a, can: [s3]}"), 4, "is here twice"),
    "contradiction in one entry": (expecting("{function: a, can: [s3], cannot: [s3]}"), 3, "a contradiction"),
    "contradiction": (expecting("{function: a, can: [s3]}", "{function: a, cannot: [s3]}"), 4, "a contradiction"),
    "alias of nothing": ("version: 1\nexpect: *a\n", 2, "stands for nothing"),
    "alias of itself": ("expect: &a [*a]\n", 1, "stands for nothing"),
    "deep nesting": ("[" * 100_000, 1, "too deeply"),
}


@pytest.mark.parametrize(("text", "line", "words"), BAD.values(), ids=BAD)
def test_what_is_wrong_is_said_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(ExpectationsError) as caught:
        parse_yaml(text, FILE)
    assert caught.value.message.startswith(f"{FILE}:{line}: "), caught.value.message
    assert words in str(caught.value)
    assert caught.value.exit_code == 2
    assert caught.value.hint, "what to do"


@pytest.mark.parametrize(
    ("entries", "line", "words"),
    [
        (("{function: ordres, can: [s3]}",), 3, "did you mean 'orders'"),
        (("{function: 'zzz-*', can: [s3]}",), 3, "zzz-*"),
        (("{function: ['*', '!zzz'], can: [s3]}",), 3, "zzz"),
        (("{function: '!*', can: [s3]}",), 3, "leaves no function"),
        (("{function: 'tag:team', can: [s3]}",), 3, "tag:key=value"),
        (("{function: orders, can: [s4]}",), 3, "did you mean 's3'"),
        (("{function: orders, can: ['rds:none']}",), 3, "rds:none"),
        (("{function: orders, can: ['rds:none*']}",), 3, "matches nothing"),
        (("{function: '*', cannot: [internet]}", "{function: orders, can: [internet]}"), 4, "a contradiction"),
        (("{function: orders, can: [internet]}", "{function: 'o*', cannot: ['internet:400-500']}"), 4, "contradiction"),
        (("{function: orders, can: ['rds:*db']}", "{function: 'o*', cannot: ['rds:orders-db:5432']}"), 4, "contradict"),
    ],
)
def test_what_does_not_fit_the_network_is_said_with_its_line(entries: tuple[str, ...], line: int, words: str) -> None:
    with pytest.raises(ExpectationsError) as caught:
        turned_out((*NAT, DB), *entries)
    assert caught.value.message.startswith(f"{FILE}:{line}: "), caught.value.message
    assert words in str(caught.value)


def test_other_ports_are_no_contradiction() -> None:
    entries = ("{function: orders, can: [internet]}", "{function: '*', cannot: ['internet:22']}")
    found = turned_out((*NAT, ONLY_443), *entries)
    assert [s for f, _, _, s in found if f == "orders"] == ["passed", "passed"]


def test_bombs_are_refused_quickly() -> None:
    nine = zip("abcdefgh", "bcdefghi", strict=True)
    bomb = "a: &a [x]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in nine)
    with pytest.raises(ExpectationsError, match="unknown key"):
        parse_yaml(bomb, FILE)
    inside = bomb.replace("\n", ", ").rstrip(", ")
    with pytest.raises(ExpectationsError, match="must be a text"):
        parse_yaml(f"expect: [{{function: a, can: [{{{inside}}}]}}]", FILE)
    many = ", ".join(f"{{function: f{i}, can: *t}}" for i in range(10_000))
    targets = ", ".join(f"h{i}.example.com" for i in range(9_000))
    with pytest.raises(ExpectationsError, match="more than 20000 targets"):
        parse_yaml(f"expect: [{{function: a, can: &t [{targets}]}}, {many}]", FILE)
    with pytest.raises(ExpectationsError, match="too large"):
        parse_yaml("#" * (LARGEST + 1), FILE)
    with pytest.raises(ExpectationsError, match="too deeply"):
        parse_yaml("".join(" " * i + "a:\n" for i in range(DEEPEST + 1)), FILE)


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (parse_yaml, parse_toml):
        with suppress(ExpectationsError):
            read(text, FILE)


def test_aliases_are_understood() -> None:
    file = parse_yaml(expecting("{function: a, can: &base [s3, dynamodb]}", "{function: b, can: *base}"), FILE)
    assert [c.typed for c in file.expect[1].claims] == ["s3", "dynamodb"]


# -- TOML -------------------------------------------------------------------------------------------------

PROJECT = """\
[project]
name = "orders"  # not [tool.reach]

[tool.reach]
from = ["template.yaml"]
unknown = "warn"
params = {Size = 3, Open = true}

[[tool.reach.expect]]
function = "orders"  # function = "other"
can = ["s3"]

[[tool.reach.expect]]
function = "zzz"
cannot = [
  'dynamodb',
  "internet",
]
"""


def test_toml_says_the_same() -> None:
    file = parse_toml(PROJECT, "pyproject.toml")
    assert file is not None
    assert (file.sources, file.tolerant) == (("template.yaml",), True)
    assert dict(file.params) == {"Size": "3", "Open": "true"}
    assert [(f, n) for e in file.expect for f, n in e.functions] == [("orders", 10), ("zzz", 14)]
    lines = [(c.typed, c.line) for e in file.expect for c in e.claims]
    assert lines == [("s3", 11), ("dynamodb", 16), ("internet", 17)]
    assert parse_toml("[tool.other]\na = 1\n", "pyproject.toml") is None


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda t: t.replace("unknown =", "unknwon ="), 6),
        (lambda t: t.replace('can = ["s3"]', 'can = ["internet:99999"]'), 11),
        (lambda t: t.replace("'dynamodb'", "''"), 16),
        (lambda t: t + "x = [\n", 19),
    ],
)
def test_toml_errors_have_their_line(change: Callable[[str], str], line: int) -> None:
    with pytest.raises(ExpectationsError) as caught:
        parse_toml(change(PROJECT), "pyproject.toml")
    assert caught.value.message.startswith(f"pyproject.toml:{line}: "), caught.value.message


# -- a first file, and the schema -------------------------------------------------------------------------


@pytest.mark.parametrize("world", [PRIVATE, (*NAT, DB), (*PRIVATE, S3_ROUTED, DB), HALF], ids=range(4))
def test_a_first_file_holds_where_it_was_written(world: Steps) -> None:
    text = first_file(network(world), ("net.json",), "schema.json")
    assert text.startswith("# yaml-language-server: $schema=schema.json\n")
    file = parse_yaml(text, FILE)
    assert file.sources == ("net.json",)
    outcomes = evaluate(network(world), file)
    assert {o.status for o in outcomes} == {Status.PASSED}
    assert all(a.verdict in (Verdict.REACHABLE, Verdict.BLOCKED) for o in outcomes for a in o.answers)


@given(st.text(min_size=1, max_size=20).filter(str.strip), st.text(max_size=20))
def test_whatever_a_first_file_quotes_is_read_back(name: str, value: str) -> None:
    text = first_file(network(PRIVATE), (name,), "s.json", params={name: value})
    file = parse_yaml(text, FILE)
    assert (file.sources, dict(file.params)) == ((name,), {name: value})


def test_the_schema_names_every_key() -> None:
    schema = packaged("expectations.schema.json")
    Draft202012Validator.check_schema(schema)
    assert set(schema["properties"]) == set(TOP)
    assert set(schema["$defs"]["expectation"]["properties"]) == set(ENTRY)


def test_the_schema_admits_what_is_read_and_refuses_what_is_refused() -> None:
    import yaml

    check = Draft202012Validator(packaged("expectations.schema.json"))
    text = first_file(network((*NAT, DB)), ("net.json",), "schema.json")
    assert list(check.iter_errors(yaml.safe_load(text))) == []
    shape = ("unknown key", "no expectations", "empty list", "unknown word", "entry is a text", "entry without",
             "another version", "params are", "empty target", "target twice in a list", "expect is")  # fmt: skip
    tested = [name for name in BAD if name.startswith(shape)]
    assert len(tested) >= len(shape)
    for name in tested:
        assert list(check.iter_errors(yaml.safe_load(BAD[name][0]))), name
