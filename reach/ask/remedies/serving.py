"""What mends the far end: databases, mount targets, endpoints, firewalls."""

from __future__ import annotations

import json
from shlex import quote

from reach.ask.made import Made, interface_endpoint, new_subnet, script, security_group
from reach.ask.remedies.case import Case
from reach.network import Database, Endpoint, Function, Subnet
from reach.network.served import Node
from reach.network.things import Interface
from reach.services import find
from reach.traffic import format_addresses, format_ports

NFS = 2049
MOVABLE = ("interface", "resource")  # types of endpoints that may have further subnets


def database(case: Case) -> str | None:
    """Start what is stopped; see what ails anything else."""
    held = case.resolved.database
    if held is None:
        return None
    if held.kind == "db_endpoint":  # its cluster serves (DST-11)
        mine = (d for d in case.network.all(Database) if d.kind == "db_cluster" and d.name == held.member_of)
        held = next(mine, held)
    name, service = quote(held.name or held.id), held.service
    if service in ("rds", "docdb", "neptune"):
        what = "cluster" if held.kind == "db_cluster" else "instance"
        option = f"--db-{what}-identifier {name}"
        if held.status == "stopped":
            return f"Start it, and ask again when it is available: aws {service} start-db-{what} {option}"
        if held.kind in ("db_cluster", "db_instance"):
            return f"Repair it, or wait until it is available: aws {service} describe-db-{what}s {option}"
        return None
    if held.kind == "redshift_cluster" and held.status == "paused":
        return f"Resume it, and ask again when it is available: aws redshift resume-cluster --cluster-identifier {name}"
    read = READS.get(held.kind)
    if read is None:
        return None
    return f"Repair it, or wait until it is available: {read.format(name=name, arn=held.arn, id=quote(held.id))}"


READS = {
    "replication_group": "aws elasticache describe-replication-groups --replication-group-id {name}",
    "cache_cluster": "aws elasticache describe-cache-clusters --cache-cluster-id {name}",
    "serverless_cache": "aws elasticache describe-serverless-caches --serverless-cache-name {name}",
    "memorydb_cluster": "aws memorydb describe-clusters --cluster-name {name}",
    "redshift_cluster": "aws redshift describe-clusters --cluster-identifier {name}",
    "opensearch_domain": "aws opensearch describe-domain --domain-name {name}",
    "kafka_cluster": "aws kafka describe-cluster-v2 --cluster-arn {arn}",
    "load_balancer": "aws elbv2 describe-load-balancers --names {name}",
    "redshift_workgroup": "aws redshift-serverless get-workgroup --workgroup-name {name}",
    "redshift_endpoint": "aws redshift describe-endpoint-access --endpoint-name {name}",
    "broker": "aws mq describe-broker --broker-id {id}",
    "file_system": "aws efs describe-file-systems --file-system-id {name}",
    "s3_file_system": "aws s3files get-file-system --file-system-id {name}",
    "dsql_cluster": "aws dsql get-cluster --identifier {name}",
    "collection": "aws opensearchserverless batch-get-collection --names {name}",
    "db_endpoint": "aws rds describe-db-cluster-endpoints --db-cluster-endpoint-identifier {name}",
    "db_proxy": "aws rds describe-db-proxies --db-proxy-name {name}",
}


def mount_target(case: Case) -> str | None:
    """A mount target in the sender's zone or subnet, with the groups of the others, else with one for it."""
    system, subnet = case.network.things.get(case.blocker.resource), case.subnet
    if not isinstance(system, Database):
        system = case.resolved.database
    if system is None or subnet is None:
        return None
    there = next((n.groups for n in system.nodes if n.groups), system.groups or ())
    shared = there and _same_vpc(case, system.nodes, subnet)
    groups = Made(" ".join(there)) if shared else _mount_group(case, system, subnet)
    command = (
        f"aws {system.service} create-mount-target --file-system-id {system.name} --subnet-id {subnet.id} "
        f"--security-groups {groups.id}"
    )
    return script(groups, command) if not groups.lines else f"Give it one there: {script(groups, command)}"


def _same_vpc(case: Case, nodes: tuple[Node, ...], subnet: Subnet) -> bool:
    places = [case.network.get(id) for n in nodes for id in n.now or ()]
    return any(isinstance(p, Subnet) and p.vpc == subnet.vpc for p in places)


def _mount_group(case: Case, system: Database, subnet: Subnet) -> Made:
    group = security_group(subnet.vpc, f"{system.name}-mount", "what may mount the file system")
    rules = [
        f"aws ec2 authorize-security-group-ingress --group-id $SG --protocol tcp --port {NFS} --source-group {mine}"
        for mine in case.asker.info.security_groups[:1]
    ]
    return Made(group.id, (*group.lines, *rules))


def endpoint_state(case: Case) -> str | None:
    """An endpoint that is not available: wait, have it accepted, or make it again."""
    held = case.network.things.get(case.blocker.resource)
    if not isinstance(held, Endpoint) or "network-firewall" in case.blocker.fix:
        return None
    if held.state == "pendingacceptance" and ".vpce-svc-" in held.service_name:
        service = held.service_name.rpartition(".")[2]
        return (
            f"Let the owner of the service accept it: aws ec2 accept-vpc-endpoint-connections "
            f"--service-id {service} --vpc-endpoint-ids {held.id}"
        )
    if held.state in ("pending", "pendingacceptance"):
        return f"Wait until it is available: aws ec2 describe-vpc-endpoints --vpc-endpoint-ids {held.id}"
    command = f"aws ec2 create-vpc-endpoint --vpc-endpoint-type {held.type} --vpc-id {held.vpc} "
    command += f"--service-name {held.service_name}"
    command += f" --route-table-ids {' '.join(held.route_tables)}" if held.route_tables else ""
    command += f" --subnet-ids {' '.join(held.subnets)}" if held.subnets else ""
    command += f" --security-group-ids {' '.join(held.groups)}" if held.groups else ""
    command += " --private-dns-enabled" if held.private_dns else ""
    return f"Make it again, and point the routes at the new one: {command}"


