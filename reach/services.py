"""The AWS services that a function can call: their hosts, endpoint services, ports; read from services.json.

What is known about a service is written in tools/make_services.py, which generates the file. FIPS hosts are not in
it, nor dual-stack ones that are the usual host under another suffix: see spellings.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from msgspec import Struct

_REGION = r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]+"
_OWNERS = ("com.amazonaws", "cn.com.amazonaws", "eu.amazonaws", "aws.api", "api.aws", "aws.sagemaker")
_ENDPOINT_SERVICE = re.compile(rf"(?:{'|'.join(map(re.escape, _OWNERS))})\.(?:(?:{_REGION}|global)\.)?(.+)")
_PREFIX_LIST = re.compile(rf"com\.amazonaws\.({_REGION})\.([a-z0-9]+)")

# Hosts that SDKs of earlier years call by default.
LEGACY_HOSTS = {"sts.amazonaws.com": "sts", "queue.amazonaws.com": "sqs"}


class Service(Struct, frozen=True):
    """A service of AWS under its boto3 name.

    A few names have no boto3 client because another program calls them: ``ecr.dkr`` (images), ``email-smtp``,
    ``execute-api`` (APIs of API Gateway), ``s3express`` and ``sync-states``.

    Attributes
    ----------
    name
        The boto3 name, such as ``secretsmanager``.
    gateway
        Whether there is a gateway endpoint for it: S3, DynamoDB, S3 Express (SVC-20).
    ports
        TCP ports that its clients use (SVC-02).
    private_dns
        Whether an interface endpoint can take over the public name; not for DynamoDB (SVC-14).
    actions
        The prefix of its IAM actions, such as ``states`` for ``stepfunctions`` (AUTH-04).
    """

    name: str
    gateway: bool = False
    ports: tuple[int, ...] = (443,)
    private_dns: bool = True
    actions: str = ""
    _host: str = ""
    _hosts: tuple[tuple[str, str], ...] = ()
    _endpoints: tuple[str, ...] = ()
    _dual: str = ""
    _ipv6: tuple[str, ...] = ()

    def host(self, region: str) -> str:
        """Return the host that clients in `region` call; it may lie in another region or in none.

        A leading ``*.`` stands for a label that every real host has (an API, an account).

        Examples
        --------
        >>> find("stepfunctions").host("eu-west-1"), find("iam").host("eu-west-1")
        ('states.eu-west-1.amazonaws.com', 'iam.amazonaws.com')
        """
        partition = _partition(region)
        odd = dict(self._hosts)
        template = odd.get(region) or odd.get(partition["id"]) or self._host
        return template.format(region=region, dns=partition["dns"], dual=partition["dual"])

    def dual_host(self, region: str) -> str:
        """Return the host with addresses of both families: what AWS_USE_DUALSTACK_ENDPOINT makes SDKs call.

        Examples
        --------
        >>> find("sqs").dual_host("eu-west-1"), find("s3").dual_host("eu-west-1")
        ('sqs.eu-west-1.api.aws', 's3.dualstack.eu-west-1.amazonaws.com')
        """
        partition = _partition(region)
        if self._dual:
            return self._dual.format(region=region, dns=partition["dns"], dual=partition["dual"])
        host = self.host(region)
        if self.has_ipv6(region):
            return host
        return host.removesuffix(partition["dns"]) + partition["dual"] if host.endswith(partition["dns"]) else host

    def has_ipv6(self, region: str) -> bool:
        """Tell whether the usual host has IPv6 addresses; of most services nothing says so (FN-09)."""
        partition = _partition(region)
        return partition["id"] in self._ipv6 or self.host(region).endswith(f".{partition['dual']}")

    def endpoint_services(self, region: str) -> tuple[str, ...]:
        """Return the endpoint services that take the calls made from `region`.

        Empty if none is known: then the service needs a way to the internet (SVC-21).

        Examples
        --------
        >>> find("kinesis").endpoint_services("eu-west-1"), find("budgets").endpoint_services("eu-west-1")
        (('com.amazonaws.eu-west-1.kinesis-streams',), ())
        """
        # A host in another region (Organizations, Cost Explorer) needs the endpoint service of that region.
        found = re.search(rf"(?<=\.){_REGION}(?=\.)", self.host(region))
        served = found.group() if found else region
        return tuple(full for name in self._endpoints for full in _full_names(name, served, self.gateway))


def find(name: str) -> Service | None:
    """Return the service with this boto3 name."""
    return _services().get(name)


@cache
def names() -> tuple[str, ...]:
    """Return the names of all services, sorted."""
    return tuple(sorted(_services()))


def partition_of(region: str) -> str:
    """Return the partition of a region, as ARNs spell it.

    >>> partition_of("cn-north-1"), partition_of("eu-west-1")
    ('aws-cn', 'aws')
    """
    return str(_partition(region)["id"])


@cache
def partitions() -> tuple[Mapping[str, Any], ...]:
    """Return the partitions of AWS: `id`, `dns` and `dual` (how hosts end), `home` (the Region of global services)."""
    return tuple(_data()["partitions"])


@lru_cache(maxsize=1024)
def is_region(text: str) -> bool:
    """Tell whether `text` has the form of a region of some partition of AWS."""
    return any(re.fullmatch(p["regions"], text, re.ASCII) for p in _data()["partitions"])


def by_endpoint_service(name: str) -> Service | None:
    """Return the service whose host an endpoint of this service name serves.

    Of several boto3 services with the same host it is the one that carries the host's name, else the one
    with the shortest name. Endpoint services for FIPS hosts have a name of their own.

    Examples
    --------
    >>> by_endpoint_service("com.amazonaws.eu-west-1.monitoring").name
    'cloudwatch'
    >>> by_endpoint_service("com.amazonaws.us-east-1.kms-fips").name
    'kms'
    """
    found = _ENDPOINT_SERVICE.fullmatch(name.removesuffix("-fips"))
    return _by_suffix().get(found.group(1)) or _by_label().get(found.group(1)) if found else None


def by_host(host: str) -> tuple[Service, str] | None:
    """Return the service behind a public host of AWS and the region that the host is for.

    A host without a region counts for the partition's home region.

    Examples
    --------
    >>> service, region = by_host("reports.s3.eu-west-1.amazonaws.com")
    >>> service.name, region
    ('s3', 'eu-west-1')
    """
    host = host.lower().removesuffix(".")
    return _same_host(host) or _s3_host(host) or _wildcard_host(host)


def by_legacy_host(host: str, region: str) -> Service | None:
    """Return the service behind an old host that its endpoints do not take over (SVC-12, SVC-13).

    Examples
    --------
    >>> by_legacy_host("eu-west-1.queue.amazonaws.com", "eu-west-1").name
    'sqs'
    """
    name = LEGACY_HOSTS.get(host.lower().removesuffix(".").replace(f"{region}.", "", 1))
    return find(name) if name else None


def by_prefix_list(name: str) -> tuple[Service, str] | None:
    """Return the service and region of an AWS-managed prefix list with a gateway endpoint.

    Examples
    --------
    >>> service, region = by_prefix_list("com.amazonaws.eu-west-1.dynamodb")
    >>> service.name, region
    ('dynamodb', 'eu-west-1')
    """
    found = _PREFIX_LIST.fullmatch(name)
    service = find(found.group(2)) if found else None
    return (service, found.group(1)) if found and service and service.gateway else None


def by_arn_namespace(namespace: str) -> Service | None:
    """Return the service that the third field of an ARN stands for.

    Examples
    --------
    >>> by_arn_namespace("states").name
    'stepfunctions'
    """
    return find(namespace) or _by_label().get(namespace)


def _full_names(name: str, region: str, gateway: bool) -> tuple[str, ...]:
    """Put the owner and region before an endpoint service; a gateway's owner is com.amazonaws everywhere."""
    if "{" in name or name.startswith(("com.", "aws.")):
        return (name.format(region=region),)
    partition = _partition(region)
    usual = f"com.amazonaws.{region}.{name}"
    if name not in partition.get("owned", ()):
        return (usual,)
    own = f"{partition['owner']}.{region}.{name}"
    return (usual, own) if gateway else (own,)


