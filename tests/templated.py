"""Templates for tests: text or a document to a network, by way of the command's own reader."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from reach.describe import describe
from reach.network import Network
from reach.snapshot import Snapshot
from reach.sources.cloudformation import File, read
from reach.sources.given import given

TEMPLATES = Path(__file__).resolve().parent / "templates"
ONE_VPC = """
  Vpc:
    Type: AWS::EC2::VPC
    Properties: {CidrBlock: 10.0.0.0/16}
  Subnet:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: !Select [0, !GetAZs ""]}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: orders
      VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!GetAtt Vpc.DefaultSecurityGroup]}
"""


def snapshot_of(*texts: str | dict[str, Any], region: str = "eu-west-1", **options: Any) -> Snapshot:
    """The snapshot of templates; each is a stack `one`, `two`, …, in a file of that name."""
    names = ("one", "two", "three", "four")
    bodies = [text if isinstance(text, str) else json.dumps(text) for text in texts]
    files = [File(f"{name}.yaml", body.encode(), name) for name, body in zip(names, bodies, strict=False)]
    return read(files, given(region=region, **options))


def network_of(*texts: str | dict[str, Any], **options: Any) -> Network:
    return describe(snapshot_of(*texts, **options))


def records(snapshot: Snapshot, key: str) -> list[dict[str, Any]]:
    """A collection of the only account and region."""
    ((_, regions),) = snapshot.accounts.items()
    ((_, collections),) = regions.items()
    return [dict(record) for record in collections.get(key, ())]


def worth_of(expression: str, **given_: Any) -> Any:
    """What an expression is worth, told by a Name tag of a VPC, which may be any text."""
    text = f"""
Parameters:
  Word: {{Type: String, Default: word}}
  Listed: {{Type: CommaDelimitedList, Default: "a, b,c"}}
  Open: {{Type: String}}
  Nothing: {{Type: CommaDelimitedList, Default: ""}}
  Chosen: {{Type: CommaDelimitedList, Default: "b, c", AllowedValues: [a, b, c]}}
Mappings:
  Sizes: {{eu-west-1: {{small: "1", list: [x, y]}}}}
Conditions:
  IsWord: !Equals [!Ref Word, word]
  Other: !Not [!Condition IsWord]
  Who: !Equals [!Ref Open, word]
  NoItem: !Equals [!Select [0, !Ref Nothing], ""]
Resources:
  Vpc:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: 10.0.0.0/16
      Tags: [{{Key: Name, Value: {expression}}}]
"""
    return records(snapshot_of(text, **given_), "Vpcs")[0]["Tags"][0]["Value"]
