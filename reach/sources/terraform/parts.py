"""The ids of what came with a resource that exists, by its part: told by the attributes of the state."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reach.sources.cloudformation.attributes import endpoint_part
from reach.sources.cloudformation.maps.routing import NAT_TABLE
from reach.sources.cloudformation.maps.transit import OWN_TABLE
from reach.sources.terraform.plan import Instance, listed

FIREWALLS = {
    "aws_networkfirewall_firewall": "firewall_status",
    "aws_networkfirewall_vpc_endpoint_association": "vpc_endpoint_association_status",
}
# Part → attribute. The part without a name is the record itself, which AWS calls otherwise than others refer to it.
TOLD: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "aws_apprunner_vpc_connector": {"Arn": ("arn", "id")},
    "aws_alb_listener": {"": ("arn", "id")},
    "aws_ec2_transit_gateway": {
        OWN_TABLE: ("association_default_route_table_id", "propagation_default_route_table_id"),
    },
    "aws_instance": {"0": ("primary_network_interface_id",)},
    "aws_lb_listener": {"": ("arn", "id")},
    "aws_mq_broker": {"": ("id",)},
    "aws_nat_gateway": {NAT_TABLE: ("route_table_id",)},
    "aws_route53_resolver_firewall_rule_group_association": {"": ("id",)},
    "aws_route53_resolver_rule_association": {"": ("id",)},
    "aws_vpc": {
        "DefaultNetworkAcl": ("default_network_acl_id",),
        "DefaultSecurityGroup": ("default_security_group_id",),
        "MainRouteTable": ("default_route_table_id", "main_route_table_id"),
    },
    "aws_vpn_connection": {"": ("transit_gateway_attachment_id",)},
}


def parts_of(instance: Instance) -> dict[str, str]:
    """The ids of what came with something, by part; empty for what does not exist yet."""
    if instance.type.startswith("aws_msk_") and instance.before:
        return {"": instance.before.rpartition("/")[2]}
    found = dict(_endpoints(instance))
    for part, attributes in TOLD.get(instance.type, {}).items():
        ids = (instance.values.get(name) for name in attributes)
        id = next((one for one in ids if isinstance(one, str) and one), None)
        if id is not None:
            found[part] = id
    return found


def _endpoints(instance: Instance) -> Iterator[tuple[str, str]]:
    """The endpoints of a firewall, one in each of its subnets."""
    for status in listed(instance.values.get(FIREWALLS.get(instance.type, ""))):
        states = status.get("sync_states", status.get("association_sync_state")) if isinstance(status, Mapping) else ()
        for state in listed(states):
            for one in listed(state.get("attachment")) if isinstance(state, Mapping) else ():
                yield from _endpoint(one)


def _endpoint(attachment: Any) -> Iterator[tuple[str, str]]:
    if isinstance(attachment, Mapping):
        id, subnet = attachment.get("endpoint_id"), attachment.get("subnet_id")
        if isinstance(id, str) and isinstance(subnet, str) and id:
            yield endpoint_part(subnet), id
