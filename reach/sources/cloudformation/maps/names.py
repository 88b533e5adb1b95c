"""Route 53: private hosted zones with their records, Resolver rules, DNS Firewall associations."""

from __future__ import annotations

from typing import Any

from reach.snapshot import ELSEWHERE
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.vpc import one_or_all
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
    record = {"Id": f"/hostedzone/{r.id}", "Name": _name(draft, r), "Config": {"PrivateZone": True}, "VPCs": vpcs}
    draft.put("route53:HostedZones", record, r)
    for vpc in vpcs:
        draft.places.setdefault(f"{r.id}@{vpc['VPCId']}", r.where)
    sets: Entry = {"HostedZoneId": f"/hostedzone/{r.id}", "ResourceRecordSets": []}
    draft.put("route53:RecordSets", sets, r, f"records of {r.id}")


def _name(draft: Draft, r: Resource) -> str:
    """A zone's name with a dot at its end; what is open in it is the text that stands for it."""
    named = r.get("Name")
    if isinstance(named, Unknown):
        draft.world.pending.setdefault(r.id, named)
    return r.text("Name").rstrip(".") + "."


def perhaps_zone(draft: Draft, r: Resource) -> None:
    """A zone that may answer, in VPCs that may be any: nobody knows what."""
    if unknown_in(r.get("VPCs")):
        named = {"Id": f"/hostedzone/{r.id}", "Name": _name(draft, r)}
        draft.put("route53:HostedZones", named | {"Config": {"PrivateZone": True}}, r)
        return
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
        unknown = r.stack.doubtful.get(r.logical) or unknown_in([r.get(key) for key in r.props])
        if held is not None and unknown is not None:
            _not_whole(draft, held, unknown)


def _not_whole(draft: Draft, held: Entry, unknown: Unknown) -> None:
    """A zone that holds more than is known."""
    held["IsTruncated"] = True
    draft.world.pending.setdefault(str(held["HostedZoneId"]).rpartition("/")[2], unknown)


def perhaps_rule(draft: Draft, r: Resource) -> None:
    """A rule that may forward names: what it forwards cannot be told in either case."""
    if r.known_text("RuleType") == "FORWARD" and not unknown_in(r.get("DomainName")):
        rule(draft, r)


def perhaps_forwarded(draft: Draft, r: Resource) -> None:
    """A VPC whose names a rule may forward; one that keeps names from being forwarded is as if it were not there."""
    id = r.text("ResolverRuleId")
    held = draft.record(id) or draft.bases.get(id) or {}
    if held.get("RuleType") != "SYSTEM":
        for vpc in one_or_all(draft, r, "VPCId"):
            record = {"Id": f"{r.part_id('rslvr-rrassoc')} {vpc}", "ResolverRuleId": id, "VPCId": vpc}
            draft.put("route53resolver:ResolverRuleAssociations", record, r)


def perhaps_filtered(draft: Draft, r: Resource) -> None:
    """A VPC whose names a group of rules may filter."""
    for vpc in one_or_all(draft, r, "VpcId"):
        record = {"Id": f"{r.part_id('rslvr-frgassoc')} {vpc}", "FirewallRuleGroupId": r.text("FirewallRuleGroupId")}
        draft.put("route53resolver:FirewallRuleGroupAssociations", record | {"VpcId": vpc, "Priority": 0}, r)


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
    unknown = unknown_in(row)
    open_ = draft.world.pending.get(zone_id) or draft.world.pending.get(zone_name)
    if held is None and open_ is not None and draft.record(zone_id) is None:  # it may be in any zone
        for one in draft.rows(r.stack.home, "route53:RecordSets"):
            _not_whole(draft, one, open_)
    if held is None:
        return
    if unknown is not None:  # it may say anything
        _not_whole(draft, held, unknown)
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
        "FirewallRuleGroupId": r.known_text("FirewallRuleGroupId"),
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
