"""`terraform show -json` of a plan or state (Terraform, OpenTofu): which resources there will be, and what is known.

Format 0.1 to 1.x. What an attribute that is not known yet refers to is in references.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from reach.errors import TemplateError

MOST_BYTES = 200_000_000
MOST_INSTANCES = 50_000
SPLIT = "make a plan of a part: terraform plan -target=module.NAME -out=PLANFILE"
FORMATS = re.compile(r"(?:0|1)\.\d+")
HINT = "make it with: terraform show -json PLANFILE > plan.json"
Object = Mapping[str, Any]
ACTIONS = frozenset({"create", "delete", "forget", "no-op", "read", "update"})
LEFT = "it leaves that to a later plan (deferred_changes)"


class Instance(Struct, frozen=True):
    """One instance of a resource or data source.

    Attributes
    ----------
    module
        The address of its module instance, empty at the root.
    index
        Its key under `count` (a number) or `for_each` (a text), else None.
    values, unknown
        What is known of its attributes, and where True stands what is not.
    before
        Its id in AWS, if it exists already.
    changed
        Whether the plan does anything to it.
    untold
        Why the plan does not tell what becomes of it; empty if it does.
    """

    address: str
    module: str
    type: str
    name: str
    index: int | str | None
    data: bool
    values: Object
    unknown: Object
    provider: str = ""
    before: str | None = None
    changed: bool = False
    untold: str = ""


class Plan(Struct, frozen=True):
    """All of a plan or state. `past` are instances as they are now, of what it destroys or changes."""

    file: str
    instances: tuple[Instance, ...]
    data: tuple[Instance, ...]
    configuration: Object
    variables: Object
    past: tuple[Instance, ...]
    lines: Mapping[str, int] = field(default_factory=dict)
    whole: bool = True  # Terraform itself says if it is not
    is_state: bool = False
    failed: bool = False  # Terraform stopped with an error

    def line(self, address: str) -> int:
        """The line that names a resource first; most plans are one line."""
        return self.lines.get(address, 1)


def refuse_huge(data: bytes, file: str) -> None:
    """Refuse a plan by its size, before it is parsed.

    Raises
    ------
    TemplateError
        If it has too many bytes.
    """
    if len(data) > MOST_BYTES:
        raise TemplateError(f"{file} has {len(data):,} bytes: that is more than {MOST_BYTES:,}", SPLIT)


def parse_plan(data: bytes, file: str, document: Any = None) -> Plan:
    """Parse a plan or state; `document` is its JSON, if that was parsed already.

    Raises
    ------
    TemplateError
        If it is neither, or its format is not known.
    """
    refuse_huge(data, file)
    try:
        document = json.loads(data) if document is None else document
    except json.JSONDecodeError as error:
        raise TemplateError(f"{file}:{error.lineno}: this is not JSON: {error.msg}", HINT) from None
    except RecursionError:
        raise TemplateError(f"{file}: the JSON is nested too deeply to be a plan", HINT) from None
    except UnicodeDecodeError as error:
        raise TemplateError(f"{file} is not text: {error.reason} at byte {error.start}", HINT) from None
    except ValueError:  # Python counts the digits of a number before it reads them
        raise TemplateError(f"{file}: a number in the JSON has more than 4,300 digits", HINT) from None
    if not isinstance(document, Mapping):
        raise TemplateError(f"{file}:1: a plan is a JSON object, and this is something else", HINT)
    _check_format(document, file)
    text = data.decode(errors="replace")
    planned = tuple(_changed(document, file)) if "resource_changes" in document else None
    root = _object(document, "planned_values", file) or _object(document, "values", file)
    module = _object(root, "root_module", file)
    if planned is None and "values" not in document and any(_held(module, file, exists=False)):
        text = f"{file}: this plan has no resource_changes, which say what is not known yet"
        raise TemplateError(text, HINT)
    if planned is None:
        planned = tuple(_held(module, file, exists="values" in document))
    prior = _object(_object(document, "prior_state", file), "values", file) or root
    known = tuple(i for i in _held(_object(prior, "root_module", file), file, exists=True) if i.data)
    deferred = {i.address: i for i in _deferred(document, file) if not i.data}
    managed = {i.address: i for i in planned if not i.data} | deferred
    if len(managed) > MOST_INSTANCES:
        what = f"{file} has {len(managed):,} resources: more than {MOST_INSTANCES:,} are not read"
        raise TemplateError(what, SPLIT)
    return Plan(
        file,
        tuple(sorted(managed.values(), key=lambda i: i.address)),
        tuple(
            sorted({i.address: i for i in (*known, *(i for i in planned if i.data))}.values(), key=lambda i: i.address)
        ),
        _object(document, "configuration", file),
        _object(document, "variables", file),
        tuple(_past(document, file)),
        _lines(text),
        document.get("errored") is not True and (document.get("complete") is not False or bool(deferred)),
        "values" in document,
        document.get("errored") is True,
    )


def _check_format(document: Object, file: str) -> None:
    found = document.get("format_version")
    if found is None and "terraform_version" in document and document.keys() & {"modules", "resources"}:
        name = "terraform.tfstate" if file == "-" else file
        hint = f"a state file itself is internal to Terraform: terraform show -json {name} > state.json"
        raise TemplateError(f"{file}: this is a raw state file", hint)
    if not isinstance(found, str) or not FORMATS.fullmatch(found):
        raise TemplateError(f"{file}: format_version is {found!a}, which is not known (0.1 to 1.x are)", HINT)
    if document.keys() <= {"format_version", "terraform_version", "checks"}:
        text = f"{file} is what terraform show -json prints where there is no state: it holds nothing"
        raise TemplateError(text, f"run it in the project's folder after terraform apply, or of a plan; {HINT}")
    if not any(key in document for key in ("planned_values", "values", "resource_changes")):
        raise TemplateError(f"{file}: this plan has neither planned_values nor resource_changes", HINT)


def _lines(text: str) -> dict[str, int]:
    """Where each address stands first; of a document in one line there is nothing to tell."""
    out: dict[str, int] = {}
    if "\n" not in text.strip():
        return out
    for number, row in enumerate(text.splitlines(), 1):
        found = re.search(r'"address":\s*("(?:[^"\\]|\\.)*")', row)
        if found:
            out.setdefault(json.loads(found[1]), number)
    return out


# -- instances ----------------------------------------------------------------------------------------


def _changed(document: Object, file: str) -> Iterator[Instance]:
    """What there is after the plan: all but what is destroyed."""
    for number, row in enumerate(_rows(document, "resource_changes", file)):
        change = _object(row, "change", f"{file} resource_changes[{number}]")
        actions = _actions(change, f"{file} resource_changes[{number}]")
        after = change.get("after")
        if actions == ["forget"]:  # it stays as it is, and nobody looks after it any more
            held = change.get("before")
            yield _instance(row, held if isinstance(held, Mapping) else {}, {}, _id_of(held))
            continue
        strange = next((word for word in actions if word not in ACTIONS), None)
        if strange is not None:
            yield _untold(row, change, f"the action {strange!a} is not known")
            continue
        if actions == ["delete"] or (after is None and change.get("after_unknown") in (None, {}, False)):
            continue
        yield _instance(
            row,
            after if isinstance(after, Mapping) else {},
            unknown if isinstance(unknown := change.get("after_unknown"), Mapping) else {},
            None
            if "delete" in actions or "forget" in actions
            else _id_of(change.get("before")),  # else it is another one
            changed=actions not in (["no-op"], ["read"]),
        )


def _deferred(document: Object, file: str) -> Iterator[Instance]:
    """What the plan leaves to a later one, because something that it depends on is not known yet."""
    for number, entry in enumerate(_rows(document, "deferred_changes", file)):
        row = _object(entry, "resource_change", f"{file} deferred_changes[{number}]")
        yield _untold(row, _object(row, "change", f"{file} deferred_changes[{number}]"), LEFT)


def _untold(row: Object, change: Object, why: str) -> Instance:
    """A resource of which nobody knows what it will be."""
    after, unknown = change.get("after"), change.get("after_unknown")
    values = after if isinstance(after, Mapping) else change.get("before")
    found = _instance(
        row,
        values if isinstance(values, Mapping) else {},
        unknown if isinstance(unknown, Mapping) else {},
        _id_of(change.get("before")),
        changed=True,
    )
    return replace(found, untold=why)


def _actions(change: Object, where: str) -> Sequence[str]:
    """What is done to a resource; without a word of it, nothing."""
    found = change.get("actions") or ["no-op"]
    if not isinstance(found, list) or not all(isinstance(word, str) for word in found):
        raise TemplateError(f"{where}: actions is not a list of words such as create", HINT)
    return ["forget", "create"] if found == ["ForgetThenCreate"] else found


def _past(document: Object, file: str) -> Iterator[Instance]:
    """What is there now and will be gone or different."""
    for row in _rows(document, "resource_changes", file):
        yield from _past_of(row, file)
    for entry in _rows(document, "deferred_changes", file):
        yield from _past_of(_object(entry, "resource_change", file), file)


def _past_of(row: Object, file: str) -> Iterator[Instance]:
    change = _object(row, "change", file)
    before = change.get("before")
    if isinstance(before, Mapping) and _is_undone(str(row.get("type")), _actions(change, file), before):
        yield _instance(row, before, {}, _id_of(before), changed=True)


def _is_undone(type_: str, actions: Sequence[str], before: Object) -> bool:
    """Whether what was there goes or changes. What a plan has adopted of a VPC it lets go as it is."""
    if "update" in actions or not ACTIONS.issuperset(actions):
        return True
    return "delete" in actions and (not type_.startswith("aws_default_") or before.get("force_destroy") is True)


def _held(module: Object, file: str, *, exists: bool) -> Iterator[Instance]:
    """The resources below a module of a state or of planned values."""
    waiting = [module]
    while waiting:
        here = waiting.pop()
        for row in _rows(here, "resources", file):
            values = row.get("values")
            values = values if isinstance(values, Mapping) else {}
            yield _instance(row, values, {}, _id_of(values) if exists else None, str(here.get("address") or ""))
        waiting += _rows(here, "child_modules", file)


def _instance(
    row: Object, values: Object, unknown: Object, before: str | None, module: str = "", *, changed: bool = False
) -> Instance:
    index = row.get("index")
    return Instance(
        address=str(row.get("address") or ""),
        module=str(row.get("module_address") or module),
        type=str(row.get("type") or ""),
        name=str(row.get("name") or ""),
        index=index if isinstance(index, int | str) else None,
        data=row.get("mode") == "data",
        values=values,
        unknown=unknown,
        provider=str(row.get("provider_name") or ""),
        before=before,
        changed=changed,
    )


def _id_of(values: Any) -> str | None:
    found = values.get("id") if isinstance(values, Mapping) else None
    return found if isinstance(found, str) and found else None


def listed(value: Any) -> Sequence[Any]:
    """A list as it is; whatever else stands in its place holds nothing."""
    return value if isinstance(value, list) else ()


def _object(parent: Object, key: str, where: str) -> Object:
    found = parent.get(key)
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise TemplateError(f"{where}: {key} is not an object", HINT)
    return found


def _rows(parent: Object, key: str, where: str) -> Sequence[Object]:
    found = parent.get(key)
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise TemplateError(f"{where}: {key} is not a list of objects", HINT)
    return found
