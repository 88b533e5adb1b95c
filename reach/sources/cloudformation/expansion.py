"""A template after the transforms that can be done here: loops written out, SAM's types as what they become."""

from __future__ import annotations

from reach.sources.cloudformation.document import Table
from reach.sources.cloudformation.foreach import unroll
from reach.sources.cloudformation.intrinsics import evaluate
from reach.sources.cloudformation.legal import EXTENSIONS, check_names
from reach.sources.cloudformation.sam import check_transform, is_sam, remarks, transformed
from reach.sources.cloudformation.stack import MODULE, Stack
from reach.sources.cloudformation.template import Template, check_resources, without_macros


def written_out(stack: Stack) -> Template:
    """The template of a stack; what cannot be done stands on the answers that rest on it.

    Raises
    ------
    TemplateError
        If a resource is not one, or a loop cannot be written out.
    """
    template, said = without_macros(stack.template)
    macros = (n for n in template.transforms if n != EXTENSIONS and not n.startswith("AWS::Serverless"))
    said += [f"{template.name}: the macro {name} is not run: what it changes is not known" for name in macros]
    for text in said:
        stack.unrun = stack.unrun or text
        stack.world.unsee(stack, text)
    for logical, body in template.section("Resources").items():
        if isinstance(body, Table) and str(body.get("Type")).endswith(MODULE):
            place = f"{template.name}:{template.section('Resources').line_of(logical)}"
            stack.world.unsee(stack, f"{place}: the module {logical} is not read: what it makes is not known")
    if EXTENSIONS in template.transforms:
        template = unroll(template, lambda value, line: evaluate(stack, value, line))
    check_resources(template)
    stack.world.warnings |= dict.fromkeys(check_names(template))
    check_transform(template)
    if is_sam(template):
        stack.world.warnings |= dict.fromkeys(remarks(template))
        template = transformed(template)
    return template
