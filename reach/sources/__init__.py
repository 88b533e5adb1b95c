"""Where a network comes from: the live account, files, folders, templates, the built-in examples.

All end in a Snapshot.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from reach.errors import ReachError, SnapshotError, TemplateError
from reach.snapshot import Origin, Snapshot, changes, load, merge

if TYPE_CHECKING:
    from reach.sources.cloudformation import File
    from reach.sources.given import Given
    from reach.sources.terraform.plan import Plan

DEMO = "demo:"
SHORT = {"nat": "vpc-privatepublic", "private": "vpc-private"}  # what people call the two that they ask most


def read(
    sources: Sequence[str],
    *,
    profile: str | None = None,
    regions: Sequence[str] = (),
    role_arns: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
    given: Given | None = None,
    named: Mapping[str, str] | None = None,
) -> Snapshot:
    """Read sources from left to right into one snapshot; templates and plans are laid over all others, last.

    Parameters
    ----------
    sources
        Each of ``aws``, ``demo:NAME``, a snapshot file, a folder of AWS CLI outputs, a CloudFormation or SAM
        template (``STACK=FILE`` names its stack), a ``cdk.out`` folder, a Terraform plan or state, ``-``.
    profile, regions, role_arns
        How to read ``aws``.
    progress
        Is told, in words, how reading goes.
    given
        Values for what templates leave open.
    named
        The file and line that name a source, where a file does: errors begin with them.

    Raises
    ------
    SnapshotError
        If a file cannot be read.
    TemplateError
        If a template cannot be read or evaluated.
    AwsError
        If AWS cannot be read.
    """
    if list(sources).count("-") > 1:
        raise SnapshotError("standard input ('-') can be read once only")
    found: list[Snapshot] = []
    templates: list[File] = []
    plans: list[Plan] = []
    for source in sources:
        with _said_at((named or {}).get(source)):
            if source == "aws":
                from reach.sources.aws import collect

                found.append(collect(profile=profile, regions=regions, role_arns=role_arns, progress=progress))
            elif source.startswith(DEMO):
                found.append(read_demo(source.removeprefix(DEMO)))
            else:
                _sort(_read_path(source), found, templates, plans)
    if any(plan.is_state for plan in plans) and not all(plan.is_state for plan in plans):
        from reach.sources.terraform import read as read_states

        there = read_states([plan for plan in plans if plan.is_state], given, merge(found) if found else None)
        found, plans = [merge([*found, there])], [plan for plan in plans if not plan.is_state]
    base = merge(found) if found else None
    unused = _unused(given, plans) if given is not None and not templates else ()
    over = []
    if templates:
        from reach.sources.cloudformation import read as read_templates

        over.append(read_templates(templates, given, base))
    if plans:
        from reach.sources.terraform import read as read_plans

        over.append(read_plans(plans, given, base))
    if base is None:
        return _warned(merge(over), unused)
    if progress is not None:
        for one in over:
            progress(f"{_named(one)} over {_named(base)}: {changes(base, one)}")
    return _warned(merge([base, *over]), unused)


@contextmanager
def _said_at(place: str | None) -> Iterator[None]:
    try:
        yield
    except ReachError as error:
        if place is None:
            raise
        raise type(error)(f"{place}: {error.message}", error.hint) from None


def _unused(given: Given, plans: Sequence[Plan]) -> tuple[str, ...]:
    """Values for templates that are not there are a mistake, unless other sources took the place of the templates."""
    out = []
    made = _addresses(plans) if given.params else ()
    for name in given.of_templates:
        if name.startswith(made):
            continue
        what = given.placed(name, f"the value of {name!a} is for a template, and no source is one")
        if name not in given.spare:
            hint = "of a plan: --param ADDRESS.ATTRIBUTE=… of a resource in it, as gaps spell it" if plans else (
                "name the template too: --from template.yaml"
            )  # fmt: skip
            raise TemplateError(what, hint)
        out.append(what)
    return tuple(out)


def _addresses(plans: Sequence[Plan]) -> tuple[str, ...]:
    """What the attributes of plans begin with, as they are given: of one instance, or of all of a resource."""
    if not plans:
        return ()
    from reach.sources.terraform.addresses import bare

    every = {i.address for plan in plans for i in plan.instances}
    return tuple(f"{address}." for address in sorted(every | set(map(bare, every))))


def _warned(snapshot: Snapshot, warnings: tuple[str, ...]) -> Snapshot:
    return replace(snapshot, warnings=(*snapshot.warnings, *warnings)) if warnings else snapshot


def _named(snapshot: Snapshot) -> str:
    return ", ".join(origin.name for origin in snapshot.origins)


def _sort(
    read_: Snapshot | Sequence[File] | Plan, found: list[Snapshot], templates: list[File], plans: list[Plan]
) -> None:
    """Networks that are there, and what is to be laid over them."""
    if isinstance(read_, Snapshot):
        found.append(read_)
    elif isinstance(read_, Sequence):
        templates += read_
    else:
        plans.append(read_)


def _read_path(source: str) -> Snapshot | Sequence[File] | Plan:
    from reach.sources.files import read_path
    from reach.sources.strangers import refuse_place

    stack, equals, file = source.partition("=")
    if equals and not os.path.exists(source) and (file == "-" or os.path.exists(file)):
        return read_path(file, stack=stack)
    if source != "-" and not os.path.exists(source):  # which also takes what no path can be
        refuse_place(source)
        near = difflib.get_close_matches(source, ["aws", *(DEMO + name for name in demos()), *_beside(source)], n=1)
        usual = "give 'aws', demo:NAME, a snapshot, a folder, a template, or '-'"
        hint = f"did you mean {near[0]!r}?" if near else usual
        raise SnapshotError(f"{source}: there is no such file or folder", hint)
    return read_path(source)


def _beside(path: str) -> Iterator[str]:
    """What is in the folder where a path should be, spelled as it is."""
    folder = os.path.dirname(path)
    try:
        yield from (os.path.join(folder, name) for name in os.listdir(folder or "."))
    except (OSError, ValueError):  # no such folder, or no path at all
        return


def demo_folder() -> Path:
    """Where the built-in networks are: in the package if it was installed, else beside it in the checkout."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "_graphs"
    return inside if inside.is_dir() else package.parent / "graphs"


def demos() -> list[str]:
    """Return the names of the built-in networks."""
    return sorted(path.parent.name for path in demo_folder().glob("*/snapshot.json"))


def read_demo(name: str) -> Snapshot:
    """Read a built-in network.

    Raises
    ------
    SnapshotError
        If there is none of this name.
    """
    name = SHORT.get(name, name)
    known = demos()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=2)
        usual = f"try {' or '.join(SHORT.values())}; `reach explain CODE` names one for each reason"
        hint = f"did you mean {' or '.join(near)}?" if near else usual
        raise SnapshotError(f"there is no built-in network {name!r}", hint)
    snapshot = load(demo_folder() / name / "snapshot.json")
    return replace(snapshot, origins=(Origin("demo", name, snapshot.taken),))
