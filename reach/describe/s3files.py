"""S3 Files: buckets as file systems, with a mount target in each subnet that has clients (NEED-05)."""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.nodes import located
from reach.describe.records import Record, Section, text, texts
from reach.network import Database, Node, Thing
from reach.traffic import Ranges

NFS = Ranges.of(2049)


def read(section: Section) -> Iterator[Thing]:
    """All file systems of an account and region that have a record or a mount target."""
    systems = {text(f, "fileSystemId"): f for f in section.rows("s3files:fileSystems")}
    targets: dict[str, list[Record]] = {id: [] for id in systems}
    for target in section.rows("s3files:mountTargets"):
        targets.setdefault(text(target, "fileSystemId"), []).append(target)
    for id in sorted(targets):
        yield _system(section, id, systems.get(id, {}), targets[id])


def _system(section: Section, id: str, record: Record, targets: list[Record]) -> Database:
    place = f"{section.home.region}:{section.home.account}"
    arn = text(record, "fileSystemArn") or f"arn:aws:s3files:{place}:file-system/{id}"
    unread = section.gap("s3files:mountTargets")
    nodes = tuple(n for t in targets if (n := _mount_target(t)) is not None)
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=id,
        kind="s3_file_system",
        vpc=next((v for t in targets if (v := text(t, "vpcId"))), None),
        status=text(record, "status").lower() or None,
        status_field="status",
        ports=NFS,
        groups=None,  # each mount target has its own
        groups_field="securityGroups",
        nodes=tuple(sorted(nodes, key=lambda n: n.id)),
        engine="s3files",
        same_subnet=True,
        aliases=tuple(sorted({text(record, "name")} - {""})),
        told_by="s3files:GetMountTarget",
        gap=unread if not nodes else None,
    )


def _mount_target(record: Record) -> Node | None:
    """One that is available; others answer nobody."""
    if text(record, "status") not in ("available", "updating", ""):
        return None
    id, subnet = text(record, "mountTargetId"), text(record, "subnetId")
    found = located(id, subnet, text(record, "ipv4Address"), text(record, "networkInterfaceId"))
    groups = texts(record, "securityGroups") if "securityGroups" in record else None
    return Node(
        found.id, found.now, found.robust, zone=subnet, addresses=found.addresses, interface=found.interface,
        groups=groups,
    )  # fmt: skip
