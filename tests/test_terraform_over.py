"""LAW: a plan over a network answers what the network that it makes will: of every type, whatever is done to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reach.describe import describe
from reach.errors import ReachError
from reach.network import Network
from reach.snapshot import from_document
from tests.terraform_over import over, there
from tests.test_terraform import below, change, network_of, plan_with
from tests.test_terraform_types import BASE, ROWS, Piece, Row, plan_of

# Not what it would be without them: what others still use, which AWS would not let go, and what is left as it was set.
STAYS = ("aws_db_subnet_group", "aws_redshift_subnet_group", "aws_vpc_endpoint_private_dns")
CANNOT_BE_TOLD = (
    *("of two endpoints nobody knows which", "a record that refers to what is made"),
    *("a policy that is not known says nothing of the role", "a published version, by its alias"),
)


def answers(network: Network, row: Row) -> list[Any]:
    found: list[Any] = []
    poller = next((t.name for t in network if t.name and "event-source" in t.id), "")
    for target in dict.fromkeys((row.to, "internet")):
        try:
            answer = network.path(f"esm:{poller}" if row.who == "esm:*" else row.who, target)
            found.append((target, answer.verdict, [(b.code, b.cause) for b in answer.blockers]))
        except ReachError as error:
            found.append((target, type(error).__name__))
    return found


def leaves(row: Row) -> Iterator[tuple[str, list[Piece]]]:
    """What nothing else refers to, and all the rest."""
    pieces = [*BASE, *row.more, row.function]
    for piece in pieces[len(BASE) - 3 :]:  # of what all rows share a few
        others = [other for other in pieces if other is not piece]
        if piece is not row.function and f"{piece[0]}.{piece[1]}" not in str(others) and piece[0] not in STAYS:
            yield f"{piece[0]}.{piece[1]}", others


@pytest.mark.slow
@pytest.mark.parametrize("row", [row for row in ROWS if str(row) not in CANNOT_BE_TOLD], ids=str)
def test_taken_away_added_replaced_or_left(row: Row) -> None:
    plan = plan_of(*BASE, *row.more, row.function)
    whole, known = there(plan)
    want = answers(describe(whole), row)
    assert answers(network_of(over(plan, known), base=whole), row) == want, "nothing changes"
    for address, others in leaves(row):
        rest, _ = there(plan_of(*others))
        without = answers(describe(rest), row)
        taken = over(plan, known, {address: ["delete"]})
        assert answers(network_of(taken, base=whole), row) == without, f"without {address}"
        added = over(plan, known, {address: ["create"]})
        assert answers(network_of(added, base=rest), row) == want, f"with {address}"
        for actions in (["delete", "create"], ["create", "delete"], ["update"]):
            changed = over(plan, known, {address: actions})
            assert answers(network_of(changed, base=whole), row) == want, f"{actions} of {address}"


def test_the_law_would_see_what_is_left_behind() -> None:
    row = next(row for row in ROWS if str(row) == "DNS servers of one's own")
    whole, known = there(plan_of(*BASE, *row.more, row.function))
    address = next(a for a in known if a.startswith("aws_vpc_dhcp_options_association"))
    rest, _ = there(plan_of(*(p for p in (*BASE, *row.more, row.function) if f"{p[0]}.{p[1]}" != address)))
    assert answers(describe(whole), row) != answers(describe(rest), row)


# -- what AWS falls back to ---------------------------------------------------------------------------

OPEN = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}
ASSOCIATION = {"id": "rtbassoc-9", "vpc_id": "vpc-1", "route_table_id": "rtb-a"}


def answer(*changes: dict[str, Any], subnets: tuple[str, ...] = ("subnet-o",)) -> Any:
    world = below()
    world.subnet("vpc-1", "10.0.7.0/24", id="subnet-o")
    group = world.default_group("vpc-1")
    world.function("odd", list(subnets), [group])
    return network_of(plan_with(*changes), base=from_document(world.document(), "live.json")).path("odd", "internet")


def test_another_table_becomes_the_main_one_of_a_vpc_that_is_there() -> None:
    assert answer().blockers[0].code == "NO_ROUTE_TO_DESTINATION"
    made = change("aws_main_route_table_association", "m", ["create"], None, ASSOCIATION)
    assert answer(made).verdict == "reachable"


@pytest.mark.parametrize(("original", "verdict"), [("main", "blocked"), (None, "unknown")])
def test_the_main_table_of_before_is_it_again(original: str | None, verdict: str) -> None:
    world = below()
    world.subnet("vpc-1", "10.0.7.0/24", id="subnet-o")
    main = world.main_table("vpc-1")
    world.function("odd", ["subnet-o"], [world.default_group("vpc-1")])
    for table in world.collections["RouteTables"]:
        rows = [row for row in table["Associations"] if not row.get("Main")]
        moved = {"Main": True, "RouteTableId": "rtb-a", "AssociationState": {"State": "associated"}}
        table["Associations"] = [*rows, moved] if table["RouteTableId"] == "rtb-a" else rows
    base = from_document(world.document(), "live.json")
    assert describe(base).path("odd", "internet").verdict == "reachable"
    held = ASSOCIATION if original is None else {**ASSOCIATION, "original_route_table_id": main}
    gone = change("aws_main_route_table_association", "m", ["delete"], held, None)
    assert network_of(plan_with(gone), base=base).path("odd", "internet").verdict == verdict


def test_the_default_group_of_a_vpc_that_is_there_is_adopted() -> None:
    """Its rules are the blocks' and no others, also where AWS's own let everything out."""
    table = change("aws_route_table_association", "a", ["create"], None,
                   {"subnet_id": "subnet-o", "route_table_id": "rtb-a"})  # fmt: skip
    assert answer(table).verdict == "reachable"
    shut = change("aws_default_security_group", "d", ["create"], None, {"vpc_id": "vpc-1", "ingress": []})
    assert answer(table, shut).blockers[0].code == "SG_HAS_NO_RULES"
    wide = change("aws_default_security_group", "d", ["create"], None, {"vpc_id": "vpc-1", "egress": [OPEN]})
    assert answer(table, wide).verdict == "reachable"


def test_the_default_acl_of_a_vpc_that_is_there_is_adopted() -> None:
    table = change("aws_route_table_association", "a", ["create"], None,
                   {"subnet_id": "subnet-o", "route_table_id": "rtb-a"})  # fmt: skip
    world = below()
    acl = world.default_acl("vpc-1")
    shut = change("aws_default_network_acl", "d", ["create"], None, {"default_network_acl_id": acl})
    assert answer(table, shut).blockers[0].code == "SUBNET_ACL_RESTRICTION"


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("aws_default_security_group", {"id": "sg-d", "vpc_id": "vpc-1", "egress": [OPEN]}),
        ("aws_default_route_table", {"id": "rtb-a", "default_route_table_id": "rtb-a", "vpc_id": "vpc-1",
                                     "route": [{"cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}]}),
        ("aws_default_subnet", {"id": "subnet-a", "vpc_id": "vpc-1", "cidr_block": "10.0.1.0/24"}),
    ],
)  # fmt: skip
def test_what_was_adopted_is_let_go_as_it_is(type_: str, values: dict[str, Any]) -> None:
    base = from_document(below().document(), "live.json")
    gone = change(type_, "d", ["delete"], values, None)
    assert network_of(plan_with(gone), base=base).path("orders", "internet").verdict == "reachable"


def test_a_row_that_goes_and_one_that_comes_in_the_same_record() -> None:
    """What is added starts from what is left: the old one is not brought back with the record."""
    world = below()
    for name, rule in (("sg-2", []), ("sg-3", [("-1", None, "0.0.0.0/0")])):
        world.security_group("vpc-1", id=name, egress=rule)
    eni = world.interface("subnet-a", "10.0.1.50", ["sg-2"])
    base = from_document(world.document(), "live.json")
    old = {"id": "a", "network_interface_id": eni, "security_group_id": "sg-2"}
    plan = plan_with(
        change("aws_network_interface_sg_attachment", "a", ["delete"], old, None),
        change("aws_network_interface_sg_attachment", "b", ["create"], None, {**old, "security_group_id": "sg-3"}),
    )
    held = next(thing for thing in network_of(plan, base=base) if thing.id == eni)
    assert held.groups == ("sg-3",)  # type: ignore[attr-defined]


def test_a_zone_is_associated_with_one_more_vpc_and_keeps_its_own() -> None:
    """AWS lists zones by VPC, one record each."""
    world = below()
    world.vpc("10.9.0.0/16", id="vpc-2")
    world.collections["route53:HostedZones"] = [
        {"HostedZoneId": "Z1", "Name": "corp.internal.", "Owner": {"OwningAccount": "1"}, "VPCId": "vpc-1"}
    ]
    base = from_document(world.document(), "live.json")
    row = {"id": "Z1:vpc-2", "zone_id": "Z1", "vpc_id": "vpc-2"}

    def zones(*changes: dict[str, Any]) -> set[str]:
        network = network_of(plan_with(*changes), base=base)
        return {vpc for thing in network if type(thing).__name__ == "HostedZone" for vpc in thing.vpcs or ()}  # type: ignore[attr-defined]

    assert zones(change("aws_route53_zone_association", "z", ["create"], None, row)) == {"vpc-1", "vpc-2"}
    gone = change("aws_route53_zone_association", "z", ["delete"], {**row, "vpc_id": "vpc-1"}, None)
    assert zones(gone) == set()


NAT = {"id": "nat-1", "subnet_id": "subnet-p", "allocation_id": "eipalloc-1", "connectivity_type": "public"}
ROUTE = {"id": "r-1", "route_table_id": "rtb-a", "destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": "nat-1"}


def test_a_route_to_what_is_taken_away_is_a_blackhole() -> None:
    """AWS keeps it, whoever made it; where the plan leads it elsewhere, it leads there."""
    base = from_document(below().document(), "live.json")
    gone = change("aws_nat_gateway", "n", ["delete"], NAT, None)
    answer = network_of(plan_with(gone), base=base).path("orders", "internet")
    assert (answer.verdict, [b.code for b in answer.blockers]) == ("blocked", ["BAD_STATE_ROUTE"])
    other = {**ROUTE, "nat_gateway_id": "", "gateway_id": "igw-1"}
    led = network_of(plan_with(gone, change("aws_route", "r", ["update"], ROUTE, other)), base=base)
    blocked = led.path("orders", "internet").blockers
    assert [b.code for b in blocked] == ["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"]
    kept = change("aws_nat_gateway", "n", ["update"], NAT, {**NAT, "secondary_allocation_ids": []})
    assert network_of(plan_with(kept), base=base).path("orders", "internet").verdict == "reachable"
