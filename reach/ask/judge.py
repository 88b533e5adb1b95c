"""What policies at the ends say of the path that a request takes: endpoint policies, bucket policies, private APIs.

Layer authz: a refusal is answered with a 403, not with a time-out. It blocks only on a definite denial; what
depends on more than the path is a note. IAM policies of the caller are not evaluated (design, AUTH 10.4).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from shlex import quote

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Direction, Finding, Hop, Note
from reach.ask.amend import api_policy, bucket_policy, endpoint_policy
from reach.ask.asker import Asker
from reach.ask.fold import Branch
from reach.ask.request import PRIVATE, Asked, Way, at_point, of_api, request_of, through_point
from reach.ask.ruling import because, proof, refusal
from reach.checks.authorization import (
    CAPTURED,
    ENDPOINT_DENIES,
    FROM_OUTSIDE,
    NO_API_POLICY,
    OTHER_VPC,
    RESOURCE_DENIES,
)
from reach.network import Endpoint, EndpointService, Interface, NatGateway, Network
from reach.network.served import AccessPoint, Bucket, RestApi
from reach.policy import FULL_ACCESS, Decision, Document, Outcome, Request, Unreadable, evaluate, parse
from reach.policy.limits import limits
from reach.policy.truth import U
from reach.services import partition_of
from reach.trace import Trail

REFUSED = (Outcome.DENIED, Outcome.NOT_ALLOWED)
STRICTEST = (Outcome.DENIED, Outcome.NOT_ALLOWED, Outcome.UNKNOWN, Outcome.ALLOWED)
ENDPOINTS = ("gateway_endpoint", "interface_endpoint")


def judged(
    network: Network, asker: Asker, asked: Asked, branches: Sequence[Branch]
) -> tuple[list[Branch], tuple[Note, ...]]:
    """The branches with what policies say of their paths, and notes on what these leave open (AUTH-11)."""
    notes: dict[Note, None] = {}
    out = []
    for branch in branches:
        trails = tuple(_trail(network, asker, asked, t, notes) for t in branch.trails)
        out.append(replace(branch, trails=trails))
    return out, tuple(notes)


def _trail(network: Network, asker: Asker, asked: Asked, trail: Trail, notes: dict[Note, None]) -> Trail:
    way = _way(network, asker, trail)
    if way is None:
        return trail
    for hop in _hops(network, asker, asked, trail, way, notes):
        trail = trail.then(hop)
    return trail


def _way(network: Network, asker: Asker, trail: Trail) -> Way | None:
    """How a request gets out: through an endpoint, a NAT gateway, or from Lambda's own network (AUTH-20)."""
    there = [h for h in trail.hops if h.direction is Direction.FORWARD]
    vpce = next((network.things.get(h.resource) for h in there if h.kind in ENDPOINTS), None)
    if isinstance(vpce, Endpoint):
        subnet = trail.flow.sender.subnet or next(iter(asker.info.subnets), "")
        return Way(endpoint=vpce, subnet=network.things.get(subnet))
    if not any(h.kind in ("internet_gateway", "internet", "service") for h in there):
        return None  # it does not get out at all
    nats = [t for h in there if isinstance(t := network.things.get(h.resource), NatGateway | Interface)]
    if asker.function is not None and not asker.function.attached:  # from Lambda's own network: no address of ours
        ours = {ip for t in network.all(NatGateway) for ip in t.public_ips}
        ours |= {ip for t in network.all(Interface) for ip in t.public_ips}
        return Way(outside=(*PRIVATE, *sorted(ours)))
    return Way(public_ips=nats[-1].public_ips if nats else ())


def _hops(network: Network, asker: Asker, asked: Asked, trail: Trail, way: Way, notes: dict[Note, None]) -> list[Hop]:
    findings: list[tuple[str, Finding]] = []
    point = _point(network, asked)
    if point is not None:
        asked = through_point(asked, point)
        findings += [("service", f) for f in _at_point(trail, point, way)]
    elif asked.point:
        text = f"Whether {asked.point} takes requests from here is not known: s3:ListAccessPoints was not read for it."
        notes[Note("POLICY_NOT_DECIDED", text, asked.point)] = None
    if way.endpoint is not None:
        findings += [(_kind(way.endpoint), f) for f in _endpoint(network, asker, asked, trail, way, notes)]
    kind = "service" if way.endpoint is None else "interface_endpoint"
    findings += [(kind, f) for f in _api(network, asker, asked, trail, way, notes)]
    findings += [("service", f) for f in _bucket(network, asker, asked, trail, way, notes)]
    return [Hop(f.resource, kind, Direction.FORWARD, "policy", (f,)) for kind, f in findings]


