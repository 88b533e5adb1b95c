"""What the other side has to accept: a plan that does not say so leaves it open, and never takes it for accepted."""

from __future__ import annotations

from typing import Any

import pytest

from reach.snapshot import from_document
from tests.terraform_plans import PlanOf
from tests.test_terraform import ANY, ZONES, network_of
from tests.worlds import World

SIDES = {"main": "10.0.0.0/16", "far": "10.1.0.0/16"}
PEERED = {"vpc_id": "aws_vpc.main.id", "peer_vpc_id": "aws_vpc.far.id"}
TARGET = "10.1.1.9:443"


def two(route: str, target: str, plan: PlanOf | None = None) -> PlanOf:
    """Two VPCs whose tables send each other's blocks to the target, and a function in the first."""
    plan = plan or PlanOf()
    for name, block in SIDES.items():
        own = {"vpc_id": f"aws_vpc.{name}.id"}
        other = next(b for n, b in SIDES.items() if n != name)
        plan.resource("aws_vpc", name, {"cidr_block": block})
        inside = {"cidr_block": block.replace("0.0/16", "1.0/24"), **ZONES[0]}
        plan.resource("aws_subnet", name, inside, own)
        plan.resource("aws_route_table", name, {}, own)
        pair = {"subnet_id": f"aws_subnet.{name}.id", "route_table_id": f"aws_route_table.{name}.id"}
        plan.resource("aws_route_table_association", name, {}, pair)
        there = {"route_table_id": f"aws_route_table.{name}.id", route: target}
        plan.resource("aws_route", name, {"destination_cidr_block": other}, there)
        every = {"name": name, "egress": [ANY], "ingress": [ANY]}
        plan.resource("aws_security_group", name, every, own)
    held = {"subnet_id": "aws_subnet.far.id", "vpc_security_group_ids": "aws_security_group.far.id"}
    plan.resource("aws_instance", "far", {"private_ip": "10.1.1.9"}, held)
    config = {"subnet_ids": "aws_subnet.main.id", "security_group_ids": "aws_security_group.main.id"}
    plan.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    return plan


ID = {"vpc_peering_connection_id": "aws_vpc_peering_connection.it.id"}


@pytest.mark.parametrize(
    ("known", "accepter", "verdict"),
    [
        ({}, None, "unknown"),
        ({"auto_accept": False}, None, "unknown"),
        ({"auto_accept": True}, None, "reachable"),
        ({}, {"auto_accept": True}, "reachable"),
        ({}, {"auto_accept": False}, "unknown"),
        ({}, {}, "unknown"),
    ],
)
def test_a_peering_is_accepted_where_the_plan_accepts_it(known: Any, accepter: Any, verdict: str) -> None:
    plan = two("vpc_peering_connection_id", "aws_vpc_peering_connection.it.id")
    plan.resource("aws_vpc_peering_connection", "it", known, PEERED)
    if accepter is not None:
        plan.resource("aws_vpc_peering_connection_accepter", "it", accepter, ID)
    answer = network_of(plan).path("orders", TARGET)
    assert answer.verdict == verdict, answer.to_text()
    if verdict == "unknown":
        assert [u.resource[:4] for u in answer.unknowns] == ["pcx-", "pcx-"]  # there and back
        open_ = answer.unknowns[0]
        assert "nothing in plan.json accepts aws_vpc_peering_connection.it" in open_.why
        assert "auto_accept = true" in str(open_.needs)


def test_routes_may_name_the_accepter() -> None:
    plan = two("vpc_peering_connection_id", "aws_vpc_peering_connection_accepter.it.id")
    plan.resource("aws_vpc_peering_connection", "it", {}, PEERED)
    plan.resource("aws_vpc_peering_connection_accepter", "it", {"auto_accept": True}, ID)
    assert network_of(plan).path("orders", TARGET).verdict == "reachable"


@pytest.mark.parametrize(
    ("status", "verdict", "code"),
    [
        ("active", "reachable", None),
        ("pending-acceptance", "blocked", "BAD_STATE"),
        ("expired", "blocked", "BAD_STATE"),
    ],
)
def test_of_what_exists_the_status_counts(status: str, verdict: str, code: str | None) -> None:
    plan = two("vpc_peering_connection_id", "aws_vpc_peering_connection.it.id")
    known = {"id": "pcx-1", "accept_status": status}
    plan.resource("aws_vpc_peering_connection", "it", known, PEERED, actions=["no-op"])
    plan.changes[-1]["change"]["before"] = {"id": "pcx-1"}
    for one in plan.changes:
        if one["type"] == "aws_route":
            one["change"]["after"]["vpc_peering_connection_id"] = "pcx-1"
            del one["change"]["after_unknown"]["vpc_peering_connection_id"]
    answer = network_of(plan).path("orders", TARGET)
    assert (answer.verdict, answer.blockers[0].code if answer.blockers else None) == (verdict, code)


