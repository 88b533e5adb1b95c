"""VPC endpoints: gateway endpoints also write routes, for prefix lists that AWS keeps."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from reach.snapshot import ELSEWHERE
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.groups import groups, known, members
from reach.sources.cloudformation.maps.vpc import external, route
from reach.sources.cloudformation.maps.zones import zone_in
from reach.sources.cloudformation.resource import Resource, made_id
from reach.sources.cloudformation.stack import Home
from reach.sources.cloudformation.values import Unknown, plain, unknown_in

WITH_LISTS = ("s3", "dynamodb", "s3express")
WITHOUT_GROUPS = ("Gateway", "GatewayLoadBalancer")


def endpoint(draft: Draft, r: Resource, state: str = "available") -> None:
    """An endpoint of any type; an interface endpoint without groups gets the VPC's default one."""
    vpc_id = r.known_text("VpcId")
    external(draft, r, vpc_id)
    kind = r.known_text("VpcEndpointType", "Gateway")
    service = r.known_text("ServiceName")
    record: Entry = {
        "VpcEndpointId": r.id,
        "VpcEndpointType": kind,
        "VpcId": vpc_id,
        "ServiceName": service,
        "State": state,
        "OwnerId": r.stack.home.account,
        "RequesterManaged": False,
        "PrivateDnsEnabled": r.flag("PrivateDnsEnabled"),
        "RouteTableIds": r.texts("RouteTableIds"),
        "SubnetIds": r.texts("SubnetIds"),
        "Groups": [],
        "NetworkInterfaceIds": [],
        "DnsEntries": [],
        "Tags": r.tags(),
    }
    for name in ("ServiceRegion", "IpAddressType", "ResourceConfigurationArn", "ServiceNetworkArn"):
        if r.has(name):
            record[name] = r.known_text(name)
    if kind not in WITHOUT_GROUPS:
        record |= {"Groups": members("GroupId", groups(draft, r, "SecurityGroupIds", vpc_id))}
    options = r.known_part("DnsOptions")
    if options:
        record["DnsOptions"] = {key: _option(value) for key, value in options.items()}
    if r.has("PolicyDocument"):
        policy = r.get("PolicyDocument")
        known_whole = policy if isinstance(policy, str) else json.dumps(plain(policy), sort_keys=True)
        record["PolicyDocument"] = known_whole if not unknown_in(policy) else "not known"
    draft.put("VpcEndpoints", known(record), r)
    if record["PrivateDnsEnabled"] and kind.lower() == "interface":
        _answers_alone(draft, r, vpc_id, service)
    if kind.lower() == "gateway":
        gateway_routes(draft, r, service, record["RouteTableIds"], r.id)


def _answers_alone(draft: Draft, r: Resource, vpc_id: str, service: str) -> None:
    """One endpoint answers a service's name in a VPC: AWS refuses a second, so one that is there is left without it."""
    for id, held in list(draft.before(r.stack.home, "VpcEndpoints").items()):
        alike = (held.get("VpcId"), held.get("ServiceName")) == (vpc_id, service)
        if alike and held.get("PrivateDnsEnabled") and id != r.id and held.get("State") not in ("deleted", "deleting"):
            record = draft.changed(r.stack.home, "VpcEndpoints", id)
            if record is not None:
                record["PrivateDnsEnabled"] = False
                said = f"answers the private name of {service} in {vpc_id} in place of {id}"
                draft.conclude(r, said, r.id, id)


# What EC2 answers as a boolean, CloudFormation has words for.
INBOUND_ONLY = {"onlyinboundresolver": True, "allresolvers": False, "notspecified": False, "true": True, "false": False}


def _option(value: Any) -> Any:
    return INBOUND_ONLY.get(str(value).lower(), plain(value))


def gateway_routes(draft: Draft, r: Resource, service: str, tables: list[str], id: str) -> None:
    """A gateway endpoint's route in each of its tables (AWS writes them, not the template)."""
    word = service.rpartition(".")[2]
    parts = service.split(".")
    region = parts[2] if len(parts) > 3 else r.stack.home.region
    listed = list_of(draft, r.stack.home, word, region)
    for table in tables:
        draft.add("RouteTables", table, "Routes", route("DestinationPrefixListId", listed, id), r)
    for other, held in list(draft.before(r.stack.home, "VpcEndpoints").items()):
        taken = {*tables} & {*(held.get("RouteTableIds") or ())}
        if other != id and held.get("ServiceName") == service and taken:  # whose routes those take the place of
            record = draft.changed(r.stack.home, "VpcEndpoints", other)
            if record is not None:
                record["RouteTableIds"] = [table for table in record["RouteTableIds"] if table not in taken]


