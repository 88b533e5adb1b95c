"""From single outputs to a Snapshot: the account and region of each record, and pages and files put together.

Folder names decide; else ARNs, owners and zones; else the VPC that a record belongs to.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field

from reach.snapshot import Origin, Record, Snapshot, SnapshotGap, identity
from reach.sources.calls import KEYS
from reach.sources.outputs import Output

NO_ACCOUNT, NO_REGION = "000000000000", "unknown"
ARN = re.compile(r"arn:[^:]*:[^:]*:([a-z0-9-]+):(\d{12}|aws)?:")
# Members that hold a record's own ARN; others (keys, roles, layers) may lie in another account.
OWN_ARNS = [
    "FunctionArn",
    "DBInstanceArn",
    "DBClusterArn",
    "DBProxyArn",
    "DBSubnetGroupArn",
    "ARN",
    "SubnetArn",
    "SecurityGroupArn",
    "PrefixListArn",
    "TransitGatewayArn",
    "ExclusionId",
]
REGION_OF_ZONE = re.compile(r"[a-z]{2,}(?:-[a-z]+)+?-\d+")  # eu-west-1a, us-west-2-lax-1a
REGION_OF_SERVICE = re.compile(r"com\.amazonaws\.([a-z]{2,}(?:-[a-z]+)+?-\d+)\.")
# Collections in which nobody sees another account's records.
ONLY_OWN = ("Functions", "DBInstances", "DBClusters", "DBProxies", "NetworkInterfaces")
REFERENCES = ("VpcId", "PrefixListId", "TransitGatewayRouteTableId", "TransitGatewayId", "SubnetId")

# Lists of names, what describes each, and the members that hold the name in either.
PAIRS = (
    ("sagemaker:ModelSummaries", "ModelName", "sagemaker:Models", "ModelName"),
    ("mq:BrokerSummaries", "BrokerId", "mq:Brokers", "BrokerId"),
    ("emr-serverless:applicationSummaries", "id", "emr-serverless:applications", "applicationId"),
    ("lambda-core:NetworkConnectorSummaries", "Arn", "lambda-core:NetworkConnectors", "Arn"),
    ("opensearch:DomainNames", "DomainName", "opensearch:DomainStatusList", "DomainName"),
)


def gather(found: Sequence[Output], name: str, kind: str, warnings: Sequence[str] = ()) -> Snapshot:
    """Put outputs together into one snapshot."""
    homes = _Homes.of(found)
    accounts: dict[str, dict[str, dict[str, dict[Any, Record]]]] = {}
    gaps: dict[SnapshotGap, None] = {}
    for output in found:
        account, region = output.account or homes.account, output.region or homes.region
        if output.cut:
            gaps[SnapshotGap(account, region, _action(output.key), (output.key,), output.cut)] = None
        if output.warning:
            continue
        # The main place was asked, even if all that it saw belongs to others. Of several regions none is main.
        if output.region or len(homes.regions) < 2:
            accounts.setdefault(account, {}).setdefault(region, {}).setdefault(output.key, {})
        for record in output.records:
            account, region = homes.home(output, record)
            into = accounts.setdefault(account, {}).setdefault(region, {}).setdefault(output.key, {})
            _put(into, output.key, record)
    gaps.update(dict.fromkeys(_undescribed(accounts)))
    return Snapshot(
        accounts={
            account: {
                region: {key: list(records.values()) for key, records in keys.items()}
                for region, keys in regions.items()
            }
            for account, regions in accounts.items()
        },
        gaps=tuple(gaps),
        source=kind,
        origins=(Origin(kind, name),),
        warnings=tuple(dict.fromkeys((*warnings, *(o.warning or o.cut for o in found if o.warning or o.cut)))),
    )


def _undescribed(accounts: Mapping[str, Mapping[str, Mapping[str, Mapping[Any, Record]]]]) -> Iterator[SnapshotGap]:
    """What a list names and no file describes: then the descriptions are not whole."""
    for account, regions in accounts.items():
        for region, keys in regions.items():
            for listed, name, described, its_name in PAIRS:
                known = {r.get(its_name) for r in keys.get(described, {}).values()}
                lost = sorted(str(r.get(name)) for r in keys.get(listed, {}).values() if r.get(name) not in known)
                if lost and described in keys:
                    why = f"{', '.join(lost)}: listed, and in no file that describes it"
                    yield SnapshotGap(account, region, _action(described), (described,), why)


def _action(key: str) -> str:
    return KEYS[key][0].action if key in KEYS else key


def _put(into: dict[Any, Record], key: str, record: Record) -> None:
    """Keep a record; what two calls say about one VPC or function is put together."""
    name = record.get("FunctionArn") if key == "Functions" else identity(key, record)
    merged = key in ("VpcAttributes", "Functions") and name in into
    into[name] = {**into[name], **record} if merged else record


def account_of(record: Record) -> str | None:
    """Return the account that a record itself names."""
    for member in OWN_ARNS:
        found = ARN.match(str(record.get(member)))
        if found and found.group(2) and found.group(2) != "aws":
            return found.group(2)
    owner = record.get("OwnerId") or record.get("AwsAccountId")
    if "TransitGatewayOwnerId" in record:  # who else is attached is not told which route table looks it up
        owner = record.get("TransitGatewayOwnerId" if record.get("Association") else "ResourceOwnerId")
    return owner if isinstance(owner, str) and re.fullmatch(r"\d{12}", owner) else None


def region_of(record: Record) -> str | None:
    """Return the region that a record itself names.

    >>> region_of({"AvailabilityZone": "us-west-2-lax-1a"})
    'us-west-2'
    """
    for member in OWN_ARNS:
        found = ARN.match(str(record.get(member)))
        if found:
            return found.group(1)
    placement = record.get("Placement") or {}
    for zone in (
        record.get("AvailabilityZone"),
        record.get("PreferredAvailabilityZone"),
        record.get("AwsRegion"),
        record.get("NetworkBorderGroup"),
        placement.get("AvailabilityZone"),
    ):
        found = REGION_OF_ZONE.match(str(zone))
        if found:
            return found.group()
    return None


def _service_region(record: Record) -> str | None:
    """The region in a service's name: usually, not always, the one of the record."""
    found = REGION_OF_SERVICE.match(str(record.get("ServiceName") or record.get("PrefixListName")))
    return found.group(1) if found else None


