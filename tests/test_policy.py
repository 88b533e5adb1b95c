"""The policy evaluator against tables that an independent evaluator computed, and against the grammar of IAM."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reach.policy import (
    ABSENT,
    FULL_ACCESS,
    Document,
    Outcome,
    Principal,
    Request,
    Truth,
    Unknown,
    Unreadable,
    Values,
    evaluate,
    joined,
    many,
    one,
    parse,
)

pytestmark = pytest.mark.smoke
LETTERS = {Outcome.ALLOWED: "A", Outcome.DENIED: "D", Outcome.NOT_ALLOWED: "d", Outcome.UNKNOWN: "?"}
ALLOW_ALL = {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}


def read(*statements: Any) -> Document:
    """A document of these statements."""
    found = parse({"Version": "2012-10-17", "Statement": list(statements)})
    assert isinstance(found, Document), found
    return found


def statement(effect: str, **members: Any) -> dict[str, Any]:
    """One statement on everything, with a condition or other members."""
    return {"Effect": effect, "Action": "*", "Resource": "*", **members}


def when(effect: str, **operators: Any) -> dict[str, Any]:
    """One statement with a condition; `ForAllValues__StringEquals` stands for the colon."""
    return statement(effect, Condition={k.replace("__", ":"): v for k, v in operators.items()})


# -- deployment policies (POL-03 … POL-11): rows of policies, columns of requests ---------------------------

VPC, SUBNETS, GROUPS = "lambda:VpcIds", "lambda:SubnetIds", "lambda:SecurityGroupIds"


def deploying(vpc: str = "", subnets: tuple[str, ...] = (), groups: tuple[str, ...] = ()) -> Request:
    """A CreateFunction into these subnets, or into none."""
    context = {VPC: one(vpc) if vpc else ABSENT, SUBNETS: many(*subnets), GROUPS: many(*groups)}
    return Request("lambda:CreateFunction", "arn:aws:lambda:eu-west-1:123456789012:function:orders", context=context)


REQUESTS = {
    "none": deploying(),
    "in1": deploying("vpc-1", ("subnet-1",), ("sg-1",)),
    "in2": deploying("vpc-1", ("subnet-1", "subnet-2"), ("sg-1", "sg-2")),
    "mix": deploying("vpc-1", ("subnet-1", "subnet-9"), ("sg-1", "sg-9")),
    "out": deploying("vpc-1", ("subnet-9",), ("sg-9",)),
    "other": deploying("vpc-9", ("subnet-9",), ("sg-9",)),
}
TWO = {VPC: ["vpc-1", "vpc-2"], SUBNETS: ["subnet-1", "subnet-2"], GROUPS: ["sg-1", "sg-2"]}
DENY_VPC = when("Deny", StringEquals={VPC: TWO[VPC]})
DENY_SUBNETS = when("Deny", ForAnyValue__StringEquals={SUBNETS: TWO[SUBNETS]})
DENY_GROUPS = when("Deny", ForAnyValue__StringEquals={GROUPS: TWO[GROUPS]})
STAY_VPC = when("Allow", StringEquals={VPC: "vpc-1"})
STAY_SUBNETS = when("Allow", ForAllValues__StringEquals={SUBNETS: TWO[SUBNETS]})
STAY_GROUPS = when("Allow", ForAllValues__StringEquals={GROUPS: TWO[GROUPS]})

# policy, statements, and what it says of: none in1 in2 mix out other
DEPLOYMENTS = {
    "POL-04 only functions in a VPC": ([ALLOW_ALL, when("Deny", Null={VPC: "true"})], "D A A A A A"),
    "POL-06 not into these VPCs": ([ALLOW_ALL, DENY_VPC], "A D D D D A"),
    "POL-07 not into these subnets": ([ALLOW_ALL, DENY_SUBNETS], "A D D D A A"),
    "POL-07 not with these groups": ([ALLOW_ALL, DENY_GROUPS], "A D D D A A"),
    "POL-07 the three denials together": ([ALLOW_ALL, DENY_VPC, DENY_SUBNETS, DENY_GROUPS], "A D D D D A"),
    "POL-05 only this VPC": ([STAY_VPC], "d A A A A d"),
    "POL-08 only these subnets, and no VPC at all": ([STAY_SUBNETS], "A A A d d d"),
    "POL-08 only these groups, and no VPC at all": ([STAY_GROUPS], "A A A d d d"),
    "POL-10 the three allowances apart let everything of the VPC in": (
        [STAY_VPC, STAY_SUBNETS, STAY_GROUPS],
        "A A A A A d",
    ),
    "POL-10 the three conditions in one statement": (
        [
            when(
                "Allow",
                StringEquals={VPC: "vpc-1"},
                ForAllValues__StringEquals={SUBNETS: TWO[SUBNETS], GROUPS: TWO[GROUPS]},
            )
        ],
        "d A A d d d",
    ),
    "POL-08 only these subnets, with Null": (
        [when("Allow", ForAllValues__StringEquals={SUBNETS: TWO[SUBNETS]}, Null={SUBNETS: "false"})],
        "d A A d d d",
    ),
    "POL-07 deny any other subnet": (
        [ALLOW_ALL, when("Deny", ForAnyValue__StringNotEquals={SUBNETS: TWO[SUBNETS]})],
        "A A A D D D",
    ),
    "POL-08 deny when all are others: the mistake": (
        [ALLOW_ALL, when("Deny", ForAllValues__StringNotEquals={SUBNETS: TWO[SUBNETS]})],
        "D A A A D D",
    ),
}


@pytest.mark.parametrize("column", REQUESTS)
@pytest.mark.parametrize("row", DEPLOYMENTS)
def test_deployment_policies(row: str, column: str) -> None:
    statements, wanted = DEPLOYMENTS[row]
    got = evaluate(read(*statements), REQUESTS[column])
    assert LETTERS[got.outcome] == wanted.split()[list(REQUESTS).index(column)]


def test_the_keys_are_absent_of_other_actions() -> None:
    """POL-01: what a caller does not put into the context is not known; what it knows to be missing, it says."""
    request = Request("lambda:InvokeFunction", context={VPC: ABSENT})
    assert evaluate(read(ALLOW_ALL, when("Deny", Null={VPC: "true"})), request).outcome is Outcome.DENIED
    assert evaluate(read(ALLOW_ALL, DENY_VPC), Request("lambda:InvokeFunction")).outcome is Outcome.UNKNOWN


# -- bucket policies (AUTH-20 … AUTH-25): by the path that the request took ---------------------------------


def over(**keys: Any) -> Request:
    """GetObject by a role of the bucket's account; what the path does not set is absent."""
    names = {"vpce": "aws:SourceVpce", "vpc": "aws:SourceVpc", "ip": "aws:SourceIp"}
    context = {name: one(keys[short]) if short in keys else ABSENT for short, name in names.items()}
    who = Principal("arn:aws:iam::123456789012:role/orders", "123456789012")
    return Request("s3:GetObject", "arn:aws:s3:::orders/key", who, context)


