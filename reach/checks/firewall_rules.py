"""What the two engines of AWS Network Firewall do with packets, as far as its rules can be read (FW-4 … FW-6)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Evidence
from reach.flow import Flow
from reach.network import Network
from reach.network.firewall_terms import Terms
from reach.network.firewalls import DomainNames, FirewallPolicy, FirewallRule, GroupUse, RuleGroup
from reach.traffic import ANY_PORT, ANY_PROTOCOL, TCP, UDP, Cover, Ranges, Traffic, union

PORTFUL = Ranges.of(TCP, UDP)
SPOKEN = Ranges.of(80, 443)  # ports on which HTTP and TLS are taken to be spoken
UNLISTED = "unlisted"  # what an allow list does with the other names, if rules have an order
DESCRIBE_GROUP = "network-firewall:DescribeRuleGroup"


class Fate(Struct, frozen=True):
    """What happens to some packets: pass, drop, forward (to the stateful engine), or "?"; and what says so."""

    traffic: Traffic
    word: str
    why: str
    evidence: tuple[Evidence, ...] = ()
    needs: str = ""
    assumed: str = ""  # what was taken for granted


class _Match(Struct, frozen=True):
    """One rule of a policy held against a flow: what it surely matches and what it may match.

    `named`: it is about the server's name, which the first packets of a connection do not carry.
    """

    word: str
    must: Traffic
    may: Traffic
    why: str
    evidence: tuple[Evidence, ...]
    needs: str = ""
    named: bool = False
    assumed: str = ""

    def fate(self, traffic: Traffic, word: str = "") -> Fate:
        return Fate(traffic, word or self.word, self.why, self.evidence, self.needs, self.assumed)


class Engines(Struct, frozen=True):
    """Both engines of one policy; `home` is what $HOME_NET means at this firewall."""

    network: Network
    policy: FirewallPolicy
    home: Cover | None

    def stateless(self, flow: Flow) -> Iterator[Fate]:
        """Each packet on its own, by priority; what no rule names meets the default action (FW-4)."""
        left = flow.traffic
        for match in self._matches(self.policy.stateless, flow):
            if match.word == "alert":
                continue
            yield match.fate(left & match.must)
            yield match.fate((left & match.may) - match.must, "?")
            left = left - match.may
        words = {"pass": "passes", "drop": "drops", "forward": "forwards"}
        verb = words.get(self.policy.stateless_default, "does something unknown with")
        why = f"{self._name} {verb} what no stateless rule names."
        shown = (self.policy.proof("FirewallPolicy.StatelessDefaultActions", self.policy.stateless_default),)
        yield Fate(left, self.policy.stateless_default, why, shown)

    def stateful(self, flow: Flow) -> Iterator[Fate]:
        """The connection that a packet starts, in the policy's order of rules (FW-5)."""
        found = tuple(self._matches(self.policy.stateful, flow))
        found = tuple(self._after_handshake(i, m, found) if m.named else m for i, m in enumerate(found))
        fates = self._strict(found, flow) if self.policy.strict else self._by_action(found, flow)
        replies = self._matches(self.policy.stateful, flow.reply())
        backward = tuple(m for m in replies if m.word in ("drop", "reject") and not m.named)
        for fate in fates:
            yield from self._passed(_assuming(fate, found), backward) if fate.word == "pass" else (fate,)

    @property
    def _home_net(self) -> Cover | None:
        nets = self.policy.home_nets
        return Terms().addresses(f"[{','.join(nets)}]") if nets is not None else self.home

    @property
    def _name(self) -> str:
        return self.policy.name or self.policy.id

    def _after_handshake(self, index: int, match: _Match, found: tuple[_Match, ...]) -> _Match:
        """A rule about names decides only what no rule about packets has decided before the name is seen (FW-6)."""
        rivals = ("drop", "reject", "?") if match.word == "pass" else ("pass", "?")
        others = found[index + 1 :] if self.policy.strict else found
        first = union(o.may for o in others if o.word in rivals and not o.named)
        if match.word == "pass" and self.policy.strict and "aws:drop_strict" in self.policy.stateful_defaults:
            why = f"{match.why} The packets that open a connection carry no name: aws:drop_strict drops them."
            match = replace(match, word="drop", why=why)
        return replace(match, must=match.must - first)

    def _strict(self, found: tuple[_Match, ...], flow: Flow) -> Iterator[Fate]:
        left = flow.traffic
        for number, match in enumerate(found):
            if match.word == UNLISTED:
                yield from self._unlisted(match, self._strict(found[number + 1 :], flow.of(left)))
                return
            if match.word == "alert":
                continue
            yield match.fate(left & match.must)
            yield match.fate((left & match.may) - match.must, "?")
            left = left - match.may
        yield from self._unnamed(flow.of(left))

    def _unlisted(self, match: _Match, later: Iterator[Fate]) -> Iterator[Fate]:
        """AWS does not say whether an allow list also refuses the other names itself where rules have an order."""
        for fate in later:
            mine = fate.traffic & match.may if fate.word == "pass" else Traffic()
            yield replace(fate, traffic=fate.traffic - mine)
            yield match.fate(mine, "?")

    def _unnamed(self, flow: Flow) -> Iterator[Fate]:
        """What no rule of a policy in strict order names."""
        defaults = self.policy.stateful_defaults
        shown = (self.policy.proof("FirewallPolicy.StatefulDefaultActions", list(defaults)),)
        why = f"No rule of {self._name} passes it, and its default actions are {', '.join(defaults) or 'none'}."
        drops = [d for d in defaults if d.startswith("aws:drop")]
        tcp = flow.traffic.where(flow.header.protocol, Ranges.of(TCP))
        if not drops:
            yield Fate(flow.traffic, "pass", why, shown)
        elif "aws:drop_strict" in drops:
            yield Fate(flow.traffic, "drop", why, shown)
        elif "aws:drop_established" in drops:
            yield Fate(tcp, "drop", f"{why} The connection opens, and is dropped when data flows.", shown)
            yield Fate(flow.traffic - tcp, "?", why, shown)
        else:
            yield Fate(flow.traffic, "?", why, shown)

    def _by_action(self, found: tuple[_Match, ...], flow: Flow) -> Iterator[Fate]:
        """Pass before drop and reject, wherever the rules stand; what none names passes."""
        left = flow.traffic
        doubtful = union(m.may - m.must for m in found if m.word in ("pass", "?"))
        for match in found:
            if match.word == "pass":
                yield match.fate(left & match.must)
                left = left - match.must
        for match in found:
            if match.word in ("drop", "reject"):
                sure = (left & match.must) - doubtful
                yield replace(match.fate(sure), word="drop")
                left = left - sure
        for match in found:
            if match.word in ("drop", "reject", "?"):
                yield match.fate(left & match.may, "?")
                left = left - match.may
        yield Fate(left, "pass", f"No rule of {self._name} drops it.")

    def _passed(self, fate: Fate, backward: tuple[_Match, ...]) -> Iterator[Fate]:
        """What passes: unless its replies may be dropped, or somebody looks inside."""
        left = fate.traffic
        for match in () if fate.evidence and "Default" not in fate.evidence[0].field else backward:
            yield replace(match.fate(left & match.may, "?"), why=f"{match.why} It fits the replies.")
            left = left - match.may
        if self.policy.tls_inspection:
            shown = (self.policy.proof("FirewallPolicy.TLSInspectionConfigurationArn", "set"),)
            yield Fate(left, "?", f"{self._name} looks inside TLS.", shown)
            return
        yield replace(fate, traffic=left)

    def _matches(self, uses: tuple[GroupUse, ...], flow: Flow) -> Iterator[_Match]:
        ordered = sorted(uses, key=lambda u: u.priority)
        for use in ordered:
            group = self.network.get(use.group)
            if not isinstance(group, RuleGroup):
                yield self._unread(use, flow)
                continue
            terms = Terms(dict(group.address_sets), dict(group.port_sets), self._home_net)
            for match in (m for rule in group.rules for m in self._held(group, rule, terms, flow)):
                silenced = use.silenced and match.word in ("drop", "reject", UNLISTED, "?")
                yield replace(match, word="alert") if silenced else match

    def _held(self, group: RuleGroup, rule: FirewallRule, terms: Terms, flow: Flow) -> Iterator[_Match]:
        if rule.names is None:
            yield _held(group, rule, terms, flow)
        else:
            yield from _by_name(group, rule, rule.names, terms, flow, self.policy.strict)

    def _unread(self, use: GroupUse, flow: Flow) -> _Match:
        name = use.group.rpartition("/")[2] or use.group
        managed = ":aws-managed:" in use.group
        why = f"The rules of {name} are AWS's own and change." if managed else f"The rules of {name} were not read."
        word = "alert" if managed and use.silenced else "?"
        shown = (Evidence(use.group, "-", why),)
        return _Match(word, Traffic(), flow.traffic, why, shown, "" if managed else DESCRIBE_GROUP)


