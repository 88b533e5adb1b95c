"""The naive walk agrees with answers worked out by hand, so that it can be the truth for random networks."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.naive import Goal, Outcome, OutOfScope, Packet, Source, walk
from tests.world_members import AclRule
from tests.worlds import World

HOST, S3, S3_ELSEWHERE = "93.184.216.34", "52.218.0.1", "52.219.0.1"
EPHEMERAL = (1024, 65535)
ANY = "0.0.0.0/0"
ON_THE_WAY = ("NatGateways", "InternetGateways", "RouteTables", "NetworkAcls", "Subnets")
OPEN: list[AclRule] = [(100, "allow", "-1", None, ANY)]


@dataclass
class Home:
    """A private and a public subnet with a NAT gateway; `a` is the function's subnet, `d` the database's."""

    w: World
    vpc: str
    a: str
    d: str
    pub: str
    igw: str
    nat: str
    table: str
    public_table: str
    sg: str
    dbsg: str

    def ask(
        self,
        address: str = HOST,
        port: int = 443,
        *,
        protocol: str = "tcp",
        sport: int = 50000,
        subnet: str | None = None,
        goal: Goal | None = None,
        kind: str = "function",
        nat_port: int = 2048,
    ) -> Outcome:
        """Send one packet from 10.0.1.9 (or the subnet's tenth address)."""
        subnet = subnet or self.a
        sender = str(self.w[subnet]["CidrBlock"]).replace(".0/24", ".9")
        source = Source(subnet, (self.sg,), sender, sport, "function" if kind == "function" else "interface")
        return walk(self.w.document(), source, Packet(protocol, address, port), goal, nat_port)

    def database(self, subnet: str) -> tuple[str, Goal]:
        """Return the address and the owner of a database in a subnet."""
        eni = self.w.interface(subnet, None, [self.dbsg], description="RDSNetworkInterface", requester="amazon-rds")
        return self.w.address(eni), Goal(subnet, (self.dbsg,))


def home() -> Home:
    w = World()
    vpc = w.vpc("10.0.0.0/16")
    a, d, pub = w.subnet(vpc, "10.0.1.0/24"), w.subnet(vpc, "10.0.2.0/24", "b"), w.subnet(vpc, "10.0.0.0/24")
    igw, nat = w.internet_gateway(vpc), w.nat_gateway(pub)
    table = w.route_table(vpc, [a], [(ANY, nat)])
    public_table = w.route_table(vpc, [pub], [(ANY, igw)])
    sg = w.security_group(vpc)
    dbsg = w.security_group(vpc, [("tcp", 5432, sg)])
    return Home(w, vpc, a, d, pub, igw, nat, table, public_table, sg, dbsg)


def drop_route(h: Home, table: str, destination: str) -> None:
    h.w[table]["Routes"] = [r for r in h.w[table]["Routes"] if r.get("DestinationCidrBlock") != destination]


def test_t1_private_subnet_through_nat_and_igw() -> None:
    assert home().ask() == Outcome("delivered")


def test_t2_function_in_a_public_subnet_has_no_public_address() -> None:
    h = home()
    assert h.ask(subnet=h.pub).code == "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"


def test_t2_an_interface_with_a_public_address_may_use_the_igw() -> None:
    h = home()
    h.w.interface(h.pub, "10.0.0.9", [h.sg], public_ip="54.1.2.3")
    assert h.ask(subnet=h.pub, kind="interface") == Outcome("delivered")
    h.w.interface(h.a, "10.0.1.9", [h.sg])
    h.w[h.table]["Routes"][-1] = h.w[h.public_table]["Routes"][-1]
    assert h.ask(kind="interface").code == "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"


@pytest.mark.parametrize("state", ["pending", "failed", "deleting", "deleted"])
def test_t3_nat_not_available_though_the_route_is_active(state: str) -> None:
    h = home()
    h.w[h.nat]["State"] = state
    assert h.ask().blocked == (("forward", "BAD_STATE"),)


def test_t4_nat_subnet_without_a_way_out() -> None:
    h = home()
    drop_route(h, h.public_table, ANY)
    assert h.ask().blocked == (("forward", "NO_ROUTE_TO_DESTINATION"),)


def test_t5_private_nat_at_the_igw() -> None:
    h = home()
    h.w.route_table(h.vpc, [h.a], [(ANY, h.w.nat_gateway(h.pub, connectivity="private"))])
    assert h.ask().blocked == (("forward", "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"),)


def test_t5_private_nat_then_public_nat() -> None:
    h = home()
    middle = h.w.subnet(h.vpc, "10.0.3.0/24")
    h.w.route_table(h.vpc, [middle], [(ANY, h.nat)])
    h.w.route_table(h.vpc, [h.a], [(ANY, h.w.nat_gateway(middle, connectivity="private"))])
    assert h.ask() == Outcome("delivered")


def test_t6_nat_in_the_functions_subnet_and_nat_cycles() -> None:
    h = home()
    h.w.network_acl(h.vpc, [h.a])  # denies everything, yet nothing crosses it before the loop (NACL-4)
    h.w.route_table(h.vpc, [h.a], [(ANY, h.w.nat_gateway(h.a))])
    assert h.ask().blocked == (("forward", "ROUTING_LOOP"),)
    h = home()
    second = h.w.nat_gateway(h.d)
    h.w.route_table(h.vpc, [h.d], [(ANY, h.nat)])
    h.w.route_table(h.vpc, [h.pub], [(ANY, second)])
    assert h.ask().blocked == (("forward", "ROUTING_LOOP"),)


@pytest.mark.parametrize(
    ("sport", "verdict"), [(1024, "blocked"), (32767, "blocked"), (32768, "delivered"), (65535, "delivered")]
)
def test_t7_a_narrow_ephemeral_range_lets_some_source_ports_in(sport: int, verdict: str) -> None:
    h = home()
    h.w.network_acl(h.vpc, [h.a], [(100, "allow", "tcp", (32768, 65535), ANY)], OPEN)
    outcome = h.ask(sport=sport)
    assert outcome.verdict == verdict
    assert set(outcome.blocked) <= {("return", "SUBNET_ACL_RESTRICTION")}


def test_t8_nat_subnet_does_not_admit_replies() -> None:
    h = home()
    h.w.network_acl(h.vpc, [h.pub], [(90, "deny", "tcp", EPHEMERAL, ANY), *OPEN], OPEN)
    assert h.ask().blocked == (("return", "SUBNET_ACL_RESTRICTION"),)


def test_t8_replies_reach_the_function_from_the_host_not_from_the_nat() -> None:
    """The inner leg of the reply carries the host's address (section 4.1)."""
    h = home()
    h.w.network_acl(h.vpc, [h.a], [(100, "allow", "tcp", EPHEMERAL, "10.0.0.0/16")], OPEN)
    assert h.ask().blocked == (("return", "SUBNET_ACL_RESTRICTION"),)
    h.w.network_acl(h.vpc, [h.a], [(100, "allow", "tcp", EPHEMERAL, f"{HOST}/32")], OPEN)
    assert h.ask() == Outcome("delivered")


@pytest.mark.parametrize(("nat_port", "verdict"), [(2048, "delivered"), (40000, "blocked")])
def test_t8_the_nat_subnet_sees_the_nats_source_port(nat_port: int, verdict: str) -> None:
    h = home()
    h.w.network_acl(h.vpc, [h.pub], [(90, "deny", "tcp", (32768, 65535), HOST + "/32"), *OPEN], OPEN)
    assert h.ask(sport=50000, nat_port=nat_port).verdict == verdict


def test_t8_the_nat_subnet_must_let_the_reply_out_to_the_function() -> None:
    h = home()
    h.w.network_acl(h.vpc, [h.pub], OPEN, [(90, "deny", "tcp", 50000, "10.0.1.9/32"), *OPEN])
    assert h.ask().blocked == (("return", "SUBNET_ACL_RESTRICTION"),)
    assert h.ask(sport=50001) == Outcome("delivered")


def test_t9_egress_443_only() -> None:
    h = home()
    h.sg = h.w.security_group(h.vpc, [], [("tcp", 443, ANY)])
    assert h.ask(port=443) == Outcome("delivered")
    assert h.ask(port=5432).blocked == (("forward", "ENI_SG_RULES_MISMATCH"),)
    h.sg = h.w.security_group(h.vpc, [], [])
    assert h.ask().code == "SG_HAS_NO_RULES"


def test_t10_gateway_endpoint_beats_nat_for_its_region_only() -> None:
    h = home()
    vpce = h.w.gateway_endpoint(h.vpc, "s3", [h.table])
    h.w[h.nat]["State"] = "deleted"
    assert h.ask(S3) == Outcome("delivered")
    assert h.ask(S3_ELSEWHERE).code == "BAD_STATE"
    assert h.ask(S3, protocol="udp").code == "VPCE_GATEWAY_PROTOCOL_RESTRICTION"
    h.w[vpce]["State"] = "Deleting"
    assert h.ask(S3).code == "BAD_STATE"


def test_t10_an_endpoint_that_lists_a_table_without_the_route_is_unknown() -> None:
    h = home()
    h.w.gateway_endpoint(h.vpc, "s3", [h.table])
    h.w[h.table]["Routes"].pop()
    assert h.ask(S3) == Outcome("unknown", "UNKNOWN_RESOURCE", (), (("forward", "UNKNOWN_RESOURCE"),))
    assert h.ask(S3_ELSEWHERE) == Outcome("delivered")


def test_t11_gateway_endpoint_on_another_table() -> None:
    h = home()
    h.w.gateway_endpoint(h.vpc, "s3", [h.public_table])
    drop_route(h, h.table, ANY)
    assert h.ask(S3).code == "NO_ROUTE_TO_DESTINATION"


def test_t16_same_subnet_crosses_no_acl_and_needs_no_route() -> None:
    h = home()
    h.w.network_acl(h.vpc, [h.a])
    h.w[h.table]["Routes"].clear()
    address, goal = h.database(h.a)
    assert h.ask(address, 5432, goal=goal) == Outcome("delivered")
    assert h.ask(address, 5432) == Outcome("delivered")


def test_t17_other_subnet_by_group_reference() -> None:
    h = home()
    address, goal = h.database(h.d)
    assert h.ask(address, 5432, goal=goal) == Outcome("delivered")
    assert h.ask(address, 3306, goal=goal).code == "ENI_SG_RULES_MISMATCH"
    h.sg = h.w.security_group(h.vpc)
    assert h.ask(address, 5432, goal=goal).blocked == (("forward", "ENI_SG_RULES_MISMATCH"),)


@pytest.mark.parametrize(
    ("subnet", "inbound", "outbound", "direction"),
    [
        ("a", OPEN, [], "forward"),
        ("d", [], OPEN, "forward"),
        ("d", OPEN, [], "return"),
        ("a", [], OPEN, "return"),
    ],
)
def test_t17_each_of_the_four_acl_crossings_counts(
    subnet: str, inbound: list[AclRule], outbound: list[AclRule], direction: str
) -> None:
    h = home()
    address, goal = h.database(h.d)
    h.w.network_acl(h.vpc, [h.a if subnet == "a" else h.d], inbound, outbound)
    assert h.ask(address, 5432, goal=goal).blocked == ((direction, "SUBNET_ACL_RESTRICTION"),)


@pytest.mark.parametrize(("sport", "verdict"), [(49999, "blocked"), (50000, "delivered"), (50001, "blocked")])
@pytest.mark.parametrize("side", ["a", "d"])
def test_t17_replies_go_to_the_very_source_port(side: str, sport: int, verdict: str) -> None:
    h = home()
    address, goal = h.database(h.d)
    only: list[AclRule] = [(100, "allow", "tcp", 50000, "10.0.0.0/16")]
    if side == "a":
        h.w.network_acl(h.vpc, [h.a], only, OPEN)
    else:
        h.w.network_acl(h.vpc, [h.d], OPEN, only)
    assert h.ask(address, 5432, goal=goal, sport=sport).verdict == verdict


def test_t18_nat_in_between_takes_the_group_away() -> None:
    h = home()
    address, goal = h.database(h.d)
    h.w.route(h.table, "10.0.2.0/24", h.nat)
    assert h.ask(address, 5432, goal=goal).code == "SG_REFERENCES_NOT_PRESERVED"
    h.w.ingress(h.dbsg, ("tcp", 5432, h.w[h.nat]["NatGatewayAddresses"][0]["PrivateIp"] + "/32"))
    assert h.ask(address, 5432, goal=goal) == Outcome("delivered")


def test_t32_main_table_until_an_explicit_association() -> None:
    h = home()
    assert h.ask(subnet=h.d).code == "NO_ROUTE_TO_DESTINATION"
    h.w.route_table(h.vpc, main=True, routes=[(ANY, h.nat)])
    assert h.ask(subnet=h.d) == Outcome("delivered")
    h.w.route_table(h.vpc, [h.d])
    assert h.ask(subnet=h.d).code == "NO_ROUTE_TO_DESTINATION"


def test_t33_local_beats_a_more_specific_propagated_route() -> None:
    h = home()
    address, goal = h.database(h.d)
    h.w.route(h.table, "10.0.2.0/24", "vgw-1", "active", "EnableVgwRoutePropagation")
    assert h.ask(address, 5432, goal=goal) == Outcome("delivered")
    h.w.route(h.table, "192.168.0.0/16", "vgw-1", "active", "EnableVgwRoutePropagation")
    with pytest.raises(OutOfScope):
        h.ask("192.168.1.1")


@pytest.mark.parametrize("first", ["static", "propagated"])
def test_t34_static_beats_propagated_of_the_same_length(first: str) -> None:
    h = home()
    routes = [(f"{HOST}/32", h.nat), (f"{HOST}/32", "vgw-1", "active", "EnableVgwRoutePropagation")]
    h.w.route_table(h.vpc, [h.a], routes if first == "static" else routes[::-1])
    assert h.ask() == Outcome("delivered")


def test_t34_static_beats_a_prefix_list_which_beats_propagated() -> None:
    h = home()
    offices = h.w.prefix_list("offices", [f"{HOST}/32"])
    h.w.route(h.table, offices, h.nat, "blackhole")
    assert h.ask().code == "BAD_STATE_ROUTE"
    h.w.route(h.table, f"{HOST}/32", "vgw-1", "active", "EnableVgwRoutePropagation")
    assert h.ask().code == "BAD_STATE_ROUTE"
    h.w.route(h.table, f"{HOST}/32", h.nat)
    assert h.ask() == Outcome("delivered")


def test_rt4_rt10_a_blackhole_wins_by_length_and_drops() -> None:
    h = home()
    h.w.route(h.table, "93.0.0.0/8", h.nat, "blackhole")
    assert h.ask().blocked == (("forward", "BAD_STATE_ROUTE"),)
    assert h.ask("8.8.8.8") == Outcome("delivered")


def test_t37_secondary_cidr_has_a_local_route() -> None:
    h = home()
    h.w.secondary_cidr(h.vpc, "10.7.0.0/16")
    address, goal = h.database(h.w.subnet(h.vpc, "10.7.1.0/24", "b"))
    assert h.ask(address, 5432, goal=goal) == Outcome("delivered")
    assert h.ask("10.7.9.9").code == "NO_POSSIBLE_DESTINATION"
    h.w[h.vpc]["CidrBlockAssociationSet"][1]["CidrBlockState"]["State"] = "disassociated"
    assert h.ask(address, 5432, goal=goal).code == "VPC_LOCAL_ROUTE_CIDR_RESTRICTION"


@pytest.mark.parametrize(("deny", "verdict"), [(90, "blocked"), (110, "delivered")])
@pytest.mark.parametrize("listed", ["ascending", "descending"])
def test_t38_the_lower_number_decides_whatever_the_order(deny: int, verdict: str, listed: str) -> None:
    h = home()
    rules = [*OPEN, (deny, "deny", "tcp", 443, f"{HOST}/32")]
    h.w.network_acl(h.vpc, [h.a], OPEN, rules if listed == "ascending" else rules[::-1])
    assert h.ask().verdict == verdict
    assert h.ask(port=444).verdict == "delivered"


def test_t39_self_referencing_group() -> None:
    h = home()
    h.sg = h.dbsg = h.w.security_group(h.vpc, [("tcp", 5432, "self")], [("tcp", 5432, "self")])
    address, goal = h.database(h.d)
    assert h.ask(address, 5432, goal=goal) == Outcome("delivered")
    assert h.ask().code == "ENI_SG_RULES_MISMATCH"


@pytest.mark.parametrize(
    ("rule", "protocol", "port", "verdict"),
    [
        (("-1", None, ANY), "icmp", 8, "delivered"),
        (("-1", None, ANY), "udp", 53, "delivered"),
        (("icmp", (8, 0), ANY), "icmp", 8, "delivered"),
        (("icmp", (8, -1), ANY), "icmp", 8, "delivered"),
        (("icmp", None, ANY), "icmp", 13, "delivered"),
        (("icmp", (0, 0), ANY), "icmp", 8, "blocked"),
        (("1", (8, 0), ANY), "icmp", 8, "delivered"),
        (("6", (443, 443), ANY), "tcp", 443, "delivered"),
        (("tcp", None, ANY), "icmp", 8, "blocked"),
        (("tcp", (440, 443), ANY), "tcp", 443, "delivered"),
        (("tcp", (440, 443), ANY), "tcp", 444, "blocked"),
        (("udp", 443, ANY), "tcp", 443, "blocked"),
    ],
)
def test_t40_protocols_and_icmp_types(
    rule: tuple[str, tuple[int, int] | int | None, str], protocol: str, port: int, verdict: str
) -> None:
    h = home()
    h.sg = h.w.security_group(h.vpc, [], [rule])
    assert h.ask(port=port, protocol=protocol, kind="interface").verdict == verdict


def test_t40_icmp_from_a_function_and_echo_replies_at_an_acl() -> None:
    h = home()
    assert h.ask(port=8, protocol="icmp").code == "PROTOCOL_RESTRICTION"
    h.w.network_acl(h.vpc, [h.a], [(100, "allow", "icmp", (0, 0), ANY)], [(100, "allow", "icmp", (8, 0), ANY)])
    assert h.ask(port=8, protocol="icmp", kind="interface") == Outcome("delivered")


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("172.16.0.1", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"),
        ("100.64.0.1", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"),
        ("10.0.99.1", "NO_POSSIBLE_DESTINATION"),
        ("10.0.2.99", "NO_POSSIBLE_DESTINATION"),
    ],
)
def test_igw4_rt3_private_addresses_go_nowhere(address: str, code: str) -> None:
    assert home().ask(address).code == code


def test_igw1_the_gateway_must_be_attached_to_this_vpc() -> None:
    h = home()
    elsewhere = {"State": "available", "VpcId": h.w.vpc("10.8.0.0/16")}
    for attachments in ([], [elsewhere], [{"State": "detaching", "VpcId": h.vpc}]):
        h.w[h.igw]["Attachments"] = attachments
        assert h.ask().blocked == (("forward", "BAD_STATE_ATTACHMENT"),)
    h.w[h.igw]["Attachments"] = [elsewhere, {"State": "attached", "VpcId": h.vpc}]
    assert h.ask() == Outcome("delivered")


def test_vpce13_an_interface_endpoint_is_asked_like_any_interface() -> None:
    h = home()
    group = h.w.security_group(h.vpc, [("tcp", 443, h.sg)])
    vpce = h.w.interface_endpoint(h.vpc, "secretsmanager", [h.d], [group])
    address = h.w.address(h.w[vpce]["NetworkInterfaceIds"][0])
    assert h.ask(address) == Outcome("delivered")
    assert h.ask(address, 80).code == "ENI_SG_RULES_MISMATCH"
    h.w[vpce]["State"] = "pending"
    assert h.ask(address).code == "BAD_STATE"


@pytest.mark.parametrize("key", [*ON_THE_WAY, "SecurityGroups"])
def test_what_was_not_collected_is_unknown(key: str) -> None:
    h = home()
    h.w.drop(key)
    assert h.ask().verdict == "unknown"


@pytest.mark.parametrize("key", ON_THE_WAY)
def test_a_definite_block_beats_a_gap(key: str) -> None:
    h = home()
    h.sg = h.w.security_group(h.vpc, [], [("tcp", 80, ANY)])
    h.w.drop(key)
    assert h.ask().code == "ENI_SG_RULES_MISMATCH"


def test_all_blockers_are_listed_in_the_order_of_the_walk() -> None:
    h = home()
    h.sg = h.w.security_group(h.vpc, [], [])
    h.w.network_acl(h.vpc, [h.a])
    h.w[h.nat]["State"] = "failed"
    assert h.ask().blocked == (
        ("forward", "SG_HAS_NO_RULES"),
        ("forward", "SUBNET_ACL_RESTRICTION"),
        ("forward", "BAD_STATE"),
        ("return", "SUBNET_ACL_RESTRICTION"),
    )
