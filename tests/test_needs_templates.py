"""`--with-needs` before deployment: SAM, CloudFormation and Terraform say what a function mounts and what polls."""

from __future__ import annotations

from typing import Any

import pytest

from reach.ask.asker import askers
from reach.ask.needs import needs
from reach.network import Network
from tests.templated import network_of
from tests.test_sam import BASIC, GROUP, NET, A, B
from tests.test_terraform import network_of as network_of_plan
from tests.test_terraform import whole

LAYER = "arn:aws:lambda:eu-west-1:580247275435:layer:LambdaInsightsExtension:14"
SERVED: dict[str, Any] = {
    "Files": {"Type": "AWS::EFS::FileSystem"},
    "Mount": {"Type": "AWS::EFS::MountTarget", "Properties": {
        "FileSystemId": {"Ref": "Files"}, "SubnetId": A, "SecurityGroups": [GROUP]}},
    "Point": {"Type": "AWS::EFS::AccessPoint", "Properties": {"FileSystemId": {"Ref": "Files"}}},
    "Events": {"Type": "AWS::MSK::Cluster", "Properties": {
        "ClusterName": "events", "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}},
        "BrokerNodeGroupInfo": {"ClientSubnets": [A, B], "SecurityGroups": [GROUP]}}},
}  # fmt: skip
CONFIG = {"VpcConfig": {"SubnetIds": [A, B], "SecurityGroupIds": [GROUP]}}


def template(properties: dict[str, Any], type_: str = "AWS::Serverless::Function", **more: Any) -> Network:
    function = {"Type": type_, "Properties": {"FunctionName": "orders", **BASIC, **CONFIG, **properties}}
    resources = {**NET, **SERVED, "Orders": function, **more}
    return network_of({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources})


def needed(network: Network, who: str = "orders") -> list[str]:
    """What is needed, without the ids that nobody can foretell."""
    (asker,) = askers(network, who)
    found = needs(network, asker)
    short = [(n.who.info.id.partition(":")[0], n.words.partition(":fs-")[0], n) for n in found]
    return [f"{source} → {words} {n.rule}" + ("?" if n.gap else "") for source, words, n in short]


POLLS = ["esm → kafka:events:9098 NEED-07", "esm → lambda NEED-06", "esm → sts NEED-06"]


@pytest.mark.parametrize(
    "config",
    [
        {"SubnetIds": [], "SecurityGroupIds": [GROUP]},
        {"SubnetIds": [A]},
        {"SubnetIds": [A], "SecurityGroupIds": []},
        {"SubnetIds": [A], "SecurityGroupIds": [{"Ref": "AWS::NoValue"}]},
    ],
)
def test_half_a_network_is_refused(config: dict[str, Any]) -> None:
    """FN-10: subnets and groups come together, or Lambda refuses the deployment; it is not one without a VPC."""
    answer = template({"VpcConfig": config}).path("orders", "internet")
    assert answer.verdict == "blocked"
    first = answer.blockers[0]
    assert (first.code, first.cause, first.layer) == ("BAD_STATE", "VPC_CONFIG_REFUSED", "state")


def test_what_a_function_mounts_and_carries() -> None:
    """NEED-04, NEED-02: through an access point of the same template."""
    mount = {"Arn": {"Fn::GetAtt": ["Point", "Arn"]}, "LocalMountPath": "/mnt/x"}
    found = template({"FileSystemConfigs": [mount], "Layers": [LAYER]})
    assert needed(found) == ["orders → efs NEED-04", "orders → logs NEED-02"]
    elsewhere = template({"FileSystemConfigs": [{"Arn": {"Ref": "AWS::NoValue"}, "LocalMountPath": "/mnt/x"}, mount]})
    assert needed(elsewhere)[-1] == "orders → efs NEED-04"


def test_an_event_source_mapping() -> None:
    """NEED-06: of a function by its name or ARN."""
    source = {"EventSourceArn": {"Ref": "Events"}}
    for name in ("orders", {"Ref": "Orders"}, {"Fn::GetAtt": ["Orders", "Arn"]}):
        mapping = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": name, **source}}
        assert needed(template({}, Mapping=mapping)) == POLLS
    mapping["Properties"]["ProvisionedPollerConfig"] = {"MinimumPollers": 1}
    assert needed(template({}, Mapping=mapping)) == POLLS[:1]


def test_an_event_of_sam() -> None:
    """NEED-06, NEED-09: becomes a mapping."""
    event = {"Type": "MSK", "Properties": {"Stream": {"Ref": "Events"}, "StartingPosition": "LATEST", "Topics": ["x"]}}
    assert needed(template({"Events": {"In": event, "Api": {"Type": "Api", "Properties": {"Path": "/"}}}})) == POLLS
    access = [{"Type": "VPC_SUBNET", "URI": {"Fn::Sub": "subnet:${A}"}},
              {"Type": "VPC_SECURITY_GROUP", "URI": {"Fn::Sub": "security_group:${Group}"}}]  # fmt: skip
    own = {"Type": "SelfManagedKafka", "Properties": {
        "KafkaBootstrapServers": ["b.example.com:9094"], "SourceAccessConfigurations": access}}  # fmt: skip
    assert needed(template({"Events": {"In": own}}))[0] == "esm → b.example.com:9094 NEED-09"


@pytest.mark.parametrize("type_", ["Custom::Seed", "AWS::CloudFormation::CustomResource"])
def test_a_custom_resource(type_: str) -> None:
    """NEED-17: the function behind its token answers to a bucket; a topic is none."""
    token = {"ServiceToken": {"Fn::GetAtt": ["Orders", "Arn"]}}
    found = template({}, Seed={"Type": type_, "Properties": token})
    assert needed(found) == ["orders → s3://cloudformation-custom-resource-response-euwest1 NEED-17"]
    assert needed(template({}, Seed={"Type": type_, "Properties": {"ServiceToken": "arn:aws:sns:eu-west-1:1:x"}})) == []


def test_a_connector_of_microvms() -> None:
    """SRC-02: with subnets and groups of the template."""
    config = {"VpcEgressConfiguration": {"SubnetIds": [A], "SecurityGroupIds": [GROUP]}}
    made = {"Type": "AWS::Lambda::NetworkConnector", "Properties": {"Name": "out", "Configuration": config}}
    (asker,) = askers(template({}, Out=made), "microvm:out")
    assert len(asker.info.subnets) == len(asker.info.security_groups) == 1


def test_a_mapping_of_a_plan() -> None:
    """NEED-06: what it polls is known after it is applied; that it polls is known now."""
    plan = whole()
    plan.resource("aws_lambda_event_source_mapping", "in", {"function_name": "orders"},
                  {"event_source_arn": "aws_msk_cluster.events.arn"})  # fmt: skip
    plan.resource("aws_lambda_event_source_mapping", "own", {
        "function_name": "orders", "event_source_arn": None,
        "self_managed_event_source": [{"endpoints": {"KAFKA_BOOTSTRAP_SERVERS": "b1.example.com:9092,b2:9092"}}],
        "source_access_configuration": [{"type": "VPC_SUBNET", "uri": "subnet:subnet-9"},
                                        {"type": "VPC_SECURITY_GROUP", "uri": "security_group:sg-9"}]})  # fmt: skip
    found = needed(network_of_plan(plan))
    assert [f for f in found if "example" in f or "lambda" in f] == [
        "esm → b1.example.com:9092 NEED-09", "esm → lambda NEED-06"]  # fmt: skip
    assert any(f.endswith("?") for f in found), found
