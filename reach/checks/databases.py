"""Databases and caches: are they listening."""

from __future__ import annotations

from reach.answer import Finding, Layer, Reason, Verdict
from reach.checks.guard import Findings, Guard, passed
from reach.flow import Flow
from reach.network import Database, Network

NOT_AVAILABLE = Reason(
    code="BAD_STATE",
    title="The database or cache is not up",
    why="In this status nothing listens on its port.",
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
REASONS = (NOT_AVAILABLE, UNCLEAR)

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
    ]
)
DOWN = frozenset(
    ["creating", "starting", "stopping", "stopped", "deleting", "failed", "restore-error", "create-failed"]
)
UP_PREFIXES = ("configuring-",)
DOWN_PREFIXES = ("incompatible-", "inaccessible-encryption-credentials")


def state(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Only listening states count as up; a status in neither list is unknown (DST-06, DBDST-7)."""
    database = network.things.get(guard.resource)
    if not isinstance(database, Database):
        return passed(flow, guard.resource)
    status = database.status
    if status is None:
        return passed(flow, database.name)
    proof = database.proof(database.status_field, status)
    if status in UP or status.startswith(UP_PREFIXES):
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
