"""Lambda's network interfaces: which functions share which, how many there are, who holds one that cannot be deleted.

One interface serves all functions and versions with the same subnet and the same set of groups (ENI-01). Counts are a
lower bound: beyond 65,000 connections Lambda adds interfaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from reach.errors import QuestionError
from reach.network import Absent, Function, Gap, Home, Interface, Network, SecurityGroup, Subnet
from reach.network.senders import Quota
from reach.placement import is_lambda

QUOTA_CODE = "L-9FEE3D26"
USUAL_QUOTA = 500  # per VPC, shared with file systems; adjustable
NEAR = 0.9
FILE_SYSTEM = "EFS mount target"
FOUND_BY = re.compile(r"(eni|sg|subnet|vpc)-[0-9A-Za-z]+")


class Shared(Struct, frozen=True):
    """One subnet and set of groups: the functions that want an interface there, and those that exist.

    `holders` are functions and versions as `reach path` takes them; without any, nobody needs the interfaces.
    """

    subnet: str
    groups: tuple[str, ...]
    vpc: str
    home: Home
    holders: tuple[str, ...]
    interfaces: tuple[Interface, ...]
    gap: Gap | None = None  # why interfaces may exist that are not in the data

    @property
    def state(self) -> str:
        """`shared`, `one`, `wanted` (and none is seen), `left over` (nobody wants it), `unknown`."""
        if not self.holders:
            return "left over"
        if not self.interfaces:
            return "unknown" if self.gap else "wanted"
        return "shared" if len(self.holders) > 1 else "one"

    @property
    def advice(self) -> str:
        """What to do to be rid of it."""
        if self.holders:
            return f"held by {', '.join(self.holders)}: delete them, or give them another VPC configuration"
        if any(i.status == "available" for i in self.interfaces):
            return "detached: Lambda deletes it within about 20 minutes; if its role is gone, delete it yourself"
        return "no function or version in the data holds it: an older version may, or Lambda has yet to release it"

    def to_dict(self) -> dict[str, Any]:
        return {
            "vpc": self.vpc,
            "subnet": self.subnet,
            "security_groups": list(self.groups),
            "state": self.state,
            "interfaces": [
                {
                    "id": i.id,
                    "status": i.status,
                    "description": i.description,
                    "role": role_of(i),
                    "addresses": list(i.public_ips),
                }
                for i in self.interfaces
            ],
            "held_by": list(self.holders),
            "advice": self.advice,
            "account": self.home.account,
            "region": self.home.region,
        }


class Count(Struct, frozen=True):
    """How many interfaces Lambda needs and has in one VPC, against the quota (ENI-02, ENI-03).

    `wanted`: pairs of subnet and groups, `missing`: those of them that have no interface yet; `existing`: the
    interfaces of Lambda and of file systems, which share the quota.
    """

    vpc: str
    wanted: int
    missing: int
    existing: int
    quota: int
    quota_known: bool

    @property
    def used(self) -> int:
        """What there is and what is still to be made."""
        return self.existing + self.missing

    @property
    def near(self) -> bool:
        """Whether nine tenths of the quota are used."""
        return self.used >= self.quota * NEAR

    @property
    def text(self) -> str:
        usual = "" if self.quota_known else " (the usual quota; yours was not read)"
        return f"{self.vpc}: {self.used} of {self.quota} interfaces of Lambda and file systems{usual}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "vpc": self.vpc,
            "wanted": self.wanted,
            "missing": self.missing,
            "existing": self.existing,
            "quota": self.quota,
            "quota_known": self.quota_known,
            "near_quota": self.near,
        }


def role_of(interface: Interface) -> str:
    """The id of the execution role that made it, as far as the caller's name tells (ENI-08)."""
    role, colon, session = interface.requester.partition(":")
    return role if colon and session.startswith("awslambda") else ""


