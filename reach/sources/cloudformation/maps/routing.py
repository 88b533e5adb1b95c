"""Route tables, their routes and associations, and the gateways that routes lead to."""

from __future__ import annotations

from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.vpc import external, state_of, table_record, unknown_list
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Undetermined, Unknown, unknown_in

DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
# The property that names a route's target → the member of AWS's record.
TARGETS = {
    "CarrierGatewayId": "CarrierGatewayId",
    "CoreNetworkArn": "CoreNetworkArn",
    "EgressOnlyInternetGatewayId": "EgressOnlyInternetGatewayId",
    "GatewayId": "GatewayId",
    "InstanceId": "InstanceId",
    "LocalGatewayId": "LocalGatewayId",
    "NatGatewayId": "NatGatewayId",
    "NetworkInterfaceId": "NetworkInterfaceId",
    "TransitGatewayId": "TransitGatewayId",
    "VpcEndpointId": "GatewayId",
    "VpcPeeringConnectionId": "VpcPeeringConnectionId",
}


NAT_TABLE = "NatGatewayRouteTable"


def route_table(draft: Draft, r: Resource) -> None:
    held = draft.bases.get(r.id, {}).get("Associations") or ()  # of a table that exists, and is changed
    draft.put("RouteTables", table_record(draft, r, r.id, r.known_text("VpcId"), list(held)), r)


def route(draft: Draft, r: Resource) -> None:
    """A route; where its destination is not known, it is that of a list without known entries."""
    name = next((n for n in DESTINATIONS if r.has(n)), "")
    target = next((n for n in TARGETS if r.has(n)), "")
    if not name or not target:
        usual = r.word("NatGatewayId" if name else "DestinationCidrBlock")
        missing = f"{'target' if name else 'destination'}, such as {usual}"
        raise r.stack.fail(r.line, f"the route {r.logical} has no {missing}")
    row: Entry = {TARGETS[target]: r.text(target), "Origin": "CreateRoute", "State": "active"}
    row |= destination(draft, r, name)
    draft.add("RouteTables", r.text("RouteTableId"), "Routes", row, r)


def perhaps_route(draft: Draft, r: Resource) -> None:
    """A route that may be there: nobody knows where it leads what it is for, and nothing else is in doubt."""
    table, name = r.get("RouteTableId"), next((n for n in DESTINATIONS if r.has(n)), "")
    doubt = r.stack.doubtful.get(r.logical)
    if doubt is None or not name or not isinstance(table, str):
        unknown = doubt or unknown_in([r.get(n) for n in r.props])
        if unknown is not None:
            draft.lose("RouteTables", r.text("RouteTableId"), "Routes", unknown, r)
        return
    row = route_to(destination(draft, r, name), r.stack.pend(doubt))
    draft.add("RouteTables", table, "Routes", row, r)


def route_to(where: Entry, gateway: str) -> Entry:
    return {**where, "GatewayId": gateway, "Origin": "CreateRoute", "State": "active"}


def destination(draft: Draft, r: Resource, name: str) -> Entry:
    """The member of a route that holds its destination."""
    value = r.get(name)
    if isinstance(value, Unknown):
        return {"DestinationPrefixListId": unknown_list(draft, value, r)}
    text = r.text(name)
    return {name: text if name == "DestinationPrefixListId" else r.as_block(name, text)}


def association(draft: Draft, r: Resource) -> None:
    """A subnet or a gateway moves to a route table: it leaves the one that it had."""
    member = "SubnetId" if r.has("SubnetId") else "GatewayId"
    table = r.text("RouteTableId")
    for old in draft.leave("RouteTables", table, member, r):
        draft.conclude(r, f"takes {r.known_text(member)} from {old}, with which it is associated", old, table)
    _one_of_its_own(draft, r)
    row = {
        "RouteTableAssociationId": r.part_id("rtbassoc"),
        "RouteTableId": table,
        member: r.known_text(member),
        "Main": False,
        "AssociationState": {"State": "associated"},
    }
    draft.add("RouteTables", table, "Associations", row, r)


def perhaps_moved(draft: Draft, r: Resource) -> None:
    """A subnet that may move cannot be said to keep the table that it has; nor any, if it is not known which moves."""
    draft.perhaps_leave("RouteTables", "RouteTableId", "SubnetId" if r.has("SubnetId") else "GatewayId", r)


def _one_of_its_own(draft: Draft, r: Resource) -> None:
    """A table that is not known stands for itself where a subnet made here goes to it: only this subnet is in doubt."""
    table, unknown, subnet = r.text("RouteTableId"), r.get("RouteTableId"), r.get("SubnetId")
    held = draft.record(subnet) if isinstance(subnet, str) else None
    if isinstance(unknown, Unknown) and held is not None and draft.record(table) is None and subnet not in draft.bases:
        record = table_record(draft, r, table, str(held["VpcId"]), [])
        draft.put("RouteTables", record, r)
        draft.lost.append((record, "Routes", table, unknown))


