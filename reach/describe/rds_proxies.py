"""RDS Proxy: proxies, their further endpoints, and the databases that they connect to (DST-12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reach.describe.nodes import in_each
from reach.describe.records import Record, Section, part, rows, text, texts
from reach.network import Database, Gap, Thing
from reach.traffic import NOTHING, Ranges

# A proxy listens on its family's port, whatever the port of the database behind it.
PORTS = {"MYSQL": 3306, "POSTGRESQL": 5432, "SQLSERVER": 1433}
Behind = tuple[tuple[str, str], ...] | None


def read(section: Section) -> Iterator[Thing]:
    """All proxies and proxy endpoints of an account and region."""
    targets = {text(t, "DBProxyName"): _behind(t) for t in section.rows("DBProxyTargets")}
    families: dict[str, str] = {}
    for record in section.rows("DBProxies"):
        name = text(record, "DBProxyName")
        families[name] = text(record, "EngineFamily").upper()
        yield _proxy(section, record, name, families[name], targets.get(name))
    for record in section.rows("DBProxyEndpoints"):
        of = text(record, "DBProxyName")
        if record.get("IsDefault") is not True:
            yield _endpoint(section, record, families.get(of, ""), targets.get(of))


def _behind(record: Record) -> Behind:
    """The instances behind a proxy with what the proxy says of their health; without instances the cluster."""
    found = rows(record, "Targets")
    instances = [t for t in found if text(t, "Type") == "RDS_INSTANCE"]
    return tuple(sorted((text(t, "RdsResourceId"), _health(part(t, "TargetHealth"))) for t in instances or found))


def _health(health: Record) -> str:
    """Why a target is not available; empty if it is, or if nothing is said."""
    if text(health, "State") in ("AVAILABLE", ""):
        return ""
    return ": ".join(t for t in (text(health, "Reason") or text(health, "State"), text(health, "Description")) if t)


def _proxy(section: Section, record: Record, name: str, family: str, behind: Behind) -> Database:
    """A proxy has an interface in each of its subnets: a client is handed any of them."""
    arn = text(record, "DBProxyArn") or _arn(section, "db-proxy", name)
    return _listening(section, record, name, "db_proxy", arn, family, behind)


def _endpoint(section: Section, record: Record, family: str, behind: Behind) -> Database:
    """A further endpoint of a proxy has a VPC, subnets and groups of its own."""
    name = text(record, "DBProxyEndpointName")
    arn = text(record, "DBProxyEndpointArn") or _arn(section, "db-proxy-endpoint", name)
    return _listening(section, record, name, "db_endpoint", arn, family, behind, text(record, "DBProxyName"))


def _listening(
    section: Section, record: Mapping[str, object], name: str, kind: str, arn: str, family: str, behind: Behind,
    of: str = "",
) -> Database:  # fmt: skip
    action = "rds:DescribeDBProxyEndpoints" if of else "rds:DescribeDBProxies"
    gap = Gap(name, action, "the proxy's subnets are not in the record")
    port = PORTS.get(family)
    stack = text(record, "EndpointNetworkType").upper()
    tls = (f"{name} requires TLS.",) if record.get("RequireTLS") is True else ()
    return Database(
        id=arn,
        arn=arn,
        home=section.home,
        name=name,
        kind=kind,
        vpc=text(record, "VpcId") or None,
        status=text(record, "Status").lower() or None,
        status_field="Status",
        ports=Ranges.of(port) if port else NOTHING,
        groups=texts(record, "VpcSecurityGroupIds") if "VpcSecurityGroupIds" in record else None,
        groups_field="VpcSecurityGroupIds",
        nodes=in_each(name, texts(record, "VpcSubnetIds"), gap, "proxy"),
        hosts=tuple(h for h in (text(record, "Endpoint"),) if h),
        engine=family,
        dual=stack in ("DUAL", "IPV6") if stack else None,
        only_ipv6=stack == "IPV6",
        behind=behind,
        told_by=action,
        member_of=of or None,
        hints=tls,
    )


def _arn(section: Section, kind: str, name: str) -> str:
    return f"arn:aws:rds:{section.home.region}:{section.home.account}:{kind}:{name}"
