"""What `cdk synth` wrote for the app in tests/cdk: three stacks that refer to each other, and what they answer."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import reach
from reach.errors import TemplateError
from reach.network import Network
from tests.command import run

OUT = Path(__file__).resolve().parent / "cdk" / "cdk.out"
# Who reaches what, as the app's author meant it: orders is behind the NAT gateway, reports in isolated subnets,
# mailer in public ones, where a function has no way out. The database admits orders and reports, the cache orders.
EXPECTED = {
    ("orders", "internet"): ("reachable", None),
    ("orders", "s3"): ("reachable", None),
    ("orders", "sqs"): ("reachable", None),
    ("orders", "secretsmanager"): ("reachable", None),
    ("orders", "rds:orders-db"): ("reachable", None),
    ("orders", "elasticache:sessions"): ("reachable", None),
    ("reports", "internet"): ("blocked", "NO_ROUTE_TO_DESTINATION"),
    ("reports", "s3"): ("reachable", None),
    ("reports", "sqs"): ("blocked", "NO_ROUTE_TO_DESTINATION"),
    ("reports", "secretsmanager"): ("reachable", None),
    ("reports", "rds:orders-db"): ("reachable", None),
    ("reports", "elasticache:sessions"): ("blocked", "ENI_SG_RULES_MISMATCH"),
    ("mailer", "internet"): ("blocked", "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"),
    ("mailer", "s3"): ("reachable", None),
    ("mailer", "secretsmanager"): ("reachable", None),
    ("mailer", "rds:orders-db"): ("blocked", "ENI_SG_RULES_MISMATCH"),
    ("mailer", "elasticache:sessions"): ("blocked", "ENI_SG_RULES_MISMATCH"),
}


@pytest.fixture(scope="module")
def network() -> Network:
    return reach.load(OUT)


@pytest.mark.parametrize(("source", "target"), EXPECTED)
def test_verdicts(network: Network, source: str, target: str) -> None:
    answer = network.path(source, target)
    verdict, code = EXPECTED[source, target]
    assert answer.verdict == verdict
    assert [b.code for b in answer.blockers[:1]] == ([code] if code else [])


def test_environments_and_stacks(network: Network) -> None:
    (orders,) = (f for f in network.functions if f.name == "orders")
    assert (orders.home.account, orders.home.region) == ("123456789012", "eu-west-1")
    assert orders.logical.startswith("App/")
    assert {s.zone for s in network if type(s).__name__ == "Subnet"} == {"eu-west-1a", "eu-west-1b"}


def test_the_default_group_has_lost_its_rules(network: Network) -> None:
    """What the CDK's custom resource does in the account is known, and is done here."""
    (group,) = (t for t in network if getattr(t, "name", "") == "default")
    assert (group.ingress, group.egress) == ((), ())  # type: ignore[attr-defined]


def test_evidence_leads_into_the_templates(network: Network) -> None:
    blocker = network.path("reports", "elasticache:sessions").blockers[0]
    name, _, line = str(blocker.evidence[0].where).rpartition(":")
    assert name == str(OUT / "App.template.json")
    text = Path(name).read_text().splitlines()[int(line) - 1]
    assert "OrdersToCache" in text


def test_the_bootstrap_parameter_does_not_matter(network: Network) -> None:
    assert "BootstrapVersion" in (OUT / "App.template.json").read_text()
    result = run("path", "orders", "-q", "--from", str(OUT))
    assert result.exit_code == 0
    assert "BootstrapVersion" not in result.stderr


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda m: m["artifacts"]["App"]["properties"].update(templateFile="../App.json"), "no file in the folder"),
        (lambda m: m["artifacts"]["App"]["properties"].update(templateFile="/etc/passwd"), "no file in the folder"),
        (lambda m: m["artifacts"]["App"]["properties"].update(templateFile=7), "no file in the folder"),
        (lambda m: m["artifacts"]["App"]["properties"].update(templateFile="Gone.json"), "cannot be read"),
        (lambda m: m.update(artifacts={}), "has no stacks"),
        (lambda m: m.update(artifacts=[]), "has no artifacts"),
    ],
)
def test_manifests_that_lead_elsewhere(tmp_path: Path, change: object, what: str) -> None:
    shutil.copytree(OUT, tmp_path / "cdk.out")
    manifest = json.loads((tmp_path / "cdk.out" / "manifest.json").read_text())
    change(manifest)  # type: ignore[operator]
    (tmp_path / "cdk.out" / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(TemplateError, match=what):
        reach.load(tmp_path / "cdk.out")


def test_stages_are_assemblies_of_their_own(tmp_path: Path) -> None:
    shutil.copytree(OUT, tmp_path / "cdk.out" / "assembly-Prod")
    artifacts = {"assembly-Prod": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod"}}}
    (tmp_path / "cdk.out" / "manifest.json").write_text(json.dumps({"version": "1", "artifacts": artifacts}))
    assert reach.load(tmp_path / "cdk.out").path("orders", "internet").verdict == "reachable"
