"""Endpoints beside the usual ones: other Regions, IPv6 only, resources, service networks, partners; encryption."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, cut, do, forget, put
from tests.scenario_dns import HOST_OF_DB
from tests.scenario_firewalls import INSPECTED
from tests.scenario_worlds import BACK, DB, NAT, NAT_WAY, PEER, PRIVATE, S3_ROUTED, THERE, dns, endpoint, only

OWN = "vpce-i-abcd1234.secretsmanager.eu-west-1.vpce.amazonaws.com"
ACROSS: dict[str, Any] = {"ServiceName": "com.amazonaws.eu-central-1.s3", "ServiceRegion": "eu-central-1"}


def kind(type: str, **members: Any) -> Step:
    """The endpoint `vpce-i` as one of another type."""
    return put("vpce-i", VpcEndpointType=type, ServiceName="", **members)


def leads(name: str = "", accessible: str | None = "Accessible", arn: str = "", own: str = OWN) -> Step:
    """What the endpoint's association with a resource says, and the private name that it gives it."""

    def change(w: Any) -> None:
        record: dict[str, Any] = {"Id": "vpce-rsc-asc-1", "VpcEndpointId": "vpce-i", "DnsEntry": {"DnsName": own}}
        if name:
            record["PrivateDnsEntry"] = {"DnsName": name}
        if arn:
            record["AssociatedResourceArn"] = arn
        if accessible:
            record["AssociatedResourceAccessibility"] = accessible
        w.collections["VpcEndpointAssociations"] = [record]

    return change


def asks_next_door(allowed: bool) -> Step:
    """The peering's DNS option on the second VPC's side."""

    def change(w: Any) -> None:
        for side in ("RequesterVpcInfo", "AccepterVpcInfo"):
            if w["pcx-1"][side]["VpcId"] == "vpc-2":
                w["pcx-1"][side]["PeeringOptions"] = {"AllowDnsResolutionFromRemoteVpc": allowed}

    return change


NEAR = do("interface", "subnet-d", "10.0.3.77", ["sg-db"], id="eni-near", public_ip="54.9.9.7")
FAR = do("interface", "subnet-x", "10.9.1.77", ["sg-x"], id="eni-far", public_ip="54.9.9.9")
NEXT_DOOR = (*NAT, *PEER, THERE, BACK, FAR)
INSTANCES = (
    Row(ids="DNS-8", about="an instance's public name is its private address inside its VPC", want=OK, via=("rtb-fn",),
        world=(*NAT, NEAR), to="ec2-54-9-9-7.eu-west-1.compute.amazonaws.com:5432"),
    Row(ids="DNS-8 DNS-3 IGW-9", about="but not with enableDnsHostnames off", want=NO,
        code="SG_REFERENCES_NOT_PRESERVED", at="sg-db", cause="DEST_SG_NO_MATCH", more=("NO_ROUTE_TO_DESTINATION",),
        notes=("IGW_NAT_REFLECTION",), world=(*NAT, NEAR, dns(hostnames=False)),
        to="ec2-54-9-9-7.eu-west-1.compute.amazonaws.com:5432"),
    Row(ids="DNS-8", about="nor elsewhere", want=OK, via=NAT_WAY, world=NAT,
        to="ec2-52-30-1-7.eu-west-1.compute.amazonaws.com"),
    Row(ids="DNS-8 PCX-7", about="a peered VPC's instance, with the DNS option", want=OK, via=("rtb-fn", "pcx-1"),
        world=(*NEXT_DOOR, asks_next_door(True)), to="ec2-54-9-9-9.eu-west-1.compute.amazonaws.com:5432"),
    Row(ids="DNS-8 PCX-7", about="a peered VPC's instance, without it: its public address", want=NO,
        code="ENI_SG_RULES_MISMATCH", at="sg-x", cause="DEST_SG_NO_MATCH", more=("NO_ROUTE_TO_DESTINATION",),
        never=("IGW_NAT_REFLECTION",), world=(*NEXT_DOOR, asks_next_door(False)), says="over pcx-1 it could be private",
        to="ec2-54-9-9-9.eu-west-1.compute.amazonaws.com:5432"),
)  # fmt: skip

