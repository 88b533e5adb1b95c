"""What each instance of a plan is made of, as resources of a template."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from reach.sources.cloudformation.document import Table
from reach.sources.cloudformation.resource import BALANCER, DIGITS, NAMES, PREFIXES
from reach.sources.terraform.acceptance import ACCEPTERS, acceptance
from reach.sources.terraform.blocks import MAKERS, group_rules, inline_routes
from reach.sources.terraform.configuration import Configuration
from reach.sources.terraform.ids import Ids
from reach.sources.terraform.makers import OTHERS
from reach.sources.terraform.plan import Instance, Plan
from reach.sources.terraform.providers import Places
from reach.sources.terraform.reading import properties_of
from reach.sources.terraform.references import References
from reach.sources.terraform.spelling import Spelling
from reach.sources.terraform.types import TYPES


class Made(Struct, frozen=True):
    """One resource: of which instance, in which region; `whole` if it is the instance itself and not a row in it."""

    instance: Instance
    id: Any
    region: str
    body: Table
    whole: bool


def references(plan: Plan, places: Places, given: Mapping[str, str] | None = None) -> References:
    """The attributes of a plan's instances, with the ids that they have or will have."""
    ids = Ids(plan, places)
    ids.refs = References(plan, ids, Configuration(plan), given=given or {})
    return ids.refs


def made(refs: References, instances: Iterable[Instance]) -> dict[str, Made]:
    """The resources by logical id, which begins with the address of the instance."""
    out: dict[str, Made] = {}
    for instance in instances:
        ids = refs.ids
        own, region = ids.id_of(instance), ids.places.region(instance)
        for suffix, type_, properties in _parts(refs, instance, str(own)):
            logical = f"{instance.address}.{suffix}" if suffix else instance.address
            whole = not suffix
            body = _body(type_, properties, refs.plan.line(instance.address))
            body["Spelling"] = Spelling(instance, suffix)
            if whole:
                _name(body, instance)
                if instance.before and (type_ in PREFIXES or type_ in DIGITS or type_ == BALANCER):
                    body["PhysicalId"] = instance.before
            if instance.before:
                body["Parts"] = ids.parts(instance)
            out[logical] = Made(instance, own, region, body, whole)
    return out


def _parts(refs: References, instance: Instance, own: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    if instance.data:
        yield "", "Terraform::PrefixList", told_list(instance)
        return
    simple = TYPES.get(instance.type)
    maker = MAKERS.get(instance.type) or OTHERS.get(instance.type)
    if maker is not None:
        yield from maker(refs, instance, own)
    elif simple is not None:
        properties = properties_of(refs, instance, simple.properties)
        if instance.type == "aws_security_group":
            properties |= group_rules(refs, instance, own)
        if simple.type in NAMES:
            properties[NAMES[simple.type]] = own
        yield "", simple.type, properties
    if instance.type in ACCEPTERS:
        yield from acceptance(refs, instance, own)
    if instance.type == "aws_route_table":
        yield from inline_routes(refs, instance, own)
    if instance.type == "aws_s3_bucket" and refs.whole(instance, "policy"):
        yield "policy", "AWS::S3::BucketPolicy", {"Bucket": own, "PolicyDocument": refs.whole(instance, "policy")}
    if instance.type == "aws_vpc":
        block = instance.values.get("ipv6_cidr_block")
        if block or any(instance.values.get(name) or refs.configured(instance, name) for name in GIVE_IPV6):
            told = {"Ipv6CidrBlock": block} if block else {"AmazonProvidedIpv6CidrBlock": True}
            yield "ipv6", "AWS::EC2::VPCCidrBlock", {"VpcId": own, **told}


# What gives a VPC a block of IPv6: Amazon, or a pool of IPAM.
GIVE_IPV6 = ("assign_generated_ipv6_cidr_block", "ipv6_ipam_pool_id")

# The data sources that say what is in a prefix list, and where.
LISTS = {"aws_ec2_managed_prefix_list": "entries", "aws_prefix_list": "cidr_blocks"}


def looked_up(plan: Plan) -> Iterator[Instance]:
    """What data sources say whole of something that a plan does not make."""
    for one in plan.data:
        if (
            one.before
            and isinstance(one.values.get("name"), str)
            and isinstance(one.values.get(LISTS.get(one.type, "")), list)
        ):
            yield one


def told_list(instance: Instance) -> dict[str, Any]:
    """A prefix list that exists, as a data source found it."""
    values = instance.values
    rows = ((row.get("cidr") if isinstance(row, Mapping) else row) for row in values[LISTS[instance.type]])
    return {
        "Id": instance.before,
        "Name": values["name"],
        "Owner": values.get("owner_id"),
        "Family": values.get("address_family"),
        "Entries": [cidr for cidr in rows if isinstance(cidr, str)],
    }


def _body(type_: str, properties: Mapping[str, Any], line: int) -> Table:
    body, inner = Table(line), Table(line)
    inner.update(properties)
    body["Type"], body["Properties"] = type_, inner
    return body


def _name(body: Table, instance: Instance) -> None:
    """The Name tag; without one the resource is known by its address."""
    tags = instance.values.get("tags_all") or instance.values.get("tags")
    if isinstance(tags, Mapping) and isinstance(tags.get("Name"), str):
        body["Properties"]["Tags"] = [{"Key": "Name", "Value": tags["Name"]}]
