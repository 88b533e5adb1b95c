"""Write the generated files of the gallery: networks of codes, the README.md and path.svg of every network, the index.

Run by `make graphs`, which also makes one contact sheet of all pictures (out/contact-sheet.png). A test regenerates the
files and compares.
"""

from __future__ import annotations

import json
import runpy
import shlex
import shutil
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tools.gallery import Entry

ROOT = Path(__file__).resolve().parent.parent
GRAPHS = ROOT / "graphs"
GALLERY: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "gallery.py"))
TEMPLATES: dict[str, Any] = runpy.run_path(str(ROOT / "tools" / "templates.py"))
BY_HAND = ("vpc-private", "vpc-privatepublic")  # their templates are in people's own words
INDEX = """# The gallery

Reference networks, each with a snapshot to ask, the template that would make it, the literal answer, and its picture;
made by `make graphs`. The first ones are worth reading from top to bottom. The others show one reason code each, as
`reach explain CODE` names them.
"""
APART = """A template tells what is planned. Of these networks it does not tell what their pages show."""


def generate() -> dict[str, str]:
    """All generated files by their path below graphs/."""
    from reach.render.diagram import path_svg

    out: dict[str, str] = {}
    entries: tuple[Entry, ...] = GALLERY["entries"]()
    commands: dict[str, str] = {}
    without: dict[str, str] = {}
    for entry in entries:
        if entry.snapshot is not None:
            out[f"{entry.slug}/snapshot.json"] = entry.snapshot
        out[f"{entry.slug}/path.svg"] = path_svg(entry.answer)
        made = None if entry.slug in BY_HAND else _template(entry)
        if made is not None and made.text:
            out[f"{entry.slug}/template.yaml"] = made.text
        elif made is not None:
            without[entry.slug] = made.why
        out[f"{entry.slug}/README.md"] = _page(entry, entry.slug not in without)
        commands |= {code: _command(entry) for code in entry.codes}
    out["README.md"] = _index(entries, without)
    out["codes.json"] = json.dumps(commands, indent=1, sort_keys=True) + "\n"
    return out


def _command(entry: Entry) -> str:
    return f"reach path {shlex.join(entry.words)} --from demo:{entry.slug}"


def _template(entry: Entry) -> Any:
    snapshot = entry.snapshot or (GRAPHS / entry.slug / "snapshot.json").read_text()
    return TEMPLATES["template_of"](entry, snapshot, GALLERY["_long"])


def _page(entry: Entry, with_template: bool) -> str:
    """The page of one network."""
    from reach.render.mermaid import path_mermaid

    listed = ", ".join(f"`{code}`" for code in entry.codes)
    shows = f"\nShows {listed}.\n" if listed else ""
    files = "[snapshot.json](snapshot.json)"
    files += " and [template.yaml](template.yaml), which give the same answer" if with_template else ""
    return f"""# {entry.slug}

{entry.about}
{shows}
The network: {files}.

![{entry.answer.headline}](path.svg)

```console
$ {_command(entry)}
{entry.answer.to_text().strip()}
```

```mermaid
{path_mermaid(entry.answer).strip()}
```
"""


def _index(entries: tuple[Entry, ...], without: dict[str, str]) -> str:
    rest = ["## Snapshots alone", "", APART, "", *TEMPLATES["listed"](without)]
    written, coded = ([e for e in entries if bool(e.codes) is coded] for coded in (False, True))
    return "\n".join([INDEX, *_table(written), "", "## By reason code", "", *_table(coded), "", *rest, ""])


def _table(entries: list[Entry]) -> list[str]:
    out = ["| network | verdict | what it shows | picture |", "|---|---|---|---|"]
    for entry in entries:
        about = escape(" ".join(entry.about.split())).replace("|", "\\|")
        picture = f'<img src="{entry.slug}/path.svg" width="240" alt="{entry.answer.verdict}">'
        out.append(f"| [{entry.slug}]({entry.slug}/) | {entry.answer.verdict} | {about} | {picture} |")
    return out


# -- writing ------------------------------------------------------------------------------------------


def main() -> None:
    """Write what has changed, take away what is of no entry, and lay all pictures on one sheet."""
    files = generate()
    for name, text in files.items():
        path = GRAPHS / name
        path.parent.mkdir(exist_ok=True)
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"wrote {path.relative_to(ROOT)}")
    for path in GRAPHS.glob("*/template.yaml"):
        if f"{path.parent.name}/template.yaml" not in files and path.parent.name not in BY_HAND:
            path.unlink()
    for folder in GRAPHS.iterdir():
        if folder.is_dir() and f"{folder.name}/README.md" not in files:
            shutil.rmtree(folder)
            print(f"removed {folder.relative_to(ROOT)}")
    sheet = ROOT / "out" / "contact-sheet.png"
    sheet.parent.mkdir(exist_ok=True)
    contact_sheet(sheet)
    print(f"all pictures: {sheet.relative_to(ROOT)}")


def contact_sheet(path: Path, columns: int = 4, wide: int = 640) -> None:
    """All pictures on one sheet, each under its name."""
    import io

    from PIL import Image, ImageDraw

    shown = []
    for entry in GALLERY["entries"]():
        file = io.BytesIO()
        entry.answer.figure().savefig(file, format="png", dpi=80)
        picture = Image.open(file).convert("RGB")
        high = round(picture.height * min(1, wide / picture.width))
        shown.append((entry.slug, picture.resize((min(wide, picture.width), high))))
    tops = [0] * columns
    placed = []
    for slug, picture in shown:
        column = tops.index(min(tops))
        placed.append((column * wide, tops[column], slug, picture))
        tops[column] += picture.height + 24
    sheet = Image.new("RGB", (columns * wide, max(tops)), "white")
    draw = ImageDraw.Draw(sheet)
    for left, top, slug, picture in placed:
        draw.text((left + 6, top + 4), slug, fill="black")
        sheet.paste(picture, (left, top + 20))
    sheet.save(path)


if __name__ == "__main__":
    main()