PARTNERS = "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718"
PARTNER = (*PRIVATE, endpoint(subnets=("subnet-d", "subnet-e")), put("vpce-i", ServiceName=PARTNERS))
NOT_IN_B: dict[str, Any] = {"want": PART, "code": "VPCE_SERVICE_NOT_INSTALLED_IN_AZ", "at": "vpce-i",
                            "dimension": "nodes"}  # fmt: skip


def in_zones(*zones: str, ids: bool = False) -> Step:
    """The zones of a partner's service, as names of this account or as ids."""
    member = {"AvailabilityZoneIds" if ids else "AvailabilityZones": list(zones)} if zones else {}
    return do("add", "ServiceDetails", {"ServiceName": PARTNERS, **member})


SERVICE = "orders-0a1b2c3d4e5f60718.7d67968.vpc-lattice-svcs.eu-west-1.on.aws"
SHARE = "vpce-i-snra-0a1b.rcfg-0a1b.4232ccc.vpc-lattice-rsc.eu-west-1.on.aws"
RESOURCE = (*PRIVATE, endpoint(), kind("Resource"))
ARN = "arn:aws:vpc-lattice:eu-west-1:123456789012:resourceconfiguration/"


def shared(*zones: str, group: bool = False, **members: Any) -> Step:
    """The resource behind the endpoint, and its gateway in a VPC next door, in these zones."""

    def change(w: Any) -> None:
        w.vpc("10.7.0.0/16", id="vpc-r")
        subnets = [w.subnet("vpc-r", f"10.7.{i}.0/24", zone, id=f"subnet-r{zone}") for i, zone in enumerate(zones)]
        one: dict[str, Any] = {"id": "rcfg-1", "arn": f"{ARN}rcfg-1", "resourceGatewayId": "rgw-1", "status": "ACTIVE"}
        if group:
            w.add("vpc-lattice:ResourceConfigurations", {**one, "id": "rcfg-g", "arn": f"{ARN}rcfg-g"})
            one = {"id": "rcfg-1", "arn": f"{ARN}rcfg-1", "resourceConfigurationGroupId": "rcfg-g"}
        w.add("vpc-lattice:ResourceConfigurations", one)
        gateway = {"id": "rgw-1", "vpcIdentifier": "vpc-r", "subnetIds": subnets, "status": "ACTIVE", **members}
        w.add("vpc-lattice:ResourceGateways", {k: v for k, v in gateway.items() if v is not None}, "rgw-1")
        w["vpce-i"]["ResourceConfigurationArn"] = f"{ARN}rcfg-1"

    return change


def no_zone_ids(*subnets: str, name: str = "") -> Step:
    """Subnets of which only the zone's name is known, or `name` instead of that."""

    def change(w: Any) -> None:
        for id in subnets:
            w[id].pop("AvailabilityZoneId")
            w[id]["AvailabilityZone"] = name or w[id]["AvailabilityZone"]

    return change


