"""What stands behind a local value of a module, or behind `each.value`, as far as what the module is given tells.

A plan holds neither local values nor which entry of a map a reference stands in. A local value that has the name of a
variable of its module is mostly that variable, or what the module makes in its place; the entries of a map share the
references of the one expression that gives it. What is concluded from that is labelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from reach.sources.cloudformation.values import Unknown
from reach.sources.terraform.addresses import joined, longest, modules, parts
from reach.sources.terraform.following import GIVEN, Scope, Search, followed, named_in, scope_of
from reach.sources.terraform.plan import Instance

Kind = str | tuple[str, ...]  # what the ids begin with that are meant

if TYPE_CHECKING:
    from reach.sources.terraform.references import References

# The types whose instances a module may make in the place of what it is given.
MAKES: Mapping[str, tuple[str, ...]] = {
    "cluster_subnet_group_name": ("aws_redshift_subnet_group",),
    "db_subnet_group_name": ("aws_db_subnet_group", "aws_docdb_subnet_group"),
    "neptune_subnet_group_name": ("aws_neptune_subnet_group",),
    "route_table_id": ("aws_route_table",),
    "route_table_ids": ("aws_route_table",),
    "subnet_group_name": ("aws_elasticache_subnet_group", "aws_memorydb_subnet_group"),
    "subnet_id": ("aws_subnet",),
    "vpc_id": ("aws_vpc",),
    **dict.fromkeys(("client_subnets", "subnet_ids", "subnets", "vpc_subnet_ids"), ("aws_subnet",)),
    **dict.fromkeys(
        ("security_group_id", "security_group_ids", "security_groups", "vpc_security_group_ids"),
        ("aws_security_group",),
    ),
}
# Attributes that the provider fills in where nobody sets them, and beside what they cannot be set.
OF_ENDPOINTS = {
    "Gateway": ("private_dns_enabled", "security_group_ids", "subnet_ids"),
    "Interface": ("route_table_ids",),
}
SWITCHES = ("private_dns_enabled",)
FILLED_IN = ("route_table_ids", "security_group_ids", "source_security_group_id", "subnet_ids")
OTHER_ENDS = ("source_security_group_id", "referenced_security_group_id")
PEERS = ("cidr_blocks", "ipv6_cidr_blocks", "self")


def moot(instance: Instance, path: Sequence[str | int]) -> bool:
    """Whether an attribute cannot be set beside what is: not known only since the provider will fill it in.

    https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group_rule
    """
    attribute = path[0]
    if instance.type == "aws_vpc_endpoint":
        return attribute in OF_ENDPOINTS.get(str(instance.values.get("vpc_endpoint_type")), ())
    if instance.type == "aws_security_group_rule" and attribute == "source_security_group_id":
        return any(instance.values.get(name) or instance.unknown.get(name) is True for name in PEERS)
    return False


def unset(expression: Any, path: Sequence[str | int]) -> bool:
    """Whether a switch is not known only since nobody sets it: its expression refers to nothing that is made."""
    names = named_in(expression) if path[-1] in SWITCHES else ()
    return bool(names) and all(name.startswith(("each.", "count.", *GIVEN)) for name in names)


def uncover(refs: References, instance: Instance, path: Sequence[str | int], search: Search, kind: Kind) -> None:
    """Add to a search what its local values and entries of maps can only stand for."""
    attribute = str(path[-1])
    for name, scope in search.hidden:
        found = _behind_local(refs, name, scope, attribute, kind)
        if found is not None:
            values, why = found
            _settle(search, name, values, why)
    for name, scope in search.entries:
        entry = _of_entry(refs, instance, name, scope, path, kind)
        if entry is not None:
            why = f"what {scope.module} is given as {_variable(name)}"
            _settle(search, name, entry, why if entry else "")


def in_turn(refs: References, instance: Instance, expression: Any, kind: Kind) -> Search | None:
    """Of a list that `count.index` picks from, the element with this number, counted around as `element` does."""
    names = named_in(expression)
    if not isinstance(instance.index, int) or "count.index" not in names:
        return None
    search = followed(refs, expression, scope_of(refs, instance), Search(many=True))
    found = search.of_kind(kind)
    if search.open or len(found) < 2 or any(isinstance(one, Unknown) for one in found):
        return None
    listed = ", ".join(name for name in longest(names) if name != "count.index")
    search.found, search.taken = [found[instance.index % len(found)]], {}
    search.inferred = [f"{search.found[0]}, the one with its number in {listed}"]
    return search


def namesake(instance: Instance, search: Search) -> list[Any]:
    """Of several resources that an expression falls back on in turn, the one that is called as its own is."""
    same = [name for name in search.taken if name.rpartition(".")[2] == instance.name]
    if len(same) != 1 or len(search.taken) < 2:
        return []
    search.inferred.append(f"of {same[0]}, which has the same name")
    return list(dict.fromkeys(search.taken[same[0]]))


def _settle(search: Search, name: str, values: Sequence[Any], why: str) -> None:
    search.open = [one for one in search.open if one != name]
    search.found += values
    if why:
        search.inferred.append(why)


def _variable(name: str) -> str:
    """The word behind `local.` or `var.`."""
    words = parts(name)
    return words[1][0] if len(words) > 1 else ""


def _behind_local(
    refs: References, name: str, scope: Scope, attribute: str, kind: Kind
) -> tuple[Sequence[Any], str] | None:
    """What a local value stands for: what the module makes of the kind, or what it is given by the same name."""
    own = [
        one
        for type_ in MAKES.get(attribute, ())
        for one in refs.of_type(type_)
        if scope.module and f"{one.module}.".startswith(f"{scope.module}.")
    ]
    given = [value for _, _, values in _given(refs, name, scope, kind) or () for value in values]
    if own and given:
        return None
    if given:
        return given, f"what {scope.module} is given as {_variable(name)}"
    if (
        len(own) != 1 or own[0].type == "aws_vpc" or _others(refs, scope, attribute, kind)
    ):  # of VPCs addresses tell more
        return None
    id = refs.ids.id_of(own[0])
    noun = own[0].type.removeprefix("aws_").replace("_", " ").removeprefix("security ")
    return ([id], f"{own[0].address}, the only {noun} of its module") if isinstance(id, str) else None


def only_local(refs: References, instance: Instance, search: Search, attribute: str, kind: Kind) -> bool:
    """Whether nothing but a local value of an instance's own module hides an attribute, and that is given no other."""
    here = {name for name, scope in search.hidden if scope.module == instance.module}
    return bool(here) and here.issuperset(search.open) and not _others(refs, scope_of(refs, instance), attribute, kind)


