"""Random networks to draw: crowded, wide, dual-stack, joined to others, and named by people who mean harm."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.world_records import Record
from tests.worlds import World

# Long, wide, narrow, right to left, joined, stacked, invisible, and what some format takes for its own.
NAMES = (
    *("", "orders", "i" * 60, "W" * 300, "a-b_c." * 20, "two words and some more of them, to be broken"),
    *("مدفوعات-الإنتاج-الرئيسية", "תשלומים (ייצור) 12-34", "abc אבג 123 דהו xyz", "\u202eevil\u202c"),
    *("漢字" * 30, "🚀🔥 prod", "e" + "\u0301" * 40, "x\u200b\u200dy\x00\x1b[31mz", "<script>alert('$x^2$')</script>"),
    *("%%{init: {}}%% end; A --> B", "#quot;&amp;]]>", "`**x**`", "1. first", "- item", '"]; subgraph x'),
    *("$a$ \\N {rank} | <b>", "O'Neil & \"Söhne\""),
)
names = st.sampled_from(NAMES)


@st.composite
def crowded(draw: st.DrawFn) -> Record:
    """A snapshot document: one to eight zones, each with private and public subnets, and much in them."""
    w = World()
    vpc = w.vpc("10.0.0.0/16", name=draw(names))
    igw, group = w.internet_gateway(vpc), w.security_group(vpc, name=draw(names))
    zones = "abcdefgh"[: draw(st.integers(1, 8))]
    private, public = [], {}
    for at, zone in enumerate(zones):
        for more in range(draw(st.integers(1, 3))):
            private.append(w.subnet(vpc, f"10.0.{at * 10 + more}.0/24", zone, name=draw(names)))
        if draw(st.booleans()):
            public[zone] = w.subnet(vpc, f"10.0.{100 + at}.0/24", zone, name=draw(names))
    gates = {zone: w.nat_gateway(subnet) for zone, subnet in public.items()}
    w.route_table(vpc, list(public.values()), [("0.0.0.0/0", igw)])
    targets = [*gates.values(), igw, None]
    tables = []
    for subnet in private:
        target = draw(st.sampled_from(targets))
        tables.append(w.route_table(vpc, [subnet], [("0.0.0.0/0", target)] if target else [], name=draw(names)))
    if draw(st.booleans()):
        w.gateway_endpoint(vpc, "s3", tables[::2])
    if draw(st.booleans()):
        w.interface_endpoint(vpc, "secretsmanager", private[:: draw(st.integers(1, 3))], [group])
    w.db_instance(_id(draw, "db"), private[-4:], [group])
    if draw(st.booleans()):
        _peer(draw, w, vpc, tables)
    some = st.lists(st.sampled_from(private), min_size=1, max_size=16, unique=True)
    for at in range(draw(st.integers(1, 7))):
        w.function(_id(draw, f"fn{at}"), draw(some), [group])
    return w.document()


def _id(draw: st.DrawFn, start: str) -> str:
    """A name that is different from others, whatever follows its beginning."""
    return f"{start}-{draw(names)}"


def _peer(draw: st.DrawFn, w: World, vpc: str, tables: list[str]) -> None:
    """Up to three more VPCs over peering connections, each with a database."""
    for at in range(1, 1 + draw(st.integers(1, 3))):
        other = w.vpc(f"10.{at}.0.0/16", name=draw(names))
        home = w.subnet(other, f"10.{at}.1.0/24", draw(st.sampled_from("abc")), name=draw(names))
        pcx = w.peering(vpc, other)
        for table in tables:
            w.route(table, f"10.{at}.0.0/16", pcx)
        w.route_table(other, [home], [("10.0.0.0/16", pcx)] if draw(st.booleans()) else [])
        w.db_instance(f"far-{at}", [home], [w.security_group(other, [("tcp", 5432, "10.0.0.0/16")])])