def _point(network: Network, asked: Asked) -> AccessPoint | None:
    every = network.all(AccessPoint) if asked.point else ()
    return next((p for p in every if asked.point in (p.id, p.alias)), None)


def _at_point(trail: Trail, point: AccessPoint, way: Way) -> list[Finding]:
    """An access point of one VPC refuses whatever does not come through an endpoint there (AUTH-27)."""
    if not point.vpc or (way.endpoint is not None and way.endpoint.vpc == point.vpc):
        return []
    why = f"The access point {point.name} takes requests through S3 endpoints of {point.vpc} only; this one comes "
    why += f"{way.shown}."
    fix = _point_fix(point, way)
    shown = (point.proof("NetworkOrigin", "VPC"), point.proof("VpcConfiguration.VpcId", point.vpc))
    return [refusal(trail, point.name, OTHER_VPC, why, fix, shown)]


def _point_fix(point: AccessPoint, way: Way) -> str:
    """Another access point: the network origin of one cannot be changed."""
    vpc = way.endpoint.vpc if way.endpoint else ""
    name = f"{point.name[:30]}-{vpc[-12:] or 'internet'}"
    words = f"Send it through an S3 endpoint in {point.vpc}, or make an access point for this way"
    command = f"aws s3control create-access-point --account-id {point.home.account} --bucket {point.bucket}"
    return f"{words}: {command} --name {name}" + (f" --vpc-configuration VpcId={vpc}" if vpc else "")


def _kind(endpoint: Endpoint) -> str:
    return "gateway_endpoint" if endpoint.type.lower() == "gateway" else "interface_endpoint"


class _Said(Struct, frozen=True):
    """What one policy says of each action."""

    decisions: tuple[tuple[str, Decision], ...]

    def of(self, *outcomes: Outcome) -> tuple[str, ...]:
        return tuple(action for action, d in self.decisions if d.outcome in outcomes)

    def first(self, *outcomes: Outcome) -> Decision:
        return next(d for _, d in self.decisions if d.outcome in outcomes)


def _say(document: str | None, asker: Asker, asked: Asked, way: Way) -> _Said | Unreadable:
    read = parse(document) if document else FULL_ACCESS
    if isinstance(read, Unreadable):
        return read
    return _Said(tuple((str(a), _decide(read, request_of(asker, asked, way, a), asked)) for a in asked.actions))


def _decide(document: Document, request: Request, asked: Asked) -> Decision:
    """The stricter of what is said of a bucket and of the access point on the way to it."""
    found = [evaluate(document, request)]
    if asked.point.startswith("arn:"):
        found.append(evaluate(document, at_point(request, asked)))
    return min(found, key=lambda d: STRICTEST.index(d.outcome))


def _endpoint(
    network: Network, asker: Asker, asked: Asked, trail: Trail, way: Way, notes: dict[Note, None]
) -> list[Finding]:
    """An endpoint policy is an upper bound: what no statement allows, or one denies, does not pass (AUTH-03)."""
    endpoint = way.endpoint
    if endpoint is None:
        return []
    told = network.things.get(endpoint.service_name)
    supported = not isinstance(told, EndpointService) or told.policed
    if endpoint.service is None or not supported:  # then its policy, if it has one, does not count (AUTH-02)
        return []
    said = _say(endpoint.policy, asker, asked, way)
    if isinstance(said, Unreadable):
        text = f"The policy of {endpoint.id} cannot be read ({said.why}): what it refuses is not known."
        notes[Note("POLICY_NOT_DECIDED", text, endpoint.id)] = None
        return []
    for limit in limits(endpoint.policy) if endpoint.policy else ():
        text = f"AWS does not accept the policy of {endpoint.id} as it stands: {limit}."
        notes[Note("ENDPOINT_POLICY_SYNTAX", text, endpoint.id)] = None
    refused = said.of(Outcome.DENIED, Outcome.NOT_ALLOWED)
    if refused and (asked.explicit or len(refused) == len(said.decisions)):
        decision = said.first(Outcome.DENIED, Outcome.NOT_ALLOWED)
        why = f"The policy of {endpoint.id} does not let {_list(refused)} on {asked.shown} pass{because(decision)}."
        fix = _endpoint_fix(endpoint, said, asked, refused)
        return [refusal(trail, endpoint.id, ENDPOINT_DENIES, why, fix, proof(endpoint, "PolicyDocument", decision))]
    if refused:
        text = f"The policy of {endpoint.id} does not let {_list(refused)} on {asked.shown} pass; the rest does."
        notes[Note("ENDPOINT_POLICY_DENIES", text, endpoint.id)] = None
    opened = said.of(Outcome.UNKNOWN)
    if opened:
        only = _resources(said.first(Outcome.UNKNOWN))
        text = f"Whether the policy of {endpoint.id} lets {_list(opened)} pass depends on more than the path"
        notes[Note("POLICY_NOT_DECIDED", text + (f": it names {only}." if only else "."), endpoint.id)] = None
    return []


