"""NAT instances and other appliances: an interface that a route names must be able and willing to forward."""

from __future__ import annotations

from msgspec.structs import replace

from reach.answer import Assumption, Finding, Reason, Verdict
from reach.checks import security_groups
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.targets import BAD_STATE, missing
from reach.flow import Flow
from reach.network import Absent, Gap, Instance, Interface, Network
from reach.traffic import union

SOURCE_DEST = Reason(
    code="ENI_SOURCE_DEST_CHECK_RESTRICTION",
    title="The interface's source/destination check is on",
    why="An interface forwards packets that are not addressed to it only with its source/destination check disabled.",
    fix="aws ec2 modify-network-interface-attribute --network-interface-id ENI --no-source-dest-check",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html",
)
FORWARDS = Reason(
    code="ASSUMES_INSTANCE_FORWARDS",
    title="The instance is assumed to forward",
    why="Whether an operating system forwards, masquerades or filters is not visible to the API.",
    fix="Check IP forwarding and the packet filter on the instance.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html",
)
REASONS = (SOURCE_DEST, FORWARDS)
IDLE = ("available", "associated", "attaching", "detaching")  # states of an interface that nothing uses
LOOSE = ("attaching", "detaching", "detached")  # states of an attachment that carries nothing
DOWN = ("pending", "shutting-down", "terminated", "stopping", "stopped")  # states of an instance that does not run


def state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """In use, its instance running (NATI-1); instances that were not collected are assumed to run."""
    interface = network.get(guard.resource)
    if not isinstance(interface, Interface):
        lost = interface if isinstance(interface, Absent | Gap) else Absent(guard.resource)
        return missing(network, guard, flow, lost)
    shown = (interface.proof("Status", interface.status),)
    if interface.status not in ("in-use", *IDLE):
        why = f"{interface.id} is in the unknown state {interface.status!r}"
        return unreadable(flow, Gap(interface.id, "a known Status", why))
    if interface.status != "in-use":
        why = f"{interface.id} is not attached to an instance (status {interface.status})."
        return partition(flow, flow.traffic, interface.id, BAD_STATE, evidence=shown, why=why, fix=BAD_STATE.fix)
    if interface.attachment not in ("attached", "", *LOOSE):
        why = f"the attachment of {interface.id} is in the unknown state {interface.attachment!r}"
        return unreadable(flow, Gap(interface.id, "a known Attachment.Status", why))
    if interface.attachment in LOOSE:
        why = f"{interface.id} is {interface.attachment}, not attached."
        proof = (interface.proof("Attachment.Status", interface.attachment),)
        return partition(flow, flow.traffic, interface.id, BAD_STATE, evidence=proof, why=why, fix=BAD_STATE.fix)
    instance = network.things.get(interface.instance or "")
    if isinstance(instance, Instance) and instance.state not in ("running", *DOWN):
        why = f"{instance.id}, to which {interface.id} belongs, is in the unknown state {instance.state!r}"
        return unreadable(flow, Gap(instance.id, "a known State.Name", why))
    if isinstance(instance, Instance) and instance.state != "running":
        why = f"{instance.id}, to which {interface.id} belongs, is {instance.state}."
        proof = (instance.proof("State.Name", instance.state),)
        fix = f"aws ec2 start-instances --instance-ids {instance.id}"
        return partition(flow, flow.traffic, instance.id, BAD_STATE, evidence=proof, why=why, fix=fix)
    return passed(flow, interface.id, *shown)


def forwards(network: Network, guard: Guard, flow: Flow) -> Findings:
    """SourceDestCheck must be off (NATI-2)."""
    interface = network.get(guard.resource)
    if not isinstance(interface, Interface):
        return passed(flow, guard.resource)
    if interface.source_dest_check is None:
        why = f"SourceDestCheck of {interface.id} is not in the data"
        return unreadable(flow, Gap(interface.id, "ec2:DescribeNetworkInterfaces", why))
    shown = (interface.proof("SourceDestCheck", interface.source_dest_check),)
    if not interface.source_dest_check:
        return (Finding(flow.traffic, Verdict.REACHABLE, interface.id, shown),) if flow else ()
    why = f"{interface.id} is a route's target, but forwards nothing: its source/destination check is on."
    fix = SOURCE_DEST.fix.replace(" ENI ", f" {interface.id} ")
    return partition(flow, flow.traffic, interface.id, SOURCE_DEST, evidence=shown, why=why, fix=fix)


def ingress(network: Network, guard: Guard, flow: Flow) -> Findings:
    """The appliance's own groups. A rule that names the sender's group counts, which AWS does not document (NATI-3)."""
    found = security_groups.ingress(network, guard, flow)
    nameless = security_groups.ingress(network, guard, replace(flow, groups_kept=False))
    plain = union(f.traffic for f in nameless if f.verdict is Verdict.REACHABLE)
    text = f"A rule of {guard.resource} that names the sender's group admits what it is to forward for it."
    out: list[Finding] = []
    for finding in found:
        if finding.verdict is not Verdict.REACHABLE:
            out.append(finding)
            continue
        by_group = finding.traffic - plain
        parts = ((finding.traffic - by_group, None), (by_group, Assumption("NATI-3", text)))
        out += [replace(finding, traffic=t, assumption=a or finding.assumption) for t, a in parts if t]
    return tuple(out)
