"""The page: one file that asks for nothing, where hostile names are text, driven in a real browser."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import reach
from reach.ask import ask_all
from reach.describe import describe
from reach.render.diagram import write_vpc
from reach.render.page import answers_page, assembled
from reach.render.page.data import embedded
from reach.render.page.sheet import of_answers
from reach.snapshot import from_document
from tests.command import run
from tests.worlds import World

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
HOSTILE = '</script><script>document.title="owned"</script><img src=x onerror="document.title=1">'
KINDS = ("blocked", "partial", "unknown", "reachable")


def demo_page(slug: str = "vpc-private") -> str:
    return answers_page(ask_all(reach.demo(slug), "*"), "What orders reaches")


def hostile_page() -> str:
    world = World()
    vpc = world.vpc("10.0.0.0/16", name=HOSTILE)
    subnet = world.subnet(vpc, "10.0.1.0/24", name="@DATA@@SCRIPT@\u202e\x1b[31m")
    world.function(HOSTILE[:60], [subnet], [world.security_group(vpc, name=HOSTILE)])
    network = describe(from_document(world.document(), "hostile"))
    return answers_page(ask_all(network, "*"), f"@DATA@ {HOSTILE}")


def sheet_data(functions: int, targets: int) -> str:
    """A table without a network behind it, no two functions alike."""
    draw = random.Random(functions)
    cells = [[kind, "SOME_CODE" if kind != "reachable" else "", 0] for kind in KINDS]
    answer = {"source": "f-0", "headline": "f-0 fares so", "picture": -1, "blockers": [], "unknowns": [], "after": ""}
    data: dict[str, Any] = {
        "sources": "Read from a test.",
        "summary": "many",
        "functions": [[f"f-{i}", f"123456789012/eu-west-{i % 3}", i] for i in range(functions)],
        "targets": [f"target-{j}:443" for j in range(targets)],
        "rows": [[draw.randrange(4) for _ in range(targets)] for _ in range(functions)],
        "cells": cells,
        "answers": [answer | {"paths": [], "notes": [], "assumptions": []}],
        "pictures": [],
        "maps": [],
        "unmapped": "",
        "gaps": [],
        "assumptions": [],
    }
    return assembled(embedded(data), "Many")


# -- the file ---------------------------------------------------------------------------------------


class Parts(HTMLParser):
    """The elements of a page and the text of its styles and scripts, as a browser cuts it."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.raw: list[tuple[str, dict[str, str | None], str]] = []
        self.feed(page)

    @property
    def data(self) -> dict[str, Any]:
        """What the page's script reads."""
        found: dict[str, Any] = json.loads(next(t for _, a, t in self.raw if a.get("type") == "application/json"))
        return found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.elements and self.elements[-1][0] in ("script", "style") and data.strip():
            self.raw.append((*self.elements[-1], data))


