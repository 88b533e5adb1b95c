"""Workloads beside functions: may they use the network at all."""

from __future__ import annotations

from reach.answer import Layer, Reason
from reach.checks.guard import Findings, Guard, partition, passed
from reach.flow import Flow
from reach.network import Network
from reach.network.senders import Workload

ISOLATED = Reason(
    code="NETWORK_ISOLATION",
    title="The workload is cut off from every network",
    why="With network isolation a SageMaker model makes no network call, whatever its subnets and groups allow.",
    fix="Create the model again with EnableNetworkIsolation false.",
    layer=Layer.STATE,
    source="https://docs.aws.amazon.com/sagemaker/latest/dg/mkt-algo-model-internet-free.html",
)
REASONS = (ISOLATED,)


def isolation(network: Network, guard: Guard, flow: Flow) -> Findings:
    """Whether the workload may use its network (SRC-07)."""
    workload = network.things.get(guard.resource)
    if not isinstance(workload, Workload) or not workload.isolated:
        return passed(flow, guard.resource)
    shown = workload.proof("EnableNetworkIsolation", True)
    why = f"{workload.word} runs in network isolation."
    return partition(flow, flow.traffic, workload.word, ISOLATED, evidence=(shown,), why=why, fix=ISOLATED.fix)