NEXT_ACCOUNT = do("move", "222222222222", "eu-west-1", "vpc-r", "subnet-rb", "rgw-1")
SHARED = (*RESOURCE, leads())
TWO = (*PRIVATE, endpoint(subnets=("subnet-d", "subnet-e")), kind("Resource"), leads())
APART: dict[str, Any] = {"want": NO, "code": "VPCE_SERVICE_NOT_INSTALLED_IN_AZ", "at": "vpce-i"}
UNTOLD: dict[str, Any] = {"want": HM, "code": "UNKNOWN_RESOURCE"}
GATEWAYS = (
    *(Row(ids="VPCE-23", about=f"a resource gateway {about}", to=OWN, world=(*world, *more), **want)
      for about, world, more, want in (
          ("in the endpoint's zone", SHARED, (shared("a"),), {"want": OK, "via": ("vpce-i",)}),
          ("in that zone and others", SHARED, (shared("c", "a"),), {"want": OK}),
          ("in other zones only", SHARED, (shared("b", "c"),), {**APART, "says": "rgw-1"}),
          ("of the resource's group, in the zone", SHARED, (shared("a", group=True),), {"want": OK}),
          ("of the resource's group, elsewhere", SHARED, (shared("b", group=True),), APART),
          ("elsewhere, while nothing is said of the resource", RESOURCE, (shared("b"),), APART),
          ("in the zone, while nothing is said of the resource", RESOURCE, (shared("a"),),
           {**UNTOLD, "needs": "ec2:DescribeVpcEndpointAssociations"}),
          ("in one of the endpoint's two zones", TWO, (shared("a"),), {"want": OK, "assumes": ("VPCE-23",)}),
          ("in neither of the endpoint's two zones", TWO, (shared("c"),), APART),
          ("in the zone, by its name", SHARED, (shared("a"), no_zone_ids("subnet-ra")), {"want": OK}),
          ("elsewhere, by the zone's name", SHARED, (shared("b"), no_zone_ids("subnet-rb")), APART),
          ("whose record has no subnets", SHARED, (shared("b", subnetIds=None),),
           {**UNTOLD, "needs": "vpc-lattice:ListResourceGateways", "at": "rgw-1"}),
          ("whose subnets were not read", SHARED, (shared("b", subnetIds=["subnet-of-another-account"]),),
           {**UNTOLD, "needs": "ec2:DescribeSubnets", "at": "rgw-1"}),
          ("that failed", SHARED, (shared("a", status="CREATE_FAILED"),), {**UNTOLD, "at": "rgw-1"}),
          ("that is being updated", SHARED, (shared("a", status="UPDATE_IN_PROGRESS"),), {"want": OK}),
          ("of somebody else, which no call of this account lists", SHARED,
           (shared("b"), forget("vpc-lattice:ResourceGateways", "rgw-1")), {"want": OK, "assumes": ("VPCE-23",)}))),
    Row(ids="VPCE-23", about="a resource gateway next door tells zones by names of its own account", to=OWN,
        world=(*SHARED, shared("b"), no_zone_ids("subnet-rb"), NEXT_ACCOUNT), **UNTOLD, needs="ec2:DescribeSubnets"),
    Row(ids="VPCE-23", about="the endpoint's association names the resource", to=OWN, **APART,
        world=(*RESOURCE, shared("b"), cut("vpce-i", "ResourceConfigurationArn"), leads(arn=f"{ARN}rcfg-1"))),
    Row(ids="VPCE-23", about="a closed group beside a resource gateway elsewhere: both are told", to=OWN, want=NO,
        world=(*SHARED, shared("b"), put("sg-vpce", IpPermissions=[])), code="SG_HAS_NO_RULES", at="sg-vpce",
        cause="ENDPOINT_SG_CLOSED", more=("VPCE_SERVICE_NOT_INSTALLED_IN_AZ",)),
)  # fmt: skip


def express(w: Any) -> None:
    """A gateway endpoint for directory buckets, with the prefix list of its own."""
    full = f"com.amazonaws.{w.region}.s3express"
    w.add("ManagedPrefixLists", {"PrefixListId": "pl-4f5e6d7c", "PrefixListName": full, "OwnerId": "AWS"}, full)
    w.add("ManagedPrefixListEntries", {"PrefixListId": "pl-4f5e6d7c", "Entries": [{"Cidr": "18.99.0.0/20"}]})
    w.gateway_endpoint("vpc-1", "s3express", ["rtb-fn"], id="vpce-x")


