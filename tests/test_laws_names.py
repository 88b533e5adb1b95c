"""Law: a name is answered as a literal reading of zones, rules and endpoints, and then a walk, answer it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from reach.answer import Verdict
from reach.ask import ask
from tests import journey_parts as parts
from tests import strategies_journey as drawn
from tests.journey_parts import HERE, HOST, Net
from tests.law_worlds import network_from
from tests.naive_journey import walk
from tests.naive_leg import Everything
from tests.naive_names import CODES, Meaning, meaning
from tests.naive_rules import Packet, Record
from tests.naive_trip import Outcome, Source

SERVICE = "secretsmanager.eu-west-1.amazonaws.com"
NAMES = ("example.com", "api.corp.example", "db.corp.example", "deep.db.corp.example", "sqs.eu-west-1.amazonaws.com")
ASKED = (*NAMES, *NAMES[1:4], *NAMES[1:4], *[SERVICE] * 4)
DOMAINS = ("corp.example", "corp.example", "corp.example", "db.corp.example", "db.corp.example", "example.com",
           "amazonaws.com", "eu-west-1.amazonaws.com", "example")  # fmt: skip
PORT = 443


@st.composite
def named(draw: st.DrawFn) -> Net:
    """A home VPC whose names have been tampered with; ACLs and groups do not look at the sender's port."""
    net = parts.home(draw)
    w = net.w
    w.ingress("sg-d", ("tcp", PORT, draw(st.sampled_from((HERE, HERE, "10.0.1.0/24")))))
    attributes = next(a for a in w.collections["VpcAttributes"] if a["VpcId"] == "vpc-1")
    attributes["EnableDnsHostnames"] = {"Value": draw(st.sampled_from((True,) * 5 + (False,)))}
    attributes["EnableDnsSupport"] = {"Value": draw(st.sampled_from((True,) * 11 + (False,)))}
    for change in draw(st.lists(st.sampled_from((_zone, _zone, _zone, _endpoint, _endpoint, _rule, _firewall)),
                                min_size=2, max_size=4)):  # fmt: skip
        change(draw, net)
    for damage in draw(st.lists(st.sampled_from(("group", "state", "route")), max_size=1)):
        drawn.DAMAGES[damage](draw, net)
    for key in ("HostedZones", "RecordSets"):
        w.collections.setdefault(f"route53:{key}", [])
    for key in ("ResolverRules", "ResolverRuleAssociations", "FirewallRuleGroupAssociations", "FirewallRules",
                "FirewallDomains"):  # fmt: skip
        w.collections.setdefault(f"route53resolver:{key}", [])
    return net


def _zone(draw: st.DrawFn, net: Net) -> None:
    """A private zone, of this VPC mostly, with some records."""
    w = net.w
    number = len(w.collections.get("route53:HostedZones", [])) + 1
    name = draw(st.sampled_from(DOMAINS))
    if any(z["Name"] == f"{name}." for z in w.collections.get("route53:HostedZones", [])):
        return
    vpc = draw(st.sampled_from(("vpc-1",) * 2 + ("vpc-else",)))
    w.add("route53:HostedZones", {"Id": f"/hostedzone/Z{number}", "Name": f"{name}.", "Config": {"PrivateZone": True},
                                  "VPCs": [{"VPCId": vpc, "VPCRegion": w.region}]})  # fmt: skip
    values = st.sampled_from((w.address("eni-d"), w.address("eni-d"), "10.0.3.200", HOST))
    sets: dict[str, Any] = {}
    below = [n for n in (*NAMES, "*.corp.example", "*.example", "*.amazonaws.com") if n.endswith(name)]
    for record in draw(st.lists(st.sampled_from(below or [name]), min_size=1, max_size=4, unique=True)):
        if draw(st.sampled_from((False, False, True))) and record.split(".")[0] != "*":
            sets[record] = {"Type": "CNAME", "ResourceRecords": [{"Value": draw(st.sampled_from(
                [n for n in NAMES if n < record] or ["www.example.com"]))}]}  # fmt: skip
        else:
            sets[record] = {"Type": "A", "ResourceRecords": [{"Value": draw(values)}]}
    w.add("route53:RecordSets", {"HostedZoneId": f"Z{number}", "ResourceRecordSets": [
        {"Name": f"{n}.", **way} for n, way in sets.items()]})  # fmt: skip


def _endpoint(draw: st.DrawFn, net: Net) -> None:
    """An interface endpoint for a service, in one subnet or two, with private DNS mostly."""
    w = net.w
    if w.collections["VpcEndpoints"]:
        return
    group = w.security_group("vpc-1", [("tcp", draw(st.sampled_from((PORT, PORT, 80))), HERE)], id="sg-e")
    places = draw(st.sampled_from((["subnet-m"], ["subnet-d", "subnet-1"], ["subnet-2"])))
    on = draw(st.sampled_from((True, True, True, False)))
    state = draw(st.sampled_from(("available",) * 5 + ("pending",)))
    w.interface_endpoint("vpc-1", "secretsmanager", places, [group], private_dns=on, state=state)


