"""What the user says where nobody can read it from AWS: `--resolve HOST=ADDRESS`, `--inspection`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import ip_address

from msgspec.structs import replace

from reach.errors import QuestionError
from reach.network import Network
from reach.network.domains import plain
from reach.ports import quote
from reach.traffic import NOTHING, Ranges, cidr

Answers = Mapping[str, str | Sequence[str]]
_NAME = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
EXAMPLE = "for example --resolve db.corp.example=10.0.3.9"


def pairs(texts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read `HOST=ADDRESS` words; a host that comes several times has all of the addresses.

    Raises
    ------
    QuestionError
        If a word is no pair of a host name and an address.

    Examples
    --------
    >>> pairs(["db.corp.example=10.0.3.9", "db.corp.example=10.0.4.9"])
    {'db.corp.example': ('10.0.3.9', '10.0.4.9')}
    """
    out: dict[str, tuple[str, ...]] = {}
    for text in texts:
        host, equals, address = text.partition("=")
        if not equals:
            raise QuestionError(f"--resolve {quote(text)} is not HOST=ADDRESS", EXAMPLE)
        out[host] = (*out.get(host, ()), address)
    return out


def told(network: Network, answers: Answers | None) -> Network:
    """The same network, in which the user answers for some host names.

    Raises
    ------
    QuestionError
        If a name cannot be a host's, or an address is none.
    """
    found: dict[str, Ranges] = dict(network.told)
    for host, addresses in (answers or {}).items():
        name = plain(str(host).strip())
        if len(name) > 253 or not _NAME.fullmatch(name):
            raise QuestionError(f"--resolve: {quote(str(host))} is no host name", EXAMPLE)
        listed = NOTHING
        for address in (addresses,) if isinstance(addresses, str) else addresses:
            listed = listed | _address(name, address)
        found[name] = listed
    return replace(network, told=found, _cache={}) if answers else network


def _address(name: str, text: str) -> Ranges:
    try:
        return cidr(str(ip_address(str(text).strip().removeprefix("[").removesuffix("]"))))
    except ValueError:
        raise QuestionError(f"--resolve {quote(name)}: {quote(str(text))} is no IP address", EXAMPLE) from None


def assuming(network: Network, inspection: str) -> Network:
    """The same network, with a word on what firewalls do that cannot be looked into (FW-3).

    Raises
    ------
    QuestionError
        If the word is neither `unknown` nor `assume-pass`.
    """
    if inspection not in ("unknown", "assume-pass"):
        raise QuestionError(f"inspection {quote(inspection)} is not known", "either 'unknown' or 'assume-pass'")
    passing = inspection == "assume-pass"
    return network if passing == network.assume_inspected else replace(network, assume_inspected=passing, _cache={})
