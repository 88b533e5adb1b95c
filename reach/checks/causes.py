"""What the diagnosis behind a code is called: the `cause` of a blocker and the codes of notes."""

from __future__ import annotations

from reach.answer import Layer, Reason

_LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html"
_ENDPOINT = "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html"
_GATEWAY = "https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html"
_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html"
_STATE = "https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html"


def _cause(code: str, title: str, why: str, fix: str, source: str, layer: Layer = Layer.NET) -> Reason:
    return Reason(code, title, why, fix, layer, source)


REASONS = (
    _cause(
        "FUNCTION_NOT_IN_VPC",
        "The function is not attached to a VPC",
        "It reaches the internet and AWS's public endpoints, but no private address, and no group can name it.",
        "Attach it to private subnets of the destination's VPC (the internet then takes a NAT gateway): "
        "aws lambda update-function-configuration --function-name NAME --vpc-config SubnetIds=…,SecurityGroupIds=…",
        _LAMBDA,
    ),
    _cause(
        "LAMBDA_ENI_HAS_NO_PUBLIC_IP",
        "The function is in a public subnet",
        "A public subnet's table leads to an internet gateway, which needs a public address that Lambda never assigns.",
        "Move the function to private subnets with a route to a NAT gateway.",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc-internet.html",
    ),
    _cause(
        "LAMBDA_IPV6_NOT_ENABLED",
        "The function does not send IPv6",
        "A function sends IPv6 only if Ipv6AllowedForDualStack is set in its VPC configuration, and here it is not.",
        "If all its subnets are dual-stack: aws lambda update-function-configuration --function-name NAME "
        "--vpc-config SubnetIds=…,SecurityGroupIds=…,Ipv6AllowedForDualStack=true. Else use the IPv4 address.",
        _LAMBDA,
    ),
    _cause(
        "SUBNET_NOT_DUAL_STACK",
        "A function subnet has no IPv6 block",
        "All subnets of the function must be dual-stack for outbound IPv6.",
        "Associate an IPv6 block with every subnet of the function.",
        _LAMBDA,
    ),
    _cause(
        "DEST_SG_NO_MATCH",
        "The destination's security group does not admit the function",
        "No inbound rule names the function's group or its subnet's addresses.",
        "Add an inbound rule for the port with the function's security group as source.",
        _RDS,
    ),
    _cause(
        "DEST_SG_PORT_MISMATCH",
        "The destination's security group admits the function on another port",
        "A rule names the right source but not the port on which the destination listens.",
        "Change the rule's port to the one that the destination listens on.",
        _RDS,
    ),
    _cause(
        "ENDPOINT_SG_CLOSED",
        "The endpoint's security group does not admit the function",
        "With private DNS all traffic of the VPC to the service goes to the endpoint, also where a NAT gateway exists.",
        "Allow TCP 443 from the function's security group in the endpoint's group.",
        _ENDPOINT,
    ),
    _cause(
        "ENDPOINT_SHADOWS_NAT",
        "An interface endpoint takes over from a way that works",
        "Its private DNS name captures the service's host name for the whole VPC, past NAT and gateway endpoints.",
        "Open the endpoint's security group, or switch its private DNS off; beside a gateway endpoint for S3, keep it "
        "for inbound resolvers (PrivateDnsOnlyForInboundResolverEndpoint).",
        _ENDPOINT,
    ),
    _cause(
        "ENDPOINT_PRIVATE_DNS_OFF",
        "An endpoint exists, but the service's name does not lead to it",
        "Without private DNS (or with a VPC DNS attribute off) the default host name keeps its public addresses.",
        "Switch private DNS on, or give the client endpoint_url=https://… with the endpoint's own name.",
        _ENDPOINT,
        Layer.DNS,
    ),
    _cause(
        "REACHABLE_WITH_ENDPOINT_URL",
        "A client that names the endpoint itself gets through",
        "The endpoint's own host name resolves to its private addresses.",
        "Pass endpoint_url=https://<the endpoint's DNS name> to the SDK client.",
        _ENDPOINT,
        Layer.DNS,
    ),
    _cause(
        "HOSTNAME_NOT_COVERED",
        "The endpoint takes over other host names of the service",
        "A service has FIPS and dual-stack hosts beside its usual one. Which of them an endpoint takes over differs by "
        "service, and the others stay public.",
        "Call a host that it takes over, or create the endpoint for this one (its service name mostly ends in -fips).",
        _ENDPOINT,
        Layer.DNS,
    ),
    _cause(
        "GATEWAY_ENDPOINT_NOT_ASSOCIATED",
        "A gateway endpoint exists, but not for this subnet's route table",
        "The endpoint adds its route only to the tables that it lists.",
        "aws ec2 modify-vpc-endpoint --vpc-endpoint-id VPCE --add-route-table-ids RTB",
        _GATEWAY,
    ),
    _cause(
        "GATEWAY_ENDPOINT_OTHER_REGION",
        "The gateway endpoint does not serve this Region",
        "A gateway endpoint leads to the buckets or tables of its own Region only.",
        "Use a NAT gateway for buckets and tables of other Regions.",
        _GATEWAY,
    ),
    _cause(
        "VPC_DNS_OFF",
        "enableDnsSupport is false",
        "The Amazon resolver does not answer in this VPC, so no name resolves, that of AWS's own services included.",
        "aws ec2 modify-vpc-attribute --vpc-id VPC --enable-dns-support",
        "https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html",
        Layer.DNS,
    ),
    _cause(
        "ENDPOINT_SERVICE_NOT_VISIBLE",
        "The endpoint leads to somebody else's service",
        "The way to the endpoint is decided; the load balancer and servers behind it belong to the provider.",
        "Ask the provider if the service does not answer.",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-saas.html",
    ),
    _cause(
        "GATEWAY_ENDPOINT_WITHOUT_DNS_HOSTNAMES",
        "A gateway endpoint in a VPC with enableDnsHostnames off",
        "AWS asks for both DNS attributes with gateway endpoints; the service's names resolve without it all the same.",
        "aws ec2 modify-vpc-attribute --vpc-id VPC --enable-dns-hostnames",
        _GATEWAY,
        Layer.DNS,
    ),
    _cause(
        "TGW_WITHOUT_ENCRYPTION",
        "A VPC that enforces encryption, and a transit gateway that does not support it",
        "A transit gateway with encryption support keeps traffic between such VPCs encrypted; without it, it carries "
        "what is not.",
        "aws ec2 modify-transit-gateway --transit-gateway-id TGW --options EncryptionSupport=enable",
        "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html",
    ),
    _cause(
        "CUSTOM_DNS_TCP_CLOSED",
        "Long DNS answers get lost",
        "Queries go over UDP; an answer that is too long for it is asked for again over TCP.",
        "Allow TCP 53 to the DNS servers beside UDP 53.",
        "https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html",
        Layer.DNS,
    ),
    _cause(
        "DEST_NOT_AVAILABLE",
        "The database or cache is not up",
        "Its status says that it is stopped, being made or broken: nothing listens, and clients are refused or time "
        "out, whatever groups and routes allow.",
        "Start it, or wait until its status is available, and ask again.",
        _RDS,
        Layer.STATE,
    ),
    _cause(
        "DEST_NOT_PUBLIC",
        "Its public address cannot be reached from the internet",
        "A public address works only in a subnet whose table sends 0.0.0.0/0 to an internet gateway.",
        "Connect the VPCs privately, or give its subnets a route to an internet gateway.",
        _RDS,
    ),
    _cause(
        "PROXY_TO_DB_BLOCKED",
        "The proxy is reachable, but not the database behind it",
        "An RDS Proxy opens its own connections from its own subnets and groups; if they cannot reach the database, "
        "clients get a timeout from the proxy.",
        "Admit the proxy's security group in the database's group, on the database's port.",
        "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.troubleshooting.html",
    ),
    _cause(
        "CLIENT_HINT",
        "The client has to do something as well",
        "The network lets the connection through. Whether the client then gets an answer also depends on things that "
        "are not asked here: TLS where the destination demands it, targets behind a load balancer, a network policy "
        "of the destination's own.",
        "Check in the client, or at the destination, what the note names.",
        _RDS,
    ),
    _cause(
        "NEEDED_BESIDES",
        "The function needs this too, beside what its code calls",
        "A file system that it mounts, a secret that its role is for, what an extension calls, the bucket to which a "
        "custom resource answers, or what the pollers of its event source mappings have to reach.",
        "Mend it like any other path; to ask for all of them at once: reach path FUNCTION --with-needs",
        _LAMBDA,
    ),
    _cause(
        "DEST_FAILOVER_SUBNET",
        "It works now, but not after a failover",
        "After a failover the database can be in another subnet of its group, and the ACL or the routes there stop the "
        "traffic. The line `after failover` says what is in the way.",
        "Give all subnets of the group the same network ACL and routes, or take that subnet out of the group.",
        _RDS,
    ),
    _cause(
        "DEST_SUBNET_GONE",
        "A subnet of the database's group is gone",
        "The group still lists a subnet that was deleted, or that AWS no longer uses. It is not there for a failover.",
        "aws rds modify-db-subnet-group --db-subnet-group-name GROUP --subnet-ids SUBNETS_THAT_EXIST",
        _RDS,
    ),
    _cause(
        "AVAILABILITY_ZONE_CROSSED",
        "A subnet uses a NAT gateway of another zone",
        "It works, but fails with that zone, and traffic between zones is charged.",
        "Create a NAT gateway in each zone and a route table per zone.",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
    ),
    _cause(
        "NAT_GATEWAY_PROXY",
        "A proxy is attached to the NAT gateway",
        "Clients use it only if they are told its name as their HTTP proxy; other traffic goes around it.",
        "Set the proxy in the function's HTTP client if its traffic has to be inspected.",
        "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
    ),
    _cause(
        "SINGLE_ZONE",
        "All subnets of the function are in one zone",
        "If that Availability Zone fails, so does the function.",
        "Add a subnet of another zone to the function.",
        "https://docs.aws.amazon.com/lambda/latest/operatorguide/networking-vpc.html",
    ),
    _cause(
        "VPC_ID_DISAGREES",
        "The function's VpcId is not the VPC of its subnets",
        "The subnets decide; a record that says otherwise is incomplete or made up.",
        "Read the function again.",
        _LAMBDA,
    ),
    _cause(
        "SG_IN_OTHER_VPC",
        "A security group of the function belongs to another VPC",
        "Groups can be associated with further VPCs, but AWS does not list Lambda among the services that take them.",
        "Give the function a group of its own VPC.",
        "https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html",
    ),
    *(
        _cause(code, title, why, fix, _LAMBDA, Layer.STATE)
        for code, title, why, fix in (
            (
                "SUBNETS_IN_DIFFERENT_VPCS",
                "The function's subnets are in several VPCs",
                "Lambda attaches a function to one VPC.",
                "Give the function subnets of one VPC.",
            ),
            (
                "VPC_CONFIG_REFUSED",
                "Lambda refuses the VPC configuration",
                "A function takes at most 16 subnets and 5 security groups.",
                "Give it fewer.",
            ),
            (
                "DISALLOWED_BY_VPC_ENCRYPTION_CONTROL",
                "The VPC enforces encryption and does not exclude Lambda",
                "VPC encryption control in mode enforce admits only what encrypts in transit, or is excluded from it.",
                "Exclude Lambda from the VPC's encryption control, or use another VPC.",
            ),
            (
                "VPC_ENCRYPTION_MONITORED",
                "The VPC watches for traffic that is not encrypted",
                "Encryption control in mode monitor reports and stops nothing.",
                "Nothing is to be done; before it is switched to enforce, exclude Lambda.",
            ),
            (
                "SUBNET_LOW_ON_IPS",
                "A subnet of the function has few free addresses",
                "Each new set of groups, and each 65,000 connections, take an interface with an address.",
                "Use a larger subnet, or let functions share their set of groups.",
            ),
            (
                "SUBNET_OF_OTHER_ACCOUNT",
                "A subnet of the function belongs to another account",
                "Route tables and network ACLs belong to the owner, and may not be readable from here.",
                "Read the owner's account too: repeat --from or --role-arn.",
            ),
            (
                "UNUSUAL_ZONE",
                "A subnet of the function is outside the Region's Availability Zones",
                "AWS does not document whether Lambda uses subnets of Local Zones, Wavelength Zones or Outposts.",
                "Use subnets of Availability Zones.",
            ),
            (
                "LAMBDA_INBOUND_RULES",
                "Inbound rules on a function's group have no effect",
                "Nothing can connect to a function's interface; replies are let in without a rule.",
                "Remove them, or put them on the group of what the function connects to.",
            ),
            (
                "ROLE_LACKS_ADDRESS_PERMISSIONS",
                "The execution role may make interfaces, but not all that AWS recommends",
                "Lambda also describes subnets, and assigns and unassigns addresses, in the function's name.",
                "Attach AWSLambdaVPCAccessExecutionRole, or add the statement that the note shows.",
            ),
            (
                "ROLE_LACKS_LOGS",
                "The execution role may not write logs",
                "Logs are delivered by Lambda itself and need no way through the VPC, but the role's permission.",
                "Attach AWSLambdaBasicExecutionRole to the role.",
            ),
            (
                "ROLE_LACKS_MOUNT_PERMISSIONS",
                "The execution role may not mount the function's file system",
                "S3 file systems always ask the role, EFS file systems if they have a policy of their own.",
                "Add the statement that the note names to the role.",
            ),
            (
                "NOT_THE_NETWORK",
                "Look elsewhere than in the network",
                "A time-out has other causes as well: a Timeout that is too short, a burst of connections for which "
                "Lambda still adds interfaces, a connection pool that is full, a refused login, a client that speaks "
                "plaintext to a TLS port.",
                "Raise Timeout, keep connections open between invocations, read the client's own error and the log of "
                "the destination. Missing logs of the function itself: look at its role.",
            ),
        )
    ),
    _cause(
        "SERVICE_HAS_NO_ENDPOINT",
        "This service has no VPC endpoint of any kind",
        "Its API is reached over the internet alone; an endpoint of a neighbouring service does not help.",
        "Give the subnet's table a default route to a NAT gateway.",
        "https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html",
    ),
    _cause(
        "LEGACY_HOSTNAME_NOT_COVERED",
        "The client's host name is an old one that the endpoint does not cover",
        "In us-east-1 SDKs still call s3.amazonaws.com, which S3's interface endpoint does not take over. Old SDKs "
        "call sts.amazonaws.com and queue.amazonaws.com, which the endpoints of STS and SQS do not take over either. "
        "BUCKET.s3.amazonaws.com serves no bucket of a Region that is younger than March 2019.",
        "Set AWS_S3_US_EAST_1_REGIONAL_ENDPOINT=regional or AWS_STS_REGIONAL_ENDPOINTS=regional, update the SDK, or "
        "use a gateway endpoint for S3.",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/privatelink-interface-endpoints.html",
        Layer.DNS,
    ),
    _cause(
        "IPV6_VERDICT",
        "The function also sends IPv6",
        "The answer is about IPv4; the note says what holds for IPv6.",
        "Ask with --family 6 for the whole answer.",
        _LAMBDA,
    ),
    _cause(
        "FUNCTION_ALIAS",
        "The function was asked for by an alias",
        "An alias leads to one version, or to two by weight; each has a VPC configuration of its own.",
        "Ask for NAME:VERSION to look at one version alone.",
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html",
        Layer.STATE,
    ),
    _cause(
        "FUNCTION_PLANNED",
        "The function does not exist yet in this form",
        "The answer is about the configuration given; whether Lambda accepts it and sets it up is not known before.",
        "Deploy it, read the account again and ask again.",
        _STATE,
        Layer.STATE,
    ),
    _cause(
        "STATE_NOT_EVALUATED",
        "The function's state was not collected",
        "ListFunctions does not return it; the answer takes the function to be active.",
        "Read it too: aws lambda get-function-configuration --function-name NAME",
        _STATE,
        Layer.STATE,
    ),
)
