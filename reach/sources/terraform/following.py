"""From an expression to values: references followed through variables, outputs and modules to instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from reach.sources.cloudformation.values import Unknown
from reach.sources.terraform.addresses import joined, longest, modules, parts, prefix
from reach.sources.terraform.plan import Instance, Object

if TYPE_CHECKING:
    from reach.sources.terraform.references import References

DEEPEST = 25  # modules and outputs that lead to each other
LOOP = ("count", "each")
GIVEN = ("local.", "var.")
NO_VALUE = (*LOOP, "path", "terraform", "self")


class Scope(Struct, frozen=True):
    """Where an expression stands: a module instance, its configuration, and the key that count or each gives."""

    module: str
    configuration: Object
    index: int | str | None
    loop: tuple[str, ...] = ()  # what for_each refers to
    depth: int = 0


class Search(Struct):
    """What was found behind the references of one expression.

    `many`: it is a list, so a resource stands for all its instances. `taken`: the resources whose instances gave a
    value, with those. `open`: names that may stand for a value that is not in the plan. `switches`: whether values that
    are no texts are among what it refers to, by which it may choose. `known`: the texts that were known before.
    `hidden`: local values, `entries`: what is given to a module and stands for one entry or element of it; both are
    among what is open, and hidden.py tells of them what it can.
    """

    many: bool
    found: list[Any] = field(default_factory=list)
    taken: dict[str, list[Any]] = field(default_factory=dict)
    open: list[str] = field(default_factory=list)
    inferred: list[str] = field(default_factory=list)
    switches: bool = False
    known: set[str] = field(default_factory=set)
    hidden: list[tuple[str, Scope]] = field(default_factory=list)
    entries: list[tuple[str, Scope]] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether all that it leads to is that nothing is set."""
        return not (self.found or self.open or self.switches)

    def distinct(self) -> list[Any]:
        """The values, each once."""
        return list(dict.fromkeys(self.found))

    def of_kind(self, prefix: str | tuple[str, ...]) -> list[Any]:
        """The values that can be ids of a kind; what else it refers to only chooses among them."""
        every = self.distinct()
        kept = [one for one in every if isinstance(one, Unknown) or one.startswith(prefix)]
        self.switches |= len(kept) < len(every)
        return kept

    def add(self, value: Any, known: bool = True) -> None:
        """A value, or each of a list's; what is no text is no name of anything."""
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str | Unknown):
                self.found.append(one)
                if known and isinstance(one, str):
                    self.known.add(one)
            elif one is not None:
                self.switches = True


def scope_of(refs: References, instance: Instance) -> Scope:
    """Where the expressions of an instance stand."""
    loop = named_in(refs.configuration.resource(instance).get("for_each_expression"))
    return Scope(instance.module, refs.configuration.module(instance.module), instance.index, tuple(loop))


def given_by_name(refs: References, instance: Instance, path: Sequence[str | int], many: bool) -> Search | None:
    """What a dynamic block of a module will hold: what the module is given under the attribute's name, if one is."""
    callers = list(modules(instance.module))
    attribute = str(path[-1])
    given = refs.configuration.call(joined(callers[:-1]), callers[-1][0]).get("expressions") if callers else None
    names = [name for name in _mapping(given) if name == attribute or name.endswith(f"_{attribute}")]
    if len(names) != 1:
        return None
    search = Search(many, inferred=[f"what its module is given as {names[0]}"])
    _variable(refs, names[0], scope_of(refs, instance), search)
    return search if search.found and not search.open else None


def named_in(expression: Any) -> list[str]:
    """All references inside an expression, with those of nested blocks."""
    if isinstance(expression, Mapping):
        own = expression.get("references")
        if isinstance(own, list):
            return [name for name in own if isinstance(name, str)]
        return [name for inner in expression.values() for name in named_in(inner)]
    if isinstance(expression, list):
        return [name for inner in expression for name in named_in(inner)]
    return []


def followed(refs: References, expression: Any, scope: Scope, search: Search) -> Search:
    """Add to the search what an expression refers to."""
    if isinstance(expression, Mapping) and "constant_value" in expression:
        search.add(expression["constant_value"])
        return search
    names = longest(named_in(expression))
    if scope.depth > DEEPEST:
        search.open += names
        return search
    paired = any(name.split(".")[0].split("[")[0] in LOOP for name in names)
    picked = bool(scope.module) and "count.index" in names
    for name in names:
        if picked and name.startswith("var."):
            _entry(name, scope, search)
        elif not name.startswith("each."):
            _named(refs, name, scope, search, paired)
    for name in _each(names, scope.loop):
        if scope.module and name.startswith(GIVEN):
            _entry(name, scope, search)
        else:
            _named(refs, name, scope, search, paired)
    return search


def _entry(name: str, scope: Scope, search: Search) -> None:
    """One entry or element of what a module is given, or of a local value."""
    base = ".".join(word for word, _ in parts(name)[:2])
    if (base, scope) not in search.entries:
        search.entries.append((base, scope))
        search.open.append(base)


