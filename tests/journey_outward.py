"""Further parts of random networks: firewalls that know connections, networks behind AWS, reflection, encryption."""

from __future__ import annotations

from hypothesis import strategies as st

from tests import journey_parts
from tests.journey_parts import ANY, Net, Part
from tests.world_firewalls import firewall, group, gwlbe, stateful, uses
from tests.world_records import Record

OFFICE = "10.50.0.1"


@st.composite
def connections(draw: st.DrawFn) -> Record:
    """Stateful rules about the connections that packets here open."""
    ends = st.sampled_from(("ANY", "ANY", "$HOME_NET", "$EXTERNAL_NET", "10.0.1.0/24", "!93.184.216.0/24",
                            "[10.0.0.0/8, !10.0.1.0/24]"))  # fmt: skip
    ports = st.sampled_from(("ANY", "ANY", "443", "[80, 443]", "1024:65535", "!5432"))
    return stateful(*(
        (draw(st.sampled_from(("PASS", "DROP", "REJECT", "ALERT"))), draw(st.sampled_from(("TCP", "IP", "UDP"))),
         draw(ends), "ANY", draw(ends), draw(ports), draw(st.sampled_from(("FORWARD", "FORWARD", "ANY"))))
        for _ in range(draw(st.integers(1, 2)))))  # fmt: skip


def connection_rules(draw: st.DrawFn, net: Net) -> None:
    """What the public subnet sends out is looked at by a firewall that knows connections."""
    gwlbe("subnet-m", "vpce-m")(net.w)
    names = draw(st.sampled_from((("one",), ("one", "two"), ("two", "one"))))
    order: Record = {}
    if draw(st.booleans()):
        defaults = draw(st.sampled_from(([], ["aws:drop_strict"], ["aws:drop_established"], ["aws:alert_strict"])))
        order = {"StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER"}, "StatefulDefaultActions": defaults}
    firewall("vpce-m", groups=tuple(group(name, draw(connections())) for name in names),
             **uses("Stateful", *names), **order)(net.w)  # fmt: skip
    net.lead("rtb-p", ANY, "vpce-m")
    net.w.route_table("vpc-1", [], [("10.0.0.0/24", "vpce-m")], gateway="igw-1", id="rtb-edge")


def office(draw: st.DrawFn, net: Net) -> None:
    """Somebody's own network behind a virtual private gateway, over VPN connections or Direct Connect."""
    w = net.w
    w.add("VpnGateways", {
        "VpnGatewayId": "vgw-1", "State": draw(st.sampled_from(("available",) * 5 + ("deleted", "dozing"))),
        "VpcAttachments": [{"VpcId": "vpc-1", "State": draw(st.sampled_from(("attached",) * 5 + ("detaching",)))}],
    }, "vgw-1")  # fmt: skip
    w.collections["VpnConnections"] = [_line(draw, n) for n in range(draw(st.integers(0, 2)))]
    net.lead("rtb-fn", "10.50.0.0/16", "vgw-1")
    net.host = OFFICE


def _line(draw: st.DrawFn, number: int) -> Record:
    static = draw(st.booleans())
    blocks = draw(st.sampled_from((["10.50.0.0/16"], ["10.50.0.0/24"], ["10.60.0.0/16"], []))) if static else []
    states = st.sampled_from(("available", "available", "available", "deleting"))
    return {
        "VpnConnectionId": f"vpn-{number}", "VpnGatewayId": "vgw-1", "CustomerGatewayId": "cgw-1",
        "State": draw(st.sampled_from(("available",) * 4 + ("pending", "deleted"))),
        "Options": {"StaticRoutesOnly": static},
        "Routes": [{"DestinationCidrBlock": block, "State": draw(states)} for block in blocks],
        "VgwTelemetry": [{"Status": draw(st.sampled_from(("UP", "DOWN")))} for _ in range(draw(st.integers(0, 2)))],
    }  # fmt: skip


def reflected(draw: st.DrawFn, net: Net) -> None:
    """A neighbour under its public address: out by the internet gateway, and in again (IGW-9)."""
    w = net.w
    place = draw(st.sampled_from(("subnet-p", "subnet-p", "subnet-m", "subnet-d")))
    admitted = draw(st.sampled_from((ANY, ANY, "54.72.0.0/16", "10.0.0.0/16", "sg-fn")))
    w.security_group("vpc-1", [("tcp", draw(st.sampled_from((None, 443, 5432))), admitted)], id="sg-w")
    w.interface(place, None, ["sg-w"], id="eni-w", public_ip="54.9.9.7")
    if draw(st.sampled_from((False, False, True))):
        w.route_table("vpc-1", [], [], gateway="igw-1", id="rtb-edge")
    net.host = "54.9.9.7"


PARTS: dict[str, Part] = {**journey_parts.PARTS, "office": office, "connection_rules": connection_rules}
ANSWERED: dict[str, Part] = {**PARTS, "reflected": reflected}  # a packet comes in again on a walk of its own


# -- what may befall any of them -----------------------------------------------------------------------------


def encrypted(draw: st.DrawFn, net: Net) -> None:
    """A VPC has an encryption control, in force or not, with an exclusion for peering or without."""
    for vpc in net.w.collections["Vpcs"]:
        if draw(st.booleans()):
            continue
        mode = draw(st.sampled_from(("enforce",) * 3 + ("monitor", "strict")))
        state = draw(st.sampled_from(("available",) * 5 + ("enforce-in-progress", "deleted")))
        peering = draw(st.sampled_from(("", "enabled", "disabled", "disabled", "disabling")))
        told = {"VpcPeering": {"State": peering}} if peering else {}
        vpc["EncryptionControl"] = {"Mode": mode, "State": state, "ResourceExclusions": told}


def far_zone(draw: st.DrawFn, net: Net) -> None:
    """Functions' subnets in a Local Zone, whose parent the data tells (TGW-2)."""
    w = net.w
    w["subnet-1"].update(AvailabilityZone="eu-west-1-ham-1a", AvailabilityZoneId="euw1-ham1-az1")
    parent = draw(st.sampled_from("aab"))
    w.collections["AvailabilityZones"] = [{
        "ZoneName": "eu-west-1-ham-1a", "ZoneType": "local-zone", "ParentZoneName": f"eu-west-1{parent}",
        "ParentZoneId": f"euw1-az{ord(parent) - 96}"}]  # fmt: skip
