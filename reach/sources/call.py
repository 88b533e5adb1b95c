"""One API call as a value: what it asks, which collection it fills, what it needs first. It does not know boto3."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from reach.snapshot import Record

Data = Mapping[str, Sequence[Record]]  # what earlier stages read of one region
Arguments = Mapping[str, Any]
Plan = Callable[[Data], Iterable[Arguments]]

# The prefix of a service's IAM actions, where it is not its boto3 name.
IAM_PREFIX = {
    "efs": "elasticfilesystem",
    "mwaa": "airflow",
    "elbv2": "elasticloadbalancing",
    "lambda-core": "lambda",
    "opensearch": "es",
    "opensearchserverless": "aoss",
    "resourcegroupstaggingapi": "tag",
    "s3control": "s3",
    "service-quotas": "servicequotas",
}


class Call(Struct, frozen=True):
    """One API operation and the collection that its answers go to.

    Parameters
    ----------
    result
        Path of the records in a response; empty if the response itself is the record.
    stage
        Calls of one stage run at once, those of the next when all have answered.
    plan
        The arguments of each call, from what earlier stages read; without it there is one call.
    owner
        The argument that is also put into the record, because the response does not name its owner.
    needs
        Collections without which the plan cannot be made.
    iam
        The IAM action, where it is not called as the operation.
    keep
        The members of a record that are stored; without it all but what is never stored.
    """

    service: str
    operation: str
    key: str
    result: str = ""
    arguments: Arguments = field(default_factory=dict)
    stage: int = 1
    plan: Plan | None = None
    owner: str = ""
    needs: tuple[str, ...] = ()
    iam: str = ""
    keep: tuple[str, ...] = ()

    @property
    def action(self) -> str:
        """The IAM action.

        >>> Call("efs", "DescribeMountTargets", "efs:MountTargets").action
        'elasticfilesystem:DescribeMountTargets'
        """
        return self.iam or f"{IAM_PREFIX.get(self.service, self.service)}:{self.operation}"


def each(key: str, member: str, **more: Any) -> Plan:
    """One call per record of a collection."""
    return lambda data: [{member: record[member], **more} for record in data.get(key, ()) if record.get(member)]


def listing(service: str, operation: str, key: str, **more: Any) -> Call:
    """A call whose answer holds its records under the collection's own name."""
    return Call(service, operation, key, **{"result": key.rpartition(":")[2], **more})


def routes(data: Data) -> list[Record]:
    """Every route of every table."""
    return [route for table in data.get("RouteTables", ()) for route in table.get("Routes") or ()]
