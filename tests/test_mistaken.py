"""What people give in the place of a plan: each is told by its name, with the command that makes a plan of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import run
from tests.test_terraform import whole

PLAN = "terraform plan -out tf.plan && terraform show -json tf.plan > plan.json"
HCL = 'resource "aws_vpc" "main" {\n  cidr_block = "10.0.0.0/16"\n}\n'
HUMAN = """
Terraform used the selected providers to generate the following execution
plan. Resource actions are indicated with the following symbols:
  + create
"""
LOG = '{"@level":"info","@message":"Terraform 1.9.0"}\n{"@level":"info","type":"planned_change"}\n'
ONE_LINE = json.dumps({"format_version": "1.2", "terraform_version": "1.9.0", "planned_values": {}})
WRAPPED = f"[command]/opt/terraform/terraform-bin show -json tf.plan\n{ONE_LINE}\n"
LOGGED = f"2026-01-02T10:49:12.685+0100 [INFO]  provider: configuring client automatic mTLS\n\n{ONE_LINE}\n"
AFTER = f"{ONE_LINE}\n::debug::Terraform exited with code 0.\n"
SYNTH = {"//": {}, "provider": {"aws": [{}]}, "resource": {"aws_vpc": {"a": {"cidr_block": "10.0.0.0/8"}}}}
OUTPUTS = {"vpc_id": {"sensitive": False, "type": "string", "value": "vpc-1"}}
OLD_STATE = {"version": 3, "terraform_version": "0.11.9", "serial": 3, "modules": []}
STATE = {"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "x", "resources": []}
NO_JSON = ":1: this is not JSON: "
GIVEN: list[tuple[str, str, str, str]] = [
    ("main.tf", HCL, NO_JSON + "it is Terraform's source", PLAN),
    ("main.tofu", "x = 1", NO_JSON + "it is Terraform's source", PLAN),
    ("copied.txt", HCL, NO_JSON + "it is Terraform's source", PLAN),
    ("prod.tfvars", "x = 1", NO_JSON + "it is Terraform's source", PLAN),
    ("plan.txt", HUMAN, NO_JSON + "it is what terraform plan prints for people", PLAN),
    ("plan.json", LOG, NO_JSON + "it is what terraform plan -json logs", PLAN),
    ("plan.json", WRAPPED, NO_JSON + "other lines stand around the plan at line 2", "terraform_wrapper"),
    ("plan.json", LOGGED, NO_JSON + "other lines stand around the plan at line 3", "keep only that line"),
    ("plan.json", AFTER, NO_JSON + "other lines stand around the plan at line 1", "keep only that line"),
    ("cdk.tf.json", json.dumps(SYNTH), " is Terraform's source", PLAN),
    ("schema.json", json.dumps({"format_version": "1.0", "provider_schemas": {}}), " is what terraform prov", PLAN),
    ("out.json", json.dumps(OUTPUTS), " is what terraform output -json prints", "terraform show -json > state.json"),
    ("rows.json", json.dumps([{"address": "aws_vpc.a", "change": {}}]), " is a part of a plan", PLAN),
    ("old.tfstate", json.dumps(OLD_STATE), ": this is a raw state file", "show -json {} > state.json"),
    ("terraform.tfstate", json.dumps(STATE), ": this is a raw state file", "show -json {} > state.json"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "said", "hint"), GIVEN)
def test_what_stands_in_the_place_of_a_plan(name: str, text: str, said: str, hint: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text)
    result = run("path", "orders", "internet", "--from", str(path))
    assert result.exit_code == 2
    first, second = result.stderr.splitlines()
    assert first.startswith(f"error: {path}{said}")
    assert hint.format(path) in second


def test_a_folder_of_source(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(HCL)
    result = run("path", "orders", "internet", "--from", str(tmp_path))
    assert result.exit_code == 2
    assert f"the folder {tmp_path} holds Terraform's source" in result.stderr
    assert PLAN in result.stderr


def test_outputs_of_the_aws_cli_are_nothing_of_terraforms(tmp_path: Path) -> None:
    path = tmp_path / "vpcs.json"
    path.write_text(json.dumps({"Vpcs": []}))
    result = run("path", "orders", "internet", "--from", str(path))
    assert "terraform" not in result.stderr
    path.write_text("{broken")
    result = run("path", "orders", "internet", "--from", str(path))
    assert "what is read: a snapshot" in result.stderr


def test_the_file_that_replaces_them_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(whole().text())
    assert run("path", "orders", "internet", "--from", str(path)).exit_code == 0