def propagation(draft: Draft, r: Resource) -> None:
    """Routes that a VPN gateway may put into tables."""
    for table in r.texts("RouteTableIds"):
        draft.add("RouteTables", table, "PropagatingVgws", {"GatewayId": r.text("VpnGatewayId")}, r)


def internet_gateway(draft: Draft, r: Resource) -> None:
    held = list(draft.bases.get(r.id, {}).get("Attachments") or ())
    record = {"InternetGatewayId": r.id, "OwnerId": r.stack.home.account, "Attachments": held, "Tags": r.tags()}
    draft.put("InternetGateways", record, r)


def attachment(draft: Draft, r: Resource) -> None:
    """An internet or VPN gateway is attached to a VPC, which takes one of each."""
    vpc_id = r.known_text("VpcId")
    kinds = (("InternetGateway", "Attachments", "available"), ("VpnGateway", "VpcAttachments", "attached"))
    for kind, member, state in kinds:
        if r.has(f"{kind}Id"):
            id = r.text(f"{kind}Id")
            _alone(draft, r, vpc_id, id, kind, member)
            draft.add(f"{kind}s", id, member, {"VpcId": vpc_id, "State": state}, r)


def _alone(draft: Draft, r: Resource, vpc_id: str, id: str, kind: str, member: str) -> None:
    """AWS refuses the second gateway of a kind in a VPC, and the second VPC of a gateway."""
    for other, held in draft.before(r.stack.home, f"{kind}s").items():
        vpcs = {row.get("VpcId") for row in held.get(member) or () if row.get("State") not in ("detached", "detaching")}
        second, elsewhere = vpc_id in vpcs and other != id, other == id and vpcs and vpc_id not in vpcs
        if second or elsewhere:
            taken = f"that has {other}" if second else f"it is attached to {min(map(str, vpcs))}"
            said = f"attaches {id} to {vpc_id}, and {taken}: AWS refuses that until the other is detached"
            draft.conclude(r, said, vpc_id, id)


def egress_only(draft: Draft, r: Resource) -> None:
    vpc_id = r.known_text("VpcId")
    external(draft, r, vpc_id)
    attached = [{"VpcId": vpc_id, "State": "attached"}]
    record = {"EgressOnlyInternetGatewayId": r.id, "Attachments": attached, "Tags": r.tags()}
    draft.put("EgressOnlyInternetGateways", record, r)


def nat_gateway(draft: Draft, r: Resource) -> None:
    """A NAT gateway; its VPC is its subnet's."""
    mode = r.known_text("AvailabilityMode", "zonal")
    subnet_id = r.text("SubnetId")
    vpc_id = str(draft.held(r, "SubnetId")["VpcId"]) if subnet_id else r.known_text("VpcId")
    address: Entry = {"Status": "succeeded", "IsPrimary": True}
    if r.has("AllocationId"):
        address |= {"AllocationId": r.text("AllocationId"), "PublicIp": f"the address of {r.logical}"}
    if isinstance(r.get("PrivateIpAddress"), str):
        address["PrivateIp"] = r.text("PrivateIpAddress")
    kind = r.known_text("ConnectivityType", "public")
    record: Entry = {
        "NatGatewayId": r.id,
        "State": "available",
        "ConnectivityType": kind,
        "AvailabilityMode": mode,
        "NatGatewayAddresses": [address],
        "Tags": r.tags(),
    }
    record |= {"SubnetId": subnet_id} if subnet_id else {}
    record |= {"VpcId": vpc_id} if vpc_id else {}
    if mode == "regional":
        address["PublicIp"] = f"an address of {r.logical}"
        record |= _regional(draft, r, vpc_id)
    if kind == "public" and mode == "zonal" and not r.has("AllocationId"):
        said = f"the public NAT gateway {r.logical} has no {r.word('AllocationId')}"
        raise r.stack.fail(r.line, said, "give it an Elastic IP")
    draft.put("NatGateways", record, r)


def _regional(draft: Draft, r: Resource, vpc_id: str) -> Entry:
    """The zones of a regional NAT gateway, unless it finds them itself, and its own route table (NAT-5, NAT-6)."""
    table = r.part_id("rtb", NAT_TABLE)
    draft.put("RouteTables", table_record(draft, r, table, vpc_id, []), r)
    rows = list(r.rows("AvailabilityZoneAddresses"))
    out: Entry = {"AutoProvisionZones": "disabled" if rows else "enabled", "RouteTableId": table}
    if rows:
        out["NatGatewayAddresses"] = [
            {"Status": "succeeded", "AllocationId": id}
            | {"PublicIp": f"an address of {r.logical}"}
            | {key: r.as_text(key, row[key]) for key in ("AvailabilityZone", "AvailabilityZoneId") if key in row}
            for row in rows
            for id in r.texts_in("AvailabilityZoneAddresses", row.get("AllocationIds"))
        ]
    return out


