"""What a question comes back with: verdicts, reasons, evidence, hops, paths, the answer.

Values only. How they were found is in trace.py and ask.py; how they look is in render/.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from reach.traffic import Traffic

if TYPE_CHECKING:  # the drawing library is loaded only when somebody draws
    from matplotlib.figure import Figure

    from reach.network import Network


class Verdict(StrEnum):
    """`partial` is a proven success of one part and a proven failure of another; `unknown` is a value."""

    REACHABLE = "reachable"
    PARTIAL = "partial"
    BLOCKED = "blocked"
    UNKNOWN = "unknown"


SEVERITY = {Verdict.REACHABLE: 0, Verdict.PARTIAL: 1, Verdict.UNKNOWN: 2, Verdict.BLOCKED: 3}


def in_series(verdicts: Iterable[Verdict]) -> Verdict:
    """Hops one after the other: the worst counts.

    >>> in_series([Verdict.REACHABLE, Verdict.UNKNOWN, Verdict.BLOCKED])
    <Verdict.BLOCKED: 'blocked'>
    """
    return max(verdicts, key=SEVERITY.__getitem__, default=Verdict.REACHABLE)


def each(verdicts: Iterable[Verdict]) -> Verdict:
    """Branches that all occur (asked for, or picked per connection).

    >>> each([Verdict.REACHABLE, Verdict.BLOCKED, Verdict.UNKNOWN])
    <Verdict.PARTIAL: 'partial'>
    """
    seen = set(verdicts)
    if len(seen) <= 1:
        return seen.pop() if seen else Verdict.REACHABLE
    works = seen & {Verdict.REACHABLE, Verdict.PARTIAL}
    fails = seen & {Verdict.BLOCKED, Verdict.PARTIAL}
    return Verdict.PARTIAL if works and fails else Verdict.UNKNOWN


def possible(verdicts: Iterable[Verdict]) -> Verdict:
    """Branches of which one is true, but we do not know which."""
    seen = set(verdicts)
    return seen.pop() if len(seen) == 1 else Verdict.UNKNOWN


class Layer(StrEnum):
    """Where a finding bites, in the order in which a user meets it."""

    STATE = "state"
    DNS = "dns"
    NET = "net"
    AUTHZ = "authz"


class Direction(StrEnum):
    FORWARD = "forward"
    RETURN = "return"


class Evidence(Struct, frozen=True):
    """The AWS field that proves a finding: resource id, key path in its record, value."""

    resource: str
    field: str
    value: Any
    where: str | None = None  # file:line when the record came from a template

    def to_dict(self) -> dict[str, Any]:
        out = {"resource": self.resource, "field": self.field, "value": self.value}
        return out | {"where": self.where} if self.where else out


class Reason(Struct, frozen=True):
    """A mechanism that can stop traffic, defined once beside the check that emits it."""

    code: str
    title: str
    why: str
    fix: str
    layer: Layer = Layer.NET
    source: str = ""  # AWS's own page


class Finding(Struct, frozen=True):
    """What one guard says of one part of the traffic.

    `why` and `fix` are about this network's own resources; the reason's are general.
    """

    traffic: Traffic
    verdict: Verdict
    resource: str
    evidence: tuple[Evidence, ...] = ()
    reason: Reason | None = None
    cause: str | None = None
    resources: tuple[str, ...] = ()
    why: str = ""
    fix: str = ""
    needs: str | None = None
    note: Note | None = None
    assumption: Assumption | None = None

    @property
    def code(self) -> str | None:
        return self.reason.code if self.reason else None

    def to_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "verdict": self.verdict.value,
            "evidence": [e.to_dict() for e in self.evidence],
        }


class Note(Struct, frozen=True):
    """Something worth knowing that changes no verdict."""

    code: str
    text: str
    resource: str = ""

    def to_dict(self) -> dict[str, Any]:
        return {"code": self.code, "text": self.text, "resource": self.resource}


class Assumption(Struct, frozen=True):
    """A fact that was taken for granted, with the rule that says so."""

    rule: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        return {"rule": self.rule, "text": self.text}


class Hop(Struct, frozen=True):
    """One component on the way, in one direction, and what it said.

    `kind` is one of function, interface, security_group, subnet, network_acl, route_table, nat_gateway,
    nat_instance, gateway_load_balancer_endpoint, network_firewall, internet_gateway,
    egress_only_internet_gateway, gateway_endpoint, interface_endpoint,
    virtual_private_gateway, vpc_peering_connection, transit_gateway, transit_gateway_attachment,
    transit_gateway_route_table, database, cache, dns, internet, service, unsupported.
    """

    resource: str
    kind: str
    direction: Direction
    detail: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict:
        return in_series(f.verdict for f in self.findings)

    def to_dict(self) -> dict[str, Any]:
        return {
            "resource": self.resource,
            "kind": self.kind,
            "direction": self.direction.value,
            "detail": self.detail,
            "findings": [f.to_dict() for f in self.findings],
        }


class Path(Struct, frozen=True):
    """One part of the asked traffic and all that happened to it, there and back.

    `addresses` and `ports` are as in JSON: minimal CIDRs, port ranges. `via` are the route tables,
    gateways and endpoints passed on the way there, `end` where the way there ended.
    """

    subnet: str | None
    verdict: Verdict
    addresses: tuple[str, ...]
    ports: tuple[str, ...]
    via: tuple[str, ...]
    end: str
    hops: tuple[Hop, ...]
    traffic: Traffic = Traffic()
    of: Answer | None = None  # what it is a part of, without its paths

    def __rich_repr__(self) -> list[tuple[str, Any]]:  # msgspec's own repr asks for it
        return [(name, getattr(self, name)) for name in self.__struct_fields__ if name not in ("traffic", "of")]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from reach.render.jupyter import path_bundle

        return path_bundle(self)

    def to_dict(self) -> dict[str, Any]:
        return {
            "subnet": self.subnet,
            "verdict": self.verdict.value,
            "addresses": list(self.addresses),
            "ports": list(self.ports),
            "via": list(self.via),
            "end": self.end,
            "hops": [h.to_dict() for h in self.hops],
        }


class Blocker(Struct, frozen=True):
    """A finding that blocks (or, with `needs`, cannot be decided), merged over all branches it occurs on.

    `after` is the code of what already dropped the traffic before it came here, else None.
    """

    code: str
    cause: str | None
    layer: Layer
    resource: str
    resources: tuple[str, ...]
    direction: Direction
    subnets: tuple[str, ...]
    after: str | None
    title: str
    why: str
    fix: str
    evidence: tuple[Evidence, ...]
    needs: str | None = None

    def to_dict(self, unknown: bool = False) -> dict[str, Any]:
        out: dict[str, Any] = {
            "code": self.code,
            "cause": self.cause,
            "layer": self.layer.value,
            "resource": self.resource,
            "resources": list(self.resources),
            "direction": self.direction.value,
            "subnets": list(self.subnets),
            "after": self.after,
            "title": self.title,
            "why": self.why,
            "fix": self.fix,
            "evidence": [e.to_dict() for e in self.evidence],
        }
        return out | {"needs": self.needs} if unknown else out


class SourceInfo(Struct, frozen=True):
    """Who asks: the JSON answer's `source`. `kind` is function, interface, instance or workload."""

    kind: str
    id: str
    arn: str | None
    account: str
    region: str
    qualifier: str | None
    vpc: str | None
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]

    @property
    def name(self) -> str:
        """The name, with its version or alias unless that is $LATEST."""
        qualifier = f":{self.qualifier}" if self.qualifier not in (None, "$LATEST") else ""
        return self.id if self.id.endswith(qualifier) else self.id + qualifier

    def to_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "id": self.id,
            "arn": self.arn,
            "account": self.account,
            "region": self.region,
            "qualifier": self.qualifier,
            "vpc": self.vpc,
            "subnets": list(self.subnets),
            "security_groups": list(self.security_groups),
        }