PATHS = {
    "vpce-a": over(vpce="vpce-a", vpc="vpc-a"),
    "vpce-b": over(vpce="vpce-b", vpc="vpc-b"),
    "listed": over(ip="54.72.0.9"),
    "other": over(ip="52.1.2.3"),
}
PLAIN = statement("Allow", Principal="*")


def refuse(**operators: Any) -> list[Any]:
    """A plain allowance and a denial with this condition."""
    return [PLAIN, when("Deny", **operators) | {"Principal": "*"}]


def only(**operators: Any) -> list[Any]:
    return [when("Allow", **operators) | {"Principal": "*"}]


EIP = {"aws:SourceIp": ["54.72.0.9/32"]}
BUCKETS = {
    "AUTH-22 other endpoints": (refuse(StringNotEquals={"aws:SourceVpce": "vpce-a"}), "A D D D"),
    "AUTH-22 IfExists exempts no NAT path": (
        refuse(StringNotEqualsIfExists={"aws:SourceVpce": "vpce-a"}),
        "A D D D",
    ),
    "AUTH-23 other addresses": (refuse(NotIpAddress=EIP), "D D A D"),
    "AUTH-23 IfExists exempts no endpoint": (refuse(NotIpAddressIfExists=EIP), "D D A D"),
    "AUTH-23 the repaired form": (refuse(NotIpAddress=EIP, StringNotEquals={"aws:SourceVpce": "vpce-a"}), "A D A D"),
    "AUTH-25 other VPCs": (refuse(StringNotEquals={"aws:SourceVpc": "vpc-a"}), "A D D D"),
    "AUTH-25 this VPC": (only(StringEquals={"aws:SourceVpc": "vpc-a"}), "A d d d"),
    "AUTH-24 a private block": (only(IpAddress={"aws:SourceIp": "10.0.0.0/16"}), "d d d d"),
}


