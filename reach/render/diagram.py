"""Pictures as files: the suffix says which format; a file is either the old one or the whole new one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reach.answer import Answer
from reach.errors import QuestionError, ReachError
from reach.files import replace
from reach.network import Network, Subnet
from reach.render.path_scene import path_scene
from reach.render.scene import Scene
from reach.render.vpc_scene import Asked, overview_scene, vpc_scene, vpcs_of_question

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from reach.matrix import Matrix

DRAWN = (".svg", ".png", ".pdf")
PICTURES = (*DRAWN, ".mmd", ".dot", ".html")
GRAPHS = (".graphml", ".json")


def alt_text(answer: Answer) -> str:
    """What the picture of an answer says, in words: the question, the verdict, the hops."""
    scene = path_scene(answer)
    return f"{scene.title}\n{scene.description}"


def svg_text(figure: Figure, title: str, desc: str) -> str:
    """A figure as SVG with an accessible name; the same figure gives the same text."""
    from reach.render.paint import svg_text as text

    return text(figure, title, desc)


def path_svg(answer: Answer, theme: str = "light") -> str:
    """The picture of an answer as SVG."""
    return _svg(path_scene(answer), theme)


def vpc_svg(network: Network, vpc: Asked = None, theme: str = "light", answers: Sequence[Answer] = ()) -> str:
    """The picture of VPCs as SVG."""
    return _svg(vpc_scene(network, vpc, answers), theme)


def overview_svg(network: Network) -> str:
    """The picture of as many of a network's VPCs as a page holds, as SVG."""
    return _svg(overview_scene(network), "light")


def write_path(answer: Answer, path: str | os.PathLike[str], theme: str = "light") -> None:
    """Write the picture of an answer: .svg, .png, .pdf, .mmd (Mermaid), .dot or .html (a page), by suffix.

    Raises
    ------
    reach.errors.QuestionError
        If the suffix is another one.
    reach.errors.ReachError
        If the file cannot be written.
    """
    from reach.render.dot import path_dot
    from reach.render.mermaid import path_mermaid
    from reach.render.page import answer_page

    suffix = picture_suffix(path)
    words = {".mmd": path_mermaid, ".dot": path_dot, ".html": answer_page}.get(suffix)
    _write(path, words(answer).encode() if words else _drawn(path_scene(answer), suffix, theme))


def write_vpc(
    network: Network,
    path: str | os.PathLike[str],
    vpc: Asked = None,
    theme: str = "light",
    answers: Sequence[Answer] = (),
) -> None:
    """Write the map of VPCs, with the verdicts of `answers` if there are some; formats and errors as `write_path`.

    Raises
    ------
    reach.errors.QuestionError
        Also if the VPC is not in the network, or several could be meant.
    """
    from reach.render.dot import vpc_dot
    from reach.render.mermaid import vpc_mermaid
    from reach.render.page import vpc_page

    suffix = picture_suffix(path)
    words = {".mmd": vpc_mermaid, ".dot": vpc_dot, ".html": vpc_page}.get(suffix)
    text = words(network, vpc, answers).encode() if words else b""
    _write(path, text or _drawn(vpc_scene(network, vpc, answers), suffix, theme))


def matrix_figure(matrix: Matrix, theme: str = "light") -> Figure:
    """The picture of a matrix."""
    from reach.render.matrix_drawing import matrix_drawing
    from reach.render.paint import paint
    from reach.render.palette import theme_named

    return paint(matrix_drawing(matrix, theme_named(theme)))


def matrix_svg(matrix: Matrix, theme: str = "light") -> str:
    """The picture of a matrix as SVG."""
    return _encoded(matrix_figure(matrix, theme), ".svg", *_told(matrix)).decode()


