"""AWS Network Firewall: firewalls, policies, and the rules of a group as far as they can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reach.describe.records import Record, Section, number, part, rows, text, texts
from reach.network import Thing
from reach.network.firewalls import (
    DomainNames,
    Firewall,
    FirewallEndpoint,
    FirewallPolicy,
    FirewallRule,
    GroupUse,
    RuleGroup,
)
from reach.traffic import ANY_PROTOCOL, TCP, UDP, Ranges

ACTIONS = {"aws:pass": "pass", "aws:drop": "drop", "aws:forward_to_sfe": "forward"}
PLAIN_OPTIONS = ("sid", "msg", "rev", "metadata", "priority", "gid", "reference", "classtype")
PROTOCOLS = {"IP": ANY_PROTOCOL, "TCP": Ranges.of(TCP), "UDP": Ranges.of(UDP), "ICMP": Ranges.of(1, 58)}


def read(section: Section) -> Iterator[Thing]:
    """All firewalls, firewall policies and rule groups of an account and region."""
    for record in section.rows("network-firewall:Firewalls"):
        yield _firewall(section, record)
    for record in section.rows("network-firewall:FirewallPolicies"):
        yield _policy(section, record)
    for record in section.rows("network-firewall:RuleGroups"):
        yield _group(section, record)


def _firewall(section: Section, record: Record) -> Firewall:
    firewall, status = part(record, "Firewall"), part(record, "FirewallStatus")
    states = status.get("SyncStates")
    arn = text(firewall, "FirewallArn") or text(record, "FirewallArn")
    return Firewall(
        id=arn,
        home=section.home,
        name=text(firewall, "FirewallName") or text(record, "FirewallName"),
        vpc=text(firewall, "VpcId"),
        status=text(status, "Status").upper(),
        policy=text(firewall, "FirewallPolicyArn"),
        endpoints=tuple(_endpoints(states)) if isinstance(states, Mapping) else None,
    )


def _endpoints(states: Record) -> Iterator[FirewallEndpoint]:
    for zone in sorted(states):
        held = part(part(states, zone), "Attachment")
        path = f"FirewallStatus.SyncStates.{zone}.Attachment"
        id, status = text(held, "EndpointId"), text(held, "Status").upper()
        if id:
            yield FirewallEndpoint(id, text(held, "SubnetId"), zone, status, path)


def _policy(section: Section, record: Record) -> FirewallPolicy:
    policy, response = part(record, "FirewallPolicy"), part(record, "FirewallPolicyResponse")
    options = part(policy, "StatefulEngineOptions")
    home = part(part(part(policy, "PolicyVariables"), "RuleVariables"), "HOME_NET")
    return FirewallPolicy(
        id=text(response, "FirewallPolicyArn") or text(record, "FirewallPolicyArn"),
        home=section.home,
        name=text(response, "FirewallPolicyName"),
        stateless=tuple(_uses(policy, "StatelessRuleGroupReferences")),
        stateless_default=_action(texts(policy, "StatelessDefaultActions")),
        stateful=tuple(_uses(policy, "StatefulRuleGroupReferences")),
        strict=text(options, "RuleOrder") == "STRICT_ORDER",
        stateful_defaults=texts(policy, "StatefulDefaultActions"),
        home_nets=texts(home, "Definition") if home else None,
        tls_inspection=bool(text(policy, "TLSInspectionConfigurationArn")),
    )


def _uses(policy: Record, key: str) -> Iterator[GroupUse]:
    for use in rows(policy, key):
        silenced = text(use, "Override", "Action") == "DROP_TO_ALERT"
        yield GroupUse(text(use, "ResourceArn"), number(use, "Priority") or 0, silenced)


def _action(actions: tuple[str, ...]) -> str:
    return next((ACTIONS[a] for a in actions if a in ACTIONS), "?")


def _group(section: Section, record: Record) -> RuleGroup:
    response, group = part(record, "RuleGroupResponse"), part(record, "RuleGroup")
    source = part(group, "RulesSource")
    plain = part(source, "StatelessRulesAndCustomActions")
    stateless = text(response, "Type") == "STATELESS" or bool(plain)
    by_priority = sorted(enumerate(rows(plain, "StatelessRules")), key=lambda item: number(item[1], "Priority") or 0)
    rules = [_stateless(i, r) for i, r in by_priority] if stateless else list(_stateful(source))
    return RuleGroup(
        id=text(response, "RuleGroupArn") or text(record, "RuleGroupArn"),
        home=section.home,
        name=text(response, "RuleGroupName"),
        stateless=stateless,
        rules=tuple(rules),
        address_sets=_sets(group, "IPSets"),
        port_sets=_sets(group, "PortSets"),
    )


def _sets(group: Record, key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = part(part(group, "RuleVariables"), key)
    return tuple((name, texts(part(found, name), "Definition")) for name in sorted(found))


def _stateless(index: int, record: Record) -> FirewallRule:
    definition = part(record, "RuleDefinition")
    match = part(definition, "MatchAttributes")
    protocols = match.get("Protocols")
    numbers = [p for p in protocols if isinstance(p, int)] if isinstance(protocols, list | tuple) else []
    flags = any(texts(f, "Masks") or texts(f, "Flags") for f in rows(match, "TCPFlags"))
    return FirewallRule(
        path=f"RuleGroup.RulesSource.StatelessRulesAndCustomActions.StatelessRules[{index}]",
        action=_action(texts(definition, "Actions")),
        protocols=Ranges.of(*numbers) if numbers else ANY_PROTOCOL,
        source=_listed(text(a, "AddressDefinition") for a in rows(match, "Sources")),
        source_port=_listed(_span(p) for p in rows(match, "SourcePorts")),
        destination=_listed(text(a, "AddressDefinition") for a in rows(match, "Destinations")),
        destination_port=_listed(_span(p) for p in rows(match, "DestinationPorts")),
        doubt="it looks at TCP flags" if flags else "",
    )


def _listed(terms: Iterable[str]) -> str:
    found = list(terms)
    return "ANY" if not found else found[0] if len(found) == 1 else f"[{','.join(found)}]"


def _span(ports: Record) -> str:
    low, high = number(ports, "FromPort") or 0, number(ports, "ToPort") or 0
    return str(low) if low == high else f"{low}:{high}"


def _stateful(source: Record) -> Iterator[FirewallRule]:
    """The rules of a stateful group; one that may match anything for what is written in another language (FW-6)."""
    for index, record in enumerate(rows(source, "StatefulRules")):
        yield _five_tuple(f"RuleGroup.RulesSource.StatefulRules[{index}]", record)
    if text(source, "RulesString").strip():
        yield _opaque("RuleGroup.RulesSource.RulesString", "it is written in Suricata's language", ANY_PROTOCOL)
    listed = part(source, "RulesSourceList")
    if listed and text(listed, "GeneratedRulesType") != "ALERTLIST":
        yield _domains(listed)


NAMED_ON = {"TLS_SNI": 443, "HTTP_HOST": 80}


def _domains(listed: Record) -> FirewallRule:
    """A list of host names, which is held against what comes from the home network (FW-6)."""
    kind = text(listed, "GeneratedRulesType")
    ports = [NAMED_ON[t] for t in texts(listed, "TargetTypes") if t in NAMED_ON]
    return FirewallRule(
        path="RuleGroup.RulesSource.RulesSourceList",
        action={"ALLOWLIST": "pass", "DENYLIST": "drop", "REJECTLIST": "reject"}.get(kind, "?"),
        protocols=Ranges.of(TCP, UDP),
        source="$HOME_NET",
        destination="$EXTERNAL_NET",
        doubt=f"its {kind.lower()} looks at host names",
        names=DomainNames(kind == "ALLOWLIST", texts(listed, "Targets"), Ranges.of(*ports)),
    )


def _opaque(path: str, why: str, protocols: Ranges) -> FirewallRule:
    return FirewallRule(path, "?", protocols, doubt=why)


def _five_tuple(path: str, record: Record) -> FirewallRule:
    header = part(record, "Header")
    protocol = text(header, "Protocol").upper()
    options = [text(o, "Keyword").lower() for o in rows(record, "RuleOptions")]
    odd = next((o for o in options if o not in PLAIN_OPTIONS), "")
    doubt = f"it has the option {odd}" if odd else ""
    if protocol not in PROTOCOLS:
        doubt = doubt or f"it looks for the protocol {protocol}"
    return FirewallRule(
        path=path,
        action=text(record, "Action").lower() or "?",
        protocols=PROTOCOLS.get(protocol, Ranges.of(TCP, UDP)),
        source=text(header, "Source") or "ANY",
        source_port=text(header, "SourcePort") or "ANY",
        destination=text(header, "Destination") or "ANY",
        destination_port=text(header, "DestinationPort") or "ANY",
        both_ways=text(header, "Direction").upper() == "ANY",
        doubt=doubt,
    )
