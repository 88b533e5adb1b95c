"""One page that holds a whole table of answers: a file of its own that asks nothing of any network.

The script and the styles are files beside this one; a page lets exactly those run, by their digests.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path

from reach.answer import Answer
from reach.matrix import Matrix
from reach.network import Network
from reach.render.page.data import embedded, page_data
from reach.render.page.sheet import Sheet, of_answers, of_matrix
from reach.render.scene import clean
from reach.render.vpc_scene import Asked

HERE = Path(__file__).parent


def page_of(sheet: Sheet, network: Network | None, title: str, vpc: Asked = None) -> str:
    """The page of a table.

    Parameters
    ----------
    sheet
        What to show.
    network
        What it was asked of: drawn, and its gaps listed.
    title
        The heading.
    vpc
        The only VPCs to draw, by id or name; without it all are, up to a limit.

    Returns
    -------
    str
        HTML with a Content-Security-Policy that allows its own script, its own styles and embedded pictures only.
    """
    return assembled(embedded(page_data(sheet, network, vpc)), title)


def assembled(data: str, title: str) -> str:
    """The page around data that is JSON already."""
    style, script = (_part(name) for name in ("page.css", "page.js"))
    policy = (
        f"default-src 'none'; img-src data:; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    before, rest = _part("page.html").split("@DATA@")
    between, after = rest.split("@SCRIPT@")
    for mark, text in (("@CSP@", policy), ("@STYLE@", style), ("@TITLE@", escape(clean(title)))):  # the title last:
        before = before.replace(mark, text)  # it may hold any text, and nothing is looked for in it
    return f"{before}{data}{between}{script}{after}"


def answer_page(answer: Answer) -> str:
    """The page of one answer, which opens with its explanation."""
    return page_of(of_answers([answer]), answer.network, f"{answer.source.id} → {answer.target}")


def answers_page(answers: Iterable[Answer], title: str = "What reaches what") -> str:
    """The page of answers about one network."""
    every = tuple(answers)
    return page_of(of_answers(every), every[0].network if every else None, title)


def matrix_page(matrix: Matrix, title: str = "What reaches what") -> str:
    """The page of a matrix: every function and destination of a network."""
    return page_of(of_matrix(matrix), matrix.network, title)


def vpc_page(network: Network, vpc: Asked = None, answers: Sequence[Answer] = ()) -> str:
    """The page of VPCs: their map, what was asked about their functions, and what was not read."""
    return page_of(of_answers(answers), network, "The network", vpc)


def _part(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
