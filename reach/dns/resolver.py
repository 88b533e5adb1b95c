"""The resolver that a VPC's names are asked of, Amazon's or its own, and who comes first there.

Order (SVC-04, DNS-5 … DNS-7): DNS Firewall; a Resolver rule; the most specific private zone, of which an interface
endpoint's hidden zone is one; the public name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Assumption
from reach.checks import dns_firewall
from reach.checks.guard import Guard
from reach.destinations import Destination, Resolved, of_addresses
from reach.dns.rules import forwarding
from reach.dns.zones import Option, answer, zone_of, zones_over
from reach.network import Endpoint, Gap, Network, Vpc
from reach.traffic import IPV4, IPV6, NAMES, Ranges, cidr, name_point

LONGEST_CHAIN = 8
# What a plain name means, private zones and rules aside: to whoever asks Amazon's resolver of a VPC, or anybody (None).
Meaning = Callable[[Vpc | None, str], Resolved]


class Query(Struct, frozen=True):
    """A name that is asked for in a VPC. `type` is A or AAAA; `chain` the names whose CNAME records led to it."""

    network: Network
    vpc: Vpc
    name: str
    meaning: Meaning
    type: str = "A"
    chain: tuple[str, ...] = ()

    def public(self, vpc: Vpc | None = None) -> Resolved:
        return self.meaning(vpc, self.name)


def anywhere(type: str) -> Ranges:
    """Where a name may be of which nothing is known."""
    return IPV6 if type == "AAAA" else IPV4 | NAMES


def look_up(network: Network, vpc: Vpc | None, name: str, meaning: Meaning, type: str = "A") -> Resolved:
    """What a plain name means in a VPC or, without one, to anybody; with the guards that stand before it."""
    if told := network.told.get(name):
        return _told(network, vpc, name, told & (IPV6 if type == "AAAA" else IPV4), meaning(vpc, name))
    if vpc is None:
        return meaning(None, name)
    asked = Query(network, vpc, name, meaning, type)
    open_ = network.pending.get(vpc.dhcp_options or "") if vpc.dns_servers is None else None
    found = _either(asked) if open_ is None else unknown(name, type, open_)  # whose servers will be asked
    if vpc.dns_servers:
        found = _by_others(found, asked.public())
    return replace(
        found,
        first=(Guard("resolver", vpc.id, "dns"), *found.first),
        assumptions=(*found.assumptions, *_attributes_assumed(network, vpc, name)),
    )


def _told(network: Network, vpc: Vpc | None, name: str, addresses: Ranges, known: Resolved) -> Resolved:
    """The user says what the name means; what keeps all names from resolving still does."""
    return replace(
        known,
        nodes=of_addresses(network, vpc, addresses) if addresses else known.nodes,
        failover=None,
        first=(Guard("resolver", vpc.id, "dns", side="told"),) if vpc else (),
        notes=(),
        assumptions=(Assumption("DNS-9", f"{name} is at the address that --resolve says."),),
        private=False,
    )


def _either(asked: Query) -> Resolved:
    """The answer, or none where it hangs on an attribute of the VPC that a template leaves open (DNS-3)."""
    gap = asked.network.pending.get(asked.vpc.dns_hostnames_open)
    if gap is None:
        return _answered(asked)
    on, off = (_answered(replace(asked, vpc=replace(asked.vpc, dns_hostnames=value))) for value in (True, False))
    if on == off:
        return on
    there = Destination(asked.name, anywhere(asked.type), exact=False, gap=gap)
    first = tuple(guard for guard in off.first if guard in on.first)
    return replace(off, nodes=((there,),), first=first, failover=None, private=False, notes=(), zone=None)


def _answered(asked: Query) -> Resolved:
    """Amazon's resolver: the firewall, then a rule, then the most specific zone, then what everybody sees."""
    network, vpc, name = asked.network, asked.vpc, asked.name
    found = asked.public(vpc)
    zone = zone_of(network, vpc, name)
    if zone is not None and not zone.open and len(zone.domain) < len(found.zone or ""):
        zone = None  # an endpoint's own zone is more specific
    rule = forwarding(network, vpc, name, zone.domain if zone else found.zone)
    if rule is not None:
        found = _without_answer(asked, found, Guard("forwarded", rule, "dns", peer=name))
    elif zone is not None and found.perhaps is not None:  # the zone of an endpoint that we cannot see comes first
        found = replace(found, nodes=((found.perhaps,),))
    elif zone is not None:
        found = _in_zone(asked, asked.public())
    elif found.zone is None and dns_firewall.has_rules(network, vpc):
        found = replace(found, assumptions=(*found.assumptions, dns_firewall.unseen_chain(name)))
    return replace(found, first=(*_firewall(asked), *found.first))


