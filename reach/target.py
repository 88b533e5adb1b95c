"""The words that a person types for a destination, and the values they stand for; nothing is looked up.

Whether a name exists in the network is decided by whoever has the network; see `Named` and `unknown`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_interface

from msgspec import Struct

from reach import services
from reach.engines import default_port
from reach.errors import QuestionError
from reach.network.served import COLLECTIONS, READERS
from reach.ports import PORT_FORMS, Ports, looks_like, parse_ports, quote

FORMS = (
    "targets: internet, s3[://BUCKET], SERVICE[@REGION], rds:NAME[:reader],\n"
    "elasticache:NAME, kafka:NAME, efs:fs-…, HOST, IP, CIDR, [IPv6], eni-…, i-…, an ARN; then :PORTS"
)
LONGEST = 1024

_NAME = r'(?:[A-Za-z0-9_./-]|\[(?:[0-9]+|"[A-Za-z0-9_./ -]+")\])+'
_DATABASE = re.compile(rf"(?:(?P<kind>cluster|instance|proxy|endpoint)/)?(?P<name>{_NAME})(?P<reader>:reader)?")
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_HOST = re.compile(rf"(?:{_LABEL}\.)+[A-Za-z](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?")
_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")
_TERRAFORM = re.compile(r"(?:.+\.)?(?:aws_[a-z0-9_]+\.).+|module\..+")
_ARN = re.compile(r"arn:(aws[a-z-]*):([a-z0-9-]+):([a-z0-9-]*):([0-9]{12}|aws|):([^:].*)")

# How many colon-separated fields an ARN has, so that ports behind it can be told from its own last field.
_ARN_FIELDS = {"rds": 7, "elasticache": 7, "secretsmanager": 7, "s3": 6, "dynamodb": 6, "sqs": 6, "sns": 6}
_ARN_FIELDS |= {"kms": 6, "ec2": 6, "kinesis": 6, "ssm": 6}
_ARN_FIELDS |= {"memorydb": 6, "redshift": 7, "redshift-serverless": 6, "es": 6, "aoss": 6, "kafka": 6, "mq": 8}
_ARN_FIELDS |= {"elasticfilesystem": 6, "elasticloadbalancing": 6, "dsql": 6}


class Internet(Struct, frozen=True):
    """All public addresses."""

    def __str__(self) -> str:
        return "internet"


class AwsService(Struct, frozen=True):
    """An AWS service by its boto3 name; `region` None means the function's own."""

    name: str
    region: str | None = None
    bucket: str | None = None

    def __str__(self) -> str:
        bucket = f"://{self.bucket}" if self.bucket else ""
        return f"{self.name}{bucket}" + (f"@{self.region}" if self.region else "")


class Database(Struct, frozen=True):
    """What serves in a VPC: a database, cache, broker, file system …; `service` is the boto3 name before its own.

    `kind` is of RDS only; None means cluster, then instance, then proxy, then endpoint.
    """

    name: str
    kind: str | None = None
    reader: bool = False
    service: str = "rds"

    def __str__(self) -> str:
        kind = self.kind + "/" if self.kind else ""
        return f"{self.service}:{kind}{self.name}{':reader' if self.reader else ''}"


class Host(Struct, frozen=True):
    """A DNS name, lower case, without the final dot."""

    name: str

    def __str__(self) -> str:
        return self.name


class Address(Struct, frozen=True):
    """An address (/32, /128) or a CIDR."""

    cidr: IPv4Network | IPv6Network

    def __str__(self) -> str:
        single = self.cidr.prefixlen == self.cidr.max_prefixlen
        text = str(self.cidr.network_address if single else self.cidr)
        return text if self.cidr.version == 4 else f"[{text}]"


class NetworkInterface(Struct, frozen=True):
    """A network interface by id."""

    id: str

    def __str__(self) -> str:
        return self.id


class Instance(Struct, frozen=True):
    """An EC2 instance by id."""

    id: str

    def __str__(self) -> str:
        return self.id