@pytest.mark.parametrize(("holder", "allowed"), [("it", True), ("options", True), ("it", False), (None, False)])
def test_the_options_of_a_peering_are_read(holder: str | None, allowed: bool) -> None:
    plan = two("vpc_peering_connection_id", "aws_vpc_peering_connection.it.id")
    told = {"accepter": [{"allow_remote_vpc_dns_resolution": allowed}]} if holder else {}
    plan.resource("aws_vpc_peering_connection", "it", told if holder == "it" else {}, PEERED)
    if holder == "options":
        plan.resource("aws_vpc_peering_connection_options", "it", told, ID)
    network = network_of(plan)
    (peering,) = (t for t in network if type(t).__name__ == "Peering")
    far = next(v.id for v in network.vpcs if v.name == "aws_vpc.far")
    assert peering.resolves_privately(far) is allowed  # type: ignore[attr-defined]


GATEWAY = {"transit_gateway_id": "aws_ec2_transit_gateway.it.id"}


def attached(plan: PlanOf, gateway: dict[str, Any] = GATEWAY) -> None:
    for name in SIDES:
        held = {**gateway, "vpc_id": f"aws_vpc.{name}.id", "subnet_ids": f"aws_subnet.{name}.id"}
        plan.resource("aws_ec2_transit_gateway_vpc_attachment", name, {}, held)


def test_a_transit_gateway_takes_the_vpcs_of_its_own_account() -> None:
    plan = two("transit_gateway_id", "aws_ec2_transit_gateway.it.id")
    plan.resource("aws_ec2_transit_gateway", "it", {})
    attached(plan)
    answer = network_of(plan).path("orders", TARGET)
    assert answer.verdict == "reachable", answer.to_text()


@pytest.mark.parametrize(
    ("accepts", "accepter", "states"),
    [
        ("disable", False, {"unspecified"}),
        ("enable", False, {"available"}),
        ("disable", True, {"available"}),
    ],
)
def test_a_gateway_of_another_account_has_to_accept(accepts: str, accepter: bool, states: set[str]) -> None:
    plan = two("transit_gateway_id", "aws_ec2_transit_gateway.it.id")
    plan.prior.append({
        "address": "data.aws_caller_identity.me", "mode": "data", "type": "aws_caller_identity", "name": "me",
        "values": {"account_id": "123456789012"},
    })  # fmt: skip
    world = World()
    world.collections["TransitGateways"] = [{
        "TransitGatewayId": "tgw-9", "State": "available", "OwnerId": "999999999999",
        "Options": {"AutoAcceptSharedAttachments": accepts},
    }]  # fmt: skip
    for name in SIDES:
        known = {"transit_gateway_id": "tgw-9"}
        held = {"vpc_id": f"aws_vpc.{name}.id", "subnet_ids": f"aws_subnet.{name}.id"}
        plan.resource("aws_ec2_transit_gateway_vpc_attachment", name, known, held)
        if accepter:
            to = {"transit_gateway_attachment_id": f"aws_ec2_transit_gateway_vpc_attachment.{name}.id"}
            plan.resource("aws_ec2_transit_gateway_vpc_attachment_accepter", name, {}, to)
    network = network_of(plan, base=from_document(world.document(), "live.json"))
    assert {t.state for t in network if type(t).__name__ == "Attachment"} == states  # type: ignore[attr-defined]


@pytest.mark.parametrize(("accepter", "state"), [(False, "unspecified"), (True, "available")])
def test_peered_transit_gateways_have_to_accept(accepter: bool, state: str) -> None:
    plan = two("transit_gateway_id", "aws_ec2_transit_gateway.it.id")
    plan.resource("aws_ec2_transit_gateway", "it", {})
    plan.resource("aws_ec2_transit_gateway", "other", {})
    both = {**GATEWAY, "peer_transit_gateway_id": "aws_ec2_transit_gateway.other.id"}
    plan.resource("aws_ec2_transit_gateway_peering_attachment", "it", {"peer_region": "eu-west-1"}, both)
    if accepter:
        to = {"transit_gateway_attachment_id": "aws_ec2_transit_gateway_peering_attachment.it.id"}
        plan.resource("aws_ec2_transit_gateway_peering_attachment_accepter", "it", {}, to)
    (found,) = (t for t in network_of(plan) if type(t).__name__ == "TransitPeering")
    assert found.state == state  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("known", "accepter", "verdict"),
    [({}, False, "unknown"), ({"auto_accept": True}, False, "reachable"), ({}, True, "reachable")],
)
def test_an_endpoint_of_somebodys_own_service_may_have_to_be_accepted(known: Any, accepter: bool, verdict: str) -> None:
    plan = two("nat_gateway_id", "aws_nat_gateway.none.id")
    plan.resource("aws_nat_gateway", "none", {"connectivity_type": "private"}, {"subnet_id": "aws_subnet.main.id"})
    service = {"service_name": "com.amazonaws.vpce.eu-west-1.vpce-svc-1", "vpc_endpoint_type": "Interface", **known}
    held = {"vpc_id": "aws_vpc.main.id", "subnet_ids": "aws_subnet.main.id",
            "security_group_ids": "aws_security_group.main.id"}  # fmt: skip
    plan.resource("aws_vpc_endpoint", "it", service, held)
    if accepter:
        to = {"vpc_endpoint_id": "aws_vpc_endpoint.it.id"}
        plan.resource("aws_vpc_endpoint_connection_accepter", "it", {}, to)
    network = network_of(plan)
    (endpoint,) = (t for t in network if type(t).__name__ == "Endpoint")
    assert endpoint.state == ("unspecified" if verdict == "unknown" else "available")  # type: ignore[attr-defined]
