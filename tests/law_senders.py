"""Furniture for random networks: what a role may do, what enforces encryption, and a model that is cut off or not."""

from __future__ import annotations

from hypothesis import strategies as st

from reach.checks.roles import NEEDED, USEFUL
from tests.strategies import Case

CONTROLS = ("enforce", "enforce", "monitor", "strict")
EXCLUSIONS = ("Lambda", "VpcPeering")


def senders(draw: st.DrawFn, case: Case) -> None:
    """A role for the function, a SageMaker model beside it, and an encryption control of the VPC."""
    w = case.world
    named = draw(st.lists(st.sampled_from((*NEEDED, *USEFUL, "ec2:*", "logs:*")), min_size=1, unique=True))
    effect = draw(st.sampled_from(("Allow", "Allow", "Deny")))
    statements = [{"Effect": "Allow", "Action": "logs:*", "Resource": "*"},
                  {"Effect": effect, "Action": named, "Resource": "*"}]  # fmt: skip
    w.role(case.function, {"own": {"Version": "2012-10-17", "Statement": statements}})
    w.add("sagemaker:Models", {
        "ModelName": "score", "EnableNetworkIsolation": draw(st.booleans()),
        "VpcConfig": {"Subnets": list(case.subnets), "SecurityGroupIds": list(case.groups)},
    })  # fmt: skip
    if draw(st.booleans()):
        spared = draw(st.lists(st.sampled_from(EXCLUSIONS), unique=True))
        excluded = {name: {"State": "enabled" if name in spared else "disabled"} for name in EXCLUSIONS}
        mode = draw(st.sampled_from(CONTROLS))
        w[case.vpc]["EncryptionControl"] = {"Mode": mode, "State": "available", "ResourceExclusions": excluded}
