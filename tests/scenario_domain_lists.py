"""Network Firewall's lists of domains: decided where the name of the server is known and clients say it (FW-6)."""

from __future__ import annotations

from typing import Any

from tests.scenario import HM, OK, Row
from tests.scenario_firewalls import ALL, DROPPED, GWLB, SURICATA, WEB, ruled
from tests.world_firewalls import group, stateful
from tests.world_records import Record

SITE = "www.example.com"
BOTH = ("TLS_SNI", "HTTP_HOST")


def listing(kind: str, *targets: str, on: tuple[str, ...] = BOTH, **members: Any) -> Record:
    """A rule group that is a list of domains."""
    source = {"Targets": list(targets), "TargetTypes": list(on), "GeneratedRulesType": kind}
    return group("names", {"RulesSourceList": source}, **members)


def home(*blocks: str) -> dict[str, Any]:
    """What a rule group takes for the home network."""
    return {"RuleVariables": {"IPSets": {"HOME_NET": {"Definition": list(blocks)}}}}


def named(about: str, *groups: Any, to: str = SITE, strict: bool = False, defaults: tuple[str, ...] = (),
          **want: Any) -> Row:  # fmt: skip
    """A question about a host by name, through a firewall with these groups."""
    world = ruled(*groups, strict=strict, defaults=defaults)
    return Row(ids="FW-6", about=about, world=world, to=to, **want)


PASSES: dict[str, Any] = {"want": OK, "assumes": ("FW-6",)}
ALLOWS, REFUSES = listing("ALLOWLIST", ".example.com"), listing("DENYLIST", ".example.com")
ESTABLISHED, STRICTLY = ("aws:drop_established",), ("aws:drop_strict",)
PACKETS = stateful(("DROP", *ALL))
LISTS = (
    named("a name below one that an allow list has", ALLOWS, **PASSES),
    named("a listed domain stands for itself too", ALLOWS, to="example.com", **PASSES),
    named("a name without a dot before it stands for itself only", listing("ALLOWLIST", "example.com"),
          says="is not on its allowlist", **DROPPED),
    named("an allow list refuses the other names", listing("ALLOWLIST", ".example.org"), says="is not on its allowlist",
          assumes=("FW-6",), **DROPPED),
    named("an ending that is no domain of its own is not listed", ALLOWS, to="www.myexample.com", **DROPPED),
    named("capitals do not matter", listing("ALLOWLIST", ".Example.COM"), **PASSES),
    named("a name that a deny list has", REFUSES, says="is on its denylist", **DROPPED),
    named("a name that a reject list has", listing("REJECTLIST", SITE), says="is on its rejectlist", **DROPPED),
    named("a deny list lets the other names pass", listing("DENYLIST", ".example.org"), **PASSES),
    named("a list that only alerts", listing("ALERTLIST", ".example.com"), want=OK),
    named("on another port nobody knows which protocol is spoken", REFUSES, to=f"{SITE}:8443", **GWLB),
    named("a list for TLS does not look at HTTP", listing("DENYLIST", SITE, on=("TLS_SNI",)), to=f"{SITE}:80",
          **PASSES),
    named("a list for HTTP does", listing("DENYLIST", SITE, on=("HTTP_HOST",)), to=f"{SITE}:80", **DROPPED),
    named("nor is the name of QUIC looked at as far as AWS says", REFUSES, to=f"{SITE}:443/udp", **GWLB),
    named("an AWS service by its name", listing("ALLOWLIST", ".amazonaws.com"), to="sqs", **PASSES),
    named("S3, whose names begin with a bucket", listing("ALLOWLIST", ".amazonaws.com"), to="s3", **PASSES),
    named("S3, of whose names one is listed", listing("ALLOWLIST", "s3.eu-west-1.amazonaws.com"), to="s3", **GWLB),
    named("DynamoDB, whose names may begin with an account", listing("DENYLIST", "dynamodb.eu-west-1.amazonaws.com"),
          to="dynamodb", **GWLB),
    named("an address has no name", REFUSES, to="93.184.216.34:443", says="host names", **GWLB),
    named("a list is about the home network only", listing("DENYLIST", SITE, **home("192.168.0.0/16")), want=OK),
    named("what drops packets has dropped them before they say a name", ALLOWS, group("g", PACKETS), **GWLB),
    named("what passes packets passes whatever they say", REFUSES, group("g", stateful(("PASS", *WEB))), want=OK),
    named("a rule that cannot be read may pass it", SURICATA, REFUSES, **GWLB),
    named("a rule that cannot be read may drop it", SURICATA, ALLOWS, **GWLB),
    named("in strict order: listed, the rest of what is established is dropped", ALLOWS, strict=True,
          defaults=ESTABLISHED, **PASSES),
    named("in strict order: not listed", listing("ALLOWLIST", ".example.org"), strict=True, defaults=ESTABLISHED,
          **DROPPED),
    named("in strict order: not listed, and nothing else drops it", listing("ALLOWLIST", ".example.org"), strict=True,
          **GWLB),
    named("in strict order: the handshake itself is dropped", ALLOWS, strict=True, defaults=STRICTLY,
          says="carry no name", **DROPPED),
    named("in strict order: a deny list before what passes packets", REFUSES, group("g", stateful(("PASS", *WEB))),
          strict=True, **GWLB),
    named("in strict order: a deny list behind it", group("g", stateful(("PASS", *WEB))), REFUSES, strict=True,
          want=OK),
    named("in strict order: a deny list before what drops the rest", REFUSES, strict=True, defaults=ESTABLISHED,
          **DROPPED),
    Row(ids="FW-6 IN-4", about="a kind of list that nobody knows", to=SITE, want=HM, at="vpce-fw",
        code="PATH_THROUGH_GWLB_NOT_CHECKED", world=ruled(listing("GREYLIST", SITE))),
    Row(ids="FW-6 IN-6", about="lists are not read where a group is not", to=SITE, at="vpce-fw", want=HM,
        code="PATH_THROUGH_GWLB_NOT_CHECKED", needs="network-firewall:DescribeRuleGroup",
        world=(*ruled(ALLOWS), lambda w: w.collections.pop("network-firewall:RuleGroups"))),
)  # fmt: skip
