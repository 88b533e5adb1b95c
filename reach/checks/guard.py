"""What stands on a link and is asked about traffic: the guard, and the shape of its findings."""

from __future__ import annotations

import re

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Blocker, Evidence, Finding, Layer, Reason, Verdict
from reach.flow import Flow
from reach.network import Gap, Interface, Network
from reach.traffic import Traffic

Findings = tuple[Finding, ...]


class Guard(Struct, frozen=True):
    """One question to one resource. `check` names an entry of CHECKS.

    `interface` is whose security groups are asked, `side` on which side of a subnet an ACL is asked
    (inbound or outbound), `peer` a second resource that the check needs (the VPC of a gateway). `closed` is what a
    walk of its own has found in the way (to a DNS server).
    """

    check: str
    resource: str
    kind: str  # of the hop that shows it, see Hop
    interface: Interface | None = None
    side: str = ""
    peer: str = ""
    closed: tuple[Blocker, ...] = ()


UNKNOWN_RESOURCE = Reason(
    code="UNKNOWN_RESOURCE",
    title="Something on the path could not be read",
    why="The configuration that decides this hop is not in the source: the call was denied, not made, "
    "or the value is not known before deployment.",
    fix="Grant the permission named under `needs` (reach permissions prints the whole policy), read the "
    "account again and ask again. For a template: give the parameter, export or id that is named there.",
    source="https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html",
)

UNREAD_NAME = replace(UNKNOWN_RESOURCE, layer=Layer.DNS)
# What to do where the call was allowed, and yet did not tell.
READ_AGAIN = "Read the account again and ask again: the list that was read does not have it."
READ_OWNER = "Read account {} too (reach snapshot --role-arn), and ask again."
# What stands for a value that a file leaves open, and the codes of what cannot be decided behind something.
STAND_IN = re.compile(r"\$\{[^}]*\}(?:\[[^\]]*\])?")
BEHIND = ("UNSUPPORTED_COMPONENT", "LEAVES_AWS", "TGW_RTB_ROUTES_ARE_UNKNOWN")
NAMING = ("route53:", "route53resolver:")  # the services whose records decide what a name means


def passed(flow: Flow, resource: str, *evidence: Evidence) -> Findings:
    """All of it goes on."""
    return (Finding(flow.traffic, Verdict.REACHABLE, resource, evidence),) if flow else ()


def unreadable(flow: Flow, gap: Gap) -> Findings:
    """None of it can be decided, because of a gap."""
    return (undecided(flow.traffic, gap),) if flow else ()


# What to do where no permission tells what is missing: how that begins or ends, and the advice.
ADVICE = (
    ("a known ", "Read it again; if it stays so, a newer version of reach may know it."),
    ("a newer version", "Install a newer version of reach and ask again."),
    ("a settled ", "Wait until the change is through, read again and ask again."),
    ("a fresh read", "Read both again, in one go, and ask again."),
    ("a TCP or UDP", "Ask for a TCP or UDP port."),
    ("the addresses", "Find out one of them (dig HOST) and ask for that: IP:PORT, or --resolve HOST=IP."),
    ("the port", "Write the port behind the name and ask again: NAME:PORT."),
    ("a rule by address range", "Write a rule that names the sender's address range instead of its group."),
    ("whether ", "Look the query up in the Resolver's query log: AWS does not publish the lists that it keeps."),
    ("what lies behind", "Ask whoever owns it."),
    ("--from aws", "Lay it over the account that it goes to (--from aws, or a snapshot), or ask once it is there."),
)


def settled_by(needs: str) -> str:
    """What to do about a gap: allow an IAM action, ask for an address, supply anything else.

    >>> settled_by("ec2:DescribeSubnets")[:60]
    'Allow {"Effect": "Allow", "Action": "ec2:DescribeSubnets", "'
    """
    if is_action(needs):
        return f"Allow {statement(needs)} to whoever reads the account (reach snapshot), read again and ask again."
    if needs.endswith("address"):
        return f"Find out {needs} and ask for that."
    for begins, advice in ADVICE:
        if needs.startswith(begins):
            return advice
    if needs.endswith(("in state available", "in a settled status")):
        return f"Wait for {needs}, read again and ask again."
    return f"Supply {needs}, read again and ask again."


def statement(action: str) -> str:
    """The IAM statement that allows an action."""
    return f'{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}'


def is_action(needs: str) -> bool:
    """Whether a gap's need is an IAM action.

    >>> is_action("ec2:DescribeSubnets"), is_action("the zone of subnet-a")
    (True, False)
    """
    service, colon, action = needs.partition(":")
    return bool(colon) and " " not in service and action.isalnum() and action[:1].isupper()


def undecided(traffic: Traffic, gap: Gap, resource: str = "") -> Finding:
    """A part that cannot be decided, because of a gap."""
    return Finding(
        traffic,
        Verdict.UNKNOWN,
        resource or gap.resource,
        (Evidence(gap.resource, "-", gap.why),),
        UNREAD_NAME if gap.needs.startswith(NAMING) else UNKNOWN_RESOURCE,
        why=f"{gap.why}.",
        fix=gap.fix or settled_by(gap.needs),
        needs=gap.needs,
    )


def named(network: Network, finding: Finding) -> Finding:
    """What a file leaves open is said in the file's words, whatever call would tell it of a deployed network."""
    if finding.verdict is not Verdict.UNKNOWN or not network.pending:
        return finding
    unread = finding.reason in (UNKNOWN_RESOURCE, UNREAD_NAME) or is_action(finding.needs or "")
    gap = network.pending.get(finding.evidence[0].resource) if unread and finding.evidence else None
    if gap is None:
        return _standing_in(network, finding, unread)
    evidence = (Evidence(gap.resource, "-", gap.why),)
    return replace(finding, evidence=evidence, why=f"{gap.why}.", fix=settled_by(gap.needs), needs=gap.needs)


def _standing_in(network: Network, finding: Finding, unread: bool) -> Finding:
    """The same for what a finding tells of: a text that stands for a value or, where something is missing, an id."""
    code = finding.reason.code if finding.reason else ""
    told = [finding.why, *(str(e.value) for e in finding.evidence)]
    stands = [text for one in told for text in STAND_IN.findall(one)]
    known = [w.strip(".,:()") for w in finding.why.split()] if unread or code in BEHIND else []
    gap = next((network.pending[text] for text in (*stands, *known) if text in network.pending), None)
    settled = any(gap.needs == finding.needs and gap.given for gap in network.pending.values())
    if gap is None or settled or gap.why in finding.why:
        return finding
    why = f"{finding.why.rstrip('.')}: {gap.why}."
    return replace(finding, why=why, fix=settled_by(gap.needs), needs=gap.needs)


def partition(
    flow: Flow,
    stopped: Traffic,
    resource: str,
    reason: Reason,
    *,
    evidence: tuple[Evidence, ...],
    why: str,
    fix: str,
) -> Findings:
    """Stop one part for one reason, let the rest go on."""
    rest = flow.traffic - stopped
    out: list[Finding] = []
    if rest:
        out.append(Finding(rest, Verdict.REACHABLE, resource, evidence))
    if stopped:
        out.append(Finding(stopped, Verdict.BLOCKED, resource, evidence, reason, why=why, fix=fix))
    return tuple(out)
