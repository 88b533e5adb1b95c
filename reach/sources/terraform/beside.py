"""Maps for what Terraform says in resources of their own and CloudFormation inside others: a VPC of a zone, a rule of
DNS Firewall, a group of an interface, the policy of a role. What they are about may be there already.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reach.snapshot import ELSEWHERE
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps import Map
from reach.sources.cloudformation.maps.endpoints import gateway_routes
from reach.sources.cloudformation.maps.outside import policy_text, system_policy, undecided_system_policy
from reach.sources.cloudformation.maps.transit import lost_route
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown

RULE = ("Action", "BlockResponse", "BlockOverrideDomain", "FirewallDomainListId", "FirewallDomainRedirectionAction")


def _missing(draft: Draft, r: Resource, key: str, id: str) -> None:
    """What is changed here is nowhere: what the collection holds is not known whole."""
    home = r.stack.home
    why = f"{r.logical} ({r.where}) changes {id}, which is not made by the plan"
    draft.partial.setdefault((home.account, home.region, key), Unknown(id, ELSEWHERE, why))


def hosted_zone_vpc(draft: Draft, r: Resource) -> None:
    """One more VPC in which a private zone answers."""
    id = r.known_text("HostedZoneId").rpartition("/")[2]
    key, vpc = "route53:HostedZones", r.known_text("VPCId")
    by_vpc = (z for z in draft.before(r.stack.home, key).values() if z.get("HostedZoneId") == id and "VPCs" not in z)
    one = next(by_vpc, None)
    if one is not None:  # as AWS lists the zones of a VPC: a record for each
        draft.put(key, {**one, "VPCId": vpc}, r, f"{id} {vpc}")
        return
    record = draft.changed(r.stack.home, key, f"/hostedzone/{id}") or draft.changed(r.stack.home, key, id)
    if record is None:
        _missing(draft, r, key, id)
        return
    region = r.known_text("VPCRegion") or r.stack.home.region
    held = record.get("VPCs") or ()
    if all(row.get("VPCId") != vpc for row in held):  # the zone is not told with it already
        record["VPCs"] = [*held, {"VPCId": vpc, "VPCRegion": region}]


def firewall_rule(draft: Draft, r: Resource) -> None:
    row: Entry = {name: r.known_text(name) for name in (*RULE, "Qtype") if r.has(name)}
    row |= {"FirewallRuleGroupId": r.known_text("FirewallRuleGroupId"), "Priority": r.number("Priority", 0)}
    draft.put("route53resolver:FirewallRules", row, r, f"rule {r.logical}")


def endpoint_part(draft: Draft, r: Resource) -> None:
    """A route table, subnet, group, policy or switch of an endpoint."""
    id = r.known_text("Id")
    record = draft.changed(r.stack.home, "VpcEndpoints", id)
    if record is None:
        _missing(draft, r, "VpcEndpoints", id)
        return
    for name, member in (("RouteTableId", "RouteTableIds"), ("SubnetId", "SubnetIds")):
        if r.has(name):
            record[member] = [*(record.get(member) or ()), r.known_text(name)]
    if r.has("RouteTableId"):
        gateway_routes(draft, r, str(record.get("ServiceName")), [r.known_text("RouteTableId")], id)
    if r.has("SecurityGroupId"):
        held = () if r.flag("Replaces") else record.get("Groups") or ()
        record["Groups"] = [*held, {"GroupId": r.known_text("SecurityGroupId")}]
    if r.has("PolicyDocument"):
        policy = r.get("PolicyDocument")
        record["PolicyDocument"] = "not known" if isinstance(policy, Unknown) else policy_text(policy)
    if r.has("PrivateDnsEnabled"):
        record["PrivateDnsEnabled"] = r.flag("PrivateDnsEnabled")


def interface_group(draft: Draft, r: Resource) -> None:
    """One more security group on an interface."""
    id = r.known_text("NetworkInterfaceId")
    record = draft.changed(r.stack.home, "NetworkInterfaces", id)
    if record is None:
        _missing(draft, r, "NetworkInterfaces", id)
    elif "Groups" in record:
        record["Groups"] = [*record["Groups"], {"GroupId": r.known_text("SecurityGroupId")}]


def list_entry(draft: Draft, r: Resource) -> None:
    """One more entry of a prefix list, which a plan may leave as it is."""
    id = r.known_text("PrefixListId")
    record = draft.changed(r.stack.home, "ManagedPrefixListEntries", id)
    if record is None:
        why = f"{r.logical} ({r.where}) adds to {id}, which is not made by the plan"
        draft.world.pending.setdefault(id, Unknown(id, ELSEWHERE, why))
    else:
        held, block = record.get("Entries") or (), r.block("Cidr")
        if all(row.get("Cidr") != block for row in held):  # the list is not told with it already
            record["Entries"] = [*held, {"Cidr": block}]


def prefix_list(draft: Draft, r: Resource) -> None:
    """A list that a data source has found: AWS's own or a customer's, with its entries."""
    id, name = r.text("Id"), r.text("Name")
    aws = name.startswith("com.amazonaws.")
    record: Entry = {
        "PrefixListId": id,
        "PrefixListName": name,
        "AddressFamily": r.text("Family", "IPv4"),
        "OwnerId": r.text("Owner", "AWS" if aws else r.stack.home.account),
        "State": "create-complete",
    }
    draft.put("ManagedPrefixLists", record, r)
    entries = [{"Cidr": cidr} for cidr in r.texts("Entries")]
    draft.put("ManagedPrefixListEntries", {"PrefixListId": id, "Entries": entries}, r)


def transit_list(draft: Draft, r: Resource) -> None:
    """A static route of a transit gateway's table for each entry of a prefix list."""
    table = r.known_text("TransitGatewayRouteTableId")
    routes = draft.changed(r.stack.home, "TransitGatewayRoutes", table)
    if routes is None:
        return
    attachment = r.text("TransitGatewayAttachmentId")
    row: Entry = {
        "PrefixListId": r.known_text("PrefixListId"),
        "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": attachment}] if attachment else [],
        "Type": "static",
        "State": "blackhole" if r.flag("Blackhole") else "active",
    }
    routes["Routes"] = [*(routes.get("Routes") or ()), row]