@pytest.mark.parametrize("column", PATHS)
@pytest.mark.parametrize("row", BUCKETS)
def test_bucket_policies(row: str, column: str) -> None:
    statements, wanted = BUCKETS[row]
    got = evaluate(read(*statements), PATHS[column])
    assert LETTERS[got.outcome] == wanted.split()[list(PATHS).index(column)]


# -- operators (AUTH-21, AUTH-31): operator, policy values, request value, what it says ---------------------

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
OPERATORS: list[tuple[str, Any, Any, Truth]] = [
    ("StringEquals", "a", "a", T),
    ("StringEquals", "a", "A", F),
    ("StringEquals", ["b", "a"], "a", T),
    ("StringEquals", "a*", "ab", F),
    ("StringNotEquals", "a", "a", F),
    ("StringNotEquals", ["a", "b"], "c", T),
    ("StringNotEquals", ["a", "b"], "b", F),
    ("StringEqualsIgnoreCase", "A", "a", T),
    ("StringNotEqualsIgnoreCase", "A", "a", F),
    ("StringLike", "a*c", "abbc", T),
    ("StringLike", "a?c", "abbc", F),
    ("StringNotLike", "a*", "b", T),
    ("ArnEquals", "arn:aws:iam::*:role/x*", "arn:aws:iam::123456789012:role/xy", T),
    ("ArnLike", "arn:aws:iam::123456789012:role/x", "arn:aws:iam::123456789012:role/y", F),
    ("ArnNotLike", "arn:aws:iam::123456789012:role/x", "arn:aws:iam::123456789012:role/y", T),
    ("ArnNotEquals", "arn:aws:iam::123456789012:role/y", "arn:aws:iam::123456789012:role/y", F),
    ("ArnLike", "arn:aws:iam::*:role/x", "arn:aws:iam::1:2:role/x", F),  # a star ends at the colon
    ("ArnLike", "arn:aws:*:role/x", "arn:aws:iam::123456789012:role/x", U),  # has not the six parts of an ARN
    ("ArnLike", "*", "arn:aws:iam::123456789012:role/x", T),
    ("IpAddress", "10.0.0.0/8", "10.1.2.3", T),
    ("IpAddress", "10.0.0.0/8", "11.1.2.3", F),
    ("IpAddress", "2001:db8::/32", "2001:db8::1", T),
    ("IpAddress", "10.0.0.0/8", "2001:db8::1", F),
    ("NotIpAddress", ["10.0.0.0/8", "11.0.0.0/8"], "12.0.0.1", T),
    ("IpAddress", "10.0.0.0/8", Unknown("some", within="10.1.0.0/16"), T),
    ("IpAddress", "10.1.2.0/24", Unknown("some", within="10.1.0.0/16"), U),
    ("NotIpAddress", "10.2.0.0/16", Unknown("some", within="10.1.0.0/16"), T),
    ("IpAddress", "54.1.1.1", Unknown("one of two", among=("54.1.1.1", "54.2.2.2")), U),
    ("IpAddress", ["54.1.1.1", "54.2.2.2"], Unknown("one of two", among=("54.1.1.1", "54.2.2.2")), T),
    ("NotIpAddress", "54.3.3.3", Unknown("one of two", among=("54.1.1.1", "54.2.2.2")), T),
    ("IpAddress", "no address", "10.1.2.3", U),
    ("Bool", "true", "true", T),
    ("Bool", True, "true", T),
    ("Bool", "false", "true", F),
    ("NumericEquals", "5", "5.0", T),
    ("NumericNotEquals", 5, "6", T),
    ("NumericLessThan", "10", "9", T),
    ("NumericLessThanEquals", "10", "10", T),
    ("NumericGreaterThan", "10", "10", F),
    ("NumericGreaterThanEquals", "10", "10", T),
    ("NumericEquals", "ten", "10", U),
    ("DateGreaterThan", "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", T),
    ("DateLessThan", "2026-01-01", "1767225600", F),
    ("DateEquals", "2026-01-01T00:00:00Z", "1767225600", T),
    ("Null", "true", ABSENT, T),
    ("Null", "false", ABSENT, F),
    ("Null", False, "a", T),
    ("Null", "true", "a", F),
    ("StringEquals", "a", ABSENT, F),
    ("StringNotEquals", "a", ABSENT, T),
    ("StringEqualsIfExists", "a", ABSENT, T),
    ("StringEqualsIfExists", "a", "b", F),
    ("StringNotEqualsIfExists", "a", ABSENT, T),
    ("Bool", "false", ABSENT, F),
    ("ArnNotLike", "arn:aws:iam::1:role/x", ABSENT, T),
    ("NumericNotEquals", "1", ABSENT, T),
    ("StringEquals", "a", None, U),
    ("StringNotEquals", "a", None, U),
    ("StringLike", "*", None, U),
    ("StringLikeIfExists", "*", None, T),
    ("Null", "true", None, U),
    ("ForAllValues:StringEquals", ["a", "b"], many("a", "b"), T),
    ("ForAllValues:StringEquals", ["a", "b"], many("a", "c"), F),
    ("ForAllValues:StringEquals", "a", many(), T),
    ("ForAnyValue:StringEquals", "a", many("b", "a"), T),
    ("ForAnyValue:StringEquals", "a", many(), F),
    ("ForAnyValue:StringEqualsIfExists", "a", many(), T),
    ("ForAnyValue:StringNotEquals", ["a", "b"], many("a", "c"), T),
    ("ForAllValues:StringNotEquals", ["a", "b"], many("c", "d"), T),
    ("ForAllValues:StringNotEquals", ["a", "b"], many(), T),
    ("ForAnyValue:StringLike", "a*", many("b", "ab"), T),
    ("ForAllValues:StringEquals", "a", many("a", more=True), U),
    ("ForAllValues:StringEquals", "a", many("b", more=True), F),
    ("ForAnyValue:StringEquals", "a", many("a", more=True), T),
    ("ForAnyValue:StringEquals", "a", many("b", more=True), U),
    ("ForAllValues:StringEquals", "a", many(more=True), U),
    ("ForAllValues:StringLike", "*", many(more=True), T),
    ("ForAnyValue:StringEquals", "a", "a", T),  # a set operator on a single value counts it as a list of one
    ("StringEquals", "a", many("a"), U),  # a plain operator on a list is not defined (POL-09)
    ("StringNotEquals", "a", many("b"), U),
    ("StringEquals", "a", Unknown("!Ref Vpc"), U),
    ("StringLike", "arn:aws:s3:::b/*", Unknown("an object", like="arn:aws:s3:::b/*"), T),
    ("StringLike", "arn:aws:s3:::c/*", Unknown("an object", like="arn:aws:s3:::b/*"), F),
    ("ArnLike", "arn:aws:iam::1:role/*", Unknown("a role", like="arn:aws:iam::1:role/*"), T),
    ("ArnLike", "arn:aws:iam::*:role/*", Unknown("a role", like="arn:aws:iam::*"), U),
    ("StringMatchesTheMoon", "a", "a", U),
    ("StringMatchesTheMoon", "a", ABSENT, U),
    ("ForAllValues:Null", "true", ABSENT, U),
    ("Null", "perhaps", "a", U),
]