def test_only_its_own_script_and_styles_may_run() -> None:
    parts = Parts(demo_page())
    policy = next(a["content"] for tag, a in parts.elements if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    run = [text for tag, a, text in parts.raw if tag == "style" or a.get("type") is None]
    assert len(run) == 2
    for text in run:
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_it_loads_nothing() -> None:
    page = demo_page()
    assert not re.search(r"""(src|href|action)=["'](?!#|data:)""", page)
    assert "@import" not in page
    assert "url(" not in re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def test_hostile_names_are_data() -> None:
    page = hostile_page()
    parts = Parts(page)
    assert [tag for tag, _ in parts.elements].count("script") == 2
    assert "img" not in {tag for tag, _ in parts.elements}
    data = parts.data
    assert data["functions"][0][0].startswith("</script><script>")
    assert "\x1b" not in json.dumps(data, ensure_ascii=False)
    assert "\u202e" not in json.dumps(data, ensure_ascii=False)


def test_a_picture_may_be_a_page(tmp_path: Path) -> None:
    network = reach.demo("vpc-private")
    network.path("orders", "internet").diagram(str(tmp_path / "one.html"))
    assert Parts((tmp_path / "one.html").read_text()).data["targets"] == ["internet:443"]
    write_vpc(network, tmp_path / "map.html", "vpc-0a1private")
    data = Parts((tmp_path / "map.html").read_text()).data
    assert (data["functions"], len(data["maps"])) == ([], 1)


def test_the_same_answers_give_the_same_bytes() -> None:
    assert demo_page() == demo_page()


def test_a_pair_that_nobody_asked_about_says_so() -> None:
    network = reach.demo("vpc-private")
    private = network.path("orders", "s3")
    sheet = of_answers([private, reach.demo("public-subnet").path("thumbnailer", "internet")])
    assert sheet.targets == ("s3:443", "internet:443")
    assert [sheet.cells[at].code for at in sheet.rows[0]] == ["", "NOT_ASKED"]


def test_a_report_holds_every_cell_of_the_matrix(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    result = run("report", "--from", "demo:one-subnet-lacks-route", "-o", str(file))
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (0, f"wrote {file}")
    data = Parts(file.read_text(encoding="utf-8")).data
    matrix = reach.demo("one-subnet-lacks-route").matrix()
    assert data["targets"] == [column.target for column in matrix.columns]
    for (name, _, row), one in zip(data["functions"], matrix.rows, strict=True):
        assert name == one.function
        for at, column in enumerate(matrix.columns):
            verdict, code, answer = data["cells"][data["rows"][row][at]]
            cell = matrix.cell(one.function, column.target)
            assert (verdict, code) == (cell.verdict, cell.code or "")
            assert data["answers"][answer]["headline"] == cell.answer.headline


@pytest.mark.parametrize(("words", "cells"), [(("path", "orders", "internet", "s3"), 2), (("matrix", "--to", "s3"), 1)])
def test_a_file_that_ends_in_html_gets_the_page(words: tuple[str, ...], cells: int, tmp_path: Path) -> None:
    file = tmp_path / "p.html"
    assert run(*words, "--from", "demo:vpc-private", "-o", str(file)).stderr.splitlines()[-1] == f"wrote {file}"
    data = Parts(file.read_text(encoding="utf-8")).data
    assert sum(len(row) for row in data["rows"]) == cells
    run(words[0], *words[1:], "-f", "json", "--from", "demo:vpc-private", "-o", str(file))
    assert file.read_text(encoding="utf-8").startswith("{")


@pytest.mark.parametrize(("name", "said"), [("r.txt", "does not end in .html"), ("no/r.html", "does not exist")])
def test_a_report_that_cannot_be_written_is_refused_before_anything_is_read(
    name: str, said: str, tmp_path: Path
) -> None:
    result = run("report", "--from", "demo:nat", "-o", str(tmp_path / name))
    assert result.exit_code == 2
    assert said in result.stderr


# -- in a browser -----------------------------------------------------------------------------------

browser_test = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    with playwright.sync_playwright() as tool:
        found = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"])
        yield found
        found.close()


class Opened:
    """A page in a browser, with everything that it complained about and asked for."""

    def __init__(self, browser: Any, folder: Path, text: str, **more: Any) -> None:
        file = folder / "page.html"
        file.write_text(text, encoding="utf-8")
        self.page = browser.new_page(**{"viewport": {"width": 1300, "height": 900}, **more})
        self.said: list[str] = []
        self.asked: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(file.as_uri())
        self.own = file.as_uri()

    def quiet(self) -> None:
        assert self.said == []
        assert {url for url in self.asked if not url.startswith("data:")} == {self.own}


@browser_test
@pytest.mark.slow
def test_a_click_explains_a_cell(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tmp_path, demo_page())
    page = opened.page
    page.get_by_role("gridcell", name="orders to internet:443: blocked, NO_ROUTE_TO_DESTINATION").click()
    detail = page.locator("#detail")
    assert "orders → internet:443" in detail.inner_text()
    assert "rtb-0private" in detail.inner_text()
    assert "aws ec2 create-route" in detail.inner_text()
    assert detail.locator("img").evaluate("image => image.complete && image.naturalWidth") > 300
    assert page.evaluate("location.hash") == "#orders/internet%3A443"
    opened.quiet()


@browser_test
@pytest.mark.slow
def test_the_keyboard_is_enough(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tmp_path, demo_page())
    page = opened.page
    for _ in range(12):  # skip link, two fields, four boxes, the table
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "grid":
            break
    assert page.evaluate("document.activeElement.id") == "grid"
    page.keyboard.press("ArrowRight")
    active = page.locator("#active")
    assert active.get_attribute("aria-label") == "orders to s3:443: reachable"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "detail"
    assert "orders → s3:443" in page.locator("#detail-title").inner_text()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "grid"
    opened.quiet()


@browser_test
@pytest.mark.slow
@pytest.mark.parametrize("wide", [390, 1280])
def test_a_window_has_room_for_cells_and_keeps_the_names(chromium: Any, tmp_path: Path, wide: int) -> None:
    """The first cell is in sight beside its name, also on a phone; the corner stays when the table scrolls."""
    opened = Opened(chromium, tmp_path, sheet_data(20, 30), viewport={"width": wide, "height": 800})
    page = opened.page
    name, cell = page.get_by_role("rowheader").first, page.get_by_role("gridcell").first
    grid = page.locator("#grid").bounding_box()
    assert cell.bounding_box()["x"] >= name.bounding_box()["x"] + name.bounding_box()["width"] - 1
    assert cell.bounding_box()["x"] + cell.bounding_box()["width"] <= grid["x"] + grid["width"]
    assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth"), "its verdict is cut off"
    page.locator("#grid").evaluate("grid => { grid.scrollLeft = 900; }")
    page.wait_for_timeout(200)
    corner = page.get_by_role("columnheader", name="Function").bounding_box()
    assert abs(corner["x"] - page.get_by_role("rowheader").first.bounding_box()["x"]) < 2
    opened.quiet()


@browser_test
@pytest.mark.slow
def test_what_is_folded_is_printed_and_the_tally_is_of_all(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tmp_path, demo_page("one-subnet-lacks-route"))
    page = opened.page
    page.get_by_role("gridcell").first.click()
    folded = page.locator("details:not([open])").count()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert (folded > 0, page.locator("details:not([open])").count()) == (True, 0)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() == folded
    assert ". In all: " not in page.locator("#tally").inner_text()
    page.get_by_role("searchbox", name="Destination").fill("s3")
    assert ". In all: " in page.locator("#tally").inner_text()
    opened.quiet()


@browser_test
@pytest.mark.slow
def test_filters_leave_what_fits(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tmp_path, sheet_data(200, 6))
    page = opened.page
    page.get_by_role("searchbox", name="Function").fill("f-19")
    assert page.locator("#tally").inner_text().startswith("11 of 200 functions")
    page.get_by_role("searchbox", name="Destination").fill("target-3")
    assert page.get_by_role("columnheader").all_inner_texts() == ["Function", "target-3:443"]
    for kind in ("partial", "unknown", "reachable"):
        page.get_by_role("checkbox", name=kind).uncheck()
    assert set(page.get_by_role("gridcell").all_inner_texts()) == {"✕ blocked"}
    opened.quiet()


@browser_test
@pytest.mark.slow
def test_hostile_names_stay_text(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tmp_path, hostile_page())
    page = opened.page
    page.get_by_role("gridcell").first.click()
    page.wait_for_timeout(200)
    assert "owned" not in page.title().replace(HOSTILE, "")
    assert page.evaluate("document.querySelectorAll('script').length") == 2
    pictures = page.locator("#detail img").evaluate_all("images => images.map((image) => image.src.slice(0, 26))")
    assert set(pictures) == {"data:image/svg+xml;base64,"}
    assert HOSTILE[:30] in page.locator("#detail-title").inner_text()
    opened.quiet()


@browser_test
@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_is_legible_in_both_themes(chromium: Any, tmp_path: Path, scheme: str) -> None:
    from reach.render.palette import contrast

    opened = Opened(chromium, tmp_path, demo_page("one-subnet-lacks-route"), color_scheme=scheme)
    page = opened.page
    page.get_by_role("gridcell").first.click()
    colours = page.evaluate("""() => {
        const shown = (e) => e.textContent.trim() && !e.closest("noscript, script, style") && e.getClientRects().length;
        const behind = (e) => { for (; e; e = e.parentElement) {
            const colour = getComputedStyle(e).backgroundColor;
            if (!colour.endsWith(", 0)")) return colour; } return "rgb(255, 255, 255)"; };
        return [...document.body.querySelectorAll("*")].filter(shown)
            .map((e) => [getComputedStyle(e).color, behind(e), e.textContent.slice(0, 30)]);
    }""")
    page_colour = "#ffffff" if scheme == "light" else "#16191f"
    assert _hex(page.evaluate("getComputedStyle(document.body).backgroundColor")) == page_colour
    assert len(colours) > 30
    low = [(ink, paper, text) for ink, paper, text in colours if contrast(_hex(ink), _hex(paper)) < 4.5]
    assert low == []
    opened.quiet()


def _hex(colour: str) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


@browser_test
@pytest.mark.slow
def test_everything_to_operate_has_a_name(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tmp_path, demo_page())
    page = opened.page
    tree = [line.strip().removeprefix("- ").strip("'") for line in page.locator("body").aria_snapshot().splitlines()]
    operated = ("searchbox", "checkbox", "grid", "gridcell", "columnheader", "rowheader", "region", "img", "link")
    found = [line for line in tree if line.startswith(operated)]
    assert {line.split(" ")[0] for line in found} == set(operated)
    assert [line for line in found if not re.match(r'\w+ ".+"', line)] == []
    opened.quiet()


ESCAPES = """async () => {
    const refused = [];
    addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
    const put = (tag, more) => document.body.append(Object.assign(document.createElement(tag), more));
    put("script", { textContent: "document.title = 'owned'" });
    put("script", { src: "https://example.com/x.js" });
    put("img", { src: "https://example.com/x.png" });
    put("iframe", { src: "https://example.com/" });
    put("style", { textContent: "body { display: none }" });
    put("div", { innerHTML: `<b onclick="document.title = 'owned'">x</b>` });
    document.querySelector("b[onclick]").click();
    try { await fetch("https://example.com/"); refused.push("fetched"); } catch { /* as it should */ }
    await new Promise((done) => setTimeout(done, 300));
    return [...new Set(refused)].sort();
}"""


@browser_test
@pytest.mark.slow
def test_the_policy_refuses_whatever_gets_into_the_page(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tmp_path, demo_page())
    title = opened.page.title()
    refused = opened.page.evaluate(ESCAPES)
    wanted = {"connect-src", "frame-src", "img-src", "script-src-attr", "script-src-elem", "style-src-elem"}
    assert wanted <= set(refused)
    assert "fetched" not in refused
    assert opened.page.title() == title
    assert opened.page.locator("h1").is_visible()
    came = opened.page.evaluate("performance.getEntriesByType('resource').filter((one) => one.transferSize > 0).length")
    assert came == 0


@browser_test
@pytest.mark.slow
def test_the_keyboard_filters_and_opens_the_hops(chromium: Any, tmp_path: Path) -> None:
    """From the first field to a hop and back without a pointer."""
    opened = Opened(chromium, tmp_path, demo_page())
    page = opened.page

    def tab_to(found: str) -> None:
        for _ in range(25):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({json.dumps(found)})"):
                return
        raise AssertionError(f"Tab does not come to {found}")

    tab_to("#by-target")
    page.keyboard.type("internet")
    assert page.get_by_role("columnheader").all_inner_texts() == ["Function", "internet:443"]
    tab_to("#grid")
    page.keyboard.press("Enter")
    tab_to("#detail summary")
    before = page.locator("#detail ol.hops").first.is_visible()
    page.keyboard.press("Enter")
    assert page.locator("#detail ol.hops").first.is_visible() is not before
    shown = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert shown != "none"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "grid"
    opened.quiet()


@browser_test
@pytest.mark.slow
def test_a_dark_page_is_printed_on_white(chromium: Any, tmp_path: Path) -> None:
    from reach.render.palette import contrast

    opened = Opened(chromium, tmp_path, demo_page(), color_scheme="dark")
    page = opened.page
    page.get_by_role("gridcell").first.click()
    turned = "document.querySelectorAll('figure img')[0].computedStyleMap().get('filter').toString()"
    assert page.evaluate(turned).startswith("invert")  # pictures are drawn on white
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate(turned) == "none"
    colours = page.evaluate("['color', 'backgroundColor'].map((name) => getComputedStyle(document.body)[name])")
    assert _hex(colours[1]) == "#ffffff"
    assert contrast(_hex(colours[0]), _hex(colours[1])) > 7
    assert page.locator("#detail dd").first.is_visible()
    opened.quiet()


@browser_test
@pytest.mark.slow
def test_in_a_notebook_the_page_works_in_its_frame(chromium: Any, tmp_path: Path) -> None:
    shown = reach.demo("vpc-private").explore()._repr_mimebundle_()
    assert shown["text/plain"]
    opened = Opened(chromium, tmp_path, f"<!doctype html><title>notebook</title>{shown['text/html']}")
    frame = opened.page.frame_locator("iframe")
    frame.get_by_role("gridcell", name="orders to internet: blocked").click()
    assert "orders → internet" in frame.locator("#detail-title").inner_text()
    assert [text for text in opened.said if "sandbox" not in text] == []


@browser_test
@pytest.mark.slow
def test_paper_gets_the_whole_table(chromium: Any, tmp_path: Path) -> None:
    opened = Opened(chromium, tmp_path, sheet_data(300, 4))
    opened.page.evaluate("dispatchEvent(new Event('beforeprint'))")
    opened.page.emulate_media(media="print")
    assert opened.page.locator("#printed tr").count() == 301
    assert not opened.page.locator("#grid").is_visible()
    opened.page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert opened.page.locator("#printed").count() == 0


COST = """(what) => {
    const field = document.getElementById("by-function"), grid = document.getElementById("grid");
    const once = (text) => {
        const start = performance.now();
        if (what === "filter") { field.value = text; field.dispatchEvent(new Event("input", { bubbles: true })); }
        else document.querySelectorAll("[role=gridcell]")[text.length].click();
        grid.getBoundingClientRect();
        document.getElementById("detail").getBoundingClientRect();
        return performance.now() - start;
    };
    const costs = Array.from({ length: 60 }, (_, at) => once(["", "f-", "f-9", "f-1"][at % 4]));
    return costs.slice(20).sort((a, b) => a - b)[20];
}"""


@browser_test
@pytest.mark.slow
@pytest.mark.parametrize("what", ["filter", "click"])
def test_ten_thousand_functions_cost_what_a_hundred_do(chromium: Any, tmp_path: Path, what: str) -> None:
    """A ratio in one browser: at most three times the cost of a hundredth of the rows."""
    for folder in ("few", "many"):
        (tmp_path / folder).mkdir()
    few = Opened(chromium, tmp_path / "few", sheet_data(100, 50))
    many = Opened(chromium, tmp_path / "many", sheet_data(10_000, 50))
    ratios = [many.page.evaluate(COST, what) / max(few.page.evaluate(COST, what), 0.1) for _ in range(3)]
    assert min(ratios) <= 3, ratios
    assert many.page.locator("[role=row]").count() < 80
    many.quiet()