def shared(network: Network) -> tuple[Shared, ...]:
    """Every subnet and set of groups that a function wants or an interface of Lambda's is in, sorted."""
    holders: dict[tuple[str, tuple[str, ...]], list[Function]] = {}
    for function in network.all(Function):
        for subnet in function.subnets if not function.capacity_provider else ():
            holders.setdefault((subnet, tuple(sorted(set(function.groups)))), []).append(function)
    made: dict[tuple[str, tuple[str, ...]], list[Interface]] = {}
    for interface in network.all(Interface):
        if is_lambda(interface) and interface.subnet:
            made.setdefault((interface.subnet, tuple(sorted(set(interface.groups or ())))), []).append(interface)
    return tuple(
        _shared(network, *pair, holders.get(pair, []), made.get(pair, [])) for pair in sorted({*holders, *made})
    )


def _shared(
    network: Network, subnet: str, groups: tuple[str, ...], holders: Sequence[Function], made: Sequence[Interface]
) -> Shared:
    place = network.things.get(subnet)
    home = place.home if place else next(iter([*holders, *made])).home
    vpc = place.vpc if isinstance(place, Subnet) else next((i.vpc for i in made), "")
    names = tuple(sorted({f"{f.name}:{f.qualifier}" if f.published else f.name for f in holders}))
    return Shared(subnet, groups, vpc, home, names, tuple(made), network.gap("NetworkInterfaces", home))


def counts(network: Network) -> tuple[Count, ...]:
    """One per VPC in which Lambda has or wants interfaces."""
    found = shared(network)
    systems = [i for i in network.all(Interface) if i.type == "efs" or i.description.startswith(FILE_SYSTEM)]
    out = []
    for vpc in sorted({s.vpc for s in found if s.vpc}):
        here = [s for s in found if s.vpc == vpc]
        existing = sum(len(s.interfaces) for s in here) + sum(i.vpc == vpc for i in systems)
        quota = next((q.value for q in network.all(Quota) if (q.code, q.home) == (QUOTA_CODE, here[0].home)), None)
        wanted = sum(bool(s.holders) for s in here)
        missing = sum(bool(s.holders) and not s.interfaces for s in here)
        out.append(Count(vpc, wanted, missing, existing, int(quota or USUAL_QUOTA), quota is not None))
    return tuple(out)


def holding(network: Network, words: Sequence[str]) -> tuple[Shared, ...]:
    """Those that concern an interface, group, subnet or VPC, or a function by name; without words all.

    Raises
    ------
    QuestionError
        If a word is neither an id nor a function of the source.
    """
    every = shared(network)
    if not words:
        return every
    return tuple(dict.fromkeys(s for word in words for s in _about(network, every, word)))


def _about(network: Network, every: Sequence[Shared], word: str) -> Iterator[Shared]:
    names = {f.name for f in network.all(Function)}
    if not FOUND_BY.fullmatch(word) and word.partition(":")[0] not in names:
        raise QuestionError(
            f"{word!a} is no function of the source, and not the id of an interface, group, subnet or VPC",
            f"functions: {', '.join(sorted(names)[:8])}" if names else "",
        )
    if FOUND_BY.fullmatch(word) and word not in names:
        held = network[word]
        if isinstance(held, Absent):
            raise QuestionError(f"{word!a} is not in the source", "it is gone already, or in another account or Region")
        if isinstance(held, Gap):
            raise QuestionError(f"{word!a} is not known: {held.why}", f"grant {held.needs} and read again")
    for one in every:
        ids = {one.subnet, one.vpc, *one.groups, *(i.id for i in one.interfaces)}
        if word in ids or any(word in (h, h.partition(":")[0]) for h in one.holders):
            yield one


def others(network: Network, word: str) -> tuple[str, ...]:
    """What else keeps a group, subnet or VPC from being deleted: other interfaces, and rules of other groups."""
    if word.startswith("eni-"):
        return ()
    held = [i for i in network.all(Interface) if word in (i.subnet, i.vpc, *(i.groups or ())) and not is_lambda(i)]
    rules = (
        f"a rule of {group.id}"
        for group in network.all(SecurityGroup)
        if group.id != word and any(word in rule.groups for rule in (*(group.ingress or ()), *(group.egress or ())))
    )
    return (*(f"{i.id} ({i.description or i.type})" for i in held), *rules)
