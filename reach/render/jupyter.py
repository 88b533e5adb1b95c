"""Answers and networks in a notebook: a picture, a table of hops, and plain text for everybody else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from html import escape

from msgspec import Struct

from reach.answer import Answer
from reach.errors import QuestionError
from reach.matrix import Matrix
from reach.network import Network, Subnet
from reach.render.markdown import plain
from reach.render.palette import VERDICT_COLOUR, VERDICT_GLYPH
from reach.render.scene import clean
from reach.render.wording import listing, pill, question

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
    """The representations of a network: what it holds, and its VPC's map if there is one VPC to draw."""
    rows = [
        ("function", [f.name or f.id for f in network.functions]),
        ("database or cache", [d.name or d.id for d in network.databases]),
        ("VPC", [v.name or v.id for v in network.vpcs]),
        ("subnet", [s.id for s in network.all(Subnet)]),
    ]
    rows = [(_counted(what, len(names)), names) for what, names in rows]
    plain = "\n".join(f"{what}: {_few(names)}" for what, names in rows)
    cells = "".join(f"<tr><th>{escape(what)}</th><td>{escape(_few(names))}</td></tr>" for what, names in rows)
    out = {"text/plain": plain, "text/html": f"<table>{cells}</table>"}
    svg = _map(network)
    if svg:
        out["image/svg+xml"] = svg
        out["text/html"] = f"{_image(svg, 'Map of the VPC')}\n{out['text/html']}"
    return out


def _counted(what: str, count: int) -> str:
    """`1 VPC`, `2 VPCs`, `2 databases or caches`."""
    return f"{count} {what}" if count == 1 else f"{count} {' or '.join(f'{word}s' for word in what.split(' or '))}"


def _image(svg: str, alt: str) -> str:
    """A picture of its own: styles and ids of an inline SVG would leak into the notebook."""
    data = b64encode(svg.encode()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/svg+xml;base64,{data}">'


def _map(network: Network) -> str | None:
    from reach.render.diagram import vpc_svg

    try:
        return vpc_svg(network)
    except QuestionError:  # none or several: the table must do
        return None


def _few(names: Iterable[str]) -> str:
    every = [clean(n) for n in names]
    return ", ".join(every[:8]) + (f" and {len(every) - 8} more" if len(every) > 8 else "")


def _hop_table(answer: Answer) -> str:
    head = "".join(f"<th>{h}</th>" for h in ("subnet", "way", "component", "", "detail", "verdict"))
    rows = []
    for path in answer.paths:
        for hop in path.hops:
            verdict = hop.verdict
            said = next((f.why for f in hop.findings if f.verdict is verdict and f.why), hop.detail)
            shown = f"{VERDICT_GLYPH[verdict]} {verdict.value}"
            mark = f'<span style="color:{VERDICT_COLOUR[verdict]}">{shown}</span>'
            words = (path.subnet or "", hop.direction.value, hop.resource, hop.kind.replace("_", " "), said)
            cells = "".join(f"<td>{escape(clean(w))}</td>" for w in words)
            rows.append(f"<tr>{cells}<td>{mark}</td></tr>")
    caption = escape(f"{question(answer)}: {pill(answer)}")
    body = "".join(rows)
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _markdown(answer: Answer) -> str:
    """The verdict and the first fix in Markdown."""
    out = [f"**{plain(pill(answer))}** {plain(question(answer))}", "", plain(answer.headline)]
    for blocker in (*answer.blockers, *answer.unknowns):
        out += ["", f"- {plain(blocker.why or blocker.title)}"]
        if blocker.fix:
            out.append(f"  - Fix: {plain(blocker.fix)}")
    return "\n".join(out) + "\n"


class Explorer(Struct, frozen=True):
    """The page of a matrix inside a notebook: a frame of its own, from which nothing gets out."""

    matrix: Matrix

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        from reach.render.page import matrix_page

        page = escape(matrix_page(self.matrix))
        frame = f'<iframe title="What reaches what" sandbox="allow-scripts" {FRAME} srcdoc="{page}"></iframe>'
        plain = self.matrix._repr_mimebundle_()
        return {**plain, "text/html": frame}