def function_version(draft: Draft, r: Resource) -> None:
    """A published version, which keeps the network of the function as it was published."""
    name, number = r.known_text("FunctionName"), r.known_text("Version")
    held = next((row for row in draft.rows(r.stack.home, "Functions") if row["FunctionName"] == name), None)
    if held is not None:
        arn = f"{held['FunctionArn']}:{number}"
        draft.put("Versions", {**held, "Version": number, "FunctionArn": arn}, r, arn)


def role_policy(draft: Draft, r: Resource) -> None:
    """A managed policy of a role."""
    arn = r.text("Arn")
    row: dict[str, Any] = {"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn}
    for role in r.texts("Roles"):
        held = draft.record(f"policies attached to {role}")
        if held is None:
            draft.join("iam:AttachedPolicies", role, "AttachedPolicies", row, r.stack.home, r.where)
        else:
            held["AttachedPolicies"].append(row)


def api_policy(draft: Draft, r: Resource) -> None:
    record = draft.record(f"api:{r.known_text('RestApiId')}")
    if record is not None:
        policy = r.get("Policy")
        record["policy"] = "not known" if isinstance(policy, Unknown) else policy_text(policy)


BESIDE: Mapping[str, tuple[Map, ...]] = {
    "Terraform::EndpointPart": (Map(5, endpoint_part, ("VpcEndpoints",)),),
    "Terraform::FileSystemPolicy": (Map(4, system_policy, ("efs:FileSystemPolicies",), lost=undecided_system_policy),),
    "Terraform::FirewallRule": (Map(3, firewall_rule, ("route53resolver:FirewallRules",)),),
    "Terraform::FunctionVersion": (Map(5, function_version, ("Versions",)),),
    "Terraform::HostedZoneVpc": (Map(4, hosted_zone_vpc, ("route53:HostedZones",)),),
    "Terraform::InterfaceGroup": (Map(5, interface_group, ("NetworkInterfaces",)),),
    "Terraform::PrefixList": (Map(2, prefix_list, ("ManagedPrefixLists",)),),
    "Terraform::PrefixListEntry": (Map(3, list_entry, ("ManagedPrefixListEntries",)),),
    "Terraform::RestApiPolicy": (Map(4, api_policy, ("apigateway:items",)),),
    "Terraform::RolePolicyAttachment": (Map(4, role_policy, ("iam:AttachedPolicies",)),),
    "Terraform::TransitGatewayPrefixList": (Map(6, transit_list, lost=lost_route),),
}