def regional_way_out(draft: Draft, r: Resource) -> None:
    """AWS writes the way to the VPC's internet gateway into the table of a regional NAT gateway."""
    own = draft.record(r.part_id("rtb", NAT_TABLE))
    if own is None or any(row.get("DestinationCidrBlock") == "0.0.0.0/0" for row in own["Routes"]):
        return
    known = (*draft.every("InternetGateways"), *draft.before(r.stack.home, "InternetGateways").values())
    attached = (g for g in known if any(a["VpcId"] == own["VpcId"] for a in g.get("Attachments") or ()))
    joined = (a.id for a in draft.additions if a.key == "InternetGateways" and a.row.get("VpcId") == own["VpcId"])
    known_one = next((str(g["InternetGatewayId"]) for g in attached), "") or next(joined, "")
    gateway = known_one or _perhaps_attached(draft, str(own["VpcId"]))
    if gateway:
        row = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway, "State": "active"}
        own["Routes"].append(row | {"Origin": "CreateRoute"})


def _perhaps_attached(draft: Draft, vpc_id: str) -> str:
    """An internet gateway that may be attached to a VPC, as none is known to be; empty if there is none."""
    for stack in draft.world.stacks:
        for r in stack.of_type("AWS::EC2::VPCGatewayAttachment"):
            named = r.get("VpcId")
            if r.has("InternetGatewayId") and (isinstance(named, Unknown) or named == vpc_id):
                return r.text("InternetGatewayId")
    return ""


def elastic_ip(draft: Draft, r: Resource) -> None:
    draft.put("Addresses", {"AllocationId": r.id, "Domain": "vpc", "Tags": r.tags()}, r)


def peering(draft: Draft, r: Resource) -> None:
    """A peering connection; CloudFormation waits until it is accepted."""
    home = r.stack.home
    sides = []
    for name, owner, region in (
        ("VpcId", home.account, home.region),
        ("PeerVpcId", r.text("PeerOwnerId") or home.account, r.text("PeerRegion") or home.region),
    ):
        id = r.known_text(name)
        held = draft.held(r, name)
        blocks, v6 = (
            [{key: a[key]} for a in held.get(f"{key}AssociationSet") or () if state_of(a, key) == "associated"]
            for key in ("CidrBlock", "Ipv6CidrBlock")
        )
        side: Entry = {"VpcId": id, "OwnerId": owner, "Region": region, "CidrBlockSet": blocks, "Ipv6CidrBlockSet": v6}
        sides.append(side | ({"CidrBlock": blocks[0]["CidrBlock"]} if blocks else {}))
    record = {
        "VpcPeeringConnectionId": r.id,
        "Status": {"Code": "active"},
        "RequesterVpcInfo": sides[0],
        "AccepterVpcInfo": sides[1],
        "Tags": r.tags(),
    }
    draft.put("VpcPeeringConnections", record, r)


def exclusion(draft: Draft, r: Resource) -> None:
    """A VPC or subnet that Block Public Access does not concern."""
    name = "VpcId" if r.has("VpcId") else "SubnetId"
    arn = r.arn("ec2", f"{'vpc' if name == 'VpcId' else 'subnet'}/{r.text(name)}")
    record = {
        "ExclusionId": r.id,
        "ResourceArn": arn,
        "InternetGatewayExclusionMode": r.known_text("InternetGatewayExclusionMode"),
        "State": "create-complete",
    }
    draft.put("VpcBlockPublicAccessExclusions", record, r)


def perhaps_blocked(draft: Draft, r: Resource) -> None:
    """Whether public access is blocked is not known: no mode that anybody knows."""
    unknown = r.stack.doubtful.get(r.logical) or unknown_in(r.get("InternetGatewayBlockMode"))
    record = {"AwsAccountId": r.stack.home.account, "AwsRegion": r.stack.home.region, "State": "default-state"}
    mode = r.stack.pend(unknown) if unknown else "not said"
    draft.put("VpcBlockPublicAccessOptions", record | {"InternetGatewayBlockMode": mode}, r)


def public_access(draft: Draft, r: Resource) -> None:
    """The account's Block Public Access in this region."""
    record = {
        "AwsAccountId": r.stack.home.account,
        "AwsRegion": r.stack.home.region,
        "State": "default-state",
        "InternetGatewayBlockMode": r.known_text("InternetGatewayBlockMode", "off"),
    }
    if not r.has("InternetGatewayBlockMode"):
        raise Undetermined(Unknown(r.id, "InternetGatewayBlockMode", f"{r.logical} ({r.where}) does not say its mode"))
    draft.put("VpcBlockPublicAccessOptions", record, r)
