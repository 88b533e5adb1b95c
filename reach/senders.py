"""The nouns for who sends from a VPC: Lambda functions, and what else runs in subnets with groups of its own."""

from __future__ import annotations

from dataclasses import dataclass

from reach.things import Gap, Thing


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Thing):
    """A Lambda function. `attached` False: it runs in Lambda's own network."""

    arn: str
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    vpc_config: str | None = None  # VpcConfig.VpcId as reported; the subnets decide
    qualifier: str = "$LATEST"
    state: str | None = None
    state_code: str | None = None
    state_reason: str | None = None
    update_status: str | None = None
    update_code: str | None = None
    ipv6: bool = False
    timeout: int | None = None
    capacity_provider: str | None = None  # runs on managed instances, in that provider's network
    planned: bool = False  # does not exist yet
    gap: Gap | None = None  # attached to subnets that its record does not name
    tags: tuple[tuple[str, str], ...] | None = None  # None = not collected

    @property
    def attached(self) -> bool:
        return bool(self.subnets)
