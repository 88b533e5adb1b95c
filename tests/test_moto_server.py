"""End to end: networks built by another process in moto's server, captured over HTTP, asked with the command.

The expectations come from the rules, not from moto. Where moto's data say less than AWS would, the honest answer is
`unknown`: that is asserted on the capture as it is, and the verdict on the capture as AWS would have filled it
(`moto_mends`). The same mends, as hooks on a session, serve the test that reads and asks in one process.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from moto import mock_aws

import reach
from reach.snapshot import NEVER_STORED
from tests.aws_account import ACCOUNT, MOTO_LACKS, REGION, answering
from tests.command import CLEAN, NOWHERE, call, run
from tests.moto_mends import mend_answers, mend_collections
from tests.moto_world import CODE_BUCKET, IMAGE, SECRET, build
from tests.schema import validate_answers

pytestmark = [pytest.mark.server, pytest.mark.slow]

# Asked only where something calls for it, and nothing here does.
UNASKED = {"network-firewall:DescribeFirewallPolicy"}
SERVER_LACKS = (MOTO_LACKS - UNASKED) | {
    "route53resolver:ListFirewallRuleGroupAssociations",
    "airflow:ListEnvironments",
    "apprunner:ListVpcConnectors",
    "lambda:ListNetworkConnectors",
}
BUILDER = Path(__file__).with_name("moto_world.py")
Record = dict[str, Any]


class Row(NamedTuple):
    """A question and its answer. `at`: the resource blamed, or one that a reachable path leads over."""

    rule: str
    function: str
    target: str
    verdict: str
    at: str = ""
    code: str = ""
    cause: str | None = None
    direction: str = "forward"


IGW, SG, EMPTY = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES"
DEAD, NO_ROUTE, LOOP = "BAD_STATE_ROUTE", "NO_ROUTE_TO_DESTINATION", "ROUTING_LOOP"
ACL, APART = "SUBNET_ACL_RESTRICTION", "DISCONNECTED_VPCS"
PUBLIC, OTHER_TABLE, ALONE = "LAMBDA_ENI_HAS_NO_PUBLIC_IP", "GATEWAY_ENDPOINT_NOT_ASSOCIATED", "FUNCTION_NOT_IN_VPC"

# fmt: off
ROWS = [
    # Private subnets with a NAT gateway, endpoints for S3 and DynamoDB, everything else in the default group.
    Row("NAT-4", "nat-orders", "internet", "reachable", "main/nat"),
    Row("RT-15", "nat-orders", "s3", "reachable", "main/s3"),
    Row("RT-15", "nat-orders", "dynamodb", "reachable", "main/dynamodb"),
    Row("SG-6", "nat-orders", "rds:main-db", "reachable"),
    Row("DBDST-5", "nat-orders", "elasticache:main-cache", "reachable"),
    Row("DST-22", "nat-orders", "elasticache:main-redis", "reachable"),
    # The same from a subnet whose table the endpoints do not list: the default route serves.
    Row("NAT-4", "plain-orders", "internet", "reachable", "main/nat"),
    Row("VPCE-4", "plain-orders", "s3", "reachable", "main/nat"),
    Row("VPCE-4", "plain-orders", "dynamodb", "reachable", "main/nat"),
    Row("SG-6", "plain-orders", "rds:main-db", "reachable", "main/plain-table"),
    Row("DBDST-5", "plain-orders", "elasticache:main-cache", "reachable", "main/plain-table"),
    # Names that a private zone and a Resolver rule decide.
    Row("DNS-5", "plain-orders", "api.corp.example:443", "reachable", "main/nat"),
    Row("DNS-5", "plain-orders", "www.corp.example:443", "blocked", "main/zone", "DNS_NXDOMAIN"),
    Row("DNS-6", "plain-orders", "db.onprem.example:443", "unknown", "main/rule", "DNS_FORWARDED"),
    # The function in the public subnet.
    Row("FNSRC-4", "public-orders", "internet", "blocked", "main/igw", IGW, PUBLIC),
    Row("FNSRC-4", "public-orders", "s3", "blocked", "main/igw", IGW, PUBLIC),
    Row("FNSRC-4", "public-orders", "dynamodb", "blocked", "main/igw", IGW, PUBLIC),
    Row("RT-3", "public-orders", "rds:main-db", "reachable", "main/public-table"),
    Row("RT-3", "public-orders", "elasticache:main-cache", "reachable", "main/public-table"),
    # A group that lets out PostgreSQL to the databases' group and nothing else.
    Row("SG-1", "db-only", "internet", "blocked", "main/to-db", SG),
    Row("VPCE-5", "db-only", "s3", "blocked", "main/to-db", SG),
    Row("VPCE-5", "db-only", "dynamodb", "blocked", "main/to-db", SG),
    Row("SG-6", "db-only", "rds:main-db", "reachable"),
    Row("SG-4", "db-only", "elasticache:main-cache", "blocked", "main/to-db", SG),
    # A group that lets out HTTPS to the prefix list of S3 and nothing else.
    Row("SG-5", "s3-only", "internet", "blocked", "main/to-s3", SG),
    Row("VPCE-5", "s3-only", "s3", "reachable", "main/s3"),
    Row("VPCE-5", "s3-only", "dynamodb", "blocked", "main/to-s3", SG),
    Row("SG-5", "s3-only", "rds:main-db", "blocked", "main/to-s3", SG),
    Row("SG-5", "s3-only", "elasticache:main-cache", "blocked", "main/to-s3", SG),
    # A group without any rule.
    Row("SG-1", "sealed", "internet", "blocked", "main/sealed", EMPTY),
    Row("SG-1", "sealed", "s3", "blocked", "main/sealed", EMPTY),
    Row("SG-1", "sealed", "dynamodb", "blocked", "main/sealed", EMPTY),
    Row("SG-1", "sealed", "rds:main-db", "blocked", "main/sealed", EMPTY),
    Row("SG-1", "sealed", "elasticache:main-cache", "blocked", "main/sealed", EMPTY),
    # The NAT gateway was deleted, its route is left; S3 has an endpoint.
    Row("RT-10", "gone-orders", "internet", "blocked", "gone/private-table", DEAD),
    Row("RT-15", "gone-orders", "s3", "reachable", "gone/s3"),
    Row("RT-10", "gone-orders", "dynamodb", "blocked", "gone/private-table", DEAD),
    Row("DBDST-3", "gone-orders", "rds:gone-db", "reachable"),
    Row("DBDST-5", "gone-orders", "elasticache:gone-cache", "reachable"),
    # The NAT gateway stands in a private subnet: the table of that subnet has no way out.
    Row("NAT-4", "inner-orders", "internet", "blocked", "inner/main", NO_ROUTE),
    Row("NAT-4", "inner-orders", "s3", "blocked", "inner/main", NO_ROUTE),
    Row("NAT-4", "inner-orders", "dynamodb", "blocked", "inner/main", NO_ROUTE),
    Row("DBDST-3", "inner-orders", "rds:inner-db", "reachable"),
    Row("DBDST-5", "inner-orders", "elasticache:inner-cache", "reachable"),
    # It stands in the function's own subnet.
    Row("NAT-9", "loop-orders", "internet", "blocked", "inner/loop-table", LOOP),
    Row("NAT-9", "loop-orders", "s3", "blocked", "inner/loop-table", LOOP),
    Row("NAT-9", "loop-orders", "dynamodb", "blocked", "inner/loop-table", LOOP),
    Row("DBDST-3", "loop-orders", "rds:inner-db", "reachable", "inner/loop-table"),
    Row("DBDST-5", "loop-orders", "elasticache:inner-cache", "reachable", "inner/loop-table"),
    # An ACL that lets in what comes from the VPC: replies from public addresses are denied.
    Row("NACL-5", "deaf-orders", "internet", "blocked", "acl/deaf-acl", ACL, None, "return"),
    Row("NACL-7", "deaf-orders", "s3", "blocked", "acl/deaf-acl", ACL, None, "return"),
    Row("NACL-5", "deaf-orders", "dynamodb", "blocked", "acl/deaf-acl", ACL, None, "return"),
    Row("NACL-3", "deaf-orders", "rds:acl-db", "reachable", "acl/private-table"),
    Row("NACL-3", "deaf-orders", "elasticache:acl-cache", "reachable", "acl/private-table"),
    Row("NACL-3", "deaf-orders", "rds:mute-db", "blocked", "acl/mute-acl", ACL, None, "return"),
    # An ACL that lets replies in on a part of Lambda's ports only.
    Row("NACL-9", "narrow-orders", "internet", "partial", "acl/narrow-acl", ACL, None, "return"),
    Row("NACL-9", "narrow-orders", "s3", "partial", "acl/narrow-acl", ACL, None, "return"),
    Row("NACL-9", "narrow-orders", "dynamodb", "partial", "acl/narrow-acl", ACL, None, "return"),
    Row("NACL-9", "narrow-orders", "rds:acl-db", "partial", "acl/narrow-acl", ACL, None, "return"),
    Row("NACL-9", "narrow-orders", "elasticache:acl-cache", "partial", "acl/narrow-acl", ACL, None, "return"),
    # One subnet of two has such an ACL.
    Row("FNSRC-3", "half-orders", "internet", "partial", "acl/deaf-acl", ACL, None, "return"),
    Row("FNSRC-3", "half-orders", "s3", "partial", "acl/deaf-acl", ACL, None, "return"),
    Row("FNSRC-3", "half-orders", "dynamodb", "partial", "acl/deaf-acl", ACL, None, "return"),
    Row("NACL-4", "half-orders", "rds:acl-db", "reachable"),
    Row("NACL-4", "half-orders", "elasticache:acl-cache", "reachable"),
    # No NAT gateway at all, with the endpoints and without.
    Row("RT-4", "bare-orders", "internet", "blocked", "bare/endpoint-table", NO_ROUTE),
    Row("RT-15", "bare-orders", "s3", "reachable", "bare/s3"),
    Row("RT-15", "bare-orders", "dynamodb", "reachable", "bare/dynamodb"),
    Row("DBDST-3", "bare-orders", "rds:bare-db", "reachable"),
    Row("DBDST-5", "bare-orders", "elasticache:bare-cache", "reachable"),
    Row("RT-4", "local-orders", "internet", "blocked", "bare/local-table", NO_ROUTE),
    Row("VPCE-4", "local-orders", "s3", "blocked", "bare/local-table", NO_ROUTE, OTHER_TABLE),
    Row("VPCE-4", "local-orders", "dynamodb", "blocked", "bare/local-table", NO_ROUTE, OTHER_TABLE),
    Row("DBDST-3", "local-orders", "rds:bare-db", "reachable", "bare/local-table"),
    Row("DBDST-5", "local-orders", "elasticache:bare-cache", "reachable", "bare/local-table"),
    # No VPC.
    Row("FNSRC-1", "loner", "internet", "reachable"),
    Row("FNSRC-1", "loner", "s3", "reachable"),
    Row("FNSRC-1", "loner", "dynamodb", "reachable"),
    Row("FNSRC-1", "loner", "rds:main-db", "blocked", "loner", APART, ALONE),
    Row("DST-25", "loner", "elasticache:main-cache", "blocked", "loner", APART, ALONE),
]
# fmt: on
FUNCTIONS = list(dict.fromkeys(row.function for row in ROWS))
NAMES = [f"{row.rule} {row.function} {row.target}" for row in ROWS]


def as_captured(row: Row) -> Row:
    """The right answer to moto's data as they are."""
    if row.target.startswith("elasticache:") and row.verdict != "blocked":  # a definite block beats the gap
        cache = "main-redis-001" if row.target.endswith("redis") else row.target.partition(":")[2]
        return row._replace(verdict="unknown", at=cache, code="UNKNOWN_RESOURCE", cause=None, direction="forward")
    if row.code == DEAD:  # the route claims to be active, so its target is asked (RT-11)
        return row._replace(at="gone/nat", code="BAD_STATE")
    return row


