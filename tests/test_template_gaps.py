"""LAW: what a template leaves open only unsettles an answer: `unknown`, or what every value would answer."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.strategies import Case, cases
from tests.template_writer import Writer
from tests.templated import network_of
from tests.test_template_laws import TARGETS, expressible

Path = tuple[Any, ...]
OPTIONAL = (
    *("Route", "SubnetRouteTableAssociation", "SecurityGroupIngress", "SecurityGroupEgress", "NetworkAclEntry"),
    *("VPCEndpoint", "SubnetNetworkAclAssociation", "VPCGatewayAttachment"),
)
drawn = settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


def leaves(value: Any, path: Path = ()) -> list[Path]:
    """Where values stand that a person might have made parameters."""
    if isinstance(value, dict) and len(value) == 1 and next(iter(value)) in ("Ref", "Fn::GetAtt"):
        return [path]
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in leaves(inner, (*path, key))]
    if isinstance(value, list):
        return [path, *(leaf for index, inner in enumerate(value) for leaf in leaves(inner, (*path, index)))]
    return [path]


def put(document: dict[str, Any], path: Path, value: Any) -> dict[str, Any]:
    made = copy.deepcopy(document)
    holder: Any = made
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return made


def at(document: Any, path: Path) -> Any:
    for step in path:
        document = document[step]
    return document


def open_places(document: dict[str, Any]) -> list[Path]:
    return [
        ("Resources", logical, "Properties", *leaf)
        for logical, body in document["Resources"].items()
        for leaf in leaves(body.get("Properties", {}))
        if leaf and not str(leaf[0]).endswith(("FunctionName", "Identifier", "Engine"))
    ]


@drawn
@given(st.data(), cases(max_twists=2, interfaces=False), st.sampled_from(TARGETS))
def test_a_parameter_without_a_value(data: st.DataObject, case: Case, target: str) -> None:
    assume(expressible(case))
    document = Writer(case.world.collections).write()
    place = data.draw(st.sampled_from(open_places(document)))
    known = network_of(document).path("orders", target)
    kind = "CommaDelimitedList" if isinstance(at(document, place), list) else "String"
    opened = put(document, place, {"Ref": "Open"}) | {"Parameters": {"Open": {"Type": kind}}}
    answer = network_of(opened).path("orders", target)
    assert answer.verdict in ("unknown", known.verdict), (place, answer.headline, known.headline)


@drawn
@given(st.data(), cases(max_twists=2, interfaces=False), st.sampled_from(TARGETS))
def test_a_condition_that_is_not_known(data: st.DataObject, case: Case, target: str) -> None:
    assume(expressible(case))
    document = Writer(case.world.collections).write()
    types = {logical: body["Type"].rpartition("::")[2] for logical, body in document["Resources"].items()}
    logical = data.draw(st.sampled_from(sorted(name for name, type_ in types.items() if type_ in OPTIONAL)))
    without = copy.deepcopy(document)
    del without["Resources"][logical]
    doubtful = put(document, ("Resources", logical, "Condition"), "Perhaps") | {
        "Parameters": {"Open": {"Type": "String"}},
        "Conditions": {"Perhaps": {"Fn::Equals": [{"Ref": "Open"}, "yes"]}},
    }
    either = {network_of(d).path("orders", target).verdict for d in (document, without)}
    answer = network_of(doubtful).path("orders", target)
    assert answer.verdict == "unknown" or either == {answer.verdict}, (logical, answer.headline, either)
