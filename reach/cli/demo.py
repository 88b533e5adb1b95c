"""`reach demo`: the built-in networks, with every verdict and its picture; needs no AWS."""

from __future__ import annotations

from pathlib import Path

import click

from reach.answer import Answer
from reach.cli.options import debug_option
from reach.errors import ReachError

# (network, source, target); together they show all four verdicts.
DEMO = (
    ("vpc-privatepublic", "orders", "internet"),
    ("vpc-private", "orders", "internet"),
    ("vpc-private", "orders", "s3"),
    ("public-subnet", "thumbnailer", "internet"),
    ("one-subnet-lacks-route", "orders", "internet"),
    ("vpc-privatepublic", "orders", "ledger.corp.internal:5432"),
)


@click.command("demo", short_help="Built-in networks: all four verdicts and their pictures.")
@click.option(
    "-o", "--output", "folder", default="out", show_default=True, metavar="DIR", help="Where the pictures go."
)
@click.option("--no-color", is_flag=True, help="Never colour. So does the environment variable NO_COLOR.")
@debug_option
def demo(folder: str, no_color: bool) -> None:
    """Ask the built-in networks and draw every answer into DIR; needs no AWS account."""
    from reach.cli.output import emit_page, new_page
    from reach.cli.reading import read_network
    from reach.render.text import tally, write_answer

    place = _folder(folder)
    networks = {slug: read_network((f"demo:{slug}",), quiet=True) for slug, _, _ in DEMO}
    page = new_page(None)
    answers = []
    for slug, source, target in DEMO:
        answer = networks[slug].path(source, target)
        picture = place / picture_name(slug, answer)
        _draw(answer, picture)
        page.gap()
        page.line((f"reach path {source} {target} --from demo:{slug}", "dim"))
        write_answer(page, answer, "compact")
        page.line(("  picture  ", "dim"), (str(picture), ""))
        answers.append(answer)
    page.gap()
    page.line((f"{tally(answers)}; pictures in {place}", "bold"))
    emit_page(page, None, no_color=no_color)


def picture_name(slug: str, answer: Answer) -> str:
    """``vpc-private.internet-443.svg``.

    A target's colons and slashes become dashes.
    """
    target = "".join(char if char.isalnum() else "-" for char in answer.target)
    return f"{slug}.{target}.svg"


def _folder(folder: str) -> Path:
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ReachError(f"cannot make the folder {folder}: {error.strerror}") from error
    return place


def _draw(answer: Answer, picture: Path) -> None:
    try:
        answer.diagram(str(picture))
    except OSError as error:
        raise ReachError(f"cannot write {picture}: {error.strerror}") from error