def write_matrix(matrix: Matrix, path: str | os.PathLike[str], theme: str = "light") -> None:
    """Write the picture of a matrix: .svg, .png or .pdf, by suffix, or its page as .html.

    Raises
    ------
    reach.errors.QuestionError
        If the suffix is another one.
    reach.errors.ReachError
        If the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in (*DRAWN, ".html"):
        raise _unknown(path, (*DRAWN, ".html"))
    if suffix == ".html":
        write_page(matrix, path)
    else:
        _write(path, _encoded(matrix_figure(matrix, theme), suffix, *_told(matrix)))


def _told(matrix: Matrix) -> tuple[str, str]:
    from reach.render.matrix_drawing import matrix_description, matrix_title

    return matrix_title(matrix), matrix_description(matrix)


def asked_of(network: Network, vpc: Asked, target: str) -> list[Answer]:
    """What the map of VPCs shows with a target: each of their functions, and those in no VPC, asked for it.

    Raises
    ------
    reach.errors.QuestionError
        If the VPCs or the target are not in the network or could be several.
    """
    from reach.ask import question
    from reach.ask.asker import askers
    from reach.target import parse

    drawn = set(vpcs_of_question(network, vpc))
    homes = {s.id: s.vpc for s in network.all(Subnet)}
    mine = {f.arn for f in network.functions if not f.subnets or any(homes.get(s) in drawn for s in f.subnets)}
    found = askers(network, "*") if mine else ()
    return [question(network, asker, parse(target)) for asker in found if asker.info.arn in mine]


def write_page(matrix: Matrix, path: str | os.PathLike[str]) -> None:
    """Write the page of a matrix.

    Raises
    ------
    reach.errors.ReachError
        If the file cannot be written.
    """
    from reach.render.page import matrix_page

    _write(path, matrix_page(matrix).encode())


def write_graph(network: Network, path: str | os.PathLike[str]) -> None:
    """Write the graph itself: .graphml, or .json in networkx's node-link form.

    Raises
    ------
    reach.errors.QuestionError
        If the suffix is another one.
    """
    suffix = Path(path).suffix.lower()
    formats: dict[str, Callable[[Network], bytes]] = {".graphml": _graphml, ".json": _node_link}
    if suffix not in formats:
        raise _unknown(path, GRAPHS)
    _write(path, formats[suffix](network))


def picture_suffix(path: str | os.PathLike[str], also: tuple[str, ...] = ()) -> str:
    """The suffix of a picture's file, in lower case.

    Raises
    ------
    reach.errors.QuestionError
        If no picture can be written by that suffix.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in (*PICTURES, *also):
        raise _unknown(path, (*PICTURES, *also))
    return suffix


def _unknown(path: str | os.PathLike[str], known: tuple[str, ...]) -> QuestionError:
    suffix = Path(path).suffix
    what = f"no format is called {suffix!r}" if suffix else "the name has no suffix to tell the format"
    return QuestionError(f"cannot write {os.fspath(path)}: {what}", f"formats: {' '.join(known)}")


# -- bytes ------------------------------------------------------------------------------------------


def _figure(scene: Scene, theme: str) -> Figure:
    from reach.render.compose import compose
    from reach.render.paint import paint
    from reach.render.palette import theme_named

    return paint(compose(scene, theme_named(theme)))


def _svg(scene: Scene, theme: str) -> str:
    return svg_text(_figure(scene, theme), scene.title, scene.description)


def _drawn(scene: Scene, suffix: str, theme: str) -> bytes:
    return _encoded(_figure(scene, theme), suffix, scene.title, scene.description)


def _encoded(figure: Figure, suffix: str, title: str, desc: str) -> bytes:
    from reach.render.paint import pdf_bytes, png_bytes

    if suffix == ".svg":
        return svg_text(figure, title, desc).encode()
    return png_bytes(figure, f"{title}\n{desc}") if suffix == ".png" else pdf_bytes(figure, title)


def _graphml(network: Network) -> bytes:
    import io

    import networkx as nx

    plain: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    graph = network.graph
    for node, data in graph.nodes(data=True):
        plain.add_node(_xml(node), **{k: _xml(v) for k, v in data.items() if v is not None})
    for source, target, key, data in graph.edges(keys=True, data=True):
        flat = {k: _xml(v) for k, v in data.items() if v is not None}
        plain.add_edge(_xml(source), _xml(target), key=_xml(key), **flat)
    out = io.BytesIO()
    nx.write_graphml(plain, out)
    return out.getvalue()


def _xml(value: object) -> object:
    """A value that GraphML can hold: numbers as they are, all else as text without control characters."""
    if isinstance(value, bool | int | float):
        return value
    text = value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)
    return "".join(c for c in text if c in "\t\n\r" or (c >= " " and not _is_no_xml(c)))


def _is_no_xml(char: str) -> bool:
    return "\ud800" <= char <= "\udfff" or char in "\ufffe\uffff"


def _node_link(network: Network) -> bytes:
    import networkx as nx

    node_link: Any = nx.node_link_data  # its stubs do not know `edges` yet
    data = node_link(network.graph, edges="edges")
    return (json.dumps(data, indent=1, sort_keys=True, default=str) + "\n").encode()


# -- files ------------------------------------------------------------------------------------------


def _write(path: str | os.PathLike[str], data: bytes) -> None:
    """Put a whole file in place of whatever was there."""
    try:
        replace(path, data)
    except OSError as error:
        raise ReachError(f"cannot write {os.fspath(path)}: {error.strerror or error}") from error