class Asked(Struct, frozen=True):
    """A readable projection of some traffic: protocol, addresses, ports."""

    protocol: str
    addresses: tuple[str, ...]
    ports: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"protocol": self.protocol, "addresses": list(self.addresses), "ports": list(self.ports)}


class AfterFailover(Struct, frozen=True):
    """The verdict for the subnets that a database may move to, where it differs from now."""

    verdict: Verdict
    blockers: tuple[Blocker, ...]

    def to_dict(self) -> dict[str, Any]:
        return {"verdict": self.verdict.value, "blockers": [b.to_dict() for b in self.blockers]}


class Answer(Struct, frozen=True):
    """The verdict on one question with everything that explains it; its JSON is `to_dict()`."""

    source: SourceInfo
    target: str
    target_as_typed: str
    verdict: Verdict
    layer: Layer | None
    headline: str
    asked: tuple[Asked, ...]
    delivered: tuple[Asked, ...]
    lost: tuple[Asked, ...]
    undecided: tuple[Asked, ...]
    paths: tuple[Path, ...]
    blockers: tuple[Blocker, ...]
    unknowns: tuple[Blocker, ...]
    after_failover: AfterFailover | None = None
    notes: tuple[Note, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    dimension: str | None = None  # of a partial verdict: subnets, addresses, ports, source ports, nodes
    network: Network | None = None  # for drawing

    def __bool__(self) -> bool:
        raise TypeError("an Answer has four verdicts and is not a bool; compare answer.verdict")

    @property
    def first(self) -> Blocker | None:
        """What explains the verdict: the first blocker, of an unknown verdict the first unknown."""
        both = (self.unknowns, self.blockers) if self.verdict is Verdict.UNKNOWN else (self.blockers, self.unknowns)
        return next((b for some in both for b in some), None)

    def to_dict(self) -> dict[str, Any]:
        """The JSON object of this answer, as the package's JSON Schema describes it."""
        return {
            "source": self.source.to_dict(),
            "target": self.target,
            "target_as_typed": self.target_as_typed,
            "verdict": self.verdict.value,
            "layer": self.layer.value if self.layer else None,
            "headline": self.headline,
            "asked": [a.to_dict() for a in self.asked],
            "delivered": [a.to_dict() for a in self.delivered],
            "lost": [a.to_dict() for a in self.lost],
            "undecided": [a.to_dict() for a in self.undecided],
            "paths": [p.to_dict() for p in self.paths],
            "blockers": [b.to_dict() for b in self.blockers],
            "unknowns": [b.to_dict(unknown=True) for b in self.unknowns],
            "after_failover": self.after_failover.to_dict() if self.after_failover else None,
            "notes": [n.to_dict() for n in self.notes],
            "assumptions": [a.to_dict() for a in self.assumptions],
        }

    def figure(self, theme: str = "light") -> Figure:
        """The path as a matplotlib Figure."""
        from reach.render.figure import path_figure

        return path_figure(self, theme=theme)

    def diagram(self, path: str, theme: str = "light") -> None:
        """Write the picture: .svg .png .pdf .mmd .dot .html by suffix."""
        from reach.render.diagram import write_path

        write_path(self, path, theme=theme)

    def to_text(self) -> str:
        """The answer as the command line prints it, without colour."""
        from reach.render.text import render_text

        return render_text(self)

    def __str__(self) -> str:
        return self.to_text()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        from reach.render.jupyter import answer_bundle

        return answer_bundle(self)
