"""What inspects traffic, as a user meets it: the option, the words of rules, and outputs of the AWS CLI."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reach import Verdict, load
from reach.errors import QuestionError
from reach.network.firewall_terms import Terms
from reach.sources.inspected import INSPECTED as INSPECTED_CALLS
from reach.traffic import LINE, NOTHING, Cover, Ranges, cidr
from tests.command import run
from tests.scenario import Steps, build, network
from tests.scenario_firewalls import FW_WAY, INSPECTED, SURICATA, WEB, ruled
from tests.scenario_worlds import acl
from tests.world_firewalls import firewall, group, stateful

HOME = cidr("10.0.0.0/16")
BOTH = cidr("10.0.0.0/8") | cidr("172.16.0.0/12")


def written(steps: Steps, folder: Path) -> str:
    path = folder / "net.json"
    path.write_text(json.dumps(build(steps).document()), encoding="utf-8")
    return str(path)


def test_what_cannot_be_looked_into_is_unknown_unless_the_user_takes_it_to_pass(tmp_path: Path) -> None:
    net = written(INSPECTED, tmp_path)
    plain = run("path", "orders", "internet", "--from", net, "-f", "json")
    (answer,) = json.loads(plain.stdout)["answers"]
    assert (plain.exit_code, answer["verdict"]) == (3, "unknown")
    assert [u["code"] for u in answer["unknowns"]] == ["PATH_THROUGH_GWLB_NOT_CHECKED"]
    assert "--inspection assume-pass" in answer["unknowns"][0]["fix"]
    assumed = run("path", "orders", "internet", "--from", net, "-f", "json", "--inspection", "assume-pass")
    (answer,) = json.loads(assumed.stdout)["answers"]
    assert (assumed.exit_code, answer["verdict"]) == (0, "reachable")
    assert any(a["rule"] == "FW-3" and "vpce-fw" in a["text"] for a in answer["assumptions"])
    assert tuple(answer["paths"][0]["via"]) == FW_WAY
    assert {h["kind"] for h in answer["paths"][0]["hops"]} >= {"gateway_load_balancer_endpoint"}
    refused = run("path", "orders", "internet", "--from", net, "--inspection", "hope")
    assert refused.exit_code == 2
    assert "'hope' is not one of 'unknown', 'assume-pass'" in refused.stderr


@pytest.mark.parametrize(
    ("steps", "verdict"),
    [
        (INSPECTED, Verdict.REACHABLE),
        (ruled(SURICATA), Verdict.REACHABLE),
        (ruled(group("g", stateful(("DROP", *WEB)))), Verdict.BLOCKED),  # what can be decided stays decided
        ((*INSPECTED, acl("subnet-a", outbound=())), Verdict.BLOCKED),
        ((*INSPECTED, firewall(status="FAILED")), Verdict.BLOCKED),
        ((*INSPECTED, firewall(), lambda w: w.collections.pop("network-firewall:FirewallPolicies")), Verdict.REACHABLE),
    ],
)
def test_assuming_covers_only_what_cannot_be_decided(steps: Steps, verdict: Verdict) -> None:
    assert network(steps).path("orders", "internet", inspection="assume-pass").verdict is verdict


def test_python_knows_two_words_for_it() -> None:
    with pytest.raises(QuestionError, match="assume-pas"):
        network(INSPECTED).path("orders", "internet", inspection="assume-pas")


def test_describe_outputs_of_the_cli_are_told_by_their_members(tmp_path: Path) -> None:
    """describe-firewall and its like answer with one thing, not a list; their ARNs join them."""
    world = build(ruled(group("g", stateful(("DROP", *WEB)))))
    data = world.document()["accounts"]["123456789012"]["eu-west-1"]
    folder = tmp_path / "net"
    folder.mkdir()
    for key, records in data.items():
        if not key.startswith("network-firewall:"):
            (folder / f"{key.replace(':', '-')}.json").write_text(json.dumps({key: records}), encoding="utf-8")
            continue
        for number, record in enumerate(records):
            answer = {k: v for k, v in record.items() if not k.endswith("Arn") and k != "FirewallName"}
            (folder / f"{key[17:]}{number}.json").write_text(json.dumps(answer), encoding="utf-8")
    answer = load(folder).path("orders", "internet")
    assert [b.code for b in answer.blockers] == ["FIREWALL_RULES_RESTRICTION"], answer.headline


@pytest.mark.parametrize(
    ("term", "must", "may"),
    [
        ("ANY", LINE, LINE),
        ("10.0.0.0/8", cidr("10.0.0.0/8"), cidr("10.0.0.0/8")),
        ("!10.0.0.0/8", LINE - cidr("10.0.0.0/8"), LINE - cidr("10.0.0.0/8")),
        ("![10.0.0.0/8,172.16.0.0/12]", LINE - BOTH, LINE - BOTH),
        ("$HOME_NET", cidr("10.0.0.0/16"), cidr("10.0.0.0/16")),
        ("$EXTERNAL_NET", LINE - cidr("10.0.0.0/16"), LINE - cidr("10.0.0.0/16")),
        ("[$HOME_NET,172.16.0.0/12]", HOME | cidr("172.16.0.0/12"), HOME | cidr("172.16.0.0/12")),
        ("$NOBODY", NOTHING, LINE),
        ("@LIST", NOTHING, LINE),
        ("[10.0.0.0/8,[172.16.0.0/12,!172.17.0.0/16]]", NOTHING, LINE),
        ("[10.0.0.0/8,!@LIST]", NOTHING, cidr("10.0.0.0/8")),
    ],
)
def test_addresses_of_rules(term: str, must: Ranges, may: Ranges) -> None:
    assert Terms(home=Cover(HOME, HOME)).addresses(term) == Cover(must, may)


@pytest.mark.parametrize(
    ("term", "ports"),
    [
        ("ANY", Ranges.of((0, 65535))),
        ("443", Ranges.of(443)),
        ("1024:", Ranges.of((1024, 65535))),
        (":1023", Ranges.of((0, 1023))),
        ("[80,443,8000:8100]", Ranges.of(80, 443, (8000, 8100))),
        ("!443", Ranges.of((0, 442), (444, 65535))),
        ("$WEB", Ranges.of(80, 443)),
        ("$NOBODY", None),
        ("http", None),
    ],
)
def test_ports_of_rules(term: str, ports: Ranges | None) -> None:
    assert Terms(ports={"WEB": ("80", "443")}).ports(term) == ports


def test_a_firewall_that_is_only_listed_leaves_its_endpoint_a_riddle() -> None:
    answer = network((*INSPECTED, firewall(described=False))).path("orders", "internet")
    assert answer.verdict is Verdict.UNKNOWN


def test_the_zones_of_a_service_are_asked_for_where_they_are_somebodys_own_choice() -> None:
    """FW-1, VPCE-26: services of AWS's own are in every zone that an endpoint can be made in."""
    call = next(c for c in INSPECTED_CALLS if c.operation == "DescribeVpcEndpointServices")
    owned, partner = "com.amazonaws.eu-west-1.sqs", "com.amazonaws.vpce.eu-west-1.vpce-svc-1"
    endpoints = [{"VpcEndpointType": "Interface", "ServiceName": name} for name in (owned, partner)]
    assert call.plan is not None
    assert call.plan({"VpcEndpoints": endpoints}) == [{"ServiceNames": [partner]}]
    assert call.plan({"VpcEndpoints": endpoints[:1]}) == []
