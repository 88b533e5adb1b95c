"""A plan or state of Terraform or OpenTofu → a Snapshot of what there will be, in AWS's words.

A plan is read as the CloudFormation template that would make the same: one set of maps turns both into records.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from reach.errors import TemplateError
from reach.snapshot import Origin, Record, Removal, Snapshot, identity, merge
from reach.sources.cloudformation import NO_ACCOUNT
from reach.sources.cloudformation.document import Table
from reach.sources.cloudformation.finish import finished
from reach.sources.cloudformation.maps import MAPS
from reach.sources.cloudformation.stack import Home, Stack
from reach.sources.cloudformation.template import Template
from reach.sources.cloudformation.values import Unknown
from reach.sources.cloudformation.world import World
from reach.sources.given import Given
from reach.sources.terraform.acceptance import ACCEPTED
from reach.sources.terraform.addresses import bare
from reach.sources.terraform.adopted import ADOPTED
from reach.sources.terraform.beside import BESIDE
from reach.sources.terraform.blackholes import blackholed
from reach.sources.terraform.blocks import MAKERS
from reach.sources.terraform.makers import OTHERS
from reach.sources.terraform.making import Made, looked_up, made, references
from reach.sources.terraform.plan import HINT, Instance, Plan, parse_plan
from reach.sources.terraform.providers import Places
from reach.sources.terraform.references import References
from reach.sources.terraform.types import HARMLESS, THAT_MATTER, TYPES
from reach.sources.terraform.undone import PREFIX, UNDONE

__all__ = ["parse_plan", "read"]

MOST_NAMED = 3
STOPPED = "Terraform stopped with an error before it had planned everything"
PARTLY = "it was made with -target, or Terraform stopped before it had planned everything"
ALL = {**MAPS, **ACCEPTED, **ADOPTED, **BESIDE}
# What an answer names itself where it matters; the parts of other resources show in those that they name.
SHOWN = frozenset(
    f"AWS::{name}"
    for name in (
        *("EC2::VPC", "EC2::Subnet", "EC2::RouteTable", "EC2::NetworkAcl", "EC2::SecurityGroup", "EC2::NatGateway"),
        *("EC2::InternetGateway", "EC2::VPCPeeringConnection", "EC2::TransitGatewayVpcAttachment", "Lambda::Function"),
    )
)


def read(plans: Sequence[Plan], given: Given | None = None, base: Snapshot | None = None) -> Snapshot:
    """Map what plans and states hold.

    Parameters
    ----------
    plans
        As `parse_plan` gives them.
    given
        The region and account, where a plan does not say.
    base
        The network that they are laid over. What it holds and a plan leaves as it is, it tells better.

    Raises
    ------
    TemplateError
        If something in a plan cannot be what it says.
    """
    try:
        return _mapped(plans, given or Given(), base)
    except RecursionError:
        files = ", ".join(plan.file for plan in plans)
        raise TemplateError(f"{files}: the JSON is nested too deeply to be a plan", HINT) from None


def _mapped(plans: Sequence[Plan], given: Given, base: Snapshot | None) -> Snapshot:
    world, past, undone = World(given), World(given), World(given)
    held = _held(base)
    inferred: dict[str, frozenset[str]] = {}
    for plan in plans:
        places = Places(plan, given, base)
        refs = references(plan, places, given.params)
        after = made(refs, (*plan.instances, *looked_up(plan)))
        before = made(references(replace(plan, instances=plan.past), places), plan.past) if base else {}
        told = {logical for logical, one in after.items() if _told_below(one, before.get(logical), held)}
        _stacks(world, plan, places, after, told)
        _stacks(past, plan, places, before, told)
        _stacks(undone, plan, places, dict(_undoing(before)), {f"{UNDOING}{logical}" for logical in told})
        inferred |= _inferred(plan, refs, after.values())
        _remark(world, plan, refs)
    origins = tuple(Origin("plan", plan.file) for plan in plans)
    if base is None or not past.stacks:
        found = finished(world, origins, base, ALL)
        return replace(found, inferred={**found.inferred, **inferred})
    gone = tuple(_removals(past, base))
    left = merge([base, Snapshot({}, removals=gone)])
    before_it = finished(undone, (), left, UNDONE)
    found = finished(world, origins, merge([left, before_it]), ALL)
    whole = blackholed(merge([before_it, found]), left, gone)
    return replace(whole, removals=gone, inferred={**whole.inferred, **inferred})


UNDOING = "what is left of "


def _undoing(before: Mapping[str, Made]) -> Iterator[tuple[str, Made]]:
    """What is taken away and leaves others changed, as resources that change them back."""
    for logical, one in before.items():
        type_ = f"{PREFIX}{one.body['Type']}"
        if type_ in UNDONE:
            body = Table(one.body.line)
            body |= one.body
            body["Type"] = type_
            yield f"{UNDOING}{logical}", replace(one, body=body)


def _removals(past: World, base: Snapshot | None) -> Iterator[Removal]:
    """What the network below loses: the records, and the rows of records, that are there now and will not be."""
    now = finished(past, (), base, ALL)
    for account, regions in now.accounts.items():
        for region, collections in regions.items():
            for key, records in collections.items():
                for record in records:
                    own = identity(key, record)
                    if isinstance(own, tuple):
                        gone = Removal(account, region, key, own)
                        below = past.copied.get((account, region, key, own[0]))
                        yield from (gone,) if below is None else _rows(gone, below, record)
    for one in now.additions:
        yield Removal(one.account, one.region, one.key, (one.id,), one.member, one.row)


def _rows(gone: Removal, below: Record, record: Record) -> Iterator[Removal]:
    """The rows that a resource which will be gone had added to a record of the network below."""
    for member, rows in record.items():
        held = below.get(member)
        if isinstance(rows, list):
            for row in rows[len(held) if isinstance(held, list | tuple) else 0 :]:
                yield replace(gone, member=member, row=row)


def _held(base: Snapshot | None) -> frozenset[str]:
    """The ids of everything in the network below."""
    found: set[str] = set()
    for regions in base.accounts.values() if base else ():
        for collections in regions.values():
            for key, records in collections.items():
                for record in records:
                    own = identity(key, record)
                    found |= set(own) if isinstance(own, tuple) else set()
    return frozenset(found)


def _stacks(world: World, plan: Plan, places: Places, made: Mapping[str, Made], told: set[str]) -> None:
    """One stack for each region, without what the network below tells."""
    regions: dict[str, dict[str, Table]] = {}
    for logical, one in made.items():
        if logical not in told:
            regions.setdefault(one.region, {})[logical] = one.body
    if places.assumed:
        world.assumed_region, world.region_used = places.usual, True
    for region, resources in sorted(regions.items()):
        home = Home(places.account or NO_ACCOUNT, region, places.account is not None)
        stack = Stack(places.stack(region), _template(plan, resources), home, world)
        stack.settle()
        for logical in resources:
            if made[logical].instance.untold:
                stack.doubtful[logical] = _later(plan, made[logical].instance)
        if not plan.whole:
            world.unsee(stack, f"{plan.file} is not whole: {STOPPED if plan.failed else PARTLY}")
        world.stacks.append(stack)


def _later(plan: Plan, instance: Instance) -> Unknown:
    why = f"what becomes of {instance.address} is not in {plan.file}: {instance.untold}"
    return Unknown("${" + instance.address + "}", "the plan that is made after terraform apply", why)


def _told_below(one: Made, before: Made | None, held: frozenset[str]) -> bool:
    """Whether the network below has this and the plan leaves it: then it is the one to tell it."""
    if one.instance.untold or (one.instance.changed and not _alike(before, one)):
        return False
    if one.whole and one.id in held:
        return True
    if one.body["Type"].startswith("Terraform::"):
        return bool(one.instance.before and held & set(_texts(one.body["Properties"])))
    parents = {name for map_ in MAPS.get(one.body["Type"], ()) for name, _, _ in map_.lists}
    named = [one.body["Properties"][name] for name in parents if name in one.body["Properties"]]
    return bool(one.instance.before and named) and all(isinstance(name, str) and name in held for name in named)


def _alike(before: Made | None, after: Made) -> bool:
    """Whether nothing of a resource changes that matters here."""
    if before is None:
        return False
    return {**before.body["Properties"], "Tags": None} == {**after.body["Properties"], "Tags": None}


def _template(plan: Plan, resources: Mapping[str, Table]) -> Template:
    root = Table(1)
    section = Table(1)
    section.update(resources)
    section.lines = {logical: body.line for logical, body in resources.items()}
    root["Resources"] = section
    return Template(plan.file, root)


def _inferred(plan: Plan, refs: References, made: Iterable[Made]) -> dict[str, frozenset[str]]:
    """What was concluded, with the ids of what it is about: of a row in something else, of all that it names."""
    about: dict[str, set[str]] = {}
    for one in made:
        ids = about.setdefault(one.instance.address, set())
        ids |= {one.id} if isinstance(one.id, str) else set()
        if one.body["Type"] not in SHOWN:
            ids |= set(_texts(one.body["Properties"]))
    return {
        f"{address}.{attribute} is inferred to be {taken} ({plan.file})": frozenset(about.get(address, ()))
        for (address, attribute), taken in refs.inferred.items()
    }


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _texts(one)


def _remark(world: World, plan: Plan, refs: References) -> None:
    """Say what was inferred, and which types could matter and are not read."""
    found = list(refs.inferred.items())
    for (address, attribute), taken in found[:MOST_NAMED]:
        world.warnings[f"{plan.file}: {address}.{attribute} is inferred to be {taken}"] = None
    if len(found) > MOST_NAMED:
        world.warnings[f"{plan.file}: {len(found) - MOST_NAMED} more values are inferred in the same way"] = None
    for name in refs.given.keys() - refs.taken:
        if any(name.startswith((f"{i.address}.", f"{bare(i.address)}.")) for i in plan.instances):
            world.warnings[f"{plan.file}: {name} was given, and is not asked for: it is known, or not read"] = None
    unread = Counter(i.type for i in plan.instances if _matters(i.type))
    if unread:
        listed = ", ".join(f"{t} ({n})" if n > 1 else t for t, n in sorted(unread.items()))
        world.warnings[f"{plan.file}: not read, though it could matter: {listed}"] = None


def _matters(type_: str) -> bool:
    if type_ in TYPES or type_ in MAKERS or type_ in OTHERS or type_.startswith(HARMLESS):
        return False
    return type_.startswith(THAT_MATTER)
