"""One stack: a template with its parameters, conditions and resources, and what names in it stand for."""

from __future__ import annotations

import difflib
from typing import Any, NoReturn

from msgspec import Struct

from reach.errors import TemplateError
from reach.sources.cloudformation.attributes import REFERRED_BY_ARN, arn_of, attribute
from reach.sources.cloudformation.document import Table, line_in
from reach.sources.cloudformation.intrinsics import evaluate, truth
from reach.sources.cloudformation.parameters import value_of
from reach.sources.cloudformation.resource import NAMES, Resource, made_uuid
from reach.sources.cloudformation.template import MACRO, Template
from reach.sources.cloudformation.values import NO_VALUE, Unknown, is_flat
from reach.sources.cloudformation.world import MOST_WORK, World

MODULE = "::MODULE"  # how the types of modules end
AFTER = "the network as it is after deployment (--from aws)"


class Home(Struct, frozen=True):
    """Where a stack is deployed."""

    account: str
    region: str
    account_known: bool = True


class Stack:
    """A template in one place, evaluated as it is asked; names of the world are asked of the `world`."""

    def __init__(
        self, name: str, template: Template, home: Home, world: World, inputs: dict[str, Any] | None = None
    ) -> None:
        self.name = name
        self.template = template
        self.home = home
        self.world = world
        self.region = home.region
        self.partition = "aws-cn" if home.region.startswith("cn-") else (
            "aws-us-gov" if home.region.startswith("us-gov-") else "aws"
        )  # fmt: skip
        self.inputs = inputs  # the parameters that a parent stack gives; None at the top
        self.children: dict[str, Stack] = {}
        self.resources: dict[str, Resource] = {}
        self.doubtful: dict[str, Unknown] = {}  # resources of which nobody knows whether they will be made
        self._conditions: dict[str, bool | Unknown | None] = {}
        self.unrun = ""  # the macro that may make what is not written here
        self._outputs: set[str] = set()
        self._by_type: dict[str, list[Resource]] | None = None

    def settle(self) -> None:
        """Decide which resources there are."""
        for logical, body in self.template.section("Resources").items():
            resource = Resource(self, logical, body)
            name = body.get("Condition")
            made = True if name is None else self.condition(str(name), body.line_of("Condition"))
            if isinstance(made, Unknown):
                self.doubtful[logical] = made
            elif MACRO in body or MACRO in resource.props:
                why = f"what a macro makes of {logical} ({resource.where}) is known after it ran only"
                self.doubtful[logical] = Unknown(resource.id, "the template as the macro leaves it", why)
            if made is not False:
                self.resources[logical] = resource

    def of_type(self, type_: str) -> list[Resource]:
        """The resources of one type, as they stand in the template."""
        if self._by_type is None:
            self._by_type = {}
            for resource in self.resources.values():
                self._by_type.setdefault(resource.type, []).append(resource)
        return self._by_type.get(type_, [])

    def fail(self, line: int, text: str, hint: str | None = None) -> TemplateError:
        return self.template.fail(line, text, hint)

    def spend(self, work: int, line: int) -> None:
        """Count what functions have to do: thousands of resources may join the same huge list."""
        self.world.work += work
        if self.world.work > MOST_WORK:
            what = f"here the functions have put together more than {MOST_WORK:,} items and characters in all"
            raise self.fail(line, what, "make the texts and lists shorter")

    def line_of(self, logical: str) -> int:
        return line_in(self.template.section("Resources"), logical, self.template.root.line)

    def pend(self, unknown: Unknown) -> str:
        """Remember why something is not known, under the text that stands for it."""
        return self.world.pend(unknown)

    def named(self, resource: Resource) -> str:
        """The name of a resource whose template gives none: its logical id, with the stack's if that is taken."""
        return self.world.name_of(self, resource)

    # -- names in the template -----------------------------------------------------------------------------

    def ref(self, name: str, line: int) -> Any:
        if name.startswith("AWS::"):
            return self._pseudo(name, line)
        if name in self.template.section("Parameters"):
            return value_of(self, name)
        if name in self.resources:
            return self._ref_resource(self.resources[name])
        owner, dot, part = name.partition(".")  # SAM's `Function.Version`, `Function.Alias`
        made = next((r for logical, r in self.resources.items() if dot and logical.startswith(owner + part)), None)
        if made is not None:
            return self._ref_resource(made)
        return self._made_elsewhere(name) or self._unknown_name(name, line, "Ref")

    def _ref_resource(self, resource: Resource) -> Any:
        if resource.type == "AWS::EC2::EIP":
            return attribute(resource, "PublicIp", resource.line)
        if resource.type in NAMES and isinstance(resource.get(NAMES[resource.type]), Unknown):
            return resource.get(NAMES[resource.type])
        if resource.type in REFERRED_BY_ARN:
            return arn_of(resource)
        if not resource.id.startswith("${"):
            return resource.id
        return Unknown(resource.id, AFTER, f"{resource.logical} ({resource.where}) gets its name when it is made")

    def get_att(self, name: str, path: str, line: int) -> Any:
        if name not in self.resources:
            return self._made_elsewhere(name) or self._unknown_name(name, line, "Fn::GetAtt")
        if name in self.children and path.startswith("Outputs."):
            return self.children[name].output(path.removeprefix("Outputs."), line, self)
        return attribute(self.resources[name], path, line)

    def _made_elsewhere(self, name: str) -> Unknown | None:
        """What SAM names (an implicit API, `Api.Stage`), what a module makes, or perhaps a macro that is not run."""
        declared = self.template.section("Resources")
        owner, dot, _ = name.partition(".")
        sam = any(one.startswith("AWS::Serverless") for one in self.template.transforms)
        if sam and ((dot and owner in self.resources) or name.startswith("Serverless")):
            return Unknown("${" + name + "}", AFTER, f"{name} is made by SAM and gets its name then")
        modules = (logical for logical, body in declared.items() if str(body.get("Type")).endswith(MODULE))
        module = next((logical for logical in modules if name.startswith(logical)), "")
        if module:
            why = f"the module {module} ({self.template.name}:{declared.line_of(module)}) makes {name}, and is not read"
            return Unknown("${" + name + "}", "the template with the module written out", why)
        if not self.unrun or name in declared:
            return None
        why = f"{name} is not in the template, and {self.unrun}"
        return Unknown("${" + name + "}", "the template as the macro leaves it", why)

    def _unknown_name(self, name: str, line: int, function: str) -> NoReturn:
        declared = self.template.section("Resources")
        if name in declared:
            why = f"{function} of {name}, whose condition {declared[name].get('Condition')} does not hold"
            raise self.fail(line, why, "put the reference into an Fn::If with the same condition")
        known = [*self.resources, *self.template.section("Parameters")]
        near = difflib.get_close_matches(name, known, 1)
        raise self.fail(
            line,
            f"{function} of {name!a}, and there is no such parameter or resource",
            f"did you mean {near[0]!r}?" if near else None,
        )

    def _pseudo(self, name: str, line: int) -> Any:
        given = self.world.given.params.get(name)
        if given is not None:
            return given
        suffix = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
        if name == "AWS::Region":
            self.world.region_used |= self.home.region == self.world.assumed_region
        if name == "AWS::AccountId" and not self.home.account_known:
            needs = "--param AWS::AccountId=…"
            return Unknown(self.home.account, needs, f"the account of the stack {self.name} is not known")
        known: dict[str, Any] = {
            "AWS::AccountId": self.home.account,
            "AWS::NoValue": NO_VALUE,
            "AWS::NotificationARNs": [],
            "AWS::Partition": self.partition,
            "AWS::Region": self.home.region,
            "AWS::StackId": self._id(),
            "AWS::StackName": self.name,
            "AWS::URLSuffix": suffix,
        }
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            raise self.fail(line, f"there is no {name}", f"did you mean {near[0]}?" if near else None)
        return known[name]

    def _id(self) -> str:
        """The stack's ARN; templates cut names out of the digits at its end, which stand for those that AWS gives."""
        place = f"{self.partition}:cloudformation:{self.region}:{self.home.account}"
        return f"arn:{place}:stack/{self.name}/{made_uuid(self.name, 'AWS::StackId')}"

    def mapped(self, name: str, line: int) -> Any:
        found = self.template.section("Mappings").get(name)
        if not isinstance(found, dict) and self.unrun:
            return self._made_elsewhere(name)
        if not isinstance(found, dict):
            near = difflib.get_close_matches(name, self.template.section("Mappings"), 1)
            hint = f"did you mean {near[0]}?" if near else None
            raise self.fail(line, f"there is no mapping {name!a}", hint)
        return found

    def condition(self, name: str, line: int) -> bool | Unknown:
        section = self.template.section("Conditions")
        elsewhere = self._made_elsewhere(name) if name not in section else None
        if elsewhere is not None:
            return elsewhere
        if name not in section:
            near = difflib.get_close_matches(name, section, 1)
            hint = f"did you mean {near[0]}?" if near else None
            raise self.fail(line, f"there is no condition {name!a}", hint)
        if name not in self._conditions:
            self._conditions[name] = None
            self._conditions[name] = truth(self, section[name], section.line_of(name))
        found = self._conditions[name]
        if found is None:
            raise self.fail(section.line_of(name), f"the condition {name} refers to itself")
        return found

    def imported(self, name: Any, line: int) -> Any:
        return self.world.imported(self, name, line)

    def parameter_of_ssm(self, name: str, line: int) -> Any:
        found = self.world.given.ssm.get(name)
        found = self.world.stored(self, name) if found is None else found
        if found is not None:
            return found
        why = f"the SSM parameter {name} (asked for in {self.template.name}:{line}) is not in the template"
        return Unknown("${ssm:" + name + "}", f"--ssm {name}=…", why)

    # -- what others ask of it -------------------------------------------------------------------------------

    def output(self, name: str, line: int, asker: Stack) -> Any:
        """The value of an output."""
        section = self.template.section("Outputs")
        body = section.get(name)
        if not isinstance(body, Table):
            near = difflib.get_close_matches(name, section, 1)
            hint = f"did you mean {near[0]}?" if near else None
            raise asker.fail(line, f"{self.template.name} has no output {name!a}", hint)
        if name in self._outputs:
            raise self.fail(section.line_of(name), f"the output {name} comes back to itself")
        self._outputs.add(name)
        try:
            value = evaluate(self, body.get("Value"), body.line_of("Value"))
            if not is_flat(value):
                raise self.fail(body.line_of("Value"), f"the output {name} is no text and no list of texts")
            return value
        finally:
            self._outputs.discard(name)

    def exports(self) -> list[tuple[Any, str]]:
        """The name of each export, and its output."""
        out = []
        for name, body in self.template.section("Outputs").items():
            export = body.get("Export") if isinstance(body, Table) else None
            if not isinstance(export, Table) or not isinstance(body, Table):
                continue
            wanted = body.get("Condition")
            if wanted is not None and self.condition(str(wanted), body.line_of("Condition")) is False:
                continue
            out.append((evaluate(self, export.get("Name"), export.line_of("Name")), name))
        return out
