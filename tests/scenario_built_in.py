"""What AWS answers inside every VPC, whatever groups, ACLs and routes say: its resolver, clock and metadata."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, NO, OK, PART, Row, Step, Steps, cut, do, put
from tests.scenario_ipv6 import READY
from tests.scenario_worlds import BACK, PEER, PRIVATE, THERE, acl, dns, only

# Neither groups nor ACLs let anything out, and no route leads anywhere but into the VPC.
SHUT: Steps = (*PRIVATE, only(), acl("subnet-a", (), ()))
ON_AN_INSTANCE: Steps = (*SHUT, do("interface", "subnet-a", "10.0.1.60", ["sg-fn"], id="eni-i", instance="i-1"))
THIRD, LINK_LOCAL = "10.0.0.2:53/udp", "169.254.169.253:53"
NOBODY: dict[str, Any] = {"want": NO, "code": "NO_POSSIBLE_DESTINATION"}


def own(ids: str, about: str, to: str, *steps: Step, world: Steps = SHUT, **want: Any) -> Row:
    """A row about one of these addresses."""
    return Row(ids=ids, about=about, to=to, world=(*world, *steps), **{"want": OK, **want})


BUILT_IN = (
    own("DNS-1 SG-13 NACL-10", "the resolver at the VPC's third address, with everything shut", THIRD),
    own("DNS-1 SG-13 NACL-10", "the resolver at its link-local address, over TCP", LINK_LOCAL),
    own("DNS-1 SG-13", "the resolver over IPv6", "[fd00:ec2::253]:53/udp", only(), world=READY, who="six", family="6"),
    own("DNS-1 FN-08", "which takes a function that sends IPv6", "[fd00:ec2::253]:53/udp", want=NO,
        code="SOURCE_HAS_NO_IPV6", cause="LAMBDA_IPV6_NOT_ENABLED", at="orders"),
    own("DNS-1", "another port of the resolver", "169.254.169.253:443", world=PRIVATE, at="rtb-fn", **NOBODY),
    own("DNS-1", "the resolver's port and others", "169.254.169.253:52-54", world=PRIVATE, want=PART,
        code="NO_POSSIBLE_DESTINATION", dimension="ports", at="rtb-fn", more=("*",)),
    own("DNS-1 DNS-2", "with enableDnsSupport off the resolver does not answer", LINK_LOCAL, dns(support=False),
        world=PRIVATE, at="rtb-fn", **NOBODY),
    own("DNS-1 PCX-7", "the peer's resolver cannot be asked", "10.9.0.2:53/udp", *PEER, THERE, BACK, world=PRIVATE,
        at="vpc-2", **NOBODY),
    own("DNS-1", "the third address of a second block is no resolver", "10.1.0.2:53",
        lambda w: w.secondary_cidr("vpc-1", "10.1.0.0/16"), world=PRIVATE, at="vpc-1", **NOBODY),
    own("DNS-1 IN-1", "which block of the VPC was its first is not in the record", THIRD, cut("vpc-1", "CidrBlock"),
        want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeVpcs"),
    own("DNS-1 DNS-2 IN-1", "whether enableDnsSupport is on was not read", LINK_LOCAL, do("drop", "VpcAttributes"),
        want=HM, code="UNKNOWN_RESOURCE", needs="ec2:DescribeVpcAttribute"),
    own("DNS-1 ST-04", "a function that has failed asks nobody", LINK_LOCAL, put("orders", State="Failed"), want=NO,
        code="BAD_STATE", cause="FUNCTION_FAILED", at="orders", layer="state"),
    own("SG-13 NACL-10", "an instance's metadata, with everything shut", "169.254.169.254:80", world=ON_AN_INSTANCE,
        who="i-1"),
    own("SG-13 NACL-10", "the clock of an instance", "169.254.169.123:123/udp", world=ON_AN_INSTANCE, who="eni-i"),
    *(own("SG-13 NACL-10", f"the activation of a Windows instance's licence{which}", f"{address}:1688",
          world=ON_AN_INSTANCE, who="i-1")
      for which, address in (("", "169.254.169.250"), (", the other server", "169.254.169.251"))),
    own("SG-13 RT-12", "a function has no Windows to activate", "169.254.169.250:1688", world=PRIVATE, at="rtb-fn",
        **NOBODY),
    own("SG-13 RT-12", "a function has no instance metadata", "169.254.169.254:80", world=PRIVATE, at="rtb-fn",
        **NOBODY),
    own("SG-13 RT-12", "other addresses of that range answer nobody", "169.254.170.2:80", world=PRIVATE, at="rtb-fn",
        **NOBODY),
)  # fmt: skip
