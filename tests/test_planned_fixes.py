"""Fixes of what is only planned: in its file's language and names; pasted there, they mend it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from reach.network import Interface
from reach.render.case import of_answers
from reach.render.markdown import cases_markdown
from reach.render.planned import in_its_file
from reach.sources.cloudformation.resource import made_id
from tests.templated import network_of
from tests.test_template_addresses import BY_GATEWAY, BY_INSTANCE, NETWORK
from tests.test_terraform import network_of as planned
from tests.test_terraform_types import BASE, CONFIG, NAT, plan_of

NO_ROUTE = BY_GATEWAY.split("  Out:")[0]
CLOSED = """
  Shut: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc}}
  Names: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref Data]}}
  Db: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: db, Engine: postgres, \
DBSubnetGroupName: !Ref Names, VPCSecurityGroups: [!Ref Shut]}}
"""


def fixed(more: str, target: str) -> tuple[Any, str]:
    """The answer of a template, and the template with the first fix pasted in."""
    answer = network_of(NETWORK + more).path("fn", target)
    first = answer.blockers[0]
    made = in_its_file(answer.network, first.resource, first.fix)
    assert made is not None
    assert made.language == "yaml"
    return answer, NETWORK + more + "".join(f"  {line}\n" for line in made.text.splitlines())


@pytest.mark.parametrize(("more", "target"), [(NO_ROUTE, "internet"), (CLOSED, "rds:db")])
def test_a_fix_pasted_into_the_template_mends_it(more: str, target: str) -> None:
    answer, mended = fixed(more, target)
    assert answer.verdict == "blocked"
    after = network_of(mended).path("fn", target)
    assert after.verdict == "reachable", after.to_text()


def test_the_text_says_it_instead_of_a_command_that_names_what_nobody_has() -> None:
    answer, _ = fixed(NO_ROUTE, "internet")
    text = answer.to_text()
    assert "aws ec2" not in text
    assert "RouteTableId: {Ref: Down}" in text
    assert answer.blockers[0].fix.startswith("aws ec2 create-route")  # as JSON has it
    document = cases_markdown(of_answers([answer], []), "")
    assert "```sh" not in document
    assert yaml.safe_load(document.partition("```yaml\n")[2].partition("```")[0])["Fix"]["Type"] == "AWS::EC2::Route"


def test_the_default_group_of_a_vpc_is_an_attribute_of_it() -> None:
    text = NETWORK.replace("SecurityGroupIds: [!Ref Groups]", "SecurityGroupIds: [!GetAtt Vpc.DefaultSecurityGroup]")
    answer = network_of(text + CLOSED).path("fn", "rds:db")
    made = in_its_file(answer.network, answer.blockers[0].resource, answer.blockers[0].fix)
    assert made is not None
    assert "SourceSecurityGroupId: {Fn::GetAtt: [Vpc, DefaultSecurityGroup]}" in made.text


def test_the_interface_of_an_instance_goes_by_no_name_of_the_file() -> None:
    """Ref names the instance: in the place of an interface it would be wrong."""
    network = network_of(NETWORK + BY_INSTANCE)
    host = made_id("i", "one", "Host")
    (interface,) = [i.id for i in network.all(Interface) if i.instance == host]
    table = made_id("rtb", "one", "Down")
    fix = f"aws ec2 create-route --route-table-id {table} --destination-cidr-block 0.0.0.0/0"
    made = in_its_file(network, table, f"{fix} --network-interface-id {interface}")
    assert made is not None
    assert "RouteTableId: {Ref: Down}" in made.text
    assert f"NetworkInterfaceId: {interface}" in made.text


def test_a_plan_is_mended_in_terraform() -> None:
    answer = planned(plan_of(*BASE, *NAT, ("aws_lambda_function", "orders", CONFIG))).path("orders", "internet")
    assert answer.verdict == "blocked"
    text = answer.to_text()
    assert "route_table_id         = aws_route_table.main.id" in text
    assert "nat_gateway_id         = aws_nat_gateway.nat.id" in text
    assert "aws ec2" not in text


def test_what_is_deployed_is_mended_by_commands() -> None:
    import reach

    answer = reach.demo("no-route-to-destination").path("orders", "internet")
    assert in_its_file(answer.network, answer.blockers[0].resource, answer.blockers[0].fix) is None
    assert "aws ec2" in answer.to_text()
