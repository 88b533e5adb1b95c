"""What mends a name: records of private zones, DNS Firewall, the servers that a VPC uses."""

from __future__ import annotations

import json
from shlex import quote

from reach.ask.made import kept, script
from reach.ask.remedies.case import Case
from reach.network.domains import FirewallGroup


def hidden(case: Case) -> str | None:
    """The record that the zone lacks; its address is known to nobody but the reader, unless an endpoint has it."""
    name = _named(case)
    if not name:
        return None
    record = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "ADDRESS"}]}
    batch = json.dumps({"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]})
    command = f"aws route53 change-resource-record-sets --hosted-zone-id {case.blocker.resource}"
    return f"Add the record, with the ADDRESS that the name should have: {command} --change-batch {quote(batch)}"


def _named(case: Case) -> str:
    """The name in "(UPSERT of NAME, …)", as the check wrote it."""
    return case.blocker.fix.partition("UPSERT of ")[2].partition(",")[0]


def firewall(case: Case) -> str | None:
    """A list of its own for the name, and a rule that allows it before the one that blocks it."""
    group = case.network.things.get(case.blocker.resource)
    name = case.blocker.fix.partition("LIST_WITH_")[2].partition(" ")[0]
    if not isinstance(group, FirewallGroup) or not name:
        return None
    blocking = int(case.blocker.fix.partition("--priority ")[2].partition(" ")[0] or 1) + 1
    taken = {r.priority for r in group.rules if not hasattr(r, "needs")}
    priority = next((p for p in range(max(blocking - 1, 1), 0, -1) if p not in taken), None)
    if priority is None:
        return f"Take {name} off the list, or renumber the rules of {group.id}, so that one that allows it comes first."
    title = quote("allow-" + "".join(c if c.isalnum() else "-" for c in name)[:50])
    command = f"aws route53resolver create-firewall-domain-list --name {title}"
    line = script(
        kept("LIST", command, "FirewallDomainList.Id"),
        "aws route53resolver update-firewall-domains --firewall-domain-list-id $LIST --operation ADD "
        f"--domains {quote(name)}",
        f"aws route53resolver create-firewall-rule --firewall-rule-group-id {group.id} --firewall-domain-list-id $LIST "
        f"--priority {priority} --action ALLOW --name {title}",
    )
    return f"Allow it before that rule: {line}"


def servers(case: Case) -> str | None:
    """DNS servers to which nothing can lead: Amazon's own instead."""
    if "aws " in case.blocker.fix:  # whatever is in the way has a fix of its own
        return None
    command = "aws ec2 create-dhcp-options --dhcp-configurations Key=domain-name-servers,Values=AmazonProvidedDNS"
    options = kept("DHCP", command, "DhcpOptions.DhcpOptionsId")
    line = script(options, f"aws ec2 associate-dhcp-options --dhcp-options-id $DHCP --vpc-id {case.vpc}")
    return f"Name servers that are there in the DHCP options, or use Amazon's: {line}"
