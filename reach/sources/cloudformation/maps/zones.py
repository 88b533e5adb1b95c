"""Availability Zones of subnets: what a template says of them, and what stands for one that it leaves open."""

from __future__ import annotations

import re
from typing import Any

from msgspec.structs import replace

from reach.snapshot import Record
from reach.sources.cloudformation.draft import Draft
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown, only_key

NOT_ASKED = re.compile("dummy1[a-z]")  # what the CDK writes where it has not asked for the zones of an account


def zone(draft: Draft, r: Resource, member: str) -> str:
    """A zone's name or id; of one that is not known a text, which is the same only where the zone is the same."""
    value = r.get(member)
    if not isinstance(value, Unknown):
        return _told(draft, r, r.as_text(member, value))
    written: Any = r.props.get(member)
    chosen = written["Fn::Select"] if only_key(written) == "Fn::Select" else None
    listed = chosen[1] if isinstance(chosen, list) and not isinstance(chosen[0], dict) else written
    direct = only_key(listed) == "Ref" and r.stack.inputs is None  # a parameter, or an item of one
    text = f"${{{r.stack.name}/{value.text[2:]}" if direct else f"${{{r.id}.{member}}}"
    return r.stack.pend(replace(value, text=text))


def _told(draft: Draft, r: Resource, named: str) -> str:
    """Zones that the CDK has not looked up are taken to be the region's first ones."""
    if not NOT_ASKED.fullmatch(named):
        return named
    region = r.stack.home.region
    draft.warn(f"{r.stack.template.name}: zones that the CDK has not looked up (dummy1a …) are taken to be {region}a …")
    return f"{region}{named[-1]}"


def zone_in(subnet: Record) -> str:
    """The name of the zone that a subnet's record tells; empty if it is not known before deployment."""
    zone = str(subnet.get("AvailabilityZone") or "")
    return "" if zone.startswith("${") else zone
