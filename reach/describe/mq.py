"""Amazon MQ: brokers, their instances and the ports that their endpoints name (DST-34)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reach.describe.nodes import in_each, one_address
from reach.describe.records import Record, Section, flag, rows, text, texts
from reach.network import Database, Gap, Node, Thing
from reach.traffic import Ranges

URL = re.compile(r"[a-z0-9+]+://([^:/]+):([0-9]{1,5})")
PORTS = {"ACTIVEMQ": 61617, "RABBITMQ": 5671}  # OpenWire and AMQP, both over TLS (DST-07)


def read(section: Section) -> Iterator[Thing]:
    """All brokers of an account and region."""
    for record in section.rows("mq:Brokers"):
        yield _broker(section, record)


def _broker(section: Section, record: Record) -> Database:
    name = text(record, "BrokerName")
    engine = text(record, "EngineType").upper()
    instances = rows(record, "BrokerInstances")
    urls = [m for i in instances for e in texts(i, "Endpoints") if (m := URL.match(e))]
    subnets = texts(record, "SubnetIds")
    gap = Gap(name, "mq:DescribeBroker", f"the subnets of {name} are not in the record")
    public = flag(record, "PubliclyAccessible")
    region, account = section.home.region, section.home.account
    arn = text(record, "BrokerArn") or f"arn:aws:mq:{region}:{account}:broker:{name}:{text(record, 'BrokerId')}"
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind="broker",
        vpc=None,
        status=text(record, "BrokerState").lower() or None,
        status_field="BrokerState",
        ports=_port(urls, engine),
        groups=texts(record, "SecurityGroups") if "SecurityGroups" in record else None,
        groups_field="SecurityGroups",
        nodes=_nodes(name, instances, subnets) or in_each(name, subnets, gap),
        hosts=tuple(sorted({m[1].lower() for m in urls})),
        engine=engine.lower(),
        public=public,
        aliases=tuple(a for a in (text(record, "BrokerId"),) if a),
        told_by="mq:DescribeBroker",
    )


def _port(urls: list[re.Match[str]], engine: str) -> Ranges:
    """The engine's usual protocol, if the endpoints offer it; else the first port that they name."""
    offered = [int(m[2]) for m in urls]
    usual = PORTS.get(engine)
    if usual and (usual in offered or not offered):
        return Ranges.of(usual)
    return Ranges.of(*offered[:1])


def _nodes(name: str, instances: list[Record], subnets: tuple[str, ...]) -> tuple[Node, ...]:
    """ActiveMQ tells the address of each instance, which is in one of the subnets; RabbitMQ does not."""
    found = []
    for number, instance in enumerate(instances, start=1):
        address = one_address(text(instance, "IpAddress"))
        host = next((m[1].lower() for e in texts(instance, "Endpoints") if (m := URL.match(e))), "")
        if address:
            found.append(Node(f"{name}/{number}", subnets, subnets, host=host, addresses=address))
    return tuple(found) if len(found) == len(instances) else ()
