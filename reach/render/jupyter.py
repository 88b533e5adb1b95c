"""Answers and networks in a notebook: a picture, a table of hops, and plain text for everybody else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import Answer, Hop, Path, Verdict
from reach.errors import QuestionError
from reach.matrix import Matrix
from reach.network import Network, Subnet
from reach.pasted import divided
from reach.render.markdown import plain, shell
from reach.render.palette import VERDICT_COLOUR, VERDICT_GLYPH
from reach.render.planned import in_its_file
from reach.render.scene import clean
from reach.render.wording import listing, pill, question

LEFT = 'style="text-align:left"'  # notebooks align to the right, which reads ill for words
FRAME = 'width="100%" height="820" style="border: 0"'


def answer_bundle(answer: Answer) -> dict[str, str]:
    """The representations of an answer by media type."""
    from reach.render.diagram import path_svg

    svg = path_svg(answer)
    return {
        "image/svg+xml": svg,
        "text/html": f"{_image(svg, f'{question(answer)}: {pill(answer)}')}\n{_hop_table(answer)}",
        "text/markdown": _markdown(answer),
        "text/plain": "\n".join([f"{question(answer)}: {pill(answer)}", clean(answer.headline), *listing(answer)]),
    }


def network_bundle(network: Network) -> dict[str, str]:
    """The representations of a network: what it holds, and the map of its VPCs, at most three."""
    rows = [
        ("function", [f.name or f.id for f in network.functions]),
        ("database or cache", [d.name or d.id for d in network.databases]),
        ("VPC", [v.name or v.id for v in network.vpcs]),
        ("subnet", [s.id for s in network.all(Subnet)]),
    ]
    rows = [(_counted(what, len(names)), names) for what, names in rows]
    plain = "\n".join(f"{what}: {_few(names)}" for what, names in rows)
    cells = "".join(
        f"<tr><th {LEFT}>{escape(what)}</th><td {LEFT}>{escape(_few(names))}</td></tr>" for what, names in rows
    )
    out = {"text/plain": plain, "text/html": f"<table>{cells}</table>"}
    svg = _map(network)
    if svg:
        out["image/svg+xml"] = svg
        alt = "Map of the VPC" if len(network.vpcs) == 1 else "Map of the VPCs"
        out["text/html"] = f"{_image(svg, alt)}\n{out['text/html']}"
    return out


def _counted(what: str, count: int) -> str:
    """`1 VPC`, `2 VPCs`, `2 databases or caches`."""
    return f"{count} {what}" if count == 1 else f"{count} {' or '.join(f'{word}s' for word in what.split(' or '))}"


def _image(svg: str, alt: str) -> str:
    """A picture of its own: styles and ids of an inline SVG would leak into the notebook."""
    data = b64encode(svg.encode()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'


def _map(network: Network) -> str | None:
    from reach.render.diagram import overview_svg

    try:
        return overview_svg(network)
    except QuestionError:  # there is none, or two have one name: the table must do
        return None


def _few(names: Iterable[str]) -> str:
    every = [clean(n) for n in names]
    return ", ".join(every[:8]) + (f" and {len(every) - 8} more" if len(every) > 8 else "")


def path_bundle(path: Path) -> dict[str, str]:
    """The representations of one path: its own picture, and its hops with the field of AWS that proves each."""
    from reach.render.diagram import path_svg

    whole = path.of
    title = f"From {path.subnet or 'outside any VPC'}: {path.verdict.value}, ends at {path.end}"
    mine = f"{question(whole)}. {title}" if whole is not None else title
    table = _table(mine, ("way", "component", "", "detail", "seen", "verdict"), map(_proved, path.hops))
    lines = [f"{hop.direction.value:8} {_cells(hop)[1]} {clean(hop.resource)}: {_cells(hop)[2]}" for hop in path.hops]
    out = {"text/plain": "\n".join([clean(mine), *lines]), "text/html": table}
    if whole is None:
        return out
    met = path.verdict is not Verdict.REACHABLE
    found = tuple(b for b in whole.blockers if met and (path.subnet in b.subnets or not b.subnets))
    open_questions = tuple(b for b in whole.unknowns if met and (path.subnet in b.subnets or not b.subnets))
    alone = replace(whole, paths=(path,), verdict=path.verdict, blockers=found, unknowns=open_questions, headline=title)
    svg = path_svg(alone)
    return out | {"image/svg+xml": svg, "text/html": f"{_image(svg, mine)}\n{table}"}


def _hop_table(answer: Answer) -> str:
    rows = (
        (path.subnet or "", hop.direction.value, hop.resource, *_cells(hop)[1:], _mark(hop))
        for path in answer.paths
        for hop in path.hops
    )
    head = ("subnet", "way", "component", "", "detail", "verdict")
    return _table(f"{question(answer)}: {pill(answer)}", head, rows)


def _proved(hop: Hop) -> tuple[str, ...]:
    seen = "; ".join(f"{e.resource} {e.field} = {e.value}" for f in hop.findings for e in f.evidence)
    return (hop.direction.value, hop.resource, *_cells(hop)[1:], seen, _mark(hop))


def _cells(hop: Hop) -> tuple[str, str, str]:
    """The component, its kind, and what it said."""
    said = next((f.why for f in hop.findings if f.verdict is hop.verdict and f.why), hop.detail)
    return hop.resource, hop.kind.replace("_", " "), clean(said)


def _mark(hop: Hop) -> str:
    return f"{VERDICT_GLYPH[hop.verdict]} {hop.verdict.value}"


def _table(caption: str, head: Iterable[str], rows: Iterable[tuple[str, ...]]) -> str:
    """Rows whose last cell is a verdict."""
    titles = "".join(f"<th {LEFT}>{h}</th>" for h in head)
    body = "".join(
        f"<tr>{''.join(f'<td {LEFT}>{escape(clean(cell))}</td>' for cell in cells)}"
        f'<td {LEFT[:-1]};white-space:nowrap"><span style="color:{_COLOUR[mark]}">{mark}</span></td></tr>'
        for *cells, mark in rows
    )
    top = f"<caption>{escape(clean(caption))}</caption><thead><tr>{titles}</tr></thead>"
    return f"<table>{top}<tbody>{body}</tbody></table>"


_COLOUR = {f"{VERDICT_GLYPH[v]} {v.value}": VERDICT_COLOUR[v] for v in Verdict}


def _markdown(answer: Answer) -> str:
    """The verdict and the first fix in Markdown."""
    out = [f"**{plain(pill(answer))}** {plain(question(answer))}", "", plain(answer.headline)]
    for blocker in (*answer.blockers, *answer.unknowns):
        out += ["", f"- {plain(blocker.why or blocker.title)}"]
        words, line = divided(blocker.fix)
        planned = in_its_file(answer.network, blocker.resource, blocker.fix)
        if blocker.fix:
            where = f"in {planned.name}" if planned else "in a shell"
            out.append(f"  - Fix: {plain(words) if words else where}")
        block = (planned.language, *planned.text.splitlines()) if planned else ("sh", *shell(line)) if line else ()
        if block:
            out += ["", *(f"    {text}" for text in (f"```{block[0]}", *block[1:], "```"))]
    return "\n".join(out) + "\n"


class Explorer(Struct, frozen=True):
    """The page of a matrix inside a notebook: a frame of its own, from which nothing gets out."""

    matrix: Matrix

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from reach.render.page import matrix_page

        page = escape(matrix_page(self.matrix))
        frame = f'<iframe title="What reaches what" sandbox="allow-scripts" {FRAME} srcdoc="{page}"></iframe>'
        return {"text/plain": self.matrix._repr_mimebundle_()["text/plain"], "text/html": frame}
