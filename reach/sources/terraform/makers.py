"""Terraform types outside EC2's network whose shape is another than CloudFormation's: zones and records, functions,
load balancers, containers, rule groups of firewalls.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reach.sources.cloudformation.values import Unknown
from reach.sources.terraform.blocks import Made, Maker
from reach.sources.terraform.plan import Instance
from reach.sources.terraform.reading import properties_of, value
from reach.sources.terraform.references import References
from reach.sources.terraform.tables.firewalls import RULES
from reach.sources.terraform.tables.senders import SENDERS

ALIAS = {"DNSName": "name", "HostedZoneId": "zone_id", "EvaluateTargetHealth": "evaluate_target_health"}


def _set(**properties: Any) -> dict[str, Any]:
    """Properties without those that are not set."""
    return {name: value for name, value in properties.items() if value not in (None, "", [])}


def _row(refs: References, i: Instance, block: str) -> bool | Unknown:
    """Whether a block is there that can be there once."""
    count = refs.rows(i, block)
    return count if isinstance(count, Unknown) else count > 0


# -- Route 53 -----------------------------------------------------------------------------------------


def zone(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """A private hosted zone, with the VPCs that are associated inside it and beside it; one without VPCs is public."""
    rows = refs.rows(i, "vpc")
    others = [o for o in refs.of_type("aws_route53_zone_association") if refs.get(o, "zone_id") == own]
    if isinstance(rows, Unknown):
        yield "", "AWS::Route53::HostedZone", {"Name": refs.get(i, "name"), "VPCs": rows}
        return
    within = [(refs.get(i, "vpc", at, "vpc_id"), refs.get(i, "vpc", at, "vpc_region")) for at in range(rows)]
    beside = [(refs.get(o, "vpc_id"), refs.get(o, "vpc_region")) for o in others]
    if within or beside:
        vpcs = [_set(VPCId=id, VPCRegion=region) for id, region in (*within, *beside)]
        yield "", "AWS::Route53::HostedZone", {"Name": refs.get(i, "name"), "VPCs": vpcs}


def zone_association(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """One more VPC of a zone; one that the plan makes has it already."""
    found = _set(
        HostedZoneId=refs.get(i, "zone_id"), VPCId=refs.get(i, "vpc_id"), VPCRegion=refs.get(i, "vpc_region")
    )  # fmt: skip
    yield "", "Terraform::HostedZoneVpc", found


def record(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """A record set; the provider completes a relative name with that of its zone."""
    found = _set(
        HostedZoneId=refs.get(i, "zone_id"), Name=_full_name(refs, i), Type=refs.get(i, "type"),
        ResourceRecords=refs.all(i, "records"), SetIdentifier=refs.get(i, "set_identifier"),
        MultiValueAnswer=refs.get(i, "multivalue_answer_routing_policy"),
    )  # fmt: skip
    alias = _row(refs, i, "alias")
    if alias:
        found["AliasTarget"] = alias if isinstance(alias, Unknown) else {
            name: refs.get(i, "alias", 0, attribute) for name, attribute in ALIAS.items()
        }  # fmt: skip
    for block, attribute, name in (
        ("failover_routing_policy", "type", "Failover"),
        ("latency_routing_policy", "region", "Region"),
        ("weighted_routing_policy", "weight", "Weight"),
    ):
        chosen = _row(refs, i, block)
        if chosen:
            found[name] = chosen if isinstance(chosen, Unknown) else refs.get(i, block, 0, attribute)
    if _row(refs, i, "geolocation_routing_policy"):
        found["GeoLocation"] = {"CountryCode": refs.get(i, "geolocation_routing_policy", 0, "country") or "*"}
    for block in ("geoproximity_routing_policy", "cidr_routing_policy"):
        if _row(refs, i, block):  # who is told what is not decided here
            found["ResourceRecords"] = refs.open(i, (block,))
    yield "", "AWS::Route53::RecordSet", found


def _full_name(refs: References, i: Instance) -> Any:
    told, name = i.values.get("fqdn"), refs.get(i, "name")
    if isinstance(told, str) and told:
        return told
    id = refs.get(i, "zone_id")
    held = next((z for z in refs.of_type("aws_route53_zone") if refs.ids.id_of(z) == id), None)
    zone_name = refs.get(held, "name") if held is not None else None
    if not isinstance(name, str) or not isinstance(zone_name, str):
        return name
    bare, whole = name.lower().rstrip("."), zone_name.lower().rstrip(".")
    return bare if bare == whole or bare.endswith(f".{whole}") else f"{bare}.{whole}" if bare else whole


# -- functions ----------------------------------------------------------------------------------------


def function(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """A function, attached by its `vpc_config` block; `publish` makes a version of it, too."""
    found = _set(FunctionName=own, Timeout=refs.get(i, "timeout"), Role=refs.get(i, "role"))
    attached = _row(refs, i, "vpc_config")
    if isinstance(attached, Unknown):
        found["VpcConfig"] = attached
    elif attached:
        dual = refs.get(i, "vpc_config", 0, "ipv6_allowed_for_dual_stack")
        found["VpcConfig"] = {
            "SubnetIds": refs.all(i, "vpc_config", 0, "subnet_ids"),
            "SecurityGroupIds": refs.all(i, "vpc_config", 0, "security_group_ids"),
            **({} if dual is None else {"Ipv6AllowedForDualStack": dual}),
        }
    mounts = refs.rows(i, "file_system_config")
    if mounts:
        found["FileSystemConfigs"] = mounts if isinstance(mounts, Unknown) else [
            {"Arn": refs.get(i, "file_system_config", at, "arn")} for at in range(mounts)
        ]  # fmt: skip
    layers = refs.all(i, "layers")
    found |= {"Layers": layers} if layers else {}
    if _row(refs, i, PROVIDER):
        arn = refs.get(i, PROVIDER, 0, f"lambda_managed_instances_{PROVIDER}", 0, "capacity_provider_arn")
        config = {"LambdaManagedInstancesCapacityProviderConfig": {"CapacityProviderArn": arn}}
        found["CapacityProviderConfig"] = config
    yield "", "AWS::Lambda::Function", found
    number = version_of(refs, i)
    if number.isdecimal():
        yield "version", "Terraform::FunctionVersion", {"FunctionName": own, "Version": number}


def version_of(refs: References, i: Instance) -> str:
    """The last version of a function: told if it exists, the first one of a new one; empty if nobody knows."""
    if refs.get(i, "publish") is not True:
        return "$LATEST"
    return "1" if i.before is None else str(i.values.get("version") or "")


PROVIDER = "capacity_provider_config"


def alias(refs: References, i: Instance, own: str) -> Iterator[Made]:
    found = properties_of(refs, i, SENDERS[i.type].properties)
    if _row(refs, i, "routing_config"):
        shares = refs.whole(i, "routing_config", 0, "additional_version_weights")
        rows = shares.items() if isinstance(shares, Mapping) else ()
        weights = [{"FunctionVersion": version, "FunctionWeight": weight} for version, weight in rows]
        found["RoutingConfig"] = {"AdditionalVersionWeights": weights or shares}
    yield "", "AWS::Lambda::Alias", found


# -- the rest -----------------------------------------------------------------------------------------


def load_balancer(refs: References, i: Instance, own: str) -> Iterator[Made]:
    rows = refs.rows(i, "subnet_mapping")
    mapped = rows if isinstance(rows, Unknown) else [
        _set(SubnetId=refs.get(i, "subnet_mapping", at, "subnet_id")) for at in range(rows)
    ]  # fmt: skip
    inside = refs.get(i, "internal")
    yield "", "AWS::ElasticLoadBalancingV2::LoadBalancer", _set(
        Name=refs.get(i, "name"), Type=refs.get(i, "load_balancer_type"), Subnets=refs.all(i, "subnets"),
        Scheme=inside if isinstance(inside, Unknown) else "internal" if inside is True else "internet-facing",
        SubnetMappings=[] if refs.all(i, "subnets") else mapped, SecurityGroups=refs.all(i, "security_groups"),
        IpAddressType=refs.get(i, "ip_address_type"),
    )  # fmt: skip


def containers(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """An ECS service; one without a network configuration is on the network of its instances."""
    found = _set(ServiceName=own, Cluster=refs.get(i, "cluster"))
    configured = _row(refs, i, "network_configuration")
    if isinstance(configured, Unknown):
        found["NetworkConfiguration"] = configured
    elif configured:
        public = refs.get(i, "network_configuration", 0, "assign_public_ip")
        found["NetworkConfiguration"] = {
            "AwsvpcConfiguration": _set(
                Subnets=refs.all(i, "network_configuration", 0, "subnets"),
                SecurityGroups=refs.all(i, "network_configuration", 0, "security_groups"),
                AssignPublicIp=public if isinstance(public, Unknown) else "ENABLED" if public is True else "DISABLED",
            )
        }
    yield "", "AWS::ECS::Service", found


def glue_connection(refs: References, i: Instance, own: str) -> Iterator[Made]:
    block = "physical_connection_requirements"
    given: dict[str, Any] = {"Name": refs.get(i, "name")}
    there = _row(refs, i, block)
    if isinstance(there, Unknown):
        given[REQUIREMENTS] = there
    elif there:
        groups = refs.all(i, block, 0, "security_group_id_list")
        given[REQUIREMENTS] = _set(SubnetId=refs.get(i, block, 0, "subnet_id"), SecurityGroupIdList=groups)
    yield "", "AWS::Glue::Connection", {"ConnectionInput": given}


REQUIREMENTS = "PhysicalConnectionRequirements"


def rule_group(refs: References, i: Instance, own: str) -> Iterator[Made]:
    """The rules of a firewall, as text or as blocks."""
    written = refs.whole(i, "rules")
    rules = {"RulesSource": {"RulesString": written}} if written else value(refs, i, RULES)
    found = _set(RuleGroupName=own, Type=refs.get(i, "type"), RuleGroup=rules)
    yield "", "AWS::NetworkFirewall::RuleGroup", found


OTHERS: Mapping[str, Maker] = {
    "aws_alb": load_balancer,
    "aws_ecs_service": containers,
    "aws_glue_connection": glue_connection,
    "aws_lambda_alias": alias,
    "aws_lambda_function": function,
    "aws_lb": load_balancer,
    "aws_networkfirewall_rule_group": rule_group,
    "aws_route53_record": record,
    "aws_route53_zone": zone,
    "aws_route53_zone_association": zone_association,
}