def perhaps(draft: Draft, r: Resource) -> None:
    """An endpoint that may be there: only what would use this one is in doubt."""
    endpoint(draft, r, r.stack.pend(r.stack.doubtful[r.logical]))


def perhaps_routed(draft: Draft, r: Resource) -> None:
    """A gateway endpoint that may be there: a route to something that nobody knows yet, in tables that may be any.

    Of one whose service is not known either there may be a route to each service that has such endpoints. Only they
    have route tables, so what has some is one.
    """
    tables, kind, service = r.texts("RouteTableIds"), r.get("VpcEndpointType"), r.get("ServiceName")
    if kind is not None and not isinstance(kind, Unknown) and str(kind).lower() != "gateway":
        return
    if not isinstance(service, Unknown):
        way = r.stack.pend(kind) if isinstance(kind, Unknown) else r.id
        gateway_routes(draft, r, r.text("ServiceName"), tables, way)
        return
    for word in WITH_LISTS:
        free = [table for table in tables if table not in _served(r, word)]
        gateway_routes(draft, r, f"com.amazonaws.{r.stack.home.region}.{word}", free, r.stack.pend(service))


def _served(r: Resource, service: str) -> set[str]:
    """The tables that another endpoint of the stack serves a service in: AWS refuses a second."""
    alike = (o for o in r.stack.of_type(r.type) if o.logical != r.logical and o.logical not in r.stack.doubtful)
    named = (o for o in alike if str(o.get("ServiceName")).rpartition(".")[2] == service)
    return {table for other in named for table in other.texts("RouteTableIds")}


def endpoint_service(draft: Draft, r: Resource) -> None:
    """A service of one's own: it is in the zones of its load balancers, if they are all known (FW-1)."""
    name = f"com.amazonaws.vpce.{r.stack.home.region}.{r.id}"
    gateways = r.texts("GatewayLoadBalancerArns")
    zones: set[str] = set()
    for arn in (*gateways, *r.texts("NetworkLoadBalancerArns")):
        held = draft.record(arn) or draft.bases.get(arn) or {}
        subnets = [str(zone.get("SubnetId", "")) for zone in held.get("AvailabilityZones") or ()]
        found = {zone_in(draft.record(id) or draft.bases.get(id) or {}) for id in subnets}
        if not found or "" in found:
            return
        zones |= found
    kind = "GatewayLoadBalancer" if gateways else "Interface"
    record = {"ServiceName": name, "ServiceId": r.id, "ServiceType": [{"ServiceType": kind}]}
    draft.put("ServiceDetails", record | {"AvailabilityZones": sorted(zones)}, r, r.id)


def stand_in(service: str, region: str) -> str:
    """The id that stands for AWS's prefix list of a service."""
    return made_id("pl", region, f"com.amazonaws.{region}.{service}")


def list_of(draft: Draft, home: Home, service: str, region: str) -> str:
    """AWS's prefix list of a service where that was read, else what stands for it."""
    return next((id for id, _ in _read(draft, home, f"com.amazonaws.{region}.{service}")), stand_in(service, region))


def _read(draft: Draft, home: Home, name: str) -> Iterator[tuple[str, list[Entry]]]:
    """A list of this name that was there before, with the entries that are known of it."""
    for key in ("ManagedPrefixLists", "PrefixLists"):
        for id, row in draft.before(home, key).items():
            if row.get("PrefixListName") == name:
                told = draft.before(home, "ManagedPrefixListEntries").get(id, {}).get("Entries")
                yield id, list(told or ({"Cidr": block} for block in row.get("Cidrs") or ()))


def service_lists(draft: Draft, home: Home) -> None:
    """The lists of a region by name: what is in them is known to AWS only, unless it was read before."""
    for service in WITH_LISTS:
        id = stand_in(service, home.region)
        name = f"com.amazonaws.{home.region}.{service}"
        listed = {
            "PrefixListId": id,
            "PrefixListName": name,
            "PrefixListArn": f"arn:aws:ec2:{home.region}:aws:prefix-list/{id}",
            "AddressFamily": "IPv4",
            "OwnerId": "AWS",
            "State": "create-complete",
        }
        draft.collection(home, "ManagedPrefixLists").append(listed)
        draft.owners[id] = ("ManagedPrefixLists", listed)
        entries = next((rows for _, rows in _read(draft, home, name) if rows), [])
        if entries:
            draft.collection(home, "ManagedPrefixListEntries").append({"PrefixListId": id, "Entries": entries})
            continue
        why = f"which addresses {name} holds is told by AWS, not by templates"
        needs = "ec2:GetManagedPrefixListEntries" if (home.account, home.region) in draft.below else ELSEWHERE
        draft.world.pending.setdefault(id, Unknown(id, needs, why))