def endpoint_zone(case: Case) -> str | None:
    """A service that is not in the endpoint's zone: a subnet of one where it is."""
    held, network = case.network.things.get(case.blocker.resource), case.network
    if not isinstance(held, Endpoint) or not case.blocker.evidence:
        return None
    shown = case.blocker.evidence[0]
    zones = shown.value if isinstance(shown.value, list) else []
    mine = [s for s in network.in_vpc(Subnet, held.vpc) if s.id not in (held.subnets or ())]
    fits = [s for s in mine if (s.zone in zones or s.zone_id in zones if zones else s.zone_id != shown.value)]
    if fits and held.type.lower() in MOVABLE:
        command = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {held.id} --add-subnet-ids {fits[0].id}"
        return f"Place it in a zone where the service is: {command}"
    zone = next((str(z) for z in zones if not str(z)[-2:].startswith("z")), "")
    subnet = Made(fits[0].id) if fits else new_subnet(network, held.vpc, zone, "SUBNET") if zone else None
    if subnet is None:
        return None
    if held.type.lower() in MOVABLE:
        command = f"aws ec2 modify-vpc-endpoint --vpc-endpoint-id {held.id} --add-subnet-ids {subnet.id}"
    else:
        command = (
            f"aws ec2 create-vpc-endpoint --vpc-endpoint-type {held.type} --vpc-id {held.vpc} "
            f"--service-name {held.service_name} --subnet-ids {subnet.id}"
        )
    return f"Make one in a zone where the service is: {script(subnet, command)}"


def private_api(case: Case) -> str | None:
    """A private API past the endpoints: an endpoint for execute-api in the sender's VPC."""
    vpc, service = case.asker.vpc, find("execute-api")
    if "execute-api" not in case.blocker.fix or "aws " in case.blocker.fix or vpc is None or service is None:
        return None
    names = service.endpoint_services(vpc.home.region)
    if not names or not case.asker.info.subnets:
        return None
    line = interface_endpoint(vpc, names[0], case.asker.info)
    return f"Call it through an endpoint for execute-api, which its policy has to admit: {line}"


def receives_nothing(case: Case) -> str | None:
    """A function's interface takes no connections: a function is invoked."""
    of = next((d.receiver for node in case.resolved.nodes for d in node if d.receiver), None)
    function = case.network.things.get(of.of) if of else None
    name = function.name if isinstance(function, Function) else "NAME"
    words = "Invoke the function, through the Lambda API, a function URL, an API or a load balancer"
    if name == "NAME" and isinstance(of, Interface):
        name = _described(of) or name
    return f"{words}: aws lambda invoke --function-name {quote(name)} answer.json" if name != "NAME" else None


def _described(interface: Interface) -> str:
    """The name in what Lambda writes about its interfaces: AWS Lambda VPC ENI-NAME-<uuid>."""
    text = interface.description.partition("ENI-")[2]
    return text[:-37] if len(text) > 37 else ""


def firewall_rule(case: Case) -> str | None:
    """A rule group that passes this traffic; that the policy names it first, the words say."""
    blocker = case.blocker
    arn = blocker.evidence[0].resource if blocker.evidence else ""
    sources = [s.cidr for id in case.asker.info.subnets if isinstance(s := case.network.get(id), Subnet)]
    found = format_addresses(case.addresses)
    there = case.address or (found[0] if len(found) == 1 else "0.0.0.0/0")
    there = there if there[:1].isdigit() or ":" in there else "0.0.0.0/0"
    ports = format_ports(case.resolved.ports) or ["443"]
    if not sources or blocker.code != "FIREWALL_RULES_RESTRICTION":
        return None
    stateless = "stateless" in arn or "Stateless" in (blocker.evidence[0].field if blocker.evidence else "")
    if stateless:
        return _stateless(sources[0], there, ports[0])
    rule = f"pass tcp {sources[0]} any -> {there} {ports[0].replace('-', ':')} (sid:1000001; rev:1;)"
    command = "aws network-firewall create-rule-group --rule-group-name reach-pass --type STATEFUL --capacity 10"
    words = "Pass exactly this traffic in a rule group that the policy names before the one that drops it"
    return f"{words}: {command} --rules {quote(rule)}"


def _stateless(source: str, there: str, port: str) -> str:
    """Both directions, since this engine keeps no state."""
    first, _, last = port.partition("-")
    span = {"FromPort": int(first), "ToPort": int(last or first)}
    any_port = {"FromPort": 0, "ToPort": 65535}
    ways = ((source, there, any_port, span), (there, source, span, any_port))
    rules = [
        {
            "Priority": number,
            "RuleDefinition": {
                "Actions": ["aws:pass"],
                "MatchAttributes": {
                    "Protocols": [6],
                    "Sources": [{"AddressDefinition": s}],
                    "Destinations": [{"AddressDefinition": d}],
                    "SourcePorts": [sport],
                    "DestinationPorts": [dport],
                },
            },
        }
        for number, (s, d, sport, dport) in enumerate(ways, 1)
    ]
    group = {"RulesSource": {"StatelessRulesAndCustomActions": {"StatelessRules": rules}}}
    command = "aws network-firewall create-rule-group --rule-group-name reach-pass --type STATELESS --capacity 10"
    words = "Pass both directions in a rule group that the policy names before the one that drops it"
    return f"{words}: {command} --rule-group {quote(json.dumps(group))}"
