"""The addresses of Terraform taken apart: modules, resources, keys of `count` and `for_each`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

TOKEN = re.compile(r'([A-Za-z_][\w-]*)((?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])*)')
LAST = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|\d+)\]$')
KEY = re.compile(r'\[(?:"((?:[^"\\]|\\.)*)"|(\d+))\]')


def parts(name: str) -> list[tuple[str, Any]]:
    """The words of a reference, each with its key.

    >>> parts('module.a["x"].out')
    [('module', None), ('a', 'x'), ('out', None)]
    """
    out = []
    for found in TOKEN.finditer(name):
        key = KEY.search(found[2])
        out.append((found[1], None if key is None else int(key[2]) if key[2] is not None else key[1]))
    return out


def bare(address: str) -> str:
    """The address of the resource that an instance is of.

    >>> bare('module.a["x"].aws_vpc.main[0]'), bare("aws_vpc.main")
    ('module.a["x"].aws_vpc.main', 'aws_vpc.main')
    """
    return LAST.sub("", address)


def modules(address: str) -> Iterator[tuple[str, Any]]:
    """The names and keys of the modules of an address."""
    found = parts(address)
    for at in range(0, len(found) - 1, 2):
        yield found[at + 1]


def joined(names: Sequence[tuple[str, Any]]) -> str:
    """The address of a module instance.

    >>> joined([("net", "blue"), ("inner", None)])
    'module.net["blue"].module.inner'
    """
    words = []
    for name, key in names:
        spelled = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
        words.append(f"module.{name}{spelled}")
    return ".".join(words)


def prefix(module: str, start: str) -> str | None:
    """The instance of the module `start` that a module address lies in, None if it lies elsewhere."""
    wanted = [name for name, _ in modules(start)]
    held = list(modules(module))[: len(wanted)]
    found = joined(held)
    same = [name for name, _ in held] == wanted
    parent = joined(list(modules(start))[:-1])
    return found if same and joined(held[:-1]) == parent else None


def longest(names: Iterable[str]) -> list[str]:
    """`aws_vpc.a.id` also lists `aws_vpc.a`: only the longer one says what is meant."""
    every = list(dict.fromkeys(names))
    return [n for n in every if not any(o != n and o.startswith((f"{n}.", f"{n}[")) for o in every)]


def spelled(path: Sequence[str | int]) -> str:
    return ".".join(str(step) for step in path)