def _each(names: Sequence[str], loop: Sequence[str]) -> list[str]:
    """`each.value.id` over a resource is that attribute of the instance with this key."""
    tails = [name.removeprefix("each.value") for name in names if name.startswith("each.value")]
    return [f"{name}{tail}" for name in longest(loop) for tail in tails]


def _named(refs: References, name: str, scope: Scope, search: Search, paired: bool) -> None:
    """The values of one reference."""
    words = parts(name)
    first = words[0][0] if words else ""
    if not first or first in NO_VALUE:
        return
    if first == "var" and len(words) > 1:
        _variable(refs, words[1][0], scope, search)
    elif first == "module" and len(words) > 2:
        _output(refs, words, scope, search, paired)
    elif first in ("local", "var", "module"):
        search.open.append(name)
        if first == "local":
            search.hidden.append((name, scope))
    else:
        rest = words[1:] if first == "data" else words
        if len(rest) > 1:
            _resources(refs, name, rest, first == "data", scope, search, paired)


def _variable(refs: References, name: str, scope: Scope, search: Search) -> None:
    """A module's variable is what its caller gives, else its default."""
    declared = _mapping(_mapping(scope.configuration.get("variables")).get(name))
    callers = list(modules(scope.module))
    if not callers:
        held = refs.plan.variables.get(name)
        if isinstance(held, Mapping):
            search.add(held.get("value"))
        elif "default" in declared:
            search.add(declared["default"])
        elif not declared:
            search.open.append(f"var.{name}")
        return
    parent = joined(callers[:-1])
    called, key = callers[-1]
    call = refs.configuration.call(parent, called)
    expression = _mapping(call.get("expressions")).get(name)
    if expression is None:
        search.add(declared.get("default"))
        return
    loop = tuple(named_in(call.get("for_each_expression")))
    outer = Scope(parent, refs.configuration.module(parent), key, loop, scope.depth + 1)
    followed(refs, expression, outer, search)


def _mapping(value: Any) -> Object:
    return value if isinstance(value, Mapping) else {}


def _output(refs: References, words: Sequence[tuple[str, Any]], scope: Scope, search: Search, paired: bool) -> None:
    """An output of a module is what its own expression refers to."""
    name, key = words[1]
    start = f"{scope.module}." if scope.module else ""
    found = (prefix(module, f"{start}module.{name}") for module in refs.modules)
    addresses = sorted({address for address in found if address is not None})
    pairs = [(a, list(modules(a))[-1][1]) for a in addresses]
    chosen = _chosen(pairs, key, scope, search, paired)
    if chosen is None:
        search.open.append(f"module.{name}.{words[2][0]}")
        return
    for address in chosen:
        inner = refs.configuration.module(address)
        body = _mapping(_mapping(inner.get("outputs")).get(words[2][0]))
        if not body:
            search.open.append(f"{address}.{words[2][0]}")
        index = list(modules(address))[-1][1]
        inside = Scope(address, inner, index, (), scope.depth + 1)
        followed(refs, body.get("expression"), inside, search)


def _resources(
    refs: References,
    name: str,
    words: Sequence[tuple[str, Any]],
    data: bool,
    scope: Scope,
    search: Search,
    paired: bool,
) -> None:
    """The values of the instances of a resource or data source."""
    (type_, _), (label, key) = words[0], words[1]
    attribute = words[2][0] if len(words) > 2 else "id"
    targets = refs.instances(scope.module, type_, label, data=data)
    if not targets and (data or not refs.configuration.declares(scope.module, type_, label)):
        search.open.append(name)
        return
    chosen = _chosen([(t, t.index) for t in targets], key, scope, search, paired)
    if chosen is None:
        search.open.append(name)
        return
    whole = f"{scope.module}.{type_}.{label}" if scope.module else f"{type_}.{label}"
    for target in chosen:
        value, known = refs.attribute(target, attribute)
        search.add(value, known)
        search.taken.setdefault(whole, []).extend(value if isinstance(value, list) else [value])
    if key is None and len(chosen) > 1:  # a function may have left some of them out
        search.inferred.append(f"all {len(chosen)} of {whole}")


def _chosen(
    targets: Sequence[tuple[Any, Any]], key: Any, scope: Scope, search: Search, paired: bool
) -> Sequence[Any] | None:
    """Which of several instances are meant: a written key, all of them for a list, the one with the same index.

    None if nobody can tell.
    """
    if key is not None:
        return [target for target, index in targets if index == key]
    if len(targets) <= 1 or (search.many and not paired):
        return [target for target, _ in targets]
    if paired and scope.index is not None:
        same = [target for target, index in targets if index == scope.index]
        around = "" if same else ", counted around"
        if not same and isinstance(scope.index, int) and {index for _, index in targets} == {*range(len(targets))}:
            same = [target for target, index in targets if index == scope.index % len(targets)]  # as element() does
        if same:
            search.inferred.append(f"{getattr(same[0], 'address', same[0])}, which has the same index{around}")
            return same
    return None
