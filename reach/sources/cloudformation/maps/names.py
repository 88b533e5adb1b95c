"""Route 53: private hosted zones with their records, Resolver rules, DNS Firewall associations."""

from __future__ import annotations

from typing import Any

from reach.sources.cloudformation.draft import ELSEWHERE, Draft, Entry
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Undetermined, Unknown, unknown_in

FIREWALL = (
    *("Action", "BlockResponse", "BlockOverrideDomain", "FirewallDomainListId"),
    *("FirewallDomainRedirectionAction", "Qtype"),
)
# What else decides about a record, as AWS and CloudFormation call it alike.
CHOOSING = ("AliasTarget", "Failover", "GeoLocation", "MultiValueAnswer", "Region", "SetIdentifier")


def zone(draft: Draft, r: Resource) -> None:
    """A private hosted zone; public ones change nothing inside a VPC."""
    vpcs = [
        {"VPCId": r.as_text("VPCs", row.get("VPCId")), "VPCRegion": r.as_text("VPCs", row.get("VPCRegion", ""))}
        for row in r.rows("VPCs")
    ]
    if not vpcs:
        return
    name = r.known_text("Name").rstrip(".") + "."
    record = {"Id": f"/hostedzone/{r.id}", "Name": name, "Config": {"PrivateZone": True}, "VPCs": vpcs}
    draft.put("route53:HostedZones", record, r)
    for vpc in vpcs:
        draft.places.setdefault(f"{r.id}@{vpc['VPCId']}", r.where)
    sets: Entry = {"HostedZoneId": f"/hostedzone/{r.id}", "ResourceRecordSets": []}
    draft.put("route53:RecordSets", sets, r, f"records of {r.id}")


def perhaps_zone(draft: Draft, r: Resource) -> None:
    """A zone that may answer: nobody knows what."""
    zone(draft, r)
    sets = draft.record(f"records of {r.id}")
    if sets is not None:
        why = r.stack.doubtful.get(r.logical) or Unknown(r.id, ELSEWHERE, f"{r.logical} ({r.where}) may not be made")
        draft.lost.append((sets, "ResourceRecordSets", r.id, why))


def perhaps_records(draft: Draft, r: Resource) -> None:
    """Records that may be there: their zones hold more than is known."""
    rows = list(r.rows("RecordSets")) if r.has("RecordSets") else [{}]
    for row in rows:
        id, name = (row.get(key, r.get(key)) for key in ("HostedZoneId", "HostedZoneName"))
        held = _zone_records(draft, r, *("" if v is None else r.as_text("HostedZoneId", v) for v in (id, name)))
        if held is not None:
            held["IsTruncated"] = True


def perhaps_rule(draft: Draft, r: Resource) -> None:
    """A rule that may forward names: what it forwards cannot be told in either case."""
    if r.known_text("RuleType") == "FORWARD":
        rule(draft, r)


def perhaps_forwarded(draft: Draft, r: Resource) -> None:
    """A VPC whose names a rule may forward; one that keeps names from being forwarded is as if it were not there."""
    id = r.known_text("ResolverRuleId")
    held = draft.record(id) or draft.bases.get(id) or {}
    if held.get("RuleType") != "SYSTEM":
        rule_association(draft, r)


def record_set(draft: Draft, r: Resource) -> None:
    row = {name: value for name in r.props if (value := r.get(name)) is not None}
    _add(draft, r, row, r.text("HostedZoneId"), r.text("HostedZoneName"))


def record_set_group(draft: Draft, r: Resource) -> None:
    for row in r.rows("RecordSets"):
        id = row.get("HostedZoneId", r.get("HostedZoneId"))
        name = row.get("HostedZoneName", r.get("HostedZoneName"))
        _add(draft, r, row, *(("" if v is None else r.as_text("RecordSets", v)) for v in (id, name)))


def _add(draft: Draft, r: Resource, row: dict[str, Any], zone_id: str, zone_name: str) -> None:
    """A record goes to its zone if the stacks make that; without its values it may be any address."""
    held = _zone_records(draft, r, zone_id, zone_name)
    if held is None:
        return
    if unknown_in(row):  # it may say anything: the zone holds more than is known
        held["IsTruncated"] = True
        return
    out: Entry = {"Name": r.as_text("Name", row.get("Name", "")), "Type": r.as_text("Type", row.get("Type", ""))}
    values = row.get("ResourceRecords")
    if isinstance(values, list):
        out["ResourceRecords"] = [{"Value": r.as_text("ResourceRecords", v)} for v in values]
    out |= {name: row[name] for name in CHOOSING if name in row}
    if "Weight" in row:
        out["Weight"] = r.as_number("Weight", row["Weight"])
    held["ResourceRecordSets"].append(out)


def _zone_records(draft: Draft, r: Resource, zone_id: str, zone_name: str) -> Entry | None:
    """The records of a zone, by its id or its name, made here or there before."""
    home, wanted = r.stack.home, zone_name.rstrip(".") + "."
    if zone_name and not zone_id:
        zones = (*draft.every("route53:HostedZones"), *draft.before(home, "route53:HostedZones").values())
        ids = (str(z.get("Id") or z.get("HostedZoneId") or "") for z in zones if z.get("Name") == wanted)
        zone_id = next(ids, "")
    bare = zone_id.rpartition("/")[2]
    found = draft.record(f"records of {bare}")
    for id in (bare, f"/hostedzone/{bare}") if bare and found is None else ():
        found = found or draft.changed(home, "route53:RecordSets", id)
    return found


def rule(draft: Draft, r: Resource) -> None:
    targets = [{"Ip": r.as_text("TargetIps", row.get("Ip", ""))} for row in r.rows("TargetIps")]
    kind = r.known_text("RuleType")
    record = {"Id": r.id, "DomainName": r.text("DomainName"), "RuleType": kind, "TargetIps": targets}
    draft.put("route53resolver:ResolverRules", record, r)


def rule_association(draft: Draft, r: Resource) -> None:
    record = {"Id": r.part_id("rslvr-rrassoc"), "ResolverRuleId": r.text("ResolverRuleId"), "VPCId": r.text("VPCId")}
    draft.put("route53resolver:ResolverRuleAssociations", record, r)


def firewall_association(draft: Draft, r: Resource) -> None:
    record = {
        "Id": r.part_id("rslvr-frgassoc"),
        "FirewallRuleGroupId": r.text("FirewallRuleGroupId"),
        "VpcId": r.known_text("VpcId"),
        "Priority": r.number("Priority") or 0,
    }
    draft.put("route53resolver:FirewallRuleGroupAssociations", record, r)


def firewall_group(draft: Draft, r: Resource) -> None:
    """The rules of a DNS Firewall group."""
    for row in r.rows("FirewallRules"):
        unknown = unknown_in(row)
        if unknown:
            raise Undetermined(unknown)
        one: Entry = {name: r.as_text("FirewallRules", row[name]) for name in FIREWALL if name in row}
        one |= {"FirewallRuleGroupId": r.id, "Priority": r.as_number("FirewallRules", row.get("Priority", 0))}
        draft.put("route53resolver:FirewallRules", one, r)


def domain_list(draft: Draft, r: Resource) -> None:
    draft.put("route53resolver:FirewallDomainLists", {"Id": r.id, "Name": r.text("Name")}, r)
    if r.has("Domains"):
        record = {"FirewallDomainListId": r.id, "Domains": r.texts("Domains")}
        draft.put("route53resolver:FirewallDomains", record, r)
