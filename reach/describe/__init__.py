"""Snapshot → Network. The only place that knows the key names of AWS's records; it never raises."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec.structs import replace

from reach.describe import (
    apigateway,
    dsql,
    ec2,
    ec2_filters,
    ec2_gateways,
    ec2_transit,
    ec2_vpn,
    efs,
    elasticache,
    elbv2,
    iam,
    kafka,
    lambda_,
    memorydb,
    mq,
    network_firewall,
    nodes,
    opensearch,
    pollers,
    rds,
    rds_proxies,
    redshift,
    route53,
    route53resolver,
    s3,
    s3files,
    vpclattice,
    workloads,
)
from reach.describe.records import Section
from reach.network import Gap, Home, Network, Thing
from reach.network.domains import HostedZone

if TYPE_CHECKING:
    from reach.snapshot import Snapshot

API_CALL = re.compile(r"[a-z0-9-]+:[A-Z]\w+")
READERS: tuple[Callable[[Section], Iterable[Thing]], ...] = (
    ec2.read,
    ec2_filters.read,
    ec2_gateways.read,
    ec2_transit.read,
    ec2_vpn.read,
    lambda_.read,
    network_firewall.read,
    iam.read,
    workloads.read,
    pollers.read,
    *(room.read for room in (rds, rds_proxies, elasticache, memorydb, redshift, opensearch, kafka, mq)),
    *(room.read for room in (efs, s3files, elbv2, dsql)),
    route53.read,
    route53resolver.read,
    s3.read,
    apigateway.read,
    vpclattice.read,
)


def describe(snapshot: Snapshot) -> Network:
    """Turn AWS's words into nouns; what was not collected becomes gaps of the Network.

    Examples
    --------
    >>> from reach.snapshot import Snapshot
    >>> describe(Snapshot(accounts={})).vpcs
    ()
    """
    sections = _sections(snapshot)
    things: dict[str, Thing] = {}
    for section in sections:
        for reader in READERS:
            for thing in reader(section):
                if thing.id:
                    _keep(things, thing)
    things |= _placed(things, snapshot)
    things |= lambda_.on_providers(things)
    things |= ec2.implied_vpcs(things)
    things |= ec2_filters.inferred_lists(things)
    things |= ec2_gateways.addressed_nats(things)
    things |= nodes.in_their_vpcs(things)
    complete = frozenset(
        (s.home.account, s.home.region, key) for s in sections for key in s.collections if key not in s.gaps
    )
    gaps = {(s.home.account, s.home.region, key): gap for s in sections for key, gap in s.gaps.items()}
    return Network(
        things=things,
        complete=complete,
        gaps=gaps,
        homes=tuple(s.home for s in sections),
        origins=tuple(snapshot.origins),
        pending={id: Gap(id, p.needs, p.why) for id, p in snapshot.pending.items()},
        inferred=snapshot.inferred,
    )


def _placed(things: Mapping[str, Thing], snapshot: Snapshot) -> dict[str, Thing]:
    """Things that a file describes know where in it they stand, and where the parts do that stand elsewhere."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for key, where in snapshot.places.items():
        id, space, path = key.partition(" ")
        if space:
            parts.setdefault(id, []).append((path, where))
    return {
        id: replace(
            things[id],
            where=snapshot.places.get(id),
            logical=snapshot.logical.get(id, ""),
            construct=snapshot.constructs.get(id, ""),
            lines=tuple(parts.get(id, ())),
        )
        for id in (snapshot.places.keys() | parts.keys()) & things.keys()
    }


def _keep(things: dict[str, Thing], thing: Thing) -> None:
    """The owner account's own record of a shared thing is the fuller one."""
    known = things.get(thing.id)
    if known is not None:
        thing = ec2_transit.merged(known, thing)
    if isinstance(known, HostedZone) and isinstance(thing, HostedZone):
        thing = route53.merged(known, thing)
    if known is None or known.owner != known.home.account:
        things[thing.id] = thing


def _sections(snapshot: Snapshot) -> list[Section]:
    found: dict[Home, dict[str, Gap]] = {}
    for account, regions in snapshot.accounts.items():
        for region in regions:
            found[Home(account, region)] = {}
    for gap in snapshot.gaps:
        gaps = found.setdefault(Home(gap.account, gap.region), {})
        for key in gap.keys:
            unread = f"{gap.action} was not readable ({gap.error})"
            why = unread if API_CALL.fullmatch(gap.action) else gap.error  # what a file leaves open says it itself
            gaps[key] = Gap(key, gap.action, why)
    return [
        Section(home, snapshot.accounts.get(home.account, {}).get(home.region, {}), gaps)
        for home, gaps in sorted(found.items(), key=lambda item: (item[0].account, item[0].region))
    ]