def _firewall(asked: Query) -> tuple[Guard, ...]:
    """Whether this name of a CNAME chain passes (DNS-7); servers of one's own ask no firewall of Amazon's."""
    if asked.vpc.dns_servers or not dns_firewall.has_rules(asked.network, asked.vpc):
        return ()
    chain = (*asked.chain, asked.name)
    if asked.name not in dns_firewall.asked_about(asked.network, asked.vpc, chain, asked.type):
        return ()
    return (Guard("dns_firewall", asked.vpc.id, "dns", peer=asked.name, side=asked.type),)


def _without_answer(asked: Query, base: Resolved, guard: Guard) -> Resolved:
    """A name that means nothing, or nobody can say what: the guard says why."""
    absent = guard.check == "hidden"  # else it has an address, which may be any
    where = name_point(asked.name) if absent else anywhere(asked.type)
    there = Destination(asked.name, where, exact=absent, nowhere=True)
    return replace(base, nodes=((there,),), first=(guard,), failover=None, private=False, notes=(), zone=None)


def _in_zone(asked: Query, base: Resolved) -> Resolved:
    """A private zone's answer (DNS-5)."""
    zone = zone_of(asked.network, asked.vpc, asked.name)
    assert zone is not None
    said = answer(asked.network, asked.vpc, zone, asked.name, asked.type)
    if said.guard is not None:
        return _without_answer(asked, base, said.guard)
    if said.gap is not None:
        unknown = Destination(asked.name, anywhere(asked.type), exact=False, gap=said.gap)
        return replace(base, nodes=((unknown,),), failover=None, private=False, notes=())
    nodes = []
    for options in said.nodes:
        led = [_followed(asked, zone.id, option) for option in options]
        # of one record all that it leads to is handed out; between options only one is true
        nodes += led[0] if len(led) == 1 else [tuple(d for found in led for node in found for d in node)]
    return replace(base, nodes=tuple(nodes), failover=None, private=True, notes=())


def _followed(asked: Query, zone: str, option: Option) -> list[tuple[Destination, ...]]:
    if option.kind == "address":
        return list(of_addresses(asked.network, asked.vpc, cidr(option.value)))
    if option.kind == "alias":  # answered by whoever it stands for, past rules and zones of the VPC
        return list(asked.meaning(asked.vpc, option.value.removeprefix("dualstack.")).nodes)
    chain = (*asked.chain, asked.name)
    if option.value in chain or len(chain) >= LONGEST_CHAIN:
        guard = Guard("hidden", zone, "dns", peer=asked.name, side="loop")
        return [(Destination(option.value, name_point(option.value), guards=(guard,), nowhere=True),)]
    found = _answered(replace(asked, name=option.value, chain=chain))
    return [tuple(replace(d, guards=(*found.first, *d.guards)) for d in node) for node in found.nodes]


def _by_others(amazon: Resolved, outside: Resolved) -> Resolved:
    """Servers of one's own may ask Amazon's resolver or not: both answers are possible (DNS-4)."""
    there = tuple(d for node in outside.nodes for d in node)
    mine = tuple(d for node in amazon.nodes for d in node)
    if not amazon.first and [d.addresses for d in mine] == [d.addresses for d in there]:
        return amazon
    nodes = tuple(
        (*(replace(d, guards=(*amazon.first, *d.guards)) for d in node), *(d for d in there if d not in node))
        for node in amazon.nodes
    )
    return replace(amazon, nodes=nodes, first=(), failover=None)


def _attributes_assumed(network: Network, vpc: Vpc, name: str) -> Iterator[Assumption]:
    """enableDnsHostnames, where it decides and was not collected (DNS-3)."""
    mine = [e for e in network.in_vpc(Endpoint, vpc.id) if e.private_dns and e.type.lower() != "gateway"]
    if vpc.dns_hostnames is None and not vpc.dns_hostnames_open and (mine or zones_over(network, vpc, name)):
        what = "on, as an endpoint with private DNS requires" if mine else "off, as it is in a new VPC"
        yield Assumption("DNS-3", f"enableDnsHostnames of {vpc.id} is {what}; it was not collected.")


def unknown(name: str, type: str, gap: Gap) -> Resolved:
    """A name of which nobody can say where it leads."""
    return Resolved(((Destination(name, anywhere(type), exact=False, gap=gap),),), Ranges.of(443))