class Arn(Struct, frozen=True):
    """A resource by ARN."""

    arn: str

    @property
    def service(self) -> str:
        """The boto3 name of the service that the resource belongs to."""
        found = services.by_arn_namespace(self.arn.split(":")[2])
        return found.name if found else self.arn.split(":")[2]

    @property
    def region(self) -> str | None:
        """The region, None for global resources and buckets."""
        return self.arn.split(":")[3] or None

    @property
    def resource(self) -> str:
        """What follows the account: ``cluster:orders``, ``table/orders``, a bucket's name."""
        return self.arn.split(":", 5)[5]

    def __str__(self) -> str:
        return self.arn


class Named(Struct, frozen=True):
    """A word that is no service: the name or logical id of something in the network, or a mistake."""

    name: str

    def __str__(self) -> str:
        return self.name


What = Internet | AwsService | Database | Host | Address | NetworkInterface | Instance | Arn | Named


class Target(Struct, frozen=True, eq=False):
    """A destination as asked for; `ports` None means its own, `typed` is not part of the value."""

    typed: str
    what: What
    ports: Ports | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Target) and (self.what, self.ports) == (other.what, other.ports)

    def __hash__(self) -> int:
        return hash((self.what, self.ports))

    def __str__(self) -> str:
        return str(self.what) if self.ports is None else f"{self.what}:{self.ports}"

    def canonical(self, ports: Ports) -> str:
        """Return the one spelling of this target, with `ports` where none were asked for.

        Examples
        --------
        >>> parse("internet").canonical(Ports.of(443)), parse("10.0.0.5:53/udp").canonical(Ports.of(443))
        ('internet:443', '10.0.0.5:53/udp')
        """
        return f"{self.what}:{self.ports or ports}"


def parse(text: str, *, every_port: bool = False) -> Target:
    """Read a target; with `every_port` an address that names no port means all of them.

    Raises
    ------
    QuestionError
        If the words have no form of a target; a `Named` may still turn out to be nothing.

    Examples
    --------
    >>> parse("rds:cluster/orders:reader").what
    Database(name='orders', kind='cluster', reader=True, service='rds')
    """
    words = text.strip(" ")
    if not words:
        raise QuestionError("the target is empty", FORMS)
    if len(words) > LONGEST:
        raise QuestionError(f"target {quote(words)} is too long: {len(words)} characters", FORMS)
    if not (words.isascii() and words.isprintable()):
        hint = "write an international name in its ASCII form (xn--…)" if words.isprintable() else FORMS
        raise QuestionError(f"target {quote(words)} has characters that no name in AWS has", hint)
    what, ports = _split(words)
    if ports is None and _needs_ports(what) and not every_port:
        raise QuestionError(f"target {quote(words)} needs a port", f"for example {what}:443\n{PORT_FORMS}")
    return Target(text, what, ports)


def unknown(text: str, known_names: Iterable[str] = ()) -> QuestionError:
    """Return the error for a word that is no service and not among the names in the network.

    Examples
    --------
    >>> print(unknown("s4"))  # doctest: +ELLIPSIS
    unknown target 's4'
      did you mean 's3'?
      targets: internet, ...
    """
    hint = _not_a_place(text) or _did_you_mean(text, known_names)
    return QuestionError(f"unknown target {quote(text)}", hint + FORMS)


def _not_a_place(text: str) -> str:
    """What to ask for instead of a part of the network by its id: traffic goes to hosts and addresses."""
    if not (found := re.match(r"(vpce|vpc|subnet|sg|rtb|acl|nat|igw|eigw|tgw|pcx|vgw)-[0-9a-f]+(?![\w-])", text)):
        return ""
    if found[1] == "vpce":
        return f"of an endpoint ask for what it serves: a service (sqs), or a host ({found[0]}-….vpce.amazonaws.com)\n"
    inside = "a CIDR (10.0.1.0/24:5432), " if found[1] in ("vpc", "subnet") else ""
    return f"traffic is not sent to {found[0]}, but to {inside}an address (10.0.1.7:5432), eni-…:PORTS or a name\n"


