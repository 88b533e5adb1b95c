"""Databases and caches: are they listening."""

from __future__ import annotations

from reach.answer import Finding, Layer, Reason, Verdict
from reach.checks.guard import Findings, Guard, partition, passed, unreadable
from reach.flow import Flow
from reach.network import Database, Gap, Network, Subnet
from reach.network.served import COLLECTIONS

NOT_AVAILABLE = Reason(
    code="BAD_STATE",
    title="The database or cache is not up",
    why="In its present status nothing listens on its port.",
    fix="Start or repair it, and ask again when its status is available.",
    layer=Layer.STATE,
    source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html",
)
UNCLEAR = Reason(
    code="UNKNOWN_RESOURCE",
    title="The database's status does not tell whether it listens",
    why="It is restarting, or in a status that this version does not know.",
    fix="Ask again when its status is available.",
    layer=Layer.STATE,
    source=NOT_AVAILABLE.source,
)
NO_MOUNT_TARGET = Reason(
    code="NO_MOUNT_TARGET_IN_AZ",
    title="The file system has no mount target in this Availability Zone",
    why="A function mounts a file system through the mount target of its own zone; where there is none that is "
    "available, the mount fails and the invocation with it.",
    fix="aws efs create-mount-target --file-system-id FS --subnet-id SUBNET --security-groups SG",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-efs.html",
)
NO_MOUNT_TARGET_HERE = Reason(
    code="NO_MOUNT_TARGET_IN_SUBNET",
    title="The S3 file system has no mount target in this subnet",
    why="A function mounts an S3 file system through a mount target in its own subnet; one next door does not serve.",
    fix="aws s3files create-mount-target --file-system-id FS --subnet-id SUBNET --security-groups SG",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-filesystem-s3files.html",
)
REASONS = (NOT_AVAILABLE, UNCLEAR, NO_MOUNT_TARGET, NO_MOUNT_TARGET_HERE)

UP = frozenset(
    [
        "available",
        "backing-up",
        "modifying",
        "storage-optimization",
        "storage-full",
        "upgrading",
        "maintenance",
        "snapshotting",
        *("active", "active_impaired", "running", "updating"),  # MSK, Amazon MQ, load balancers, file systems
        *("upgradingengineversion", "updatingservicesoftware"),  # OpenSearch
    ]
)
DOWN = frozenset(
    [
        *("creating", "starting", "stopping", "stopped", "deleting", "failed", "restore-error", "create-failed"),
        *("deleted", "paused", "isolated", "provisioning", "error", "hardware-failure"),
        *("creation_in_progress", "creation_failed", "deletion_in_progress"),
    ]
)
UP_PREFIXES = ("configuring-", "available, ")
DOWN_PREFIXES = ("incompatible-", "inaccessible-encryption-credentials")


def is_up(database: Database) -> bool:
    """Whether it listens for sure, or nothing is said of it."""
    status = database.status
    return status is None or status in UP or status.startswith(UP_PREFIXES)


def state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Only listening states count as up; a status in neither list is unknown (DST-06, DBDST-7)."""
    database = network.things.get(guard.resource)
    if not isinstance(database, Database):
        return passed(flow, guard.resource)
    status = database.status
    if status is None:
        return passed(flow, database.name)
    proof = database.proof(database.status_field, status)
    if is_up(database):
        return passed(flow, database.name, proof)
    if status in DOWN or status.startswith(DOWN_PREFIXES):
        finding = Finding(
            flow.traffic,
            Verdict.BLOCKED,
            database.name,
            (proof,),
            NOT_AVAILABLE,
            cause="DEST_NOT_AVAILABLE",
            why=f"{database.name} is {status}.",
            fix=NOT_AVAILABLE.fix,
        )
        return (finding,)
    why = f"{database.name} is in status {status!r}, which does not tell whether it listens."
    needs = f"{database.name} in a settled status"
    return (
        Finding(flow.traffic, Verdict.UNKNOWN, database.name, (proof,), UNCLEAR, why=why, fix=UNCLEAR.fix, needs=needs),
    )


def mount_target(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether a mount target stands in the zone (NEED-04) or subnet (NEED-05) of the sender; asked where none was."""
    system, subnet = network.things.get(guard.resource), network.get(guard.peer)
    if not isinstance(system, Database) or not isinstance(subnet, Subnet) or not subnet.zone:
        gap = Gap(guard.peer, "ec2:DescribeSubnets", f"the zone of {guard.peer} is not in the data")
        return unreadable(flow, gap)
    unread = system.gap or network.gap(COLLECTIONS[system.service][0], system.home)
    if unread is not None:
        return unreadable(flow, unread)
    where = sorted({n.zone for n in system.nodes})
    place = f"in {subnet.id}" if system.same_subnet else f"in {subnet.zone}, where {subnet.id} is"
    why = f"{system.name} has no available mount target {place}"
    why += f"; it has some in {', '.join(where)}." if where else "; it has none at all."
    fix = f"aws {system.service} create-mount-target --file-system-id {system.name} --subnet-id {subnet.id} "
    fix += "--security-groups SG"
    field = "mountTargets[].subnetId" if system.same_subnet else "MountTargets[].AvailabilityZoneName"
    reason = NO_MOUNT_TARGET_HERE if system.same_subnet else NO_MOUNT_TARGET
    return partition(flow, flow.traffic, system.name, reason, evidence=(system.proof(field, where),), why=why, fix=fix)
