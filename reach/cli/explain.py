"""`reach explain`: what a reason code means, and its usual fixes."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import click
from click.shell_completion import CompletionItem

from reach.answer import Layer, Reason
from reach.cli.options import debug_option
from reach.errors import QuestionError
from reach.render.terminal import Page

CODE_COLUMN = 30
Catalogue = Mapping[str, Sequence[Reason]]
LAYERS = {
    Layer.STATE: "state: whether the function can run at all (the invocation fails)",
    Layer.DNS: "dns: what the name resolves to inside this VPC (a name error)",
    Layer.NET: "net: packets (a time-out)",
    Layer.AUTHZ: "authz: endpoint and bucket policies (403 AccessDenied, Forbidden)",
}


def complete_code(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    from reach.checks import CATALOGUE

    start = _spelled(incomplete)
    return [CompletionItem(c, help=r[0].title) for c, r in sorted(CATALOGUE.items()) if c.startswith(start)]


@click.command("explain", short_help="What a reason code means and how to fix it.")
@click.argument("code", required=False, shell_complete=complete_code)
@click.option("--no-color", is_flag=True, help="Never colour. So does the environment variable NO_COLOR.")
@debug_option
def explain(code: str | None, no_color: bool) -> None:
    """Say what CODE means and what usually mends it; without CODE list every code.

    CODE is what stands in brackets after a verdict, or 'code' and 'cause' in the JSON; in any case, with
    '-' or '_'.
    """
    from reach.checks import CATALOGUE
    from reach.cli.output import emit_page, new_page

    page = new_page(None)
    if code is None:
        write_index(page, CATALOGUE)
    else:
        key = find(code, CATALOGUE)
        for reason in CATALOGUE[key]:
            page.gap()
            write_reason(page, reason)
        example = examples().get(key)
        if example:
            page.line(("  try    ", "dim"), (example, ""))
    emit_page(page, None, no_color=no_color)


def examples() -> dict[str, str]:
    """A command for each code that shows it in a built-in network."""
    import json

    from reach.sources import demo_folder

    try:
        found: dict[str, str] = json.loads((demo_folder() / "codes.json").read_text(encoding="utf-8"))
    except OSError:  # a package without its gallery explains all the same
        return {}
    return found


def find(code: str, catalogue: Catalogue) -> str:
    """The code as the catalogue spells it.

    Raises
    ------
    QuestionError
        If there is none, with what it may have been meant to be.
    """
    key = _spelled(code)
    if key in catalogue:
        return key
    close = difflib.get_close_matches(key, catalogue, n=3) or [c for c in catalogue if key and key in c][:3]
    meant = f"did you mean {' or '.join(close)}?\n" if close else ""
    raise QuestionError(f"no reason code {code!r}", f"{meant}'reach explain' lists them all")


def _spelled(code: str) -> str:
    return code.strip().strip("[]").upper().replace("-", "_")


def write_reason(page: Page, reason: Reason) -> None:
    page.line((reason.code, "bold"))
    page.hang([("  ", "")], reason.title)
    for label, text in (("why", reason.why), ("fix", reason.fix), ("layer", LAYERS[reason.layer])):
        if text:
            page.hang([(f"  {label:<6} ", "dim")], text)
    if reason.source:
        page.line(("  AWS    ", "dim"), (reason.source, ""))


def write_index(page: Page, catalogue: Catalogue) -> None:
    """Every code with its title, by layer."""
    for layer, words in LAYERS.items():
        codes = sorted(code for code, reasons in catalogue.items() if reasons[0].layer is layer)
        if codes:
            page.gap()
            page.line((words, "bold"))
        for code in codes:
            titles = dict.fromkeys(reason.title for reason in catalogue[code])
            if len(code) > CODE_COLUMN:
                page.line((f"  {code}", ""))
            shown = code if len(code) <= CODE_COLUMN else ""
            page.hang([(f"  {shown:<{CODE_COLUMN}} ", "")], "; ".join(titles))