def _bucket(
    network: Network, asker: Asker, asked: Asked, trail: Trail, way: Way, notes: dict[Note, None]
) -> list[Finding]:
    """A bucket policy's explicit denial is final; what it merely does not grant, the caller's role may (AUTH-22)."""
    bucket = network.things.get(asked.bucket_arn) if asked.bucket else None
    if not isinstance(bucket, Bucket) or not bucket.policy:
        return []
    said = _say(bucket.policy, asker, replace(asked, point=""), way)
    if isinstance(said, Unreadable):
        notes[Note("POLICY_NOT_DECIDED", f"The policy of {bucket.name} cannot be read ({said.why}).", bucket.name)] = (
            None
        )
        return []
    denied = said.of(Outcome.DENIED)
    if denied and (asked.explicit or len(denied) == len(said.decisions)):
        decision = said.first(Outcome.DENIED)
        why = f"The network is open, but the policy of {bucket.name} denies {_list(denied)} on this path"
        why += f" ({way.shown}){because(decision)}."
        finding = refusal(trail, bucket.name, RESOURCE_DENIES, why, _path_fix(bucket, said, way),
                           proof(bucket, "Policy", decision))  # fmt: skip
        return [replace(finding, cause="RESOURCE_POLICY_DENIES_PATH")]
    if denied:
        text = f"The policy of {bucket.name} denies {_list(denied)} on this path; the rest passes."
        notes[Note("RESOURCE_POLICY_DENIES", text, bucket.name)] = None
    opened = tuple(a for a, d in said.decisions if d.outcome is Outcome.UNKNOWN or _may_deny(d))
    ungranted = [a for a, d in said.decisions if d.outcome is Outcome.NOT_ALLOWED and _by_network(d)]
    if opened or ungranted:
        what = "depends on more than the path" if opened else "is not granted by it on this path; the role may grant it"
        text = f"Whether {bucket.name} admits {_list(opened or tuple(ungranted))} {what}."
        notes[Note("POLICY_NOT_DECIDED", text, bucket.name)] = None
    return []


def _may_deny(decision: Decision) -> bool:
    """Whether a denial stays open, where nothing is allowed either: the role may allow, and the denial may hold."""
    return decision.outcome is Outcome.NOT_ALLOWED and any(
        not m.statement.allow and m.truth is U for m in decision.matches
    )


def _by_network(decision: Decision) -> bool:
    """Whether an Allow failed by a condition on the network."""
    return any(t.key.lower().startswith(("aws:source", "aws:vpc")) for m in decision.deciding for t in m.deciding)