IAM: dict[str, Any] = {"ServiceName": "com.amazonaws.iam", "ServiceRegion": "us-east-1"}
FIPS = endpoint("kms-fips")
NAMED = (
    Row(ids="VPCE-2", about="a service without a Region in its endpoint's name", to="iam", want=OK, via=("vpce-i",),
        world=(*PRIVATE, endpoint("iam", **IAM))),
    Row(ids="VPCE-2", about="a FIPS endpoint does not take over the usual name", to="kms", want=NO,
        world=(*PRIVATE, FIPS), code="NO_ROUTE_TO_DESTINATION", at="rtb-fn", cause="HOSTNAME_NOT_COVERED"),
    Row(ids="VPCE-2", about="it takes over the FIPS name", to="kms-fips.eu-west-1.amazonaws.com", want=OK,
        world=(*PRIVATE, FIPS), via=("vpce-i",), never=("ENDPOINT_SERVICE_NOT_VISIBLE",)),
    Row(ids="VPCE-2", about="which the usual endpoint does not", to="kms-fips.eu-west-1.amazonaws.com", want=NO,
        world=(*PRIVATE, endpoint("kms")), code="NO_ROUTE_TO_DESTINATION", at="rtb-fn", cause="HOSTNAME_NOT_COVERED"),
    Row(ids="VPCE-2 SVC-18", about="directory buckets by their own gateway endpoint", to="s3express", want=OK,
        world=(*PRIVATE, express), via=("rtb-fn", "vpce-x")),
    Row(ids="VPCE-2 SVC-18", about="which does not serve other buckets", to="s3", want=NO, world=(*PRIVATE, express),
        code="NO_ROUTE_TO_DESTINATION", at="rtb-fn", cause="*"),
    Row(ids="VPCE-2", about="China's endpoint services have a name of their own", to="sqs", want=OK, via=("vpce-i",),
        world=(do("__init__", "cn-north-1"), *PRIVATE, endpoint("sqs", ServiceName="cn.com.amazonaws.cn-north-1.sqs"))),
)  # fmt: skip
ENDPOINTS = (
    Row(ids="VPCE-3 SVC-10", about="no endpoint serves another Region in this zone", to="s3@eu-central-1", at="vpce-i",
        world=(*PRIVATE, endpoint("s3", **ACROSS), put("subnet-a", AvailabilityZoneId="use1-az3")),
        want=NO, code="VPCE_SERVICE_NOT_INSTALLED_IN_AZ"),
    Row(ids="VPCE-3 SVC-10", about="nor do endpoints of a service that does not cross Regions", to="sqs@eu-central-1",
        world=(*PRIVATE, endpoint("sqs", ServiceName="com.amazonaws.eu-central-1.sqs", ServiceRegion="eu-central-1")),
        want=NO, code="NO_ROUTE_TO_DESTINATION", at="rtb-fn", cause="*"),
    Row(ids="VPCE-9", about="a gateway endpoint and enableDnsHostnames off", to="s3", want=OK,
        world=(*PRIVATE, S3_ROUTED, dns(hostnames=False)), notes=("GATEWAY_ENDPOINT_WITHOUT_DNS_HOSTNAMES",),
        assumes=("VPCE-9",)),
    Row(ids="VPCE-19", about="an endpoint with IPv6 addresses only, and a function without IPv6", to="secretsmanager",
        world=(*PRIVATE, endpoint(), put("vpce-i", IpAddressType="ipv6")), want=NO, code="SOURCE_HAS_NO_IPV6",
        cause="*"),
    Row(ids="VPCE-23", about="a resource endpoint whose resource is accessible", to=OWN, want=OK,
        world=(*RESOURCE, leads()), notes=("ENDPOINT_SERVICE_NOT_VISIBLE",)),
    Row(ids="VPCE-23", about="a resource endpoint of which nothing more is told", to=OWN, want=HM,
        world=RESOURCE, code="UNKNOWN_RESOURCE", needs="ec2:DescribeVpcEndpointAssociations"),
    Row(ids="VPCE-23", about="a resource endpoint whose resource is not accessible", to=OWN, want=HM,
        world=(*RESOURCE, leads(accessible="Inaccessible")), code="UNKNOWN_RESOURCE", at="vpce-i"),
    Row(ids="VPCE-23", about="a resource endpoint takes no UDP", to=f"{OWN}:443/udp", want=NO,
        world=(*PRIVATE, endpoint(), kind("Resource"), leads(), do("ingress", "sg-vpce", ("udp", 443, "sg-fn"))),
        code="PROTOCOL_RESTRICTION", at="vpce-i"),
    Row(ids="VPCE-23", about="a resource endpoint takes a database's name over", to=f"{HOST_OF_DB}:443", want=OK,
        world=(*PRIVATE, DB, endpoint(), kind("Resource"), leads(HOST_OF_DB)), via=("vpce-i",)),
    Row(ids="VPCE-24 SVC-22", about="what a service network leads to is not known", to=OWN, want=HM, at="vpce-i",
        world=(*PRIVATE, endpoint(), kind("ServiceNetwork")), code="UNKNOWN_RESOURCE"),
    Row(ids="VPCE-24", about="a closed group of the endpoint beats that", to=OWN, want=NO, at="sg-vpce",
        world=(*PRIVATE, endpoint(), kind("ServiceNetwork"), put("sg-vpce", IpPermissions=[])),
        code="SG_HAS_NO_RULES", cause="ENDPOINT_SG_CLOSED"),
    Row(ids="VPCE-24", about="a service network that waits for acceptance", to=OWN, want=NO, at="vpce-i",
        world=(*PRIVATE, endpoint(), kind("ServiceNetwork"), put("vpce-i", State="pendingAcceptance")),
        code="BAD_STATE"),
    Row(ids="VPCE-24 DNS-3", about="a private name that its endpoint does not hold in this VPC", want=NO,
        world=(*PRIVATE, endpoint(private_dns=False), kind("ServiceNetwork"), leads("orders.corp.example")),
        to="orders.corp.example:443", code="NO_ROUTE_TO_DESTINATION", at="rtb-fn"),
    Row(ids="VPCE-24", about="a service network's private name, in spite of the NAT gateway", want=HM, at="vpce-i",
        world=(*NAT, endpoint(), kind("ServiceNetwork"), leads("orders.corp.example")), to="orders.corp.example:443",
        code="UNKNOWN_RESOURCE", needs="what lies behind vpce-i"),
    *(Row(ids="VPCE-24", about=f"a name of VPC Lattice {about}", to=f"{name}:{port}", world=NAT, want=HM,
          code="UNKNOWN_RESOURCE", at=name, needs="what VPC Lattice answers there")
      for about, name, port in (("for a service", SERVICE, 443), ("for a resource", SHARE, 5432))),
    Row(ids="VPCE-23 VPCE-24", about="a name of VPC Lattice that an endpoint lists as its own", to=f"{SHARE}:443",
        world=(*NAT, endpoint(private_dns=False), kind("Resource"), leads(own=SHARE)), want=OK, via=("vpce-i",)),
    *(Row(ids="VPCE-24 RT-12", about=f"VPC Lattice's own addresses {about}", to="169.254.171.10:443", world=world,
          want=HM, code="UNSUPPORTED_COMPONENT", at="rtb-fn")
      for about, world in (("in a private subnet", PRIVATE), ("beside a NAT gateway", NAT))),
    Row(ids="VPCE-24 RT-12", about="a group that lets nothing there beats that", to="169.254.171.10:443", want=NO,
        world=(*NAT, only(("tcp", 443, "10.0.0.0/16"))), code="ENI_SG_RULES_MISMATCH", at="sg-fn"),
    Row(ids="RT-12", about="the addresses beside them are nobody's", to="169.254.170.10:443", world=NAT, want=NO,
        code="NO_POSSIBLE_DESTINATION", at="rtb-fn"),
    *(Row(ids="VPCE-25 IN-4", about=f"an endpoint of the type {type}, by {about}", to=to, want=HM, at="vpce-i",
          world=(*PRIVATE, endpoint(), kind(type)), code="UNSUPPORTED_COMPONENT")
      for type in ("Tunnel", "Flying") for about, to in (("its own name", OWN), ("its address", "10.0.1.4:443"))),
    Row(ids="VPCE-25", about="a tunnel endpoint takes no name over", to="secretsmanager", want=NO,
        world=(*PRIVATE, endpoint(), kind("Tunnel")), code="NO_ROUTE_TO_DESTINATION", at="rtb-fn"),
    Row(ids="VPCE-25", about="a closed group of a tunnel endpoint beats what is not decided", to=OWN, want=NO,
        world=(*PRIVATE, endpoint(), kind("Tunnel"), put("sg-vpce", IpPermissions=[])), at="sg-vpce",
        code="SG_HAS_NO_RULES", cause="ENDPOINT_SG_CLOSED"),
    Row(ids="VPCE-25", about="a tunnel endpoint changes nothing", to="secretsmanager", want=OK,
        world=(*NAT, endpoint(), kind("Tunnel"))),
    Row(ids="VPCE-26", about="a partner's endpoint: up to the endpoint it works", to=OWN, want=OK, via=("vpce-i",),
        world=(*PRIVATE, endpoint(), put("vpce-i", ServiceName="com.amazonaws.vpce.eu-west-1.vpce-svc-1")),
        notes=("ENDPOINT_SERVICE_NOT_VISIBLE",)),
    *(Row(ids="VPCE-26 VPCE-12", about=f"a partner's endpoint in two zones, its service in {about}", to=OWN,
          world=(*PARTNER, in_zones(*zones, ids=ids)), **want)
      for about, zones, ids, want in (
          ("both", ("eu-west-1a", "eu-west-1b"), False, {"want": OK}),
          ("one of them", ("eu-west-1a",), False, NOT_IN_B),
          ("one of them, by the zone's id", ("euw1-az1",), True, NOT_IN_B),
          ("neither", ("eu-west-1c",), False, {"want": NO, "code": "VPCE_SERVICE_NOT_INSTALLED_IN_AZ", "at": "vpce-i"}),
          ("zones that the record does not tell", (), False, {"want": OK}))),
    Row(ids="ENC-2", about="plain HTTP to an endpoint where encryption is enforced", to="secretsmanager:80", want=NO,
        world=(*PRIVATE, endpoint(), do("ingress", "sg-vpce", ("tcp", 80, "sg-fn")),
               put("vpc-1", EncryptionControl={"Mode": "enforce", "State": "available"})),
        code="ENCRYPTION_ENFORCED", at="vpce-i"),
    Row(ids="ENC-2 VPCE-23", about="what is encrypted may reach a resource of which nothing is told, or not", want=HM,
        world=(*RESOURCE, put("vpc-1", EncryptionControl={"Mode": "enforce", "State": "available"}),
               do("ingress", "sg-vpce", ("tcp", 80, "sg-fn"))), to=f"{OWN}:80,443",
        code="UNKNOWN_RESOURCE", at="vpce-i"),
    Row(ids="ENC-2", about="HTTPS counts as encrypted", to="secretsmanager", want=OK,
        world=(*PRIVATE, endpoint(), put("vpc-1", EncryptionControl={"Mode": "enforce", "State": "available"}))),
    Row(ids="ENC-2 IN-4", about="plain HTTP where the mode is one that nobody knows", to="secretsmanager:80", want=HM,
        world=(*PRIVATE, endpoint(), do("ingress", "sg-vpce", ("tcp", 80, "sg-fn")),
               put("vpc-1", EncryptionControl={"Mode": "strict", "State": "available"})),
        code="UNKNOWN_RESOURCE", at="vpc-1", needs="a settled EncryptionControl.State"),
    Row(ids="ENC-2 IN-4", about="HTTPS passes in any mode", to="secretsmanager", want=OK,
        world=(*PRIVATE, endpoint(), put("vpc-1", EncryptionControl={"Mode": "strict", "State": "available"}))),
    Row(ids="VPCE-1 IN-6", about="the interface of an endpoint that was not read may be of one that is not available",
        world=(*PRIVATE, endpoint(state="pending"), do("drop", "VpcEndpoints")), to="10.0.1.4:443", want=HM,
        code="UNKNOWN_RESOURCE", needs="ec2:DescribeVpcEndpoints"),
    Row(ids="VPCE-1 IN-6", about="a record without SubnetIds tells that it is not available all the same", want=NO,
        world=(*PRIVATE, endpoint(state="pending"), cut("vpce-i", "SubnetIds")), to="10.0.1.4:443", code="BAD_STATE",
        at="vpce-i"),
    *(Row(ids="FW-1 SG-14", about=f"an address of a Gateway Load Balancer endpoint{how} is nobody's destination",
          world=(*INSPECTED, *steps), to="10.0.5.4:443", want=NO, code="NO_POSSIBLE_DESTINATION", at="eni-00000002")
      for how, steps in (("", ()), (" that was not read", (do("drop", "VpcEndpoints"),)))),
    Row(ids="ENC-1", about="monitoring never blocks", to="secretsmanager:80", want=OK,
        world=(*PRIVATE, endpoint(), do("ingress", "sg-vpce", ("tcp", 80, "sg-fn")),
               put("vpc-1", EncryptionControl={"Mode": "monitor", "State": "available"}))),
)  # fmt: skip
