"""CPU of whole commands as a ratio to a reference process, timed in turn so that a noisy machine cancels out.

Run by `make bench`; exits 1 if a median ratio is over its bound.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOTO3 = ["-c", "import boto3"]
FIGURE = ["-c", "import matplotlib.figure"]
NET = str(ROOT / "graphs" / "vpc-privatepublic" / "snapshot.json")
TEMPLATE = ["-m", "reach", "path", "function3", "internet", "--from", "TEMPLATE"]
# (what, command, reference, bound)
BOUNDS = (
    ("reach --help", ["-m", "reach", "--help"], BOTO3, 0.6),
    ("reach explain CODE", ["-m", "reach", "explain", "NO_ROUTE_TO_DESTINATION"], BOTO3, 0.6),
    ("reach path", ["-m", "reach", "path", "orders", "internet", "--from", NET], BOTO3, 1.5),
    ("path, 500 resources", TEMPLATE, BOTO3, 1.5),
    ("reach demo", ["-m", "reach", "demo", "-o", "OUT"], FIGURE, 5.0),
)
RUNS = 9


def cpu(arguments: list[str], folder: str) -> float:
    """User and system seconds of one Python process with these arguments."""
    before = os.times()
    places = {"OUT": folder, "TEMPLATE": f"{folder}/template.yaml"}
    command = [sys.executable, *(places.get(a, a) for a in arguments)]
    compiled = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # as users run it
    quiet = subprocess.DEVNULL
    subprocess.run(command, stdout=quiet, stderr=quiet, check=False, cwd=ROOT, env=compiled)
    after = os.times()
    return (after.children_user - before.children_user) + (after.children_system - before.children_system)


def template(resources: int) -> str:
    """A template of about so many resources: a VPC of subnets, each with its table, group and function."""
    head = "Resources:\n  Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: 10.0.0.0/16}}\n"
    return head + "".join(ROW.replace("NUMBER", str(number)) for number in range(resources // 5))


ROW = """  SubnetNUMBER:
    Type: AWS::EC2::Subnet
    Properties:
      VpcId: !Ref Vpc
      CidrBlock: !Select [NUMBER, !Cidr [!GetAtt Vpc.CidrBlock, 256, 8]]
      AvailabilityZone: !Select [0, !GetAZs ""]
  TableNUMBER:
    Type: AWS::EC2::RouteTable
    Properties: {VpcId: !Ref Vpc}
  TableOfNUMBER:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref SubnetNUMBER, RouteTableId: !Ref TableNUMBER}
  GroupNUMBER:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: functions
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]
  FunctionNUMBER:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: functionNUMBER
      Runtime: python3.13
      Handler: app.handler
      Role: !Sub arn:${AWS::Partition}:iam::123456789012:role/functions
      VpcConfig: {SubnetIds: [!Ref SubnetNUMBER], SecurityGroupIds: [!GetAtt GroupNUMBER.GroupId]}
"""


def main() -> int:
    """Print each ratio and say whether all are within their bounds."""
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "template.yaml").write_text(template(500))
        for what, command, reference, bound in BOUNDS:
            cpu(command, folder), cpu(reference, folder)  # warm the file cache
            ratios = [cpu(command, folder) / cpu(reference, folder) for _ in range(RUNS)]
            median = statistics.median(ratios)
            failed += median > bound
            word = "ok" if median <= bound else "TOO SLOW"
            spread = f"{min(ratios):.2f} … {max(ratios):.2f}"
            print(f"{word:8} {what:20} {median:5.2f} × {reference[1]!r}  (bound {bound}, {spread})")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