def _split(words: str) -> tuple[What, Ports | None]:
    """Tell the form by how the words begin; every form reads its own ports."""
    if words.startswith("arn:"):
        return _arn(words)
    if words.startswith("["):
        return _bracketed(words)
    scheme, colon, rest = words.partition("://")
    if colon:
        return _url(words, scheme, rest)
    scheme, colon, rest = words.partition(":")
    if colon and scheme in COLLECTIONS and not looks_like(rest):
        return _database(words, rest) if scheme == "rds" else _served(words, scheme, rest)
    if words.count(":") > 1:
        raise _many_colons(words)
    whole = scheme == "internet" or (scheme != "s3" and services.find(scheme))
    if rest[:1].isalpha() and re.fullmatch(r"[A-Za-z0-9_-]+", scheme) and not whole:
        raise _unknown_form(words, scheme)
    return _plain(scheme, words), parse_ports(rest) if colon else None


def _plain(word: str, words: str) -> What:
    """A destination without a prefix; what stands before the ports."""
    name, at, region = word.partition("@")
    if at:
        return _service_in(name, region, words)
    if word == "internet":
        return Internet()
    if services.find(word):
        return AwsService(word)
    if re.fullmatch(r"eni-[A-Za-z0-9]+", word):
        return NetworkInterface(word)
    if re.fullmatch(r"i-[A-Za-z0-9]+", word):
        return Instance(word)
    if re.fullmatch(r"[0-9]+\.[0-9.]*(?:/.*)?", word):
        return Address(_cidr(word, words))
    if _TERRAFORM.fullmatch(word) and re.fullmatch(_NAME, word):
        return Named(word)
    host = word.removesuffix(".")
    if len(host) <= 253 and _HOST.fullmatch(host):
        return Host(host.lower())
    if re.fullmatch(_NAME, word) and ("." not in word or "/" in word):
        return Named(word)
    raise QuestionError(f"cannot read the target {quote(words)}", FORMS)


def _service_in(name: str, region: str, words: str) -> AwsService:
    if services.find(name) is None:
        raise unknown(name)
    if not services.is_region(region):
        raise QuestionError(f"target {quote(words)}: {quote(region)} is no region", f"for example {name}@eu-west-1")
    return AwsService(name, region)


def _database(words: str, rest: str) -> tuple[What, Ports | None]:
    name, ports = _last_ports(rest)
    found = _DATABASE.fullmatch(name)
    if found is None:
        hint = "forms: rds:NAME[:reader][:PORTS]  rds:cluster/NAME  rds:instance/NAME  rds:proxy/NAME"
        raise QuestionError(f"cannot read the target {quote(words)}", hint)
    if found["reader"] and found["kind"] in ("instance", "proxy"):
        raise QuestionError(f"target {quote(words)}: only a cluster has a reader", f"rds:{found['name']}:reader")
    return Database(found["name"], found["kind"], bool(found["reader"])), ports


def _served(words: str, service: str, rest: str) -> tuple[What, Ports | None]:
    name, ports = _last_ports(rest)
    reader = service in READERS and name.endswith(":reader")
    name = name.removesuffix(":reader") if reader else name
    if not re.fullmatch(_NAME, name):
        reads = "[:reader]" if service in READERS else ""
        raise QuestionError(f"cannot read the target {quote(words)}", f"form: {service}:NAME{reads}[:PORTS]")
    return Database(name, None, reader, service), ports


def _url(words: str, scheme: str, rest: str) -> tuple[What, Ports | None]:
    """`s3://BUCKET`; of other URLs only the host and port matter to a network."""
    if scheme == "s3":
        bucket, ports = _last_ports(rest)
        bucket, at, region = bucket.partition("@")
        if "/" in bucket:
            raise QuestionError(f"target {quote(words)}: a key has no path of its own", "form: s3://BUCKET[:PORTS]")
        if not _BUCKET.fullmatch(bucket):
            raise QuestionError(f"target {quote(words)} has no valid bucket name", "form: s3://BUCKET[:PORTS]")
        region_of = _service_in("s3", region, words).region if at else None
        return AwsService("s3", region_of, bucket), ports
    port = {"https": 443, "http": 80, "rediss": 6379, "mongodb": 27017}.get(scheme) or default_port(scheme)
    host = re.split(r"[/?#]", rest)[0].split("@")[-1]
    shown = f"{scheme}://{host}"  # what stands before the host may be a password
    if port is None:
        raise _unknown_form(words if "@" not in rest else shown, scheme)
    asked = host if re.search(r":[0-9]+$", host) else f"{host}:{port}"
    raise QuestionError(f"target {quote(shown)} is a URL", f"write the host and its port: {quote(asked)}")


