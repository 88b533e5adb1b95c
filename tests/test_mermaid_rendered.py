"""Mermaid's own package draws every chart that the project writes, in Chromium and without a complaint.

The package is fetched once through npm into a cache outside the repository; without npm, Chromium or a way to the
registry these tests are skipped.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reach.answer import Answer
from reach.render.mermaid import brief, path_mermaid, vpc_mermaid
from reach.render.path_scene import path_scene
from tests.picture_worlds import NAMES
from tests.pictured import ALL, BASE, OK, answer, by_nat, fn, network, path, vpc

ROOT = Path(__file__).resolve().parent.parent
VERSIONS = ("11.12.0", "12.3.0")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reach-tests"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NPM = shutil.which("npm")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.skipif(NPM is None, reason="needs npm: apt-get install npm"),
]


def written() -> dict[str, str]:
    """Every chart in the repository's documents, by where it stands."""
    found = {}
    for document in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("graphs/*/README.md")]):
        blocks = re.findall(r"```mermaid\n(.*?)```", document.read_text(encoding="utf-8"), re.DOTALL)
        found |= {f"{document.relative_to(ROOT)} {at}": block for at, block in enumerate(blocks)}
    return found


def package(version: str) -> Path:
    """Mermaid as one script, fetched if it is not in the cache."""
    folder = CACHE / f"mermaid-{version}"
    script = folder / "mermaid.min.js"
    if script.exists():
        return script
    folder.mkdir(parents=True, exist_ok=True)
    command = [str(NPM), "pack", f"mermaid@{version}", "--silent", "--pack-destination", str(folder)]
    done = subprocess.run(command, check=False, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode:
        pytest.skip(f"npm cannot fetch mermaid {version}: {done.stderr.strip()[-200:]}")
    archive = folder / done.stdout.split()[-1]
    with tarfile.open(archive) as tar:
        member = tar.extractfile("package/dist/mermaid.min.js")
        assert member is not None
        part = script.with_suffix(f".{os.getpid()}")
        part.write_bytes(member.read())
    os.replace(part, script)
    archive.unlink()
    return script


@pytest.fixture(scope="module", params=VERSIONS)
def mermaid(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A page with Mermaid in it that may load nothing."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    script = package(request.param)
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.route("**/*", lambda route: route.abort())
        page.set_content("<!doctype html><title>charts</title><body></body>")
        page.add_script_tag(content=script.read_text(encoding="utf-8"))
        page.evaluate("mermaid.initialize({startOnLoad: false, securityLevel: 'strict', suppressErrorRendering: true})")
        yield page
        browser.close()


RENDER = """async (charts) => {
    const out = {};
    for (const [at, [name, text]] of Object.entries(charts).entries()) {
        try {
            const { svg } = await mermaid.render(`chart${at}`, text);
            const box = document.createElement("div");
            box.innerHTML = svg;
            out[name] = {
                nodes: box.querySelectorAll("g.node").length,
                edges: box.querySelectorAll("path.flowchart-link").length,
                words: [...box.querySelectorAll("g.node")].map((node) => node.textContent.trim()),
                title: box.querySelector("title")?.textContent ?? "",
                live: box.querySelectorAll("script, img, iframe, a, [onclick], [onerror]").length,
            };
        } catch (error) { out[name] = { error: String(error) }; }
    }
    return out;
}"""


def test_every_chart_in_the_documents_is_drawn(mermaid: Any) -> None:
    charts = written()
    assert len(charts) > 100
    drawn = mermaid.evaluate(RENDER, charts)
    assert {name: one["error"] for name, one in drawn.items() if "error" in one} == {}
    for name, text in charts.items():
        links = len(re.findall(r"^  \w+ (?:-->|-\.)", text, re.M))
        assert drawn[name]["edges"] == links, name
        assert drawn[name]["nodes"] >= 1
        assert drawn[name]["title"], name


def named(name: str) -> Answer:
    """A path of a function that somebody named so."""
    return answer(BASE, OK, path("subnet-0b81f2", fn("subnet-0b81f2"), *by_nat("subnet-0b81f2")[1:]), name=name)


def test_hostile_names_are_drawn_as_they_are_spelt(mermaid: Any) -> None:
    answers = {name: make() for name, make in ALL.items()} | {f"name {at}": named(n) for at, n in enumerate(NAMES)}
    drawn = mermaid.evaluate(RENDER, {name: path_mermaid(made) for name, made in answers.items()})
    assert {name: one["error"] for name, one in drawn.items() if "error" in one} == {}
    for name, made in answers.items():
        assert drawn[name]["live"] == 0
        shown = " ".join(drawn[name]["words"])
        assert [node.title for node in path_scene(made).nodes if brief(node.title) not in shown] == []
    assert mermaid.title() == "charts"


def test_a_hostile_map_is_drawn(mermaid: Any) -> None:
    maps = {str(at): vpc_mermaid(network(vpc(name=name))) for at, name in enumerate(NAMES)}
    maps["base"] = vpc_mermaid(BASE)
    maps["hostile"] = vpc_mermaid(ALL["hostile"]().network or BASE)
    drawn = mermaid.evaluate(RENDER, maps)
    assert {name: one["error"] for name, one in drawn.items() if "error" in one} == {}