def references(record: Record) -> Iterator[str]:
    """Yield the ids of what a record belongs to, its VPC first."""
    group = record.get("DBSubnetGroup")
    attachments = record.get("Attachments") or ()
    for part in (record, group if isinstance(group, dict) else {}, *attachments, record.get("RequesterVpcInfo") or {}):
        yield from (str(part[member]) for member in REFERENCES if isinstance(part, dict) and part.get(member))


class _Homes(Struct):
    """What all records together say about where each one is."""

    accounts: Counter[str] = field(default_factory=Counter)
    regions: Counter[str] = field(default_factory=Counter)
    of_id: dict[str, dict[str, str]] = field(default_factory=dict)
    account: str = NO_ACCOUNT
    region: str = NO_REGION

    @classmethod
    def of(cls, found: Iterable[Output]) -> _Homes:
        homes = cls()
        sure: Counter[str] = Counter()
        weak: Counter[str] = Counter()
        for output in found:
            for record in output.records:
                account, region = output.account or account_of(record), output.region or region_of(record)
                homes._learn(output.key, record, account, region)
                weak.update(filter(None, [_service_region(record)]))
                if account and output.key in ONLY_OWN:
                    sure[account] += 1
        homes.regions = homes.regions or weak
        homes.account = _commonest(sure or homes.accounts, NO_ACCOUNT)
        homes.region = _commonest(homes.regions, NO_REGION)
        return homes

    def _learn(self, key: str, record: Record, account: str | None, region: str | None) -> None:
        own = identity(key, record)
        ids = [*references(record), *(own if isinstance(own, tuple) else ())]
        if account:
            self.accounts[account] += 1
            owned = own if isinstance(own, tuple) else ()
            for id in owned:
                self.of_id.setdefault(id, {})["account"] = account
        if region:
            self.regions[region] += 1
            for id in ids:
                self.of_id.setdefault(id, {}).setdefault("region", region)

    def home(self, output: Output, record: Record) -> tuple[str, str]:
        """Return the account and region of one record."""
        account = output.account or (self._own("account", record) if len(self.accounts) > 1 else None)
        region = output.region or (self._own("region", record) if len(self.regions) > 1 else None)
        return account or self.account, region or self.region

    def _own(self, what: str, record: Record) -> str | None:
        own = account_of(record) if what == "account" else region_of(record)
        known = (self.of_id.get(id, {}).get(what) for id in references(record))
        return own or next(filter(None, known), None) or (_service_region(record) if what == "region" else None)


def _commonest(counter: Counter[str], default: str) -> str:
    return min(counter, key=lambda word: (-counter[word], word), default=default)