def _assuming(fate: Fate, found: tuple[_Match, ...]) -> Fate:
    """What passes because no list of names is about it rests on the name too."""
    said = next((m.assumed for m in found if m.assumed and m.may & fate.traffic), "")
    return fate if fate.assumed else replace(fate, assumed=said)


def _held(group: RuleGroup, rule: FirewallRule, terms: Terms, flow: Flow) -> _Match:
    must, may = _fits(rule, terms, flow)
    if rule.both_ways:
        back = replace(flow, header=flow.header.reply())
        other_must, other_may = _fits(rule, terms, back)
        must, may = must | other_must, may | other_may
    name = group.name or group.id
    doubt = f" ({rule.doubt})" if rule.doubt else ""
    why = f"{name}: {rule.text}{doubt if rule.action != '?' else ''}."
    word = "?" if rule.action not in ("pass", "drop", "reject", "alert", "forward") else rule.action
    return _Match(word, must, may, why, (group.proof(rule.path, rule.text),))


def _by_name(
    group: RuleGroup, rule: FirewallRule, names: DomainNames, terms: Terms, flow: Flow, strict: bool
) -> Iterator[_Match]:
    """A list of domains: decided where the name is known that a client of TLS or HTTP says (FW-6)."""
    sure = _fits(replace(rule, doubt=""), terms, flow)[0].where(flow.header.protocol, Ranges.of(TCP))
    may = _fits(replace(rule, destination="ANY"), terms, flow)[1]
    listed, shown = names.holds(flow.host) if flow.host else None, (group.proof(rule.path, list(names.targets)),)
    name = group.name or group.id
    if listed is None:
        yield _Match("?", Traffic(), may, f"{name}: {rule.doubt}.", shown)
        return
    spoken = may.where(flow.header.protocol, Ranges.of(TCP)).where(flow.header.dport, SPOKEN)
    yield _Match("?", Traffic(), may - spoken, f"{name}: {rule.doubt}.", shown)
    here = spoken.where(flow.header.dport, names.ports)
    kind = "allowlist" if names.allows else "denylist" if rule.action == "drop" else "rejectlist"
    why = f"{name}: {flow.host} is {'on' if listed else 'not on'} its {kind}."
    word = rule.action if listed else "alert" if not names.allows else UNLISTED if strict else "drop"
    says = f"Clients of {flow.host} speak TLS on port 443 and HTTP on port 80, and say its name."
    yield _Match(word, sure & here, here, why, shown, named=True, assumed=says)
    yield _Match("alert", Traffic(), spoken - here, why, shown, named=True, assumed=says)  # the other protocol