def _rule(draw: st.DrawFn, net: Net) -> None:
    """A Resolver rule of this VPC or another one."""
    w = net.w
    number = len(w.collections.get("route53resolver:ResolverRules", [])) + 1
    w.add("route53resolver:ResolverRules", {
        "Id": f"rslvr-rr-{number}", "RuleType": draw(st.sampled_from(("FORWARD", "FORWARD", "SYSTEM"))),
        "DomainName": draw(st.sampled_from((".", *(f"{d}." for d in DOMAINS)))), "Status": "COMPLETE",
        "TargetIps": [{"Ip": "10.0.3.53", "Port": 53}]})  # fmt: skip
    vpc = draw(st.sampled_from(("vpc-1",) * 4 + ("vpc-else",)))
    w.add("route53resolver:ResolverRuleAssociations", {"ResolverRuleId": f"rslvr-rr-{number}", "VPCId": vpc,
                                                       "Status": "COMPLETE"})  # fmt: skip


def _firewall(draw: st.DrawFn, net: Net) -> None:
    """A DNS Firewall with up to three rules."""
    w = net.w
    if "route53resolver:FirewallRuleGroupAssociations" in w.collections:
        return
    group = {"FirewallRuleGroupId": "rslvr-frg-1"}
    w.add("route53resolver:FirewallRuleGroupAssociations", {"VpcId": "vpc-1", "Priority": 101, **group})
    for n in draw(st.lists(st.integers(1, 9), min_size=1, max_size=3, unique=True)):
        domains = [draw(st.sampled_from(("*", "*.corp.example", "*.amazonaws.com", *NAMES, SERVICE)))]
        w.add("route53resolver:FirewallRules", {"Priority": n, "Action": draw(st.sampled_from((
            "ALLOW", "BLOCK", "BLOCK", "ALERT"))), "FirewallDomainListId": f"rslvr-fdl-{n}", **group})  # fmt: skip
        w.add("route53resolver:FirewallDomains", {"FirewallDomainListId": f"rslvr-fdl-{n}", "Domains": domains})


def expected(net: Net, document: Record, name: str) -> tuple[Verdict, str | None, Meaning]:
    """The verdict over all subnets and addresses, and the code of what a name means, if that stops it."""
    told = meaning(document, "vpc-1", name)
    if told.word in CODES:
        return Verdict.BLOCKED, CODES[told.word], told
    if told.word in ("forwarded", "elsewhere"):  # to whatever address: what leaves at all may arrive
        leaves = Everything(document).group_answers("IpPermissionsEgress", ("sg-fn",), None, None,
                                                    Packet("tcp", HOST, PORT))  # fmt: skip
        return (Verdict.UNKNOWN if {True, None} & set(leaves) else Verdict.BLOCKED), None, told
    outcomes = {o.verdict for o in _walks(net, document, told)}
    if outcomes == {"delivered"}:
        return Verdict.REACHABLE, None, told
    return (Verdict.BLOCKED if outcomes == {"blocked"} else Verdict.PARTIAL), None, told


def _walks(net: Net, document: Record, told: Meaning) -> Iterator[Outcome]:
    for subnet in net.senders:
        for address in (HOST,) if told.word == "public" else told.addresses:
            sender = net.w[subnet]["CidrBlock"].replace(".0/24", ".77")
            yield walk(document, Source(subnet, ("sg-fn",), sender, 50000), Packet("tcp", address, PORT))


@settings(deadline=None, max_examples=150)
@given(named(), st.sampled_from(ASKED))
def test_a_name_is_answered_as_it_is_read(net: Net, name: str) -> None:
    """DNS-2 DNS-3 DNS-5 DNS-6 DNS-7 VPCE-15 VPCE-16."""
    document = net.w.document()
    verdict, code, told = expected(net, document, name)
    answer = ask(network_from(document), "orders", f"{name}:{PORT}")
    event(f"{told.word} {verdict}")
    assert answer.verdict is verdict, (told, answer.headline, answer.blockers, answer.unknowns)
    if code is not None:
        assert code in [b.code for b in answer.blockers], (told, answer.blockers)


def test_random_names_mean_everything() -> None:
    """Whatever a name can mean is in 3 of 100 examples or more."""
    seen: Counter[str] = Counter()

    @settings(max_examples=400, deadline=None, derandomize=True, database=None, phases=[Phase.generate])
    @given(named(), st.sampled_from(ASKED))
    def count(net: Net, name: str) -> None:
        seen[meaning(net.w.document(), "vpc-1", name).word] += 1

    count()
    share = {word: round(number / seen.total(), 3) for word, number in seen.most_common()}
    print(share)  # pytest -rP shows it
    wanted = ("addresses", "public", "nothing", "refused", "off", "forwarded", "elsewhere")
    assert {word: share.get(word, 0) for word in wanted if share.get(word, 0) < 0.03} == {}, share