def _bracketed(words: str) -> tuple[What, Ports | None]:
    found = re.fullmatch(r"\[([0-9A-Fa-f:.]+(?:/[0-9]{1,3})?)\](?::(.+))?", words)
    if found is None:
        raise QuestionError(f"cannot read the target {quote(words)}", "form: [2001:db8::1]:443 or [2001:db8::/64]:443")
    return Address(_cidr(found[1], words)), parse_ports(found[2]) if found[2] else None


def _many_colons(words: str) -> QuestionError:
    """Mostly an IPv6 address without its brackets."""
    with suppress(ValueError):
        ip_interface(words)
        hint = f"for example [{words}]:443   {PORT_FORMS}"
        return QuestionError(f"target {quote(words)} needs brackets and a port", hint)
    return _unknown_form(words, words.partition(":")[0])


def _arn(words: str) -> tuple[What, Ports | None]:
    fields = words.split(":")
    size = _ARN_FIELDS.get(fields[2]) if len(fields) > 2 else None
    arn, ports = words, None
    if size and len(fields) > size:
        arn, ports = ":".join(fields[:size]), parse_ports(":".join(fields[size:]))
    found = _ARN.fullmatch(arn)
    if found is None or (size and len(arn.split(":")) != size):
        hint = "for example arn:aws:rds:eu-west-1:123456789012:cluster:orders"
        raise QuestionError(f"cannot read the ARN {quote(words)}", hint)
    if services.by_arn_namespace(found[2]) is None:
        raise QuestionError(f"{quote(words)}: unknown service {quote(found[2])}", _did_you_mean(found[2]) + FORMS)
    return Arn(arn), ports


def _cidr(text: str, words: str) -> IPv4Network | IPv6Network:
    try:
        interface = ip_interface(text)
    except ValueError:
        hint = "for example 10.0.0.0/16:443"
        raise QuestionError(f"target {quote(words)} has no valid address or CIDR", hint) from None
    if interface.ip != interface.network.network_address:
        raise QuestionError(f"target {quote(words)} has host bits set", f"did you mean {interface.network}?")
    return interface.network


def _needs_ports(what: What) -> bool:
    """Whether nothing says on which ports it listens."""
    return isinstance(what, Address | NetworkInterface | Instance) or getattr(what, "service", "") == "ec2"


def _last_ports(text: str) -> tuple[str, Ports | None]:
    """Cut PORTS off the end of a name that may have colons of its own."""
    name, colon, last = text.rpartition(":")
    return (name, parse_ports(last)) if colon and looks_like(last) else (text, None)


def _unknown_form(words: str, scheme: str) -> QuestionError:
    """Return the error for `scheme:…` or `scheme://…` where the scheme means nothing."""
    message = f"unknown target {quote(words)}"
    if scheme == "s3":
        return QuestionError(message, "form: s3://BUCKET[:PORTS]")
    if words.endswith(":reader"):
        return QuestionError(message, f"did you mean {quote('rds:' + words)}?")
    cutoff = 0.5 if len(scheme) == 2 else 0.7
    known = difflib.get_close_matches(scheme.lower(), ["rds", "elasticache", "s3", *COLLECTIONS], n=1, cutoff=cutoff)
    hint = f"did you mean {known[0]!r}?\n" if known else ""
    return QuestionError(f"{message}: {quote(scheme)} is no kind of target", hint + FORMS)


def _did_you_mean(text: str, known_names: Iterable[str] = ()) -> str:
    mine = sorted(known_names)
    word, colon, _ = text.partition(":")
    if not (colon and word in COLLECTIONS):  # else only something of this kind can have been meant
        mine = ["internet", *services.names(), *mine]
    known = {name.lower(): name for name in mine}
    close = difflib.get_close_matches(text[:LONGEST].lower(), known, n=1)
    # Of short names one letter is half: 's4' is nearer to 's3' than difflib's default admits.
    close = close or difflib.get_close_matches(text[:LONGEST].lower(), known, n=1, cutoff=0.5)
    return f"did you mean {quote(known[close[0]])}?\n" if close else ""
