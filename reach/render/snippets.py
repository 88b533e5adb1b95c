"""The same fix for those who write templates: AWS CLI commands as CloudFormation and as Terraform.

It knows the commands that fixes are made of; of any other there is no snippet.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from reach.pasted import divided
from reach.render.commands import Command, commands
from reach.render.pieces import Blocks, Json, Piece, Text, Value
from reach.render.resources import piece_of

SAFE = re.compile(r"[A-Za-z0-9:/.,*@+_{} \[\]$-]*")  # nothing that could end a string or a block of either language
ONE_OF = {
    "stateless_rules": "stateless_rule",
    "sources": "source",
    "destinations": "destination",
    "source_ports": "source_port",
    "destination_ports": "destination_port",
}
HELD = re.compile(r"\$([A-Z][A-Z0-9_]*)")  # what a command before has kept


class _Made(Struct, frozen=True):
    """A piece with its name in either language, and the piece that must be there before it."""

    piece: Piece
    logical: str
    local: str
    after: _Made | None = None


Names = Mapping[str, _Made]  # by shell variable


class Written(Struct, frozen=True):
    """How a template names what has an id: its logical id or local name, and what that is there."""

    name: str
    attribute: str = ""  # in CloudFormation; "" = Ref
    type: str = ""  # in Terraform, with what it exports and the module that it is in
    exported: str = "id"
    module: str = ""


def snippets(fix: str, written: Mapping[str, Written] = MappingProxyType({})) -> tuple[str, str] | None:
    """CloudFormation and Terraform for the commands at the end of a fix; None if there is one that they do not know.

    `written` says by which names the file has what has these ids.

    Examples
    --------
    >>> print(snippets("aws ec2 create-route --route-table-id rtb-1 --destination-cidr-block 0.0.0.0/0 "
    ...                "--nat-gateway-id nat-1")[1])
    resource "aws_route" "fix" {
      route_table_id         = "rtb-1"
      destination_cidr_block = "0.0.0.0/0"
      nat_gateway_id         = "nat-1"
    }
    """
    numbers = {id: f"ID{number}" for number, id in enumerate(written)}
    made = [_renamed(m, numbers) for m in _made(commands(divided(fix)[1]))]
    if not made:
        return None
    names = {m.local.upper(): m for m in made if m.piece.kept}
    names |= {numbers[id]: _there(one) for id, one in written.items()}
    every = {v for m in made for v in _texts([m.piece.of, *(value for _, _, value in m.piece.members)])}
    if not all(SAFE.fullmatch(v) for v in every) or any(h not in names for v in every for h in HELD.findall(v)):
        return None
    blocks = (_cloudformation(m, names) for m in made), (_terraform(m, names) for m in made)
    return "\n".join(blocks[0]), "\n\n".join(blocks[1])


def _made(found: tuple[Command, ...]) -> list[_Made]:
    """The pieces of a line; none if one of its commands is not known."""
    out: list[_Made] = []
    attached: _Made | None = None
    for command in (single for one in found for single in _singly(one)):
        if command.name == "update-firewall-domains" and out:  # which templates say with the list itself
            out[-1].piece.members.append(("Domains", "domains", list(command.options.get("domains", []))))
            continue
        piece = piece_of(command)
        if piece is None:
            return []
        if not piece.cloudformation and not piece.terraform:  # it only waits, or reads
            continue
        number = sum(not m.piece.kept for m in out) + 1
        name = command.keeps or ("FIX" if number == 1 else f"FIX{number}")
        made = _Made(piece, name.title().replace("_", ""), name.lower())
        needs = attached is not None and any("$IGW" in v for v in _texts([v for _, _, v in piece.members]))
        out.append(_Made(piece, made.logical, made.local, attached if needs else None))
        attached = out[-1] if command.name == "attach-internet-gateway" else attached
    return out


def _there(one: Written) -> _Made:
    return _Made(Piece("", one.type, [], attribute=one.attribute, exported=one.exported), one.name, one.name)


def _renamed(made: _Made, numbers: Mapping[str, str]) -> _Made:
    """With a variable in the place of each id that the file has a name for."""
    piece = made.piece
    members = [(one, other, _with(value, numbers)) for one, other, value in piece.members]
    after = _renamed(made.after, numbers) if made.after else None
    return replace(made, piece=replace(piece, members=members, of=_of(piece.of, numbers)), after=after)


def _of(of: str, numbers: Mapping[str, str]) -> str:
    sign, id = ("+", of[1:]) if of.startswith("+") else ("", of)
    return f"{sign}${numbers[id]}" if id in numbers else of


def _with(value: Value, numbers: Mapping[str, str]) -> Value:
    if isinstance(value, str):
        return f"${numbers[value]}" if value in numbers else value
    if isinstance(value, dict):
        return {name: _with(inner, numbers) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with(inner, numbers) for inner in value]
    return value


def _singly(command: Command) -> Iterator[Command]:
    """Several rules of a security group in one command are as many resources."""
    rules = command.options.get("ip-permissions", [])
    if len(rules) < 2:
        yield command
    for rule in rules if len(rules) > 1 else ():
        yield Command(command.service, command.name, {**command.options, "ip-permissions": [rule]}, command.keeps)


def _texts(values: list[Value]) -> Iterator[str]:
    """Every string among values, but for documents, which are quoted whole."""
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _texts(list(value.values()))
        elif isinstance(value, list):
            yield from _texts(value)


# -- CloudFormation ---------------------------------------------------------------------------------------


def _cloudformation(made: _Made, names: Names) -> str:
    piece = made.piece
    members = [(name, _yaml(value, names)) for name, _, value in piece.members if name]
    if not piece.cloudformation:
        return "# CloudFormation has no resource for this: the command does it"
    if piece.gone:
        return f"# take out the {piece.cloudformation} with {', '.join(f'{n}: {v}' for n, v in members)}"
    lines = [f"{made.logical}:", f"  Type: {piece.cloudformation}"]
    lines += [f"  DependsOn: {made.after.logical}"] if made.after else []
    lines += ["  Properties:", *(f"    {name}: {value}" for name, value in members)] if members else []
    if piece.of:
        what = "add to what" if piece.of.startswith("+") else "set in the resource that"
        of = HELD.sub(lambda held: names[held[1]].logical, piece.of.lstrip("+"))
        lines = [f"# {what} {of} {'has' if piece.of.startswith('+') else 'is'}", *lines]
    return "\n".join(lines)


def _yaml(value: Value, names: Names) -> str:
    if isinstance(value, Json | Blocks):
        return json.dumps(value.document)
    if isinstance(value, Text):
        return json.dumps(value.text)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {_yaml(v, names)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_yaml(v, names) for v in value) + "]"
    held = HELD.fullmatch(value)
    if held:
        made = names[held[1]]
        attribute = made.piece.attribute
        return f"{{Fn::GetAtt: [{made.logical}, {attribute}]}}" if attribute else f"{{Ref: {made.logical}}}"
    plain = re.fullmatch(r"true|false|-?[0-9]+|[A-Za-z][\w.-]*", value)
    return value if plain else f'"{value}"'


# -- Terraform --------------------------------------------------------------------------------------------


def _terraform(made: _Made, names: Names) -> str:
    piece = made.piece
    blocks = [(name, value) for _, name, value in piece.members if name and isinstance(value, Blocks)]
    members = [(n, _hcl(v, names)) for _, n, v in piece.members if n and not isinstance(v, Blocks)]
    if not piece.terraform:
        return "# Terraform has no resource for this: the command does it"
    if piece.gone:
        return f"# take out the {piece.terraform} with {', '.join(f'{n} = {v}' for n, v in members)}"
    if made.after:
        members.append(("depends_on", f"[{made.after.piece.terraform}.{made.after.local}]"))
    wide = max((len(name) for name, _ in members), default=0)
    lines = [f"  {name:<{wide}} = {value}" for name, value in members]
    for name, value in blocks:
        lines += [f"  {line}" for line in _blocks(name, value.document)]
    if piece.block:
        lines = [f"  {piece.block} {{", *(f"  {line}" for line in lines), "  }"]
    of = HELD.sub(lambda held: f"{names[held[1]].piece.terraform}.{names[held[1]].local}", piece.of)
    head = [f"# set in the resource that {of} is"] if of and not of.startswith("+") else []
    return "\n".join([*head, f'resource "{piece.terraform}" "{made.local}" {{', *lines, "}"])


def _blocks(name: str, held: object) -> Iterator[str]:
    """Structures as blocks, lists of them as a block for each; of anything else an argument."""
    if isinstance(held, list) and held and isinstance(held[0], dict):
        for one in held:
            yield from _blocks(ONE_OF.get(name, name), one)
    elif isinstance(held, dict):
        yield f"{name} {{"
        for key, inner in held.items():
            yield from (f"  {line}" for line in _blocks(_snake(key), inner))
        yield "}"
    else:
        yield f"{name} = {_literal(held)}"


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _literal(value: object) -> str:
    """A value in Terraform's own spelling, in which nothing of it is read as an expression."""
    return json.dumps(value).replace("${", "$${").replace("%{", "%%{")


def _hcl(value: Value, names: Names) -> str:
    if isinstance(value, Json | Blocks):
        return f"jsonencode({_literal(value.document)})"
    if isinstance(value, Text):
        return _literal(value.text)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_hcl(v, names)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_hcl(v, names) for v in value) + "]"
    held = HELD.fullmatch(value)
    if held:
        made = names[held[1]]
        return f"{made.piece.terraform}.{made.local}.{made.piece.exported}"
    return value if re.fullmatch(r"true|false|-?[0-9]+", value) else f'"{value}"'
