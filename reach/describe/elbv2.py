"""Load balancers: where their nodes are, on which ports they listen, which groups they carry (DST-36)."""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.nodes import in_each, located
from reach.describe.records import Record, Section, number, rows, text, texts
from reach.network import Database, Gap, Node, Thing
from reach.traffic import NOTHING, Ranges


def read(section: Section) -> Iterator[Thing]:
    """All application and network load balancers of an account and region."""
    ports: dict[str, set[int]] = {}
    for listener in section.rows("elbv2:Listeners"):
        port = number(listener, "Port")
        if port and text(listener, "Protocol") != "UDP":
            ports.setdefault(text(listener, "LoadBalancerArn"), set()).add(port)
    for record in section.rows("elbv2:LoadBalancers"):
        if text(record, "Type") != "gateway":
            yield _balancer(section, record, sorted(ports.get(text(record, "LoadBalancerArn"), ())))


def _balancer(section: Section, record: Record, ports: list[int]) -> Database:
    """A node in each of its subnets; a network load balancer may have no group, and then admits everybody."""
    name, arn = text(record, "LoadBalancerName"), text(record, "LoadBalancerArn")
    zones = rows(record, "AvailabilityZones")
    gap = Gap(name, "elasticloadbalancing:DescribeLoadBalancers", f"the subnets of {name} are not in the record")
    groups: tuple[str, ...] | None = texts(record, "SecurityGroups")
    if "SecurityGroups" not in record:
        groups = () if text(record, "Type") == "network" else None
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind="load_balancer",
        vpc=text(record, "VpcId") or None,
        status=text(record, "State", "Code").lower() or None,
        status_field="State.Code",
        ports=Ranges.of(*ports) if ports else NOTHING,
        groups=groups,
        groups_field="SecurityGroups",
        nodes=_nodes(name, zones) or in_each(name, (text(z, "SubnetId") for z in zones), gap),
        hosts=tuple(h for h in (text(record, "DNSName").lower(),) if h),
        engine=text(record, "Type"),
        dual=text(record, "IpAddressType").startswith("dualstack") if "IpAddressType" in record else None,
        only_ipv6=text(record, "IpAddressType") == "dualstack-without-public-ipv4",
        public=text(record, "Scheme") == "internet-facing",
        told_by="elasticloadbalancing:DescribeLoadBalancers",
        hints=(f"Behind {name} the way goes on to its targets, from its own addresses and groups.",),
    )


def _nodes(name: str, zones: list[Record]) -> tuple[Node, ...]:
    """Network load balancers can have fixed private addresses."""
    fixed = [(text(z, "SubnetId"), text(a, "PrivateIPv4Address")) for z in zones
             for a in rows(z, "LoadBalancerAddresses")]  # fmt: skip
    if not fixed or any(not subnet or not address for subnet, address in fixed):
        return ()
    return tuple(located(f"{name}@{subnet}", subnet, address) for subnet, address in sorted(fixed))
