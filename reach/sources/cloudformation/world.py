"""All stacks that are read together: what they export to each other, and what nobody has told yet."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from reach.sources.cloudformation.values import Unknown
from reach.sources.given import Given

if TYPE_CHECKING:
    from reach.snapshot import Record
    from reach.sources.cloudformation.resource import Resource
    from reach.sources.cloudformation.stack import Stack

MOST_STACKS = 200  # nested ones included
MOST_RESOURCES = 50_000  # of all stacks
MOST_WORK = 20_000_000  # characters and items that functions take apart or put together
SSM = "AWS::SSM::Parameter"
WRITER = "Custom::CrossRegionExportWriter"


class World(Struct):
    """What stacks share. Exports belong to an account and region, as with AWS."""

    given: Given
    stacks: list[Stack] = field(default_factory=list)
    pending: dict[str, Unknown] = field(default_factory=dict)  # by the text that stands for a value
    warnings: dict[str, None] = field(default_factory=dict)
    unseen: dict[str, str] = field(default_factory=dict)  # what is not run or read of a stack, with the stack's name
    concluded: dict[str, frozenset[str]] = field(default_factory=dict)  # what is taken to be so → the ids concerned
    assumed_region: str | None = None
    region_used: bool = False
    work: int = 0
    resources: int = 0
    copied: dict[tuple[str, str, str, str], Record] = field(default_factory=dict)  # what was there and is changed here
    zones: dict[str, str] = field(default_factory=dict)  # of subnets that were there before
    _exports: dict[tuple[str, str], dict[str, list[tuple[Stack, str]]]] | None = None
    _taken: dict[tuple[str, str, str, str], str] = field(default_factory=dict)

    def pend(self, unknown: Unknown) -> str:
        """Remember why something is not known, under the text that stands for it."""
        self.pending.setdefault(unknown.text, unknown)
        return unknown.text

    def room_for(self, stack: Stack) -> None:
        """Refuse more resources than can be told in a sensible time.

        Raises
        ------
        TemplateError
            If there are too many with this stack.
        """
        self.resources += len(stack.template.section("Resources"))
        if self.resources > MOST_RESOURCES:
            what = f"with this template the stacks have more than {MOST_RESOURCES:,} resources"
            raise stack.fail(stack.template.root.line, what, "read fewer stacks at once")

    def unsee(self, stack: Stack, text: str) -> None:
        """Remember that a stack may hold more than what is read: on every answer that rests on the stack."""
        self.unseen[text] = stack.name
        self.warnings[text] = None

    def imported(self, asker: Stack, name: Any, line: int) -> Any:
        """The value that another stack exports under this name."""
        if isinstance(name, Unknown):
            return name
        if not isinstance(name, str):
            raise asker.fail(line, "Fn::ImportValue takes the name of an export", "it is a text")
        exports = self._exported(asker)
        if len(exports.get(name, ())) > 1:
            several = " and ".join(sorted(stack.name for stack, _ in exports[name]))
            why = f"the export {name} ({asker.template.name}:{line}) is of several stacks: {several}"
            return Unknown("${import:" + name + "}", "the one of them that is deployed here", why)
        if name in exports:
            ((stack, output),) = exports[name]
            return stack.output(output, line, asker)
        if name in self.given.exports:
            return self.given.exports[name]
        near = difflib.get_close_matches(str(name), exports, 1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        why = f"the export {name} ({asker.template.name}:{line}) is of no stack that was given{hint}"
        return Unknown("${import:" + str(name) + "}", f"--export {name}=…, or --from the template that exports it", why)

    def stored(self, asker: Stack, name: str) -> Any:
        """The value of an SSM parameter that another stack makes; one of the asker's own comes too late for it."""
        for stack in self.stacks:
            if stack is asker or (stack.home.account, stack.home.region) != (asker.home.account, asker.home.region):
                continue
            for logical, resource in stack.resources.items():
                made = resource.type == SSM and logical not in stack.doubtful
                if made and resource.get("Name") == name:
                    return resource.get("Value")
        return None

    def crossed(self, asker: Stack, name: str) -> Any:
        """What a stack of another region exports to this one by the CDK's own means, None if none does."""
        for stack in self.stacks:
            if stack.home.account != asker.home.account:
                continue
            for writer in stack.of_type(WRITER):
                told = writer.get("WriterProps")
                exports = told.get("exports") if isinstance(told, dict) and told.get("region") == asker.region else None
                if isinstance(exports, dict) and name in exports:
                    return exports[name]
        return None

    def _exported(self, asker: Stack) -> dict[str, list[tuple[Stack, str]]]:
        if self._exports is None:
            self._exports = {}  # names of exports may not import
            for stack in self.stacks:
                here = self._exports.setdefault((stack.home.account, stack.home.region), {})
                for name, output in stack.exports():
                    if isinstance(name, str):
                        here.setdefault(name, []).append((stack, output))
        return self._exports.get((asker.home.account, asker.home.region), {})

    def name_of(self, stack: Stack, resource: Resource) -> str:
        """A name that the template leaves to AWS: the logical id, or with the stack's name if it is taken."""
        own = f"{stack.name}/{resource.logical}"
        place = (stack.home.account, stack.home.region, resource.type, resource.logical)
        first = self._taken.setdefault(place, own)
        return resource.logical if first == own else f"{stack.name}-{resource.logical}"

    def claim_names(self) -> None:
        """Give the names in the order of the stacks, whoever asks first later."""
        for stack in self.stacks:
            for resource in stack.resources.values():
                self.name_of(stack, resource)
