"""Permissions as people write them: a protocol with its ports, or with its ICMP type."""

from __future__ import annotations

from reach.traffic import ANY_PORT, ANY_PROTOCOL, ICMP, ICMPV6, PROTOCOL_NAMES, TCP, UDP, Ranges


def permission_text(protocols: Ranges, ports: Ranges) -> str:
    """How people write a permission: ``tcp/443``, ``udp/1024-65535``, ``icmp type 8``, ``all traffic``.

    >>> permission_text(Ranges.of(TCP), Ranges.of(443))
    'tcp/443'
    >>> permission_text(Ranges.of(ICMP), Ranges.of((8 * 256, 8 * 256 + 255)))
    'icmp type 8'
    """
    if protocols == ANY_PROTOCOL:
        return "all traffic"
    names = {v: k for k, v in PROTOCOL_NAMES.items()}
    numbers = protocols.spans[0][0] if protocols else -1
    name = names.get(numbers, f"protocol {numbers}")
    if numbers in (ICMP, ICMPV6):
        return " ".join((name, *_icmp_words(ports)))
    if numbers not in (TCP, UDP) or ports == ANY_PORT:
        return name
    return f"{name}/" + ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ports.spans)


def _icmp_words(points: Ranges) -> list[str]:
    """One type, or one type and code (type * 256 + code); nothing for all of them, or for several."""
    if points == ANY_PORT or len(points.spans) != 1:
        return []
    (kind, code), (last, last_code) = (divmod(point, 256) for point in points.spans[0])
    if kind != last:
        return []
    words = [] if (code, last_code) == (0, 255) else ["code", str(code)]
    return ["type", str(kind), *words]