# -- the server, the world, the capture ------------------------------------------------------------------------------


@contextmanager
def served(log: Path) -> Iterator[str]:
    """Moto's server on a port that the system chooses, until the block ends."""
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env=CLEAN | {"PYTHONUNBUFFERED": "1"})
    try:
        yield _address(server, log)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)


def _address(server: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.poll() is None:
        found = re.search(r"Running on (http://127\.0\.0\.1:\d+)", log.read_text())
        if found:
            return found[1]
        time.sleep(0.05)
    pytest.fail(f"moto's server did not start:\n{log.read_text()}")


@dataclass(frozen=True)
class Capture:
    """What was built, how it was captured, and the file."""

    world: Record
    env: dict[str, str]
    done: subprocess.CompletedProcess[bytes]
    file: Path

    @property
    def collections(self) -> Record:
        return json.loads(self.file.read_text())["accounts"][ACCOUNT][REGION]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def capture(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Capture]:
    folder = tmp_path_factory.mktemp("moto")
    with served(folder / "server.log") as url:
        keys = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": REGION}
        env = NOWHERE | keys | {"AWS_ENDPOINT_URL": url}
        made = subprocess.run(
            [sys.executable, str(BUILDER)], env=CLEAN | env, capture_output=True, check=False, timeout=120
        )
        assert made.returncode == 0, made.stderr.decode()
        file = folder / "net.json"
        done = call("snapshot", "-o", str(file), **env)
        yield Capture(json.loads(made.stdout), env, done, file)


@pytest.fixture(scope="module")
def mended(capture: Capture) -> Capture:
    """The capture, with what moto keeps from it."""
    document = json.loads(capture.file.read_text())
    collections = document["accounts"][ACCOUNT][REGION]
    mend_collections(collections, capture.world)
    file = capture.file.with_name("mended.json")
    file.write_text(json.dumps(document))
    return replace(capture, file=file)


class Reply(NamedTuple):
    """What the command gave: its exit code, its remarks, and the answers by target."""

    exit_code: int
    remarks: str
    answers: Record


@cache
def asked(file: Path, function: str) -> Reply:
    """`reach path FUNCTION TARGET...` of all targets in the table, once."""
    targets = [row.target for row in ROWS if row.function == function]
    result = run("path", function, *targets, "--from", str(file), "-f", "json")
    document = json.loads(result.stdout)
    validate_answers(document)
    return Reply(result.exit_code, result.stderr, {a["target_as_typed"]: a for a in document["answers"]})


def check(answer: Record, row: Row, ids: dict[str, str]) -> None:
    """Fail unless an answer says what the row says."""
    at = answer["source"]["arn"] if row.at == "loner" else ids.get(row.at, row.at)
    assert answer["verdict"] == row.verdict, answer["headline"]
    if row.verdict == "reachable":
        assert (answer["blockers"], answer["unknowns"], answer["lost"], answer["undecided"]) == ([], [], [], [])
        assert answer["delivered"] == answer["asked"]
        assert answer["paths"]
        assert all(at in path["via"] for path in answer["paths"] if at)
        return
    found = answer["unknowns" if row.verdict == "unknown" else "blockers"][0]
    told = (found["code"], found["cause"], found["resource"], found["direction"], found["after"])
    assert told == (row.code, row.cause, at, row.direction, None)
    assert found["evidence"]
    assert found["fix"]


# -- the tests -------------------------------------------------------------------------------------------------------


def test_the_account_is_captured_over_http(capture: Capture) -> None:
    remarks = capture.done.stderr.decode()
    assert capture.done.returncode == 0, remarks
    assert capture.done.stdout == b""
    first, wrote, *gaps = [line for line in remarks.splitlines() if "calls answered" not in line]
    assert first == f"reading {REGION}"
    counts = [len(capture.collections[key]) for key in ("Vpcs", "Subnets", "Functions")]
    assert wrote == (
        f"wrote {capture.file}: {counts[0]} VPCs, {counts[1]} subnets, {counts[2]} functions in 1 region, "
        f"{len(SERVER_LACKS)} gaps"
    )
    assert {line.split(": ")[2].partition(" ")[0] for line in gaps} == SERVER_LACKS
    made = {id for id in capture.world["ids"].values() if id.startswith(("vpc-", "subnet-", "nat-", "rtb-", "sg-"))}
    held = capture.file.read_text()
    assert {id for id in made if id not in held} == set()
    assert [f["FunctionName"] for f in capture.collections["Functions"]] == sorted(FUNCTIONS)


def test_what_could_not_be_read_is_a_gap_and_no_empty_list(capture: Capture) -> None:
    document = json.loads(capture.file.read_text())
    assert {gap["action"] for gap in document["gaps"]} == SERVER_LACKS
    assert {key for gap in document["gaps"] for key in gap["keys"]} & set(capture.collections) == set()


def test_no_secret_leaves_the_account(capture: Capture) -> None:
    told = capture.world["told"]
    assert {answer["Configuration"]["Environment"]["Variables"]["PASSWORD"] for answer in told} == {SECRET}
    places = {answer["Code"].get("Location") or answer["Code"]["ImageUri"] for answer in told}
    assert IMAGE in places
    held = capture.file.read_text()
    assert [word for word in (SECRET, "PASSWORD", CODE_BUCKET, *places) if word in held] == []
    assert set(_members(json.loads(held))) & (NEVER_STORED | {"Environment", "Code", "Location", "ImageUri"}) == set()


def _members(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _members(inner)


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_verdict(mended: Capture, row: Row) -> None:
    check(asked(mended.file, row.function).answers[row.target], row, mended.world["ids"])


@pytest.mark.parametrize("row", ROWS, ids=NAMES)
def test_verdict_of_moto_as_it_is(capture: Capture, row: Row) -> None:
    answer = asked(capture.file, row.function).answers[row.target]
    check(answer, as_captured(row), capture.world["ids"])
    if answer["verdict"] == "unknown":
        forwarded = f"the address of {row.target.partition(':')[0]}"
        wanted = forwarded if row.code == "DNS_FORWARDED" else "elasticache:DescribeCacheClusters"
        assert answer["unknowns"][0]["needs"] == wanted


@pytest.mark.parametrize("function", FUNCTIONS)
def test_exit_code_and_remarks(capture: Capture, mended: Capture, function: str) -> None:
    for source, rows in ((mended, ROWS), (capture, [as_captured(row) for row in ROWS])):
        verdicts = {row.verdict for row in rows if row.function == function}
        expected = 1 if verdicts & {"blocked", "partial"} else 3 if "unknown" in verdicts else 0
        exit_code, remarks, _ = asked(source.file, function)
        assert exit_code == expected, remarks
        assert remarks.startswith(f"read {source.file}: {len(FUNCTIONS)} functions, ")
        assert "note: not read: " in remarks
        assert "Traceback" not in remarks


def test_the_subnets_that_fail_are_named(mended: Capture) -> None:
    answer = asked(mended.file, "half-orders").answers["internet"]
    ids = mended.world["ids"]
    verdicts = {path["subnet"]: path["verdict"] for path in answer["paths"]}
    assert verdicts == {ids["acl/deaf"]: "blocked", ids["acl/open"]: "reachable"}
    assert answer["blockers"][0]["subnets"] == [ids["acl/deaf"]]


def test_the_vpc_of_a_function_is_that_of_its_subnets(capture: Capture, mended: Capture) -> None:
    """Moto's VpcId is wrong: the answer does not depend on it, and says so."""
    for source, notes in ((capture, ["VPC_ID_DISAGREES"]), (mended, [])):
        answer = asked(source.file, "bare-orders").answers["s3"]
        assert answer["source"]["vpc"] == source.world["ids"]["bare"]
        assert [note["code"] for note in answer["notes"] if note["code"] == "VPC_ID_DISAGREES"] == notes


def test_the_command_as_a_process_of_its_own_says_the_same(mended: Capture) -> None:
    args = ["path", "gone-orders", "internet", "s3", "--from", str(mended.file), "-f", "json"]
    done, result = call(*args), run(*args)
    assert (done.returncode, done.stdout.decode()) == (result.exit_code, result.stdout) == (1, result.stdout)
    assert done.stderr.decode() == result.stderr


def test_a_path_asked_of_the_live_account(capture: Capture) -> None:
    done = call("path", "public-orders", "internet", "s3", "rds:main-db", **capture.env)
    out, remarks = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == 1, remarks
    assert IGW in out
    assert capture.world["ids"]["main/igw"] in out
    assert remarks.startswith(f"reading {REGION}\nread aws: {len(FUNCTIONS)} functions, ")
    assert "Traceback" not in remarks + out


def test_two_regions_in_one_file(capture: Capture) -> None:
    file = capture.file.with_name("two.json.gz")
    done = call("snapshot", "-o", str(file), "--region", REGION, "--region", "eu-central-1", "-q", **capture.env)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    here, there = (run("path", f"{r}/bare-orders", "s3", "--from", str(file)) for r in (REGION, "eu-central-1"))
    assert here.exit_code == 0
    assert (there.exit_code, there.stdout) == (2, "")


def test_collected_and_asked_in_python() -> None:
    """`reach.collect(session=…)`: moto in this process, its answers set right by hooks on the session."""
    with mock_aws():
        session = answering("elasticache:DescribeServerlessCaches", lambda _: {"ServerlessCaches": [serverless]})
        serverless: Record = {"ServerlessCacheName": "main-serverless", "Status": "available", "Engine": "valkey"}
        world = build(session)
        ids = world["ids"]
        serverless |= {"SubnetIds": [ids["main/a"], ids["main/b"]], "SecurityGroupIds": [ids["main/default"]]}
        serverless["Endpoint"] = {"Address": "main-serverless.serverless.euw1.cache.amazonaws.com", "Port": 6379}
        mend_answers(session, world)
        network = reach.collect(session=session)
    assert {network.path(row.function, row.target).verdict for row in ROWS} == set(reach.Verdict)
    for row in ROWS:
        check(network.path(row.function, row.target).to_dict(), row, ids)
    answer = network.path("nat-orders", "elasticache:main-serverless")
    assert (answer.verdict, answer.blockers) == (reach.Verdict.REACHABLE, ())
    blocked = network.path("db-only", "elasticache:main-serverless")
    assert [b.resource for b in blocked.blockers][:1] == [ids["main/to-db"]]
