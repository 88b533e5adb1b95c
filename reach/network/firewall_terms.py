"""Addresses and ports as firewall rules write them: ANY, blocks, lists in brackets, negations, variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from reach.traffic import ANY_PORT, LINE, NOTHING, Cover, Ranges, cidr, cidr_cover


class Terms:
    """Reads the terms of one rule group, knowing its variables; what cannot be read may be anything (FW-5, FW-6)."""

    ANY: ClassVar[Cover] = Cover(LINE, LINE)
    UNKNOWN: ClassVar[Cover] = Cover(NOTHING, LINE)

    def __init__(
        self,
        sets: Mapping[str, tuple[str, ...]] | None = None,
        ports: Mapping[str, tuple[str, ...]] | None = None,
        home: Cover | None = None,
    ) -> None:
        self._sets, self._port_sets = sets or {}, ports or {}
        self._home = home or self.UNKNOWN

    def addresses(self, term: str, depth: int = 0) -> Cover:
        """What a term covers; negated parts are taken out.

        >>> Terms().addresses("[10.0.0.0/8, !10.1.0.0/16]").must == cidr("10.0.0.0/8") - cidr("10.1.0.0/16")
        True
        """
        wanted, barred, positive = Cover(), Cover(), False
        for negated, atom in _atoms(term):
            cover = self._atom(atom, depth)
            if negated:
                barred = barred | cover
            else:
                positive, wanted = True, wanted | cover
        if not positive:
            wanted = self.ANY
        return Cover(wanted.must - barred.may, wanted.may - barred.must)

    def _atom(self, atom: str, depth: int) -> Cover:
        if atom.upper() == "ANY":
            return self.ANY
        if atom.startswith("$") and depth < 4:
            return self._variable(atom[1:], depth)
        if cidr(atom):
            found = cidr_cover(atom)
            return found if found.must or found.may else self.UNKNOWN
        return self.UNKNOWN  # a reference to a list elsewhere, or a word that is not known

    def _variable(self, name: str, depth: int) -> Cover:
        if name in self._sets:
            return self.addresses(_bracketed(self._sets[name]), depth + 1)
        own = self._sets.get("HOME_NET")
        home = self._home if own is None else self.addresses(_bracketed(own), depth + 1)
        if name == "HOME_NET":
            return home
        if name == "EXTERNAL_NET":
            return Cover(LINE - home.may, LINE - home.must)
        return self.UNKNOWN

    def ports(self, term: str, depth: int = 0) -> Ranges | None:
        """The ports of a term, None if they cannot be read.

        >>> Terms().ports("[80, 1024:2048]") == Ranges.of(80, (1024, 2048))
        True
        """
        wanted, barred, positive = Ranges(), Ranges(), False
        for negated, atom in _atoms(term):
            found = self._port(atom, depth)
            if found is None:
                return None
            if negated:
                barred = barred | found
            else:
                positive, wanted = True, wanted | found
        return (wanted if positive else ANY_PORT) - barred

    def _port(self, atom: str, depth: int) -> Ranges | None:
        if atom.upper() == "ANY":
            return ANY_PORT
        if atom.startswith("$") and depth < 4:
            found = self._port_sets.get(atom[1:])
            return None if found is None else self.ports(_bracketed(found), depth + 1)
        low, colon, high = atom.partition(":")
        if not (low.isdigit() or (colon and not low)) or not (high.isdigit() or not high):
            return None
        first = int(low or 0)
        return Ranges.of((first, int(high) if high else 65535 if colon else first))


def _bracketed(terms: Sequence[str]) -> str:
    return f"[{','.join(terms)}]"


def _atoms(term: str) -> list[tuple[bool, str]]:
    """The parts of a term, each with whether it is negated; what nests further is one part that nobody can read."""
    whole = term.strip()
    if whole.startswith("!["):
        return [(not negated, atom) for negated, atom in _atoms(whole[1:])]
    if whole.startswith("[") and whole.endswith("]") and "[" not in whole[1:]:
        parts = [p.strip() for p in whole[1:-1].split(",")]
        return [(p.startswith("!"), p.lstrip("! ")) for p in parts if p]
    return [(whole.startswith("!"), whole.lstrip("! "))] if whole else []
