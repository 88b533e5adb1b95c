"""The PORTS of a target, as a person types them and as a value."""

from __future__ import annotations

import re

from msgspec import Struct

from reach.errors import QuestionError

PORT_FORMS = "ports: 443  80,443  1024-2048  *  then /udp, or */icmp"
ALL_PORTS = (0, 65535)

_PORTS = re.compile(r"(?P<ranges>[^/]*)(?:/(?P<protocol>.*))?", re.DOTALL)
_RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")


class Ports(Struct, frozen=True):
    """Destination ports of one protocol: sorted, merged, inclusive ranges.

    Examples
    --------
    >>> str(Ports.of(443, (80, 81), 82)), str(Ports.of(53, protocol="udp"))
    ('80-82,443', '53/udp')
    """

    protocol: str
    ranges: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, *ranges: int | tuple[int, int], protocol: str = "tcp") -> Ports:
        """Build from ports and (first, last) pairs in any order."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted((r, r) if isinstance(r, int) else r for r in ranges):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
            else:
                merged.append((first, last))
        return cls(protocol, tuple(merged))

    def __str__(self) -> str:
        ranges = ",".join(
            "*" if r == ALL_PORTS else str(r[0]) if r[0] == r[1] else f"{r[0]}-{r[1]}" for r in self.ranges
        )
        return ranges if self.protocol == "tcp" else f"{ranges}/{self.protocol}"


def parse_ports(text: str) -> Ports:
    """Read PORTS: ``443``, ``80,443``, ``1024-2048``, ``*``; then ``/udp`` or ``/icmp``.

    Examples
    --------
    >>> parse_ports("443,80")
    Ports(protocol='tcp', ranges=((80, 80), (443, 443)))
    """
    found = _PORTS.fullmatch(text)
    protocol = (found["protocol"] or "tcp") if found and found["protocol"] != "" else ""
    if found is None or protocol not in ("tcp", "udp", "icmp"):
        raise QuestionError(f"ports {quote(text)}: the protocol is tcp, udp or icmp", PORT_FORMS)
    ranges = found["ranges"]
    if protocol == "icmp" and ranges != "*":
        raise QuestionError(f"ports {quote(text)}: ICMP has no ports", "write */icmp")
    return Ports.of(*(_range(part, text) for part in ranges.split(",")), protocol=protocol)


def looks_like(text: str) -> bool:
    """Tell whether this was meant as PORTS: then a mistake in it is a mistake in the ports."""
    return re.fullmatch(r"[0-9*][0-9*,-]*(?:/[a-z]*)?", text) is not None


def quote(text: str, longest: int = 60) -> str:
    """Return an excerpt that is safe to print: escaped, in quotes, shortened."""
    return ascii(text if len(text) <= longest else text[:longest] + "...")


def _range(part: str, text: str) -> tuple[int, int]:
    if part == "*":
        return ALL_PORTS
    found = _RANGE.fullmatch(part)
    if found is None:
        raise QuestionError(f"cannot read the ports {quote(text)}", PORT_FORMS)
    first = int(found[1])
    last = int(found[2]) if found[2] else first
    if max(first, last) > ALL_PORTS[1]:
        raise QuestionError(f"ports {quote(text)}: {max(first, last)} is more than 65535", PORT_FORMS)
    if last < first:
        raise QuestionError(f"ports {quote(text)}: the range is reversed", f"did you mean {last}-{first}?")
    return first, last