def _others(refs: References, scope: Scope, attribute: str, kind: Kind) -> bool:
    """Whether a module is given something of a kind, by whatever name: a local value may stand for that as well.

    What nobody can tell counts by its name, and what is to be the other end of a rule does not.
    """
    callers = list(modules(scope.module))
    call = refs.configuration.call(joined(callers[:-1]), callers[-1][0]) if callers else {}
    alike = tuple(name for name, types in MAKES.items() if types == MAKES.get(attribute))
    for name in call.get("expressions") or {}:
        if name.endswith(OTHER_ENDS):
            continue
        given = _given(refs, f"var.{name}", scope, kind) if kind else None
        if name.endswith(alike) if given is None else any(values for _, _, values in given):
            return True
    return False


def _of_entry(
    refs: References, instance: Instance, name: str, scope: Scope, path: Sequence[str | int], kind: Kind
) -> Sequence[Any] | None:
    """What one entry holds: the one thing that all refer to, all if all hold all of it, or the one in its turn."""
    given = _given(refs, name, scope, kind)
    if given is None:
        return None
    told = [(count, values) for _, count, values in given if values]
    same = refs.instances(instance.module, instance.type, instance.name, data=False)
    open_ = sum(_is_open(one.unknown.get(str(path[0]))) and not moot(one, path) for one in same)
    values = [value for _, found in told for value in found]
    if len(values) == 1 and path[0] not in FILLED_IN:
        return values
    if isinstance(instance.index, int) and scope.index == instance.index and len(values) > 1:
        return [values[instance.index % len(values)]] if all(count == 1 for count, _ in told) else None
    if all(count == open_ for count, _ in told) or (len(told) == 1 and told[0][0] >= open_):
        return values
    return None


def _given(refs: References, name: str, scope: Scope, kind: Kind) -> list[tuple[str, int, Sequence[Any]]] | None:
    """What a module is given by the name of a local value or variable: each reference, how often, and the values.

    None if nobody can tell.
    """
    callers = list(modules(scope.module))
    word = _variable(name)
    if not callers:
        return None
    parent, (called, key) = joined(callers[:-1]), callers[-1]
    call = refs.configuration.call(parent, called)
    expressions = call.get("expressions") or {}
    if word not in expressions and word not in (scope.configuration.get("variables") or {}):
        return None
    raw = named_in(expressions.get(word))
    loop = tuple(named_in(call.get("for_each_expression")))
    outer = Scope(parent, refs.configuration.module(parent), key, loop, scope.depth + 1)
    out: list[tuple[str, int, Sequence[Any]]] = []
    for one in longest(raw):
        search = followed(refs, {"references": [one]}, outer, Search(many=True))
        values = search.of_kind(kind)
        if search.open or search.hidden or search.entries or any(isinstance(value, Unknown) for value in values):
            return None
        out.append((one, raw.count(one), [value for value in values if value not in search.known]))
    return out


def _is_open(unknown: Any) -> bool:
    return unknown is True or (isinstance(unknown, list) and any(map(_is_open, unknown)))
