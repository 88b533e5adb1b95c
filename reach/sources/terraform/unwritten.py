"""Blocks that are `known after apply` although the configuration writes none: whether there will be any.

`ingress`, `egress` and `route` are attributes to Terraform, which may be written as blocks: a plan shows a row for
each block, for a dynamic one of unknown number too (blocktoattr in Terraform and OpenTofu), and an expression that
sets them stands in the configuration. So if nothing of them is known nobody wrote any. What AWS puts in by itself the
provider takes out when it makes them (egress of a group) or adopts them (default group, default table), and a new ACL
or table has none: https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group. So
there will be none; that is labelled all the same, as the plan does not say it. Of other blocks a plan says the same
whether there are none or nobody knows how many.
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


def unwritten(refs: References, instance: Instance, block: str) -> int | Unknown:
    """How many blocks there will be of a kind that nobody writes and that is not known."""
    own = refs.ids.id_of(instance)
    if any(own in refs.named_by(type_, attribute) for type_, attribute in BESIDE[block].items()):
        return 0
    if block not in LIKE_ATTRIBUTES:
        return refs.open(instance, (block,))
    refs.inferred[instance.address, block] = NONE
    return 0
