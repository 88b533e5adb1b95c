"""Entries of network ACLs of which a part is a parameter without a value: they decide about their own traffic alone."""

from __future__ import annotations

import pytest

from tests.templated import ONE_VPC, network_of

WHOLE = {
    "NetworkAclId": "!Ref Acl", "RuleNumber": "50", "RuleAction": "deny", "Egress": "true", "Protocol": "6",
    "PortRange": "{From: 25, To: 25}", "CidrBlock": "10.0.9.0/24",
}  # fmt: skip
TYPES = {"RuleNumber": "Number", "Protocol": "Number"}
# The part that is not known, what it may be, and the ports for which an answer must be given all the same.
PARTS = [
    ("CidrBlock", ("10.0.9.0/24", "192.168.0.0/16", "0.0.0.0/0"), (443, 5432)),
    ("RuleAction", ("allow", "deny"), (443, 5432)),
    ("Protocol", ("6", "17", "-1"), ()),
    ("RuleNumber", ("50", "500"), ()),
    ("Egress", ("true", "false"), ()),
]


def text(**entry: str) -> str:
    inner = "".join(f"      {key}: {value}\n" for key, value in (WHOLE | entry).items())
    everything = "NetworkAclId: !Ref Acl, RuleNumber: 100, RuleAction: allow, Protocol: -1, CidrBlock: 0.0.0.0/0"
    return f"""
Parameters: {{Open: {{Type: String}}}}
Resources:{ONE_VPC}
  Acl: {{Type: "AWS::EC2::NetworkAcl", Properties: {{VpcId: !Ref Vpc}}}}
  Of: {{Type: "AWS::EC2::SubnetNetworkAclAssociation", Properties: {{SubnetId: !Ref Subnet, NetworkAclId: !Ref Acl}}}}
  Out: {{Type: "AWS::EC2::NetworkAclEntry", Properties: {{{everything}, Egress: true}}}}
  In: {{Type: "AWS::EC2::NetworkAclEntry", Properties: {{{everything}, Egress: false}}}}
  Other: {{Type: "AWS::EC2::Subnet", Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.9.0/24}}}}
  Entry:
    Type: AWS::EC2::NetworkAclEntry
    Properties:
{inner}"""


def barred(body: str, port: int, **given: str) -> tuple[bool, bool]:
    """Whether the ACL of the function's subnet refuses, and whether that is not known."""
    answer = network_of(body, params=given).path("orders", f"10.0.9.7:{port}")
    return (
        any(blocker.code == "SUBNET_ACL_RESTRICTION" for blocker in answer.blockers),
        any(unknown.needs == "--param Open=…" for unknown in answer.unknowns),
    )


@pytest.mark.parametrize(("part", "values", "decided"), PARTS, ids=[part for part, _, _ in PARTS])
def test_an_entry_decides_about_its_own_traffic_alone(
    part: str, values: tuple[str, ...], decided: tuple[int, ...]
) -> None:
    body = text(**{part: "!Ref Open"})
    for port in (25, 443, 5432):
        outcomes = {barred(body, port, Open=value) for value in values}
        refused, open_ = barred(body, port)
        assert not any(doubt for _, doubt in outcomes)
        if not open_:  # filling a gap only settles an unknown
            assert outcomes == {(refused, False)}
        assert open_ != (port in decided) or part not in ("CidrBlock", "RuleAction")
    assert barred(body, 25)[1]


def test_one_that_comes_later_decides_nothing_that_is_decided_before() -> None:
    body = text(CidrBlock="!Ref Open", RuleNumber="101")
    assert barred(body, 25) == (False, False)


def test_one_of_an_acl_that_is_not_known_may_be_of_any() -> None:
    assert barred(text(NetworkAclId="!Ref Open"), 443)[1]