def _fits(rule: FirewallRule, terms: Terms, flow: Flow) -> tuple[Traffic, Traffic]:
    header = flow.header
    sources, destinations = terms.addresses(rule.source), terms.addresses(rule.destination)
    sports, dports = terms.ports(rule.source_port), terms.ports(rule.destination_port)
    base = flow.traffic.where(header.protocol, rule.protocols)
    may = base.where(header.src, sources.may).where(header.dst, destinations.may)
    must = base.where(header.src, sources.must).where(header.dst, destinations.must)
    may = _ported(may, flow, sports or ANY_PORT, dports or ANY_PORT, sure=False)
    if rule.doubt or rule.action == "?" or sports is None or dports is None:
        return Traffic(), may
    return _ported(must, flow, sports, dports, sure=True), may


def _ported(traffic: Traffic, flow: Flow, sports: Ranges, dports: Ranges, *, sure: bool) -> Traffic:
    """Only TCP and UDP have ports: whether a rule that names ports matches other protocols is not sure."""
    header = flow.header
    with_ports = traffic.where(header.protocol, PORTFUL).where(header.sport, sports).where(header.dport, dports)
    others = traffic.where(header.protocol, ANY_PROTOCOL - PORTFUL)
    named = not (sports >= ANY_PORT and dports >= ANY_PORT)
    return with_ports if named and sure else with_ports | others
