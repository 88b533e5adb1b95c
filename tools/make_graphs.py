"""Write the generated files of the gallery: README.md and path.svg of every network, and the index.

Run by `make graphs`. A test regenerates them and compares.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
GRAPHS = ROOT / "graphs"


def generate(folder: Path) -> dict[str, str]:
    """All generated files by their path below graphs/."""
    import reach
    from reach.render.mermaid import path_mermaid

    gallery = yaml.safe_load((GRAPHS / "gallery.yaml").read_text())
    out: dict[str, str] = {}
    rows = []
    for slug, entry in gallery.items():
        answer = reach.load(GRAPHS / slug / "snapshot.json").path(entry["source"], entry["target"])
        picture = folder / f"{slug}.svg"
        answer.diagram(str(picture))
        out[f"{slug}/path.svg"] = picture.read_text()
        out[f"{slug}/README.md"] = readme(slug, entry, path_mermaid(answer), answer.headline)
        rows.append(
            f"| [{slug}]({slug}/) | {answer.verdict} | {entry['about'].split(': ')[0].split('. ')[0].strip()} |"
        )
    out["README.md"] = "\n".join([INDEX, *rows, ""])
    return out


INDEX = """# The gallery

Reference networks, each with a snapshot to ask, the literal answer, and its picture. Made by `make graphs`.

| network | verdict | what it shows |
|---|---|---|"""


def readme(slug: str, entry: dict[str, str], mermaid: str, alt: str) -> str:
    """The page of one network, with the command's own output."""
    source, target = entry["source"], entry["target"]
    command = [sys.executable, "-m", "reach", "path", source, target, "--from", f"demo:{slug}", "--no-color"]
    printed = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, encoding="utf-8").stdout
    return f"""# {slug}

{entry["about"].strip()}

![{alt}](path.svg)

```console
$ reach path {source} {target} --from demo:{slug}
{printed.strip()}
```

```mermaid
{mermaid.strip()}
```
"""


def main() -> None:
    """Write what has changed."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in generate(Path(folder)).items():
            path = GRAPHS / name
            if not path.exists() or path.read_text() != text:
                path.write_text(text)
                print(f"wrote {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
