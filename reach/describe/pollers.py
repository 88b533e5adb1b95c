"""Event source mappings: which of them poll from a VPC, from where, and what they have to reach besides the source."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from reach.describe.records import Record, Section, part, rows, text, texts
from reach.network import Gap, Thing
from reach.network.senders import Duty, Poller, unqualified

# The kinds of access whose value is a secret, which the poller fetches with the function's role.
SECRET = frozenset(
    [
        *("BASIC_AUTH", "SASL_SCRAM_512_AUTH", "SASL_SCRAM_256_AUTH", "CLIENT_CERTIFICATE_TLS_AUTH"),
        *("SERVER_ROOT_CA_CERTIFICATE", "OAUTHBEARER_AUTH"),
    ]
)
# On which port a cluster is polled, by the way of logging in: with a password, a certificate, IAM or none (NEED-07).
OPEN_WIRE, AMQP = (61617,), (5671,)
SCRAM, MUTUAL_TLS, OTHERWISE = (9096,), (9094,), (9098, 9094, 9092)


class _Place(Struct, frozen=True):
    """Where a mapping polls from."""

    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    field: str


class _Source(Struct, frozen=True):
    """What is polled: the services that its pollers call besides, and where they run.

    `place` is None where they need no VPC, a gap where that is not known. `ports`: the first that the source has.
    """

    place: _Place | Gap | None
    services: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()


def read(section: Section) -> Iterator[Thing]:
    """The mappings that poll from a VPC, and the functions that rotate secrets."""
    roles = {text(f, "FunctionArn").removesuffix(":$LATEST"): text(f, "Role") for f in section.rows("Functions")}
    for record in section.rows("EventSourceMappings"):
        yield from _poller(section, record, roles)
    for record in section.rows("secretsmanager:SecretList"):
        arn = unqualified(text(record, "RotationLambdaARN"))
        if arn:
            yield Duty(id=f"rotation:{arn}", home=section.home, function=arn, kind="rotation")
    for record in section.rows("cloudformation:CustomResources"):
        arn = unqualified(text(record, "ServiceToken"))
        yield Duty(id=f"custom:{arn}", home=section.home, function=arn, kind="custom resource")


def _poller(section: Section, record: Record, roles: dict[str, str]) -> Iterator[Poller]:
    uuid, arn = text(record, "UUID"), text(record, "EventSourceArn")
    found = _source(section, record, arn)
    if not uuid or found is None or found.place is None:
        return
    function = unqualified(text(record, "FunctionArn"))
    place = found.place if isinstance(found.place, _Place) else _Place((), (), "")
    services = () if part(record, "ProvisionedPollerConfig") else found.services
    own = text(record, "EventSourceMappingArn")
    yield Poller(
        id=own or f"{section.home.account}/{section.home.region}/esm:{uuid}", home=section.home, name=uuid,
        word=f"esm:{uuid}", arn=own, subnets=tuple(sorted(set(place.subnets))),
        groups=tuple(sorted(set(place.groups))), groups_field=place.field, function=function,
        role=roles.get(function, ""), source=arn, hosts=_hosts(record), services=services, ports=found.ports,
        gap=found.place if isinstance(found.place, Gap) else None,
    )  # fmt: skip


def _source(section: Section, record: Record, arn: str) -> _Source | None:
    """What kind of source it is by its ARN; queues and streams are polled from outside of any VPC (NEED-12)."""
    service = arn.split(":")[2] if arn.count(":") > 4 else ""
    if arn and not service:  # a text that stands for what is known after deployment
        return _Source(Gap(arn, "the ARN of its source", f"what the mapping {text(record, 'UUID')} polls is not known"))
    access = {text(a, "Type") for a in rows(record, "SourceAccessConfigurations")}
    secret = ("secretsmanager",) if access & SECRET else ()
    match service:
        case "kafka":
            password, certificate = any("SCRAM" in a for a in access), "CLIENT_CERTIFICATE_TLS_AUTH" in access
            ports = SCRAM if password else MUTUAL_TLS if certificate else OTHERWISE
            return _Source(_kafka(section, arn), ("lambda", "sts", *secret), ports)
        case "mq":
            return _broker(section, arn)
        case "rds":
            return _Source(_documents(section, arn), ("lambda", "secretsmanager"))
        case "":
            return _Source(_own(record), ("lambda", "sts", *secret))
    return None


def _missing(section: Section, key: str, what: str, arn: str) -> Gap:
    gap = section.gap(key)
    name = arn.rpartition(":")[2]
    return Gap(name, gap.needs if gap else f"a source that holds {what} {name}",
               gap.why if gap else f"{what} {name} is not in the data")  # fmt: skip


def _kafka(section: Section, arn: str) -> _Place | Gap:
    """The cluster's subnets and groups (NEED-06)."""
    for cluster in section.rows("kafka:ClusterInfoList"):
        if text(cluster, "ClusterArn") != arn:
            continue
        nodes = part(part(cluster, "Provisioned"), "BrokerNodeGroupInfo") or part(cluster, "BrokerNodeGroupInfo")
        if nodes:
            groups = texts(nodes, "SecurityGroups")
            return _Place(texts(nodes, "ClientSubnets"), groups, "BrokerNodeGroupInfo.SecurityGroups")
        configs = rows(part(cluster, "Serverless"), "VpcConfigs")
        if configs:
            subnets = tuple(s for c in configs for s in texts(c, "SubnetIds"))
            groups = tuple(g for c in configs for g in texts(c, "SecurityGroupIds"))
            return _Place(subnets, groups, "Serverless.VpcConfigs[].SecurityGroupIds")
    return _missing(section, "kafka:ClusterInfoList", "the cluster", arn)


