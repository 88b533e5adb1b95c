"""MSK: Kafka clusters, of which a client must reach every broker (DST-33)."""

from __future__ import annotations

from collections.abc import Iterator

from reach.describe.nodes import in_each, located
from reach.describe.records import Record, Section, part, rows, text, texts
from reach.network import Database, Gap, Node, Thing
from reach.traffic import NOTHING, Ranges

BOOTSTRAP = "BootstrapBrokerString"


def read(section: Section) -> Iterator[Thing]:
    """All clusters of an account and region."""
    brokers = {text(r, "ClusterArn"): r for r in section.rows("kafka:BootstrapBrokers")}
    nodes = {text(r, "ClusterArn"): rows(r, "NodeInfoList") for r in section.rows("kafka:Nodes")}
    for record in section.rows("kafka:ClusterInfoList"):
        arn = text(record, "ClusterArn")
        yield _cluster(section, record, arn, _private(brokers.get(arn, {})), nodes.get(arn, []))


def _private(record: Record) -> list[tuple[str, int]]:
    """Hosts and ports of the brokers as clients in the VPC are told them; not the public or multi-VPC ones."""
    found = set()
    for member in sorted(record):
        if member.startswith(BOOTSTRAP) and "Public" not in member and "VpcConnectivity" not in member:
            for one in text(record, member).split(","):
                host, _, port = one.strip().rpartition(":")
                if host and port.isdigit():
                    found.add((host.lower(), int(port)))
    return sorted(found)


def _cluster(section: Section, record: Record, arn: str, told: list[tuple[str, int]], listed: list[Record]) -> Database:
    name = text(record, "ClusterName")
    group = part(part(record, "Provisioned"), "BrokerNodeGroupInfo")
    configs = rows(part(record, "Serverless"), "VpcConfigs")
    subnets = [*texts(group, "ClientSubnets"), *(s for c in configs for s in texts(c, "SubnetIds"))]
    groups = [*texts(group, "SecurityGroups"), *(g for c in configs for g in texts(c, "SecurityGroupIds"))]
    known = "SecurityGroups" in group or any("SecurityGroupIds" in c for c in configs)
    gap = Gap(name, "kafka:ListClustersV2", f"the subnets of {name} are not in the record")
    nodes = tuple(n for b in listed if (n := _broker(name, part(b, "BrokerNodeInfo"))).now)
    hosts = {h for h, _ in told} | {n.host for n in nodes if n.host}
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind="kafka_cluster",
        vpc=None,
        status=text(record, "State").lower() or None,
        status_field="State",
        ports=Ranges.of(*sorted({p for _, p in told})) if told else _ports(part(record, "Provisioned"), bool(configs)),
        groups=tuple(sorted(set(groups))) if known else None,
        groups_field="BrokerNodeGroupInfo.SecurityGroups",
        nodes=tuple(sorted(nodes, key=lambda n: n.id)) or in_each(name, subnets, gap),
        hosts=tuple(sorted(hosts)),
        engine="kafka",
        told_by="kafka:ListClustersV2",
    )


def _broker(name: str, record: Record) -> Node:
    number = record.get("BrokerId")
    id = f"{name}/{int(number) if isinstance(number, int | float) else 0}"
    endpoints = texts(record, "Endpoints")
    address, interface = text(record, "ClientVpcIpAddress"), text(record, "AttachedENIId")
    return located(id, text(record, "ClientSubnet"), address, interface, endpoints[0].lower() if endpoints else "")


def _ports(provisioned: Record, serverless: bool) -> Ranges:
    """Where the bootstrap brokers were not read: the port of each way in that is switched on (DST-07)."""
    auth = part(provisioned, "ClientAuthentication")
    transit = text(part(part(provisioned, "EncryptionInfo"), "EncryptionInTransit"), "ClientBroker")
    ways = {
        9098: serverless or part(part(auth, "Sasl"), "Iam").get("Enabled") is True,
        9096: part(part(auth, "Sasl"), "Scram").get("Enabled") is True,
        9094: part(auth, "Tls").get("Enabled") is True
        or (not part(auth, "Sasl") and transit in ("TLS", "TLS_PLAINTEXT")),
        9092: transit in ("PLAINTEXT", "TLS_PLAINTEXT"),
    }
    on = [port for port, there in ways.items() if there]
    return Ranges.of(*sorted(on)) if on else NOTHING