@pytest.mark.parametrize(("operator", "values", "held", "want"), OPERATORS, ids=lambda v: str(v)[:40])
def test_auth_31_operators(operator: str, values: Any, held: Any, want: Truth) -> None:
    context = {} if held is None else {"aws:Key": one(held) if isinstance(held, str | Unknown) else held}
    policy = read(statement("Allow", Condition={operator: {"AWS:key": values}}))
    got = evaluate(policy, Request("s3:x", context=context))
    assert got.matches[0].truth is want, got


# -- elements (AUTH-05, AUTH-06, AUTH-07): members of a statement, and whether it matches -------------------

ROLE = Principal("arn:aws:iam::123456789012:role/orders", "123456789012")
OBJECT, BUCKET = "arn:aws:s3:::orders/a/b.txt", "arn:aws:s3:::orders"
ELEMENTS: list[tuple[str, dict[str, Any], str, Any, Truth]] = [
    ("AUTH-05 action without capitals", {"Action": "S3:getobject"}, "s3:GetObject", OBJECT, T),
    ("AUTH-05 action with a star", {"Action": ["ec2:*", "s3:Get*"]}, "s3:GetObject", OBJECT, T),
    ("AUTH-05 another action", {"Action": "s3:Put*"}, "s3:GetObject", OBJECT, F),
    ("AUTH-05 star runs over slashes", {"Resource": "arn:aws:s3:::orders/*"}, "s3:GetObject", OBJECT, T),
    ("AUTH-05 the bucket is not its objects", {"Resource": BUCKET}, "s3:GetObject", OBJECT, F),
    ("AUTH-05 the objects are not their bucket", {"Resource": "arn:aws:s3:::orders/*"}, "s3:ListBucket", BUCKET, F),
    ("AUTH-05 resource with capitals", {"Resource": "arn:aws:s3:::Orders/*"}, "s3:GetObject", OBJECT, F),
    ("AUTH-05 one character", {"Resource": "arn:aws:s3:::order?"}, "s3:ListBucket", BUCKET, T),
    ("AUTH-05 another partition", {"Resource": "arn:aws-cn:s3:::orders/*"}, "s3:GetObject", OBJECT, F),
    ("AUTH-06 NotAction", {"NotAction": "s3:Put*"}, "s3:GetObject", OBJECT, T),
    ("AUTH-06 NotAction that names it", {"NotAction": ["s3:Get*", "s3:Put*"]}, "s3:GetObject", OBJECT, F),
    ("AUTH-06 NotResource", {"NotResource": "arn:aws:s3:::other/*"}, "s3:GetObject", OBJECT, T),
    ("AUTH-06 NotResource that names it", {"NotResource": "arn:aws:s3:::orders*"}, "s3:GetObject", OBJECT, F),
    ("AUTH-06 a variable that is known", {"Resource": "arn:aws:s3:::${aws:Bucket}/*"}, "s3:GetObject", OBJECT, T),
    ("AUTH-06 a variable that is not", {"Resource": "arn:aws:s3:::${aws:Nobody}/*"}, "s3:GetObject", OBJECT, U),
    ("AUTH-06 one that cannot fit", {"Resource": "arn:aws:s3:::x${aws:Nobody}/*"}, "s3:GetObject", OBJECT, F),
    ("AUTH-06 a default", {"Resource": "arn:aws:s3:::${aws:Gone, 'orders'}/*"}, "s3:GetObject", OBJECT, T),
    ("AUTH-06 missing without default", {"Resource": "arn:aws:s3:::${aws:Gone}/*"}, "s3:GetObject", OBJECT, U),
    ("AUTH-06 an escaped star", {"Resource": "arn:aws:s3:::orders/${*}"}, "s3:GetObject", OBJECT, F),
    ("AUTH-04 some object", {"Resource": "arn:aws:s3:::orders/public/*"}, "s3:GetObject",
     Unknown("an object", "arn:aws:s3:::orders/*"), U),
    ("AUTH-04 any action", {"Action": "s3:*"}, Unknown("any action", "s3:*"), OBJECT, T),
    ("AUTH-04 some actions", {"Action": "s3:Get*"}, Unknown("any action", "s3:*"), OBJECT, U),
    ("AUTH-04 none of the actions", {"Action": "sqs:*"}, Unknown("any action", "s3:*"), OBJECT, F),
    ("AUTH-07 anybody", {"Principal": "*"}, "s3:GetObject", OBJECT, T),
    ("AUTH-07 any of AWS", {"Principal": {"AWS": "*"}}, "s3:GetObject", OBJECT, T),
    ("AUTH-07 the account's id", {"Principal": {"AWS": "123456789012"}}, "s3:GetObject", OBJECT, T),
    ("AUTH-07 the account's root", {"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, "s3:GetObject", OBJECT, T),
    ("AUTH-07 another account", {"Principal": {"AWS": "999999999999"}}, "s3:GetObject", OBJECT, F),
    ("AUTH-07 the role", {"Principal": {"AWS": ["arn:aws:iam::9:role/x", ROLE.arn]}}, "s3:GetObject", OBJECT, T),
    ("AUTH-07 a session of it", {"Principal": {"AWS": "arn:aws:sts::123456789012:assumed-role/orders/x"}},
     "s3:GetObject", OBJECT, U),
    ("AUTH-07 a service", {"Principal": {"Service": "lambda.amazonaws.com"}}, "s3:GetObject", OBJECT, F),
    ("AUTH-06 NotPrincipal", {"NotPrincipal": {"AWS": ROLE.arn}}, "s3:GetObject", OBJECT, F),
    ("AUTH-06 NotPrincipal of others", {"NotPrincipal": {"AWS": "999999999999"}}, "s3:GetObject", OBJECT, T),
]  # fmt: skip


@pytest.mark.parametrize(("about", "members", "action", "resource", "want"), ELEMENTS, ids=[e[0] for e in ELEMENTS])
def test_elements(about: str, members: dict[str, Any], action: Any, resource: Any, want: Truth) -> None:
    base = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    for element in members:
        base.pop(element.replace("Not", ""), None)
    request = Request(action, resource, ROLE, {"aws:Bucket": one("orders"), "aws:Gone": ABSENT})
    assert evaluate(read(base | members), request).matches[0].truth is want


def test_auth_07_at_a_gateway_endpoint_an_account_is_its_root_user_alone() -> None:
    policy = read(statement("Allow", Principal={"AWS": "123456789012"}))
    assert evaluate(policy, Request("s3:GetObject", OBJECT, ROLE, root_only=True)).outcome is Outcome.NOT_ALLOWED
    root = Principal("arn:aws:iam::123456789012:root", "123456789012")
    assert evaluate(policy, Request("s3:GetObject", OBJECT, root, root_only=True)).outcome is Outcome.ALLOWED


def test_auth_07_a_service_is_a_service() -> None:
    policy = read(statement("Allow", Principal={"Service": "lambda.amazonaws.com"}))
    who = Principal(service="lambda.amazonaws.com")
    assert evaluate(policy, Request("sts:AssumeRole", principal=who)).outcome is Outcome.ALLOWED


def test_auth_32_policies_of_2008_have_no_variables() -> None:
    members = {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::${aws:Bucket}/*"}
    request = Request("s3:GetObject", OBJECT, context={"aws:Bucket": one("orders")})
    old, new = parse({"Version": "2008-10-17", "Statement": members}), parse({"Statement": members})
    assert isinstance(old, Document)
    assert isinstance(new, Document)
    assert evaluate(old, request).outcome is evaluate(new, request).outcome is Outcome.NOT_ALLOWED
    assert evaluate(read(members), request).outcome is Outcome.ALLOWED


# -- decisions (AUTH-30): truths of denials and allowances, and the outcome ---------------------------------

OPEN = {"StringEquals": {"aws:Nobody": "x"}}
NEVER = {"StringEquals": {"aws:Gone": "x"}}
DECISIONS = [
    ("A", [statement("Allow")]),
    ("d", []),
    ("d", [when("Allow", **NEVER)]),
    ("D", [statement("Allow"), statement("Deny")]),
    ("D", [when("Allow", **OPEN), statement("Deny")]),
    ("?", [statement("Allow"), when("Deny", **OPEN)]),
    ("?", [when("Allow", **OPEN)]),
    ("A", [when("Allow", **OPEN), statement("Allow")]),
    ("A", [statement("Allow"), when("Deny", **NEVER)]),
    ("d", [when("Deny", **OPEN)]),  # denied or not, nothing allows it
    ("d", [when("Allow", **OPEN, Null={"aws:Gone": "false"})]),  # one false condition decides
]


@pytest.mark.parametrize(("want", "statements"), DECISIONS)
def test_auth_30_decisions(want: str, statements: list[Any]) -> None:
    got = evaluate(read(*statements), Request("s3:x", context={"aws:Gone": ABSENT}))
    assert LETTERS[got.outcome] == want


def test_the_trace_says_which_key_and_value_decided() -> None:
    got = evaluate(read(ALLOW_ALL, DENY_SUBNETS | {"Sid": "NotThere"}), REQUESTS["mix"])
    (match,) = got.deciding
    assert (match.statement.name, match.truth) == ("NotThere", Truth.TRUE)
    assert str(match.deciding[0]) == (
        "ForAnyValue:StringEquals lambda:SubnetIds [subnet-1, subnet-2] (request: [subnet-1, subnet-9])"
    )
    missing = evaluate(read(STAY_SUBNETS | {"Sid": "Stay"}), REQUESTS["out"])
    assert [t.key for m in missing.deciding for t in m.deciding] == [SUBNETS]
    assert [m.truth for m in evaluate(read(when("Allow", **OPEN)), REQUESTS["in1"]).deciding] == [Truth.UNKNOWN]


# -- reading (POL-11, AUTH-01, AUTH-32) ---------------------------------------------------------------------

ONE = '{"Sid": "One", "Effect": "Deny", "Action": "lambda:*", "Resource": "*"}'
SHAPES = {
    "a document": (f'{{"Version": "2012-10-17", "Statement": [{ONE}]}}', 1),
    "one statement that is no list": (f'{{"Statement": {ONE}}}', 1),
    "a bare statement": (ONE, 1),
    "a list": (f"[{ONE}, {ONE}]", 2),
    "URL-encoded": ("%7B%22Statement%22%3A%5B%5D%7D", 0),
    "a byte order mark": (f"\ufeff{ONE}", 1),
    "a document that is not closed": (f'{{"Version": "2012-10-17", "Statement": [{ONE}', 1),
    "a comma at the end": (f'{{"Version": "2012-10-17", "Statement": [{ONE},', 1),
    "a statement with the end of a document": (f"{ONE}\n]\n}}", 1),
    "pieces joined by commas": (f'{{"Version": "2012-10-17", "Statement": [{ONE}, {ONE}, {ONE} ] }}', 3),
    "pieces each with their own end": (f'{{"Version": "2012-10-17", "Statement": [{ONE}]}}, {ONE}]}}, {ONE}]}}', 3),
    "pieces with nothing between them": (f"{ONE}\n\n{ONE}", 2),
    "statements joined by commas": (f"{ONE}, {ONE}", 2),
    "the member alone": (f'"Statement": [{ONE}]', 1),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_pol_11_shapes(shape: str) -> None:
    text, count = SHAPES[shape]
    got = parse(text, "policy.json")
    assert isinstance(got, Document), got
    assert len(got.statements) == count
    assert all((s.sid, s.allow, s.origin) == ("One", False, "policy.json") for s in got.statements)


def test_pol_11_a_completed_fragment_says_so() -> None:
    got = parse(SHAPES["a document that is not closed"][0])
    assert isinstance(got, Document)
    assert got.remarks == ("the text is a fragment: ']}' was added at its end",)
    assert parse(ONE) == parse(json.loads(ONE))


WRONG = {
    "": "the text is empty",
    "hello": "line 1, column 1: this is not JSON",
    '{"Statement": [{]}': "line 1, column 17",
    '{"Effect": "Allow", "Action": "s3:': "unterminated string",
    "[1]": "a statement is an object",
    "null": "a statement is an object",
    '{"Effect": "Permit", "Action": "*"}': "Statement[0].Effect is 'Permit'; it is Allow or Deny",
    '{"Action": "*"}': "Statement[0].Effect is missing",
    '{"Effect": "Allow", "Actions": "*"}': "Statement[0]: 'Actions' is no element",
    '{"Effect": "Allow", "Action": "*", "NotAction": "*"}': "Action and NotAction exclude each other",
    '{"Effect": "Allow", "Action": "*", "Condition": []}': "Condition is an object of operators",
    '{"Effect": "Allow", "Action": [null]}': "Statement[0].Action holds null",
    '{"Statement": [], "Foo": 1}': "'Foo' is no part of a policy",
    '{"Effect": "Allow", "Effect": "Deny"}': "'Effect' stands twice",
    '{"Effect": "Allow", "Action": NaN}': "NaN is not JSON",
    "[" * 100000: "nested too deeply",
}


@pytest.mark.parametrize("text", WRONG, ids=lambda t: t[:40])
def test_pol_11_what_is_no_policy_is_refused_with_its_place(text: str) -> None:
    """AUTH-01: and never an exception."""
    got = parse(text)
    assert isinstance(got, Unreadable), got
    assert WRONG[text] in got.why


def test_pol_12_what_a_template_leaves_open_is_not_known() -> None:
    """POL-12: neither in the policy nor in the request; what is absent stays decided."""
    policy = read(when("Allow", StringEquals={VPC: {"Ref": "Vpc"}}))
    assert evaluate(policy, REQUESTS["in1"]).outcome is Outcome.UNKNOWN
    assert evaluate(policy, REQUESTS["none"]).outcome is Outcome.NOT_ALLOWED
    request = Request("lambda:CreateFunction", context={VPC: one(Unknown("!Ref Vpc"))})
    assert evaluate(read(STAY_VPC), request).outcome is Outcome.UNKNOWN


def test_auth_01_nothing_restricted_is_full_access_and_policies_join() -> None:
    assert evaluate(FULL_ACCESS, PATHS["other"]).outcome is Outcome.ALLOWED
    both = joined([FULL_ACCESS, read(statement("Deny", Principal="*"))])
    assert [s.index for s in both.statements] == [0, 1]
    assert evaluate(both, PATHS["other"]).outcome is Outcome.DENIED


def test_values_show_themselves() -> None:
    assert [str(v) for v in (many("a", "b"), many("a", more=True), many(more=True), Values((Unknown("x"),)))] == [
        "[a, b]",
        "[a, …]",
        "[…]",
        "x",
    ]
