"""Where a walk ends without arriving: no route, a blackhole, nobody at the address, a loop, a far country."""

from __future__ import annotations

from reach.answer import Reason

_ROUTES = "https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html"
_RA = "https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html"

NO_ROUTE = Reason(
    code="NO_ROUTE_TO_DESTINATION",
    title="The route table has no route to the destination",
    why="A subnet's traffic follows the most specific matching route of its table; where none matches, the packet "
    "is dropped. A subnet without a table of its own uses the VPC's main table.",
    fix="Add a route: to a NAT gateway for the internet, a gateway endpoint for S3 and DynamoDB, an interface "
    "endpoint for other services, a peering connection or transit gateway for another VPC.",
    source=_ROUTES,
)
BAD_ROUTE = Reason(
    code="BAD_STATE_ROUTE",
    title="The route leads nowhere: its target is gone",
    why="A route in state blackhole still wins its lookup and drops what it matches; traffic does not fall through "
    "to a wider route.",
    fix="Replace the route's target by one that exists, or delete the route.",
    source="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html",
)
NOBODY = Reason(
    code="NO_POSSIBLE_DESTINATION",
    title="Nothing has this address",
    why="The address is inside the VPC's own blocks, where the local route delivers it, but no subnet or no "
    "network interface has it. A database or cache without a public address cannot be reached from outside either.",
    fix="Check the address; if the host is in another network with the same range, the ranges overlap and one of "
    "them has to change.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/subnet-route-tables.html",
)
LOOP = Reason(
    code="ROUTING_LOOP",
    title="The traffic comes back to where it was",
    why="A NAT gateway sends on by the route table of its own subnet. If that table leads back to the NAT gateway, "
    "as it does when function and NAT gateway share a subnet or a table, nothing gets out.",
    fix="Put the NAT gateway into a public subnet, whose table sends 0.0.0.0/0 to an internet gateway.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html",
)
UNSUPPORTED = Reason(
    code="UNSUPPORTED_COMPONENT",
    title="The route leads to a component that is not modelled",
    why="What happens behind this target is not decided by this version.",
    fix="Check the path behind the component by hand.",
    source=_RA,
)
LEAVES_AWS = Reason(
    code="LEAVES_AWS",
    title="The path leaves AWS",
    why="Behind a virtual private gateway the answer depends on networks that AWS does not describe.",
    fix="Check routes and firewalls at the other end of the VPN or Direct Connect.",
    source="https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html",
)
AMBIGUOUS = Reason(
    code="AMBIGUOUS_ROUTE",
    title="Two routes fit and lead to different targets",
    why="Where two prefix lists overlap AWS picks one route and keeps it; which one cannot be read.",
    fix="Make the lists disjoint, or give both routes the same target.",
    source=_ROUTES,
)
ASYMMETRIC = Reason(
    code="ASYMMETRIC_INSPECTION",
    title="Request and reply do not pass the same middlebox",
    why="NAT gateways, appliances and firewalls keep state. A reply that goes past the one that saw the request, or "
    "reaches one that did not, belongs to no connection and is dropped.",
    fix="Remove the route, or send both directions through the same middlebox.",
    source="https://docs.aws.amazon.com/network-firewall/latest/developerguide/vpc-config-route-tables.html",
)
DYNAMIC_ROUTE = Reason(
    code="DYNAMIC_ROUTE",
    title="The route was put there by a Route Server",
    why="Route Servers write routes that appliances announce by BGP, and take them out again when an appliance is "
    "gone. The answer holds for the routes of this moment.",
    fix="Ask again after a failover, or write a static route.",
    source="https://docs.aws.amazon.com/vpc/latest/userguide/dynamic-routing-route-server.html",
)
DISCONNECTED = Reason(
    code="DISCONNECTED_VPCS",
    title="Source and destination are in networks that are not connected",
    why="A function that is not attached to a VPC runs in Lambda's own network, which has internet access but no "
    "way to private addresses of your VPCs. Two VPCs need a peering connection or a transit gateway.",
    fix="Attach the function to private subnets of the destination's VPC, or connect the VPCs.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
)
NO_IPV6 = Reason(
    code="SOURCE_HAS_NO_IPV6",
    title="The source has no IPv6",
    why="A function sends IPv6 only if Ipv6AllowedForDualStack is set and all its subnets are dual-stack.",
    fix="Use the IPv4 address, or make the subnets dual-stack and set the flag.",
    source="https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
)
_TGW = "https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html"
NO_ATTACHMENT_ROUTE = Reason(
    code="TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT",
    title="The transit gateway's route table has no route to the destination",
    why="Traffic is looked up in the table that is associated with the attachment by which it came in; the reply in "
    "the table of the other side's attachment.",
    fix="Add a static route, or let the destination's attachment propagate into this table.",
    source=_TGW,
)
TRANSIT_BLACKHOLE = Reason(
    code="TGW_RTB_BAD_STATE_ROUTE",
    title="The transit gateway's route is a blackhole",
    why="A blackhole route is most specific for this destination and drops it.",
    fix="Delete the blackhole route, or point it at the right attachment.",
    source=_TGW,
)
TRANSIT_ROUTES_UNKNOWN = Reason(
    code="TGW_RTB_ROUTES_ARE_UNKNOWN",
    title="The transit gateway's routes could not be read",
    why="The gateway belongs to another account, the call was denied, or the table is cut off.",
    fix="Read the account that owns the transit gateway too (repeat --from or --role-arn).",
    source=_TGW,
)
UNASSOCIATED = Reason(
    code="TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION",
    title="The attachment has no transit gateway route table",
    why="Without an associated route table the transit gateway drops what an attachment sends.",
    fix="aws ec2 associate-transit-gateway-route-table --transit-gateway-route-table-id TABLE "
    "--transit-gateway-attachment-id ATTACHMENT",
    source=_TGW,
)
# What is said of routes that are not taken: notes, which stop nothing.
CANNOT_ROUTE = Reason(
    code="CANNOT_ROUTE",
    title="Routes that do not cover the destination",
    why="The table has routes beside the local one, but none whose range or prefix list holds this address.",
    fix="Add a route for it, or widen one that leads the right way.",
    source=_ROUTES,
)
LOCAL_ONLY = Reason(
    code="VPC_LOCAL_ROUTE_CIDR_RESTRICTION",
    title="The local route covers the VPC's own blocks only",
    why="A table as AWS makes it delivers inside the VPC; everything else needs a route of its own.",
    fix="Add a route to what leads there.",
    source=_RA,
)
MORE_SPECIFIC = Reason(
    code="MORE_SPECIFIC_ROUTE",
    title="A route that loses to a more specific one",
    why="The route is listed and would lead elsewhere, but a longer prefix takes the traffic.",
    fix="Remove or change the more specific route, if it is not meant.",
    source=_ROUTES,
)
HIGHER_PRIORITY = Reason(
    code="HIGHER_PRIORITY_ROUTE",
    title="A route that loses to another for the same prefix",
    why="Of routes with one prefix a static one comes first, then one by a prefix list, then propagated ones.",
    fix="Remove or change the route that comes first, if it is not meant.",
    source=_ROUTES,
)
REASONS = (
    CANNOT_ROUTE,
    LOCAL_ONLY,
    MORE_SPECIFIC,
    HIGHER_PRIORITY,
    NO_ATTACHMENT_ROUTE,
    TRANSIT_BLACKHOLE,
    TRANSIT_ROUTES_UNKNOWN,
    UNASSOCIATED,
    NO_ROUTE,
    BAD_ROUTE,
    NOBODY,
    LOOP,
    UNSUPPORTED,
    LEAVES_AWS,
    AMBIGUOUS,
    ASYMMETRIC,
    DYNAMIC_ROUTE,
    DISCONNECTED,
    NO_IPV6,
)