def _api(
    network: Network, asker: Asker, asked: Asked, trail: Trail, way: Way, notes: dict[Note, None]
) -> list[Finding]:
    """With private DNS an execute-api endpoint takes public APIs over too, which answer 403 there (SVC-17, AUTH-29)."""
    endpoint = way.endpoint
    api = network.things.get(f"api:{asked.api}") if asked.is_api and asked.api else None
    if endpoint is None and isinstance(api, RestApi) and api.types == ("PRIVATE",):
        why = f"{api.id[4:]} is private, and this way ({way.shown}) leads through no execute-api endpoint."
        shown = (api.proof("endpointConfiguration.types", list(api.types)),)
        return [refusal(trail, api.id[4:], FROM_OUTSIDE, why, FROM_OUTSIDE.fix, shown)]
    if endpoint is None or endpoint.service != "execute-api" or not asked.is_api or asked.own_name:
        return []
    if not isinstance(api, RestApi):
        text = f"{endpoint.id} takes over *.execute-api: APIs that are not private answer 403 Forbidden through it."
        notes[Note("PRIVATE_DNS_CAPTURES_EXECUTE_API", text, endpoint.id)] = None
        return []
    if "PRIVATE" not in api.types:
        kind = " and ".join(api.types).lower()
        why = f"{endpoint.id} takes over the name of {api.id[4:]}, which is {kind}, not private."
        fix = f"Use a custom domain name for the API, or: aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint.id} "
        fix += "--no-private-dns-enabled"
        both = (api.proof("endpointConfiguration.types", list(api.types)), endpoint.proof("PrivateDnsEnabled", True))
        return [refusal(trail, endpoint.id, CAPTURED, why, fix, both)]
    if not api.policy:
        why = f"The private API {api.id[4:]} has no resource policy, and without one nobody can call it."
        shown = (api.proof("policy", None),)
        return [refusal(trail, api.id[4:], NO_API_POLICY, why, _api_fix(api, None, endpoint), shown)]
    said = _say(api.policy, asker, of_api(asked, api), way)
    if isinstance(said, Unreadable) or not said.of(Outcome.DENIED, Outcome.NOT_ALLOWED):
        return []
    decision = said.first(Outcome.DENIED, Outcome.NOT_ALLOWED)
    why = f"The policy of the private API {api.id[4:]} does not admit {endpoint.id}{because(decision)}."
    fix = _api_fix(api, decision, endpoint)
    return [refusal(trail, api.id[4:], RESOURCE_DENIES, why, fix, proof(api, "policy", decision))]


# -- words --------------------------------------------------------------------------------------------------


def _resources(decision: Decision) -> str:
    named = [v for m in decision.matches for t in m.tests if t.element == "Resource" for v in t.wanted if v != "*"]
    return ", ".join(dict.fromkeys(named[:4]))


def _list(actions: tuple[str, ...]) -> str:
    return ", ".join(actions)


def _endpoint_fix(endpoint: Endpoint, said: _Said, asked: Asked, refused: tuple[str, ...]) -> str:
    """The policy that lets it pass; a denial can only be taken out."""
    decisions = tuple(d for _, d in said.decisions)
    denying = ", ".join(dict.fromkeys(m.statement.name for m in said.first(*REFUSED).deciding))
    denied = any(d.outcome is Outcome.DENIED for d in decisions)
    words = f"Allow it in the policy of {endpoint.id}" + (f", without {denying}, which denies it" if denied else "")
    actions = tuple(a for a in asked.actions if str(a) in refused)
    document = endpoint_policy(endpoint.policy, decisions, asked, actions)
    if document is None:
        return f"{words}."
    command = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {endpoint.id}"
    return f"{words}: {command} --policy-document {quote(document)}"


def _path_fix(bucket: Bucket, said: _Said, way: Way) -> str:
    """What to change so that this very path is admitted (AUTH-23)."""
    if way.endpoint is not None:
        what = f"Admit aws:SourceVpce {way.endpoint.id} in the policy of {bucket.name} (behind an endpoint there is no "
        what += "aws:SourceIp)"
    elif way.public_ips:
        what = f"Admit aws:SourceIp {way.public_ips[0]}/32 in the policy of {bucket.name}, or send the traffic through "
        what += "an S3 endpoint that it names"
    else:
        what = f"Send the traffic through an S3 endpoint that the policy of {bucket.name} names"
    document = bucket_policy(bucket.policy, tuple(d for _, d in said.decisions), way)
    if document is None:
        return f"{what}: aws s3api get-bucket-policy --bucket {bucket.name}"
    command = f"aws s3api put-bucket-policy --bucket {bucket.name} --policy {quote(document)}"
    return f"{what}: {command}"


def _api_fix(api: RestApi, decision: Decision | None, endpoint: Endpoint) -> str:
    """The resource policy that admits the endpoint, and the deployment that brings it into force."""
    id = api.id[4:]
    arn = f"arn:{partition_of(api.home.region)}:execute-api:{api.home.region}:{api.home.account}:{id}"
    document = api_policy(api.policy, decision, endpoint.id, arn)
    if document is None:
        return NO_API_POLICY.fix
    patch = json.dumps([{"op": "replace", "path": "/policy", "value": document}])
    stage = f"STAGE=$(aws apigateway get-stages --rest-api-id {id} --query item[0].stageName --output text)"
    return (
        f"Let its policy admit {endpoint.id}, and deploy it again: aws apigateway update-rest-api --rest-api-id {id} "
        f"--patch-operations {quote(patch)} && {stage} && "
        f"aws apigateway create-deployment --rest-api-id {id} --stage-name $STAGE"
    )
