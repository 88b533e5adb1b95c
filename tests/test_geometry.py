"""Every picture keeps the rules of `geometry`: the gallery, all scenarios, random networks with hostile names."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from reach.answer import Answer
from reach.describe import describe
from reach.errors import QuestionError
from reach.network import Interface, Network
from reach.render.compose import WIDEST, compose
from reach.render.diagram import asked_of, path_svg, vpc_svg
from reach.render.palette import THEMES
from reach.render.path_scene import path_scene
from reach.render.scene import Scene
from reach.render.vpc_scene import overview_scene, vpc_scene
from reach.snapshot import from_document
from tests import scenario, scenario_all
from tests.geometry import illegible, problems
from tests.law_worlds import documents
from tests.picture_worlds import crowded
from tests.world_records import Record

ROOT = Path(__file__).resolve().parent.parent
SLUGS = sorted(path.name for path in (ROOT / "graphs").iterdir() if path.is_dir())
RANDOM = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def wrong(scene: Scene) -> list[str]:
    """What is wrong with the picture of a scene, in either theme."""
    light, dark = THEMES["light"], THEMES["dark"]
    found = problems(scene, compose(scene, light), light)
    return [*found, *(f"dark: {bad}" for bad in illegible(scene, compose(scene, dark), dark))]


@pytest.fixture(scope="module")
def gallery() -> dict[str, Answer]:
    entries: Any = runpy.run_path(str(ROOT / "tools" / "gallery.py"))["entries"]()
    return {entry.slug: entry.answer for entry in entries}


def maps(network: Network | None) -> Iterator[Scene]:
    """The map of each VPC, and of all that are joined."""
    if network is None or not network.vpcs:
        return
    for vpc in network.vpcs:
        yield vpc_scene(network, vpc.id)
    yield overview_scene(network)
    ids = [vpc.id for vpc in network.vpcs][:3]
    yield vpc_scene(network, ids, asked_of(network, ids, "internet"))


@pytest.mark.slow
@pytest.mark.parametrize("slug", SLUGS)
def test_the_gallery(slug: str, gallery: dict[str, Answer]) -> None:
    answer = gallery[slug]
    assert wrong(path_scene(answer)) == []
    assert compose(path_scene(answer), THEMES["light"]).wide <= WIDEST
    assert path_svg(answer) == path_svg(answer)
    for scene in maps(answer.network):
        assert wrong(scene) == []


def twice(answer: Answer, scene: Scene) -> list[str]:
    """Instances that are drawn beside their own interfaces, as if they were two things."""
    network = answer.network
    held = network.all(Interface) if network else ()
    drawn = {node.key.partition("@")[0] for node in scene.nodes}
    return [f"{i.instance} is {i.id}" for i in held if i.instance in drawn and i.id in drawn]


@pytest.mark.slow
def test_all_scenarios() -> None:
    found = {}
    for row in (*scenario_all.VPC, *scenario_all.USER):
        answer = scenario.answer(row)
        scene = path_scene(answer)
        if bad := [*wrong(scene), *twice(answer, scene)]:
            found[row.about] = bad
    assert found == {}


def drawn(document: Record) -> Iterator[tuple[str, Scene]]:
    """What a person might ask to have drawn of a network."""
    network = describe(from_document(document, "drawn"))
    databases = [f"rds:{d.name}" for d in network.databases[:2]]
    for function in network.functions[:2]:
        for target in ("internet", "s3", "secretsmanager", *databases):
            try:
                yield f"{function.name} → {target}", path_scene(network.path(function.name, target))
            except QuestionError:  # two functions of one name, or no such database
                continue
    for scene in maps(network):
        yield scene.question, scene


@pytest.mark.slow
@RANDOM
@given(documents())
def test_random_networks_with_holes(document: Record) -> None:
    assert {name: bad for name, scene in drawn(document) if (bad := wrong(scene))} == {}


@pytest.mark.slow
@RANDOM
@given(crowded())
def test_crowded_networks_with_hostile_names(document: Record) -> None:
    assert {name: bad for name, scene in drawn(document) if (bad := wrong(scene))} == {}


@pytest.mark.slow
@settings(RANDOM, max_examples=5)
@given(crowded())
def test_the_same_network_gives_the_same_bytes(document: Record) -> None:
    pictures = []
    for _ in range(2):
        network = describe(from_document(document, "drawn"))
        pictures.append([vpc_svg(network, v.id) for v in network.vpcs])
        ids = [v.id for v in network.vpcs][:3]
        pictures[-1] += [path_svg(answer) for answer in asked_of(network, ids, "internet")[:2]]
    assert pictures[0] == pictures[1]