def _same_host(host: str) -> tuple[Service, str] | None:
    """A host that is spelled as the clients spell it."""
    labels = host.split(".")
    for at, label in enumerate(labels):
        if is_region(label):
            before = ".".join([*labels[:at], "{region}"])
            service = _by_host_pattern().get((before, _suffix(labels[at + 1 :])))
            if service and service.host(label) == host:
                return service, label
    return _by_fixed_host().get(host)


def _s3_host(host: str) -> tuple[Service, str] | None:
    """The other spellings of S3: bucket before the host, dual-stack, legacy dash, website, S3 Express."""
    for partition in _data()["partitions"]:
        suffix = re.escape(partition["dns"])
        found = re.fullmatch(
            rf"(?:.+\.)?(?:s3(?:-website|-accesspoint)?(?:\.dualstack)?[.-]|"
            rf"s3express-(?P<express>[a-z0-9]+(?:-az[0-9]+)?)\.)(?P<region>{_REGION})\.{suffix}",
            host,
        )
        if found and is_region(found["region"]):
            return _services()["s3express" if found["express"] else "s3"], found["region"]
    return (_services()["s3"], "us-east-1") if host.endswith(".s3.amazonaws.com") else None


def _wildcard_host(host: str) -> tuple[Service, str] | None:
    """A host whose first label is an API, an account or an id (`*.` in the table; `<account>.ddb.`)."""
    _, _, rest = host.partition(".")
    if rest.startswith("ddb."):
        found = _same_host("dynamodb." + rest.removeprefix("ddb."))
        return found if found and found[0].name == "dynamodb" else None
    parts = host.split(".")
    tails = (parts[at:] for at in range(max(1, len(parts) - 6), len(parts)))
    return next((found for tail in tails if (found := _same_host(".".join(["*", *tail])))), None)


