"""What the policy of a file system says of a function that mounts it (PERM-08, AUTH-30).

A policy of its own switches IAM on: then the policy or the role has to allow the mount, and neither may deny it.
"""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from msgspec.structs import replace

from reach.answer import Direction, Hop, Note
from reach.ask.amend import system_policy
from reach.ask.asker import Asker
from reach.ask.fold import Branch
from reach.ask.ruling import because, proof, refusal
from reach.checks.authorization import MOUNT_REFUSED
from reach.checks.roles import lacking
from reach.network import Database, Function, Network
from reach.policy import Decision, Outcome, Principal, Request, Text, Unknown, Unreadable, evaluate, one, parse

MOUNT, WRITE = "elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite"


def mounted(
    network: Network, asker: Asker, system: Database | None, actions: tuple[str, ...], branches: Sequence[Branch]
) -> tuple[list[Branch], tuple[Note, ...]]:
    """The branches with what the file system's policy says of the mount, and notes on what it leaves open."""
    function = asker.function
    if system is None or system.kind != "file_system" or function is None or system.policy == "":
        return list(branches), ()
    if system.policy is None:
        return list(branches), _unread(function, system)
    document = parse(system.policy)
    if isinstance(document, Unreadable):
        return list(branches), (_open(system, f"The policy of {system.name} cannot be read ({document.why})"),)
    asked = tuple(a for a in actions if a.lower().startswith("elasticfilesystem:")) or (MOUNT, WRITE)
    decisions = {a: evaluate(document, _request(function, system, a)) for a in asked}
    lacked = lacking(network, function)
    certainly = lacked.mounting if lacked else ()
    denied = [a for a, d in decisions.items() if d.outcome is Outcome.DENIED]
    nobody = [a for a, d in decisions.items() if d.outcome is Outcome.NOT_ALLOWED and a in certainly]
    refused = [a for a in asked if a in (*denied, *nobody)]
    if refused and (MOUNT in refused or len(refused) == len(asked)):
        return [_stopped(b, function, system, decisions, refused) for b in branches], ()
    notes = []
    if refused:
        text = f"{system.name} can be mounted to read: {', '.join(refused)} is denied, or allowed by nobody."
        notes.append(Note("RESOURCE_POLICY_DENIES", text, system.name))
    left = [a for a, d in decisions.items() if a not in refused and d.outcome is not Outcome.ALLOWED]
    if left:
        what = f"Whether the policy of {system.name} admits {', '.join(left)} depends on more than the path, or on the"
        notes.append(_open(system, f"{what} role's own policies"))
    return list(branches), tuple(notes)


def _request(function: Function, system: Database, action: str) -> Request:
    """Lambda mounts with TLS, in the name of the role; of other keys EFS does not tell whether they are there."""
    mine = tuple(arn for arn in function.mounts if system.named(arn))
    point: Text = mine[0] if len(mine) == 1 else Unknown("an access point", like="arn:*", among=mine)
    context = {
        "aws:SecureTransport": one("true"),
        "elasticfilesystem:AccessedViaMountTarget": one("true"),
        "elasticfilesystem:AccessPointArn": one(point),
    }
    role: Text = function.role or Unknown(f"the role of {function.name}", like="arn:*:iam::*:role/*")
    return Request(action, system.arn, Principal(arn=role, account=function.home.account), context)


def _stopped(
    branch: Branch, function: Function, system: Database, decisions: dict[str, Decision], refused: Sequence[str]
) -> Branch:
    first = decisions[refused[0]]
    denies = first.outcome is Outcome.DENIED
    why = f"The policy of {system.name} denies {', '.join(refused)}{because(first)}." if denies else ""
    why = why or f"Neither the policy of {system.name} nor the role of {function.name} allows {', '.join(refused)}."
    document = system_policy(system.policy or "", tuple(decisions.values()), list(decisions), system.arn, function.role)
    fix = f"Let the policy of {system.name} admit the role"
    if document is not None:
        fix += f": aws efs put-file-system-policy --file-system-id {system.name} --policy {quote(document)}"
    shown = proof(system, "Policy", first)

    trails = []
    for trail in branch.trails:
        finding = refusal(trail, system.name, MOUNT_REFUSED, why, fix, shown)
        trails.append(trail.then(Hop(system.name, "service", Direction.FORWARD, "policy", (finding,))))
    return replace(branch, trails=tuple(trails))


def _unread(function: Function, system: Database) -> tuple[Note, ...]:
    """Worth saying to whoever mounts it."""
    if not any(system.named(arn) for arn in function.mounts):
        return ()
    text = f"Whether {system.name} has a policy of its own that refuses the mount was not read"
    return (_open(system, f"{text} (elasticfilesystem:DescribeFileSystemPolicy)"),)


def _open(system: Database, text: str) -> Note:
    return Note("POLICY_NOT_DECIDED", f"{text}.", system.name)
