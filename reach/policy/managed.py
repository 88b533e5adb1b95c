"""AWS's own policies for the execution roles of functions, so that they can be judged offline (PERM-02)."""

from __future__ import annotations

from collections.abc import Mapping

from reach.policy.document import Document, parse

LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
INTERFACES = (
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
)
# By the end of the ARN, which is the same in every partition.
ACTIONS: Mapping[str, tuple[str, ...]] = {
    "AWSLambdaBasicExecutionRole": LOGS,
    "AWSLambdaENIManagementAccess": INTERFACES,
    "AWSLambdaVPCAccessExecutionRole": (*LOGS, *INTERFACES, "ec2:DescribeSubnets"),
}
PLACE = ":iam::aws:policy/service-role/"


def managed(arn: str) -> Document | None:
    """The policy behind an ARN of AWS's, None if it is not one of these three.

    >>> found = managed("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")
    >>> found.statements[0].action.values
    ('logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents')
    """
    _, place, name = arn.partition(PLACE)
    if not place or name not in ACTIONS:
        return None
    found = parse(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": list(ACTIONS[name]), "Resource": "*"}],
        },
        name,
    )
    return found if isinstance(found, Document) else None
