"""Blocks that are `known after apply` although the configuration writes none: whether there will be any.

`ingress`, `egress` and `route` are attributes to Terraform, which may be written as blocks: a plan shows a row for
each block, for a dynamic one of unknown number too (blocktoattr in Terraform and OpenTofu), and an expression that
sets them stands in the configuration. So if nothing of them is known nobody wrote any. What AWS puts in by itself the
provider takes out when it makes them (egress of a group) or adopts them (default group, default table), and a new ACL
or table has none: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group. So
there will be none; that is labelled all the same, as the plan does not say it. Of blocks that the
provider fills in (`dns_options` of every new endpoint) a plan says the same whether there are none or nobody knows how
many; that a dynamic one has a number that is not known is next to unheard of, so there will be none, labelled as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from reach.sources.cloudformation.values import Unknown
from reach.sources.terraform.plan import Instance

if TYPE_CHECKING:
    from reach.sources.terraform.references import References

RULES = {
    "aws_network_acl_rule": "network_acl_id",
    "aws_security_group_rule": "security_group_id",
    "aws_vpc_security_group_egress_rule": "security_group_id",
    "aws_vpc_security_group_ingress_rule": "security_group_id",
}
# The resources that say the same beside the one that could have the blocks, and which attribute names it: the provider
# forbids to use both.
BESIDE: Mapping[str, Mapping[str, str]] = {
    "egress": RULES,
    "entry": {"aws_ec2_managed_prefix_list_entry": "prefix_list_id"},
    "ingress": RULES,
    "route": {"aws_route": "route_table_id"},
    "subnet_mapping": {},
}
# Blocks that the provider fills in where nobody writes one: a plan says that they are not known, whoever makes it.
FILLED = {
    "aws_api_gateway_rest_api": ("endpoint_configuration",),
    "aws_iam_role": ("inline_policy",),
    "aws_instance": ("network_interface", "primary_network_interface"),
    "aws_nat_gateway": ("availability_zone_address",),
    "aws_network_interface": ("attachment",),
    "aws_vpc_endpoint": ("dns_options",),
}
# The rules of one direction, where their type or an attribute of theirs says which it is.
ONE_WAY = {
    "aws_vpc_security_group_egress_rule": "egress",
    "aws_vpc_security_group_ingress_rule": "ingress",
}
BOTH = "what is inside it and beside it, and the provider forbids both: the next apply takes away what is beside it"
LIKE_ATTRIBUTES = ("egress", "ingress", "route")
NONE = "none, as no block of it is written"


def contested(refs: References, instance: Instance, block: str) -> None:
    """Label blocks that are written although resources beside say more of the same."""
    own = refs.ids.id_of(instance)
    for type_, attribute in BESIDE[block].items():
        if own in refs.named_by(type_, attribute) and ONE_WAY.get(type_, block) == block:
            mine = [o for o in refs.of_type(type_) if refs.get(o, attribute) == own]
            if any(refs.get(o, "type") in (None, block) for o in mine):
                refs.inferred[instance.address, block] = BOTH


def may_be_unwritten(instance: Instance, block: str) -> bool:
    """Whether a block that is not known may only be so because nobody writes it."""
    return block in BESIDE or block in FILLED.get(instance.type, ())


def unwritten(refs: References, instance: Instance, block: str) -> int | Unknown:
    """How many blocks there will be of a kind that nobody writes and that is not known."""
    filled = block in FILLED.get(instance.type, ())
    own = refs.ids.id_of(instance) if not filled else None
    if own and any(own in refs.named_by(type_, attribute) for type_, attribute in BESIDE[block].items()):
        return 0
    if block not in LIKE_ATTRIBUTES and not filled:
        return refs.open(instance, (block,))
    refs.inferred[instance.address, block] = NONE
    return 0