def _broker(section: Section, arn: str) -> _Source:
    """The broker's subnets and groups; one with a public address is polled without a VPC (NEED-10)."""
    for broker in section.rows("mq:Brokers"):
        if text(broker, "BrokerArn") == arn:
            public = broker.get("PubliclyAccessible") is True
            place = _Place(texts(broker, "SubnetIds"), texts(broker, "SecurityGroups"), "SecurityGroups")
            active = text(broker, "EngineType").upper() == "ACTIVEMQ"
            services = ("lambda", "secretsmanager", *(("sts",) if active else ()))
            return _Source(None if public else place, services, OPEN_WIRE if active else AMQP)
    return _Source(_missing(section, "mq:Brokers", "the broker", arn))


def _documents(section: Section, arn: str) -> _Place | Gap:
    """The subnets and groups of a DocumentDB cluster (NEED-11)."""
    for cluster in section.rows("DBClusters"):
        if text(cluster, "DBClusterArn") == arn:
            name = text(cluster, "DBSubnetGroup")
            within = [g for g in section.rows("DBSubnetGroups") if name and text(g, "DBSubnetGroupName") == name]
            subnets = tuple(text(s, "SubnetIdentifier") for g in within for s in rows(g, "Subnets"))
            groups = tuple(text(g, "VpcSecurityGroupId") for g in rows(cluster, "VpcSecurityGroups"))
            if not subnets:
                return _missing(section, "DBSubnetGroups", "the subnet group", f":{name}")
            return _Place(subnets, groups, "VpcSecurityGroups")
    return _missing(section, "DBClusters", "the cluster", arn)


def _own(record: Record) -> _Place | None:
    """A cluster of one's own: its mapping names subnets and groups, or none if its brokers are public (NEED-09)."""
    found: dict[str, list[str]] = {"VPC_SUBNET": [], "VPC_SECURITY_GROUP": []}
    for access in rows(record, "SourceAccessConfigurations"):
        found.setdefault(text(access, "Type"), []).append(text(access, "URI").rpartition(":")[2])
    subnets, groups = tuple(found["VPC_SUBNET"]), tuple(found["VPC_SECURITY_GROUP"])
    return _Place(subnets, groups, "SourceAccessConfigurations") if subnets else None


def _hosts(record: Record) -> tuple[str, ...]:
    servers = part(part(record, "SelfManagedEventSource"), "Endpoints")
    return tuple(sorted(texts(servers, "KAFKA_BOOTSTRAP_SERVERS")))
