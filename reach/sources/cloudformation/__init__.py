"""CloudFormation, SAM and CDK templates → a Snapshot of what they would make, in AWS's words.

Stacks are read together, so that exports of one are imports of another. `read` lays them over a `base`: VPCs and
subnets that are there already. What a template adds to records of others is in `Snapshot.additions`.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from reach.errors import TemplateError
from reach.files import read as read_file
from reach.snapshot import Origin, Snapshot
from reach.sources.cloudformation.again import recognise
from reach.sources.cloudformation.assembly import File, is_assembly, templates_of
from reach.sources.cloudformation.document import MOST_BYTES
from reach.sources.cloudformation.expansion import written_out
from reach.sources.cloudformation.finish import finished
from reach.sources.cloudformation.nested import add_children
from reach.sources.cloudformation.stack import Home, Stack
from reach.sources.cloudformation.template import Template, check_dependencies, parse_template
from reach.sources.cloudformation.values import MOST_TEXT
from reach.sources.cloudformation.world import World
from reach.sources.given import Given

__all__ = ["File", "is_assembly", "read", "templates_of"]

NO_ACCOUNT = "000000000000"
USUAL_REGION = "us-east-1"


def read(files: Sequence[File], given: Given | None = None, base: Snapshot | None = None) -> Snapshot:
    """Evaluate templates and map what they make.

    Parameters
    ----------
    files
        Each a stack of its own.
    given
        Values for what the templates leave open.
    base
        The network that they would be deployed into, for what they refer to by literal ids.

    Raises
    ------
    TemplateError
        If one cannot be read or evaluated, with file and line.
    """
    given = given or Given()
    world = World(given)
    try:
        _deploy(world, files, base)
        return finished(world, tuple(Origin("template", file.path) for file in files), base)
    except RecursionError:
        listed = ", ".join(file.path for file in files[:3])
        raise TemplateError(f"{listed}: values lead to values, on and on", "give some of them as parameters") from None
    except OverflowError:
        listed = ", ".join(file.path for file in files[:3])
        raise TemplateError(f"{listed}: a value becomes longer than {MOST_TEXT:,} characters") from None


def _deploy(world: World, files: Sequence[File], base: Snapshot | None) -> None:
    """Make the stacks, as far as it can be told which resources they have."""
    given = world.given
    names = _names(files)
    for file, name in zip(files, names, strict=True):
        account, region = _place(file, given, base)
        if region is None:
            world.assumed_region = USUAL_REGION
        home = Home(account or NO_ACCOUNT, region or USUAL_REGION, account is not None)
        stack = Stack(name, _template(file), home, world)
        stack.template = written_out(stack)
        world.room_for(stack)
        check_dependencies(stack.template)
        stack.settle()
        world.stacks.append(stack)
    for stack, file in zip(list(world.stacks), files, strict=True):
        add_children(stack, (Path(file.path).absolute(),))
    world.claim_names()
    recognise(world, base)
    _check_given(world)


def _names(files: Sequence[File]) -> list[str]:
    """Stack names: as given, else after the file; equal ones are numbered."""
    seen: Counter[str] = Counter()
    out = []
    for file in files:
        name = file.stack or Path(file.path).name.split(".")[0] or "stack"
        seen[name] += 1
        out.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return out


def _place(file: File, given: Given, base: Snapshot | None) -> tuple[str | None, str | None]:
    """Account and region: the file's own, else given, else those of the network that it goes into."""
    accounts = list(base.accounts) if base else []
    account = file.account or given.params.get("AWS::AccountId") or (accounts[0] if len(accounts) == 1 else None)
    regions = sorted({region for found in base.accounts.values() for region in found}) if base else []
    region = file.region or given.params.get("AWS::Region") or given.region
    return account, region or (regions[0] if len(regions) == 1 else None)


def _template(file: File) -> Template:
    if file.data is not None:
        return parse_template(file.data, file.path)
    try:
        return parse_template(read_file(file.path, MOST_BYTES), file.path)
    except OSError as error:
        raise TemplateError(f"{file.path} cannot be read: {error.strerror or error}") from None


def _check_given(world: World) -> None:
    """A parameter that no template declares is a typing error, unless it is for another stack of a file of them."""
    declared = {name for stack in world.stacks if stack.inputs is None for name in stack.template.section("Parameters")}
    stacks = {stack.name for stack in world.stacks}
    for name in world.given.params:
        stack, colon, plain = name.rpartition(":")
        if name.startswith("AWS::") or (colon and stack in stacks and plain in declared) or name in declared:
            continue
        what = world.given.placed(name, f"no template has a parameter {name!a}")
        if name in world.given.spare:
            world.warnings[what] = None
            continue
        near = difflib.get_close_matches(plain, declared, 1)
        listed = ", ".join(sorted(declared)[:8]) or "none"
        raise TemplateError(what, f"did you mean {near[0]!r}?" if near else f"parameters: {listed}")
