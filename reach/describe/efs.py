"""EFS: file systems and their mount targets, one per zone, of which a client uses that of its own (NEED-04)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from reach.describe.nodes import located
from reach.describe.records import Record, Section, document, name_tag, text, texts
from reach.network import Database, Node, Thing
from reach.traffic import Ranges

NFS = Ranges.of(2049)
POINT = ("AccessPointId", "AccessPointArn")  # what else people know a file system by


def read(section: Section) -> Iterator[Thing]:
    """All file systems of an account and region that have a record or a mount target."""
    systems = {text(f, "FileSystemId"): f for f in section.rows("efs:FileSystems")}
    targets: dict[str, list[Record]] = {id: [] for id in systems}
    for target in section.rows("efs:MountTargets"):
        targets.setdefault(text(target, "FileSystemId"), []).append(target)
    told = section.rows("efs:MountTargetSecurityGroups")
    groups = {text(g, "MountTargetId"): texts(g, "SecurityGroups") for g in told}
    points: dict[str, list[Record]] = {}
    for point in section.rows("efs:AccessPoints"):
        points.setdefault(text(point, "FileSystemId"), []).append(point)
    policies = {text(p, "FileSystemId"): document(p.get("Policy")) for p in section.rows("efs:FileSystemPolicies")}
    without = None if section.gap("efs:FileSystemPolicies") else ""
    for id in sorted(targets):
        found = _system(section, id, systems.get(id, {}), targets[id], groups, points.get(id, []))
        yield replace(found, policy=policies.get(id, without))


def _system(
    section: Section,
    id: str,
    record: Record,
    targets: list[Record],
    groups: dict[str, tuple[str, ...]],
    points: list[Record],
) -> Database:
    region, account = section.home.region, section.home.account
    arn = text(record, "FileSystemArn") or f"arn:aws:elasticfilesystem:{region}:{account}:file-system/{id}"
    unread = section.gap("efs:MountTargets")
    nodes = tuple(n for t in targets if (n := _mount_target(t, groups)) is not None)
    called = {text(record, "Name"), name_tag(record), *(text(p, m) for p in points for m in POINT)}
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=id,
        kind="file_system",
        vpc=next((v for t in targets if (v := text(t, "VpcId"))), None),
        status=text(record, "LifeCycleState").lower() or None,
        status_field="LifeCycleState",
        ports=NFS,
        groups=None,  # each mount target has its own
        groups_field="SecurityGroups",
        nodes=tuple(sorted(nodes, key=lambda n: n.id)),
        hosts=(f"{id}.efs.{region}.amazonaws.com", *sorted(n.host for n in nodes if n.host)),
        engine="efs",
        same_zone=True,
        aliases=tuple(sorted(called - {""})),
        told_by="elasticfilesystem:DescribeMountTargetSecurityGroups",
        gap=unread if not nodes else None,
    )


def _mount_target(record: Record, groups: dict[str, tuple[str, ...]]) -> Node | None:
    """One that is available; others answer nobody (NEED-04)."""
    if text(record, "LifeCycleState") not in ("available", ""):
        return None
    id, zone = text(record, "MountTargetId"), text(record, "AvailabilityZoneName")
    found = located(id, text(record, "SubnetId"), text(record, "IpAddress"), text(record, "NetworkInterfaceId"))
    return Node(
        found.id, found.now, found.robust, zone=zone or text(record, "AvailabilityZoneId"),
        addresses=found.addresses, interface=found.interface, groups=groups.get(id),
        only_ipv6=text(record, "IpAddressType").upper() == "IPV6_ONLY",
    )  # fmt: skip
