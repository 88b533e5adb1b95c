"""The nouns for who sends from a VPC: Lambda functions, their versions and aliases, and what else runs there."""

from __future__ import annotations

from reach.network.things import Gap, Thing


class Function(Thing, frozen=True, kw_only=True):
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
    ipv6_open: str = ""  # what stands for the switch where nobody knows it before deployment
    timeout: int | None = None
    role: str = ""  # the ARN of its execution role
    capacity_provider: str | None = None  # runs on managed instances, in that provider's network
    planned: bool = False  # does not exist yet
    managed: bool = False  # its subnets and groups are those of its capacity provider
    mounts: tuple[str, ...] = ()  # the ARNs of the access points of file systems that it mounts
    layers: tuple[str, ...] = ()  # the ARNs of its layers' versions
    traced: bool = False  # it sends traces to X-Ray
    gap: Gap | None = None  # attached to subnets that its record does not name
    tags: tuple[tuple[str, str], ...] | None = None  # None = not collected

    @property
    def attached(self) -> bool:
        return bool(self.subnets)

    @property
    def unqualified(self) -> str:
        """The ARN without a version.

        >>> from reach.network.things import Home
        >>> arn = "arn:aws:lambda:eu-west-1:1:function:f"
        >>> Function(id=f"{arn}:7", home=Home("1", "eu-west-1"), arn=f"{arn}:7").unqualified == arn
        True
        """
        return unqualified(self.arn)

    @property
    def published(self) -> bool:
        """Whether this is a published version, whose configuration never changes (FN-19)."""
        return self.qualifier != "$LATEST"

    @property
    def setting_up(self) -> bool:
        """Whether Lambda has yet to make its network interfaces: before it is deployed, and after it was idle."""
        return self.planned or self.state == "Inactive" or (self.state is None and self.where is not None)


class Alias(Thing, frozen=True, kw_only=True):
    """A name for one version of a function, or for two that share the invocations."""

    function: str
    versions: tuple[tuple[str, float], ...]  # version, share of the invocations


class Quota(Thing, frozen=True, kw_only=True):
    """A limit of Service Quotas as it applies to an account and region."""

    code: str
    value: float


def role_name(arn: str) -> str:
    """The name in a role's ARN, without its path.

    >>> role_name("arn:aws:iam::123456789012:role/service-role/orders")
    'orders'
    """
    return arn.rpartition("/")[2] if ":role/" in arn else ""


def role_id(account: str, name: str) -> str:
    """What a role is found by."""
    return f"{account}:role/{name}"


class Role(Thing, frozen=True, kw_only=True):
    """An execution role: the name and JSON text of each policy; `gap` if not all of them were read."""

    policies: tuple[tuple[str, str], ...]
    gap: Gap | None = None


class CapacityProvider(Thing, frozen=True, kw_only=True):
    """The managed instances that functions run on: real instances in these subnets, with these groups (SRC-01)."""

    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    state: str = ""


class Workload(Thing, frozen=True, kw_only=True):
    """What else sends from subnets with groups of its own: a task, a build, a job, a model, a poller.

    `word` is what a question names it by: ``ecs:CLUSTER/SERVICE``. `public_by` is the field that gives it a public
    IPv4 address when it starts, `public_open` what stands for whether it does, where a template leaves that open;
    `isolated`: it makes no network calls at all.
    """

    word: str
    arn: str
    subnets: tuple[str, ...]
    groups: tuple[str, ...]
    groups_field: str
    public_by: str = ""
    public_open: str = ""
    isolated: bool = False


class Poller(Workload, frozen=True, kw_only=True):
    """An event source mapping that polls from the network of its source, never from its function's (NEED-06).

    `source` is the ARN of what it polls, `hosts` are the servers (HOST:PORT) of a cluster without one. `services` are
    what it has to reach besides: none if it has provisioned pollers. With a `gap` its network is not known.
    """

    function: str  # the ARN of the function that it calls, without a version
    role: str = ""  # of that function: the poller reads its secrets with it
    source: str = ""
    hosts: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()  # on which it polls: the first that the source listens on
    services: tuple[str, ...] = ()
    gap: Gap | None = None


class Duty(Thing, frozen=True, kw_only=True):
    """What makes AWS call a function for another reason than its own events: a custom resource, a secret's rotation."""

    function: str  # an ARN, without a version
    kind: str  # "custom resource" or "rotation"


def unqualified(arn: str) -> str:
    """A function's ARN without its version or alias.

    >>> unqualified("arn:aws:lambda:eu-west-1:123456789012:function:orders:live")
    'arn:aws:lambda:eu-west-1:123456789012:function:orders'
    """
    return ":".join(arn.split(":")[:7])
