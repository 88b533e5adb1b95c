"""NAT instances: an interface that a route names as its target must be able and willing to forward."""

from __future__ import annotations

from reach.answer import Finding, Reason, Verdict
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.checks.targets import BAD_STATE, missing
from reach.flow import Flow
from reach.network import Absent, Gap, Instance, Interface, Network

SOURCE_DEST = Reason(
    code="ENI_SOURCE_DEST_CHECK_RESTRICTION",
    title="The interface's source/destination check is on",
    why="An interface forwards packets that are not addressed to it only with its source/destination check disabled.",
    fix="aws ec2 modify-network-interface-attribute --network-interface-id ENI --no-source-dest-check",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html",
)
REASONS = (SOURCE_DEST,)


def state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """In use, its instance running (NATI-1); instances that were not collected are assumed to run."""
    interface = network.get(guard.resource)
    if not isinstance(interface, Interface):
        lost = interface if isinstance(interface, Absent | Gap) else Absent(guard.resource)
        return missing(network, guard, flow, lost)
    shown = (interface.proof("Status", interface.status),)
    if interface.status != "in-use":
        why = f"{interface.id} is not attached to an instance (status {interface.status})."
        return partition(flow, flow.traffic, interface.id, BAD_STATE, evidence=shown, why=why, fix=BAD_STATE.fix)
    instance = network.things.get(interface.instance or "")
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