def _suffix(labels: list[str]) -> str:
    """The `{dns}` or `{dual}` that these last labels of a host stand for, in any partition."""
    text = ".".join(labels)
    for key in ("dual", "dns"):
        if any(text == p[key] for p in _data()["partitions"]):
            return f"{{{key}}}"
    return text


@cache
def _data() -> Mapping[str, Any]:
    data: dict[str, Any] = json.loads(files("reach").joinpath("services.json").read_text(encoding="utf-8"))
    return data


@cache
def _services() -> Mapping[str, Service]:
    return {
        name: Service(
            name,
            gateway=record.get("gateway", False),
            ports=tuple(record.get("ports", (443,))),
            private_dns=record.get("private_dns", True),
            actions=record.get("actions", name),
            _host=record["host"],
            _hosts=tuple(record.get("hosts", {}).items()),
            _endpoints=tuple(record.get("endpoints", ())),
            _dual=record.get("dual", ""),
            _ipv6=tuple(record.get("ipv6", ())),
        )
        for name, record in _data()["services"].items()
    }


@cache
def _partition(region: str) -> Mapping[str, Any]:
    """The partition of a region; an unknown one is taken for the first, `aws`, as boto3 does."""
    partitions: list[dict[str, Any]] = _data()["partitions"]
    return next((p for p in partitions if re.fullmatch(p["regions"], region, re.ASCII)), partitions[0])


def _label(template: str) -> str:
    """What stands before the region or the suffix: `api.ecr` of `api.ecr.{region}.{dns}`."""
    return re.split(rf"\.(?:\{{|{_REGION}\.)", template, maxsplit=1)[0].removeprefix("*.")


def _preferred() -> list[Service]:
    """All services, those that carry their host's own name first: an index keeps the first of a key."""
    return sorted(_services().values(), key=lambda s: (s.name != _label(s._host), len(s.name), s.name))


@cache
def _by_suffix() -> Mapping[str, Service]:
    """Endpoint service without owner and region → service; first those that have no other."""
    index: dict[str, Service] = {}
    for service in sorted(_preferred(), key=lambda s: len(s._endpoints)):
        for endpoint in service._endpoints:
            found = _ENDPOINT_SERVICE.fullmatch(endpoint.replace("{region}", "eu-west-1"))
            index.setdefault(found.group(1) if found else endpoint, service)
    return index


@cache
def _by_label() -> Mapping[str, Service]:
    index: dict[str, Service] = {}
    for service in _preferred():
        index.setdefault(_label(service._host), service)
    return index


@cache
def _by_host_pattern() -> Mapping[tuple[str, str], Service]:
    """(labels up to the region, `{dns}` or `{dual}` or the very suffix) → service."""
    index: dict[tuple[str, str], Service] = {}
    for service in _preferred():
        for template in (service._host, *(t for _, t in service._hosts)):
            before, _, after = template.partition("{region}")
            index.setdefault((before + "{region}", after.removeprefix(".")), service)
    return index


@cache
def _by_fixed_host() -> Mapping[str, tuple[Service, str]]:
    """Hosts without the caller's region: `iam.amazonaws.com`, `organizations.us-east-1.amazonaws.com`."""
    index: dict[str, tuple[Service, str]] = {}
    for service in _preferred():
        for partition in _data()["partitions"]:
            index.setdefault(service.host(partition["home"]), (service, partition["home"]))
    return index
