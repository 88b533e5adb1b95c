"""The request that a policy is asked about: actions, resource, caller, the network keys of its way (AUTH-20)."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from reach import policy
from reach.ask.asker import Asker
from reach.network import Endpoint, Subnet, Thing
from reach.network.senders import Poller
from reach.network.served import AccessPoint, RestApi
from reach.policy import ABSENT, Key, Principal, Text, Unknown, one
from reach.policy.globs import has_wildcard
from reach.services import find, partition_of
from reach.target import Arn, AwsService, Host, Target

# Of which actions a client of a service usually makes use; of all others any action is asked about.
USUAL = {
    "s3": ("s3:GetObject", "s3:PutObject", "s3:ListBucket"),
    "dynamodb": ("dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"),
    "execute-api": ("execute-api:Invoke",),
}

PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")  # never an aws:SourceIp (AUTH-24)
ALIAS = "-s3alias"  # how the alias of an access point ends, which stands for a bucket's name
# What the pollers of event source mappings do at these services (NEED-08).
POLLED: Mapping[str, tuple[str, ...]] = {
    "lambda": ("lambda:InvokeFunction",),
    "sts": ("sts:AssumeRole",),
    "secretsmanager": ("secretsmanager:GetSecretValue",),
}
_BUCKET_AT_ENDPOINT = re.compile(r"(.+)\.bucket\.vpce-")  # before an endpoint's own name
# A bucket before one of the hosts of S3: usual, FIPS, dual-stack, or with the Region behind a dash.
_BUCKET_HOST = re.compile(r"(.+?)\.s3(?:-fips)?(?:\.dualstack)?[.-](?:[a-z]+-[a-z-]+-[0-9]+\.)?amazonaws\.")


class Asked(Struct, frozen=True):
    """What is asked of the service: `explicit` if the user named the actions. `resource` is an ARN, "" if unknown."""

    service: str
    region: str
    actions: tuple[Text, ...]
    explicit: bool = False
    bucket: str = ""
    point: str = ""  # the ARN or alias of an access point, through which the bucket is asked
    resource: str = ""
    api: str = ""
    own_name: bool = False  # of an endpoint, which takes over nobody else's

    @property
    def is_api(self) -> bool:
        return self.service == "execute-api"

    @property
    def partition(self) -> str:
        return partition_of(self.region)

    @property
    def bucket_arn(self) -> str:
        return f"arn:{self.partition}:s3:::{self.bucket}"

    @property
    def shown(self) -> str:
        """The resource in words."""
        return self.bucket or self.point or self.resource or f"{self.service} in general"


def of_api(asked: Asked, api: RestApi) -> Asked:
    """The same for one private API: its methods are invoked."""
    where = f"arn:{asked.partition}:execute-api:{api.home.region}:{api.home.account}:{asked.api}/"
    return replace(asked, actions=("execute-api:Invoke",), resource=where)


class Way(Struct, frozen=True):
    """How the request leaves: an endpoint, a translator's public addresses, or neither (Lambda's own network)."""

    endpoint: Endpoint | None = None
    subnet: Thing | object = None
    public_ips: tuple[str, ...] = ()
    outside: tuple[str, ...] = PRIVATE  # blocks that its public address is not in

    @property
    def shown(self) -> str:
        if self.endpoint is not None:
            return f"through {self.endpoint.id}, without aws:SourceIp"
        return (
            f"from {', '.join(self.public_ips)}" if self.public_ips else "from an address of AWS, without an endpoint"
        )


def asked_of(target: Target, service: tuple[str, str], actions: tuple[str, ...]) -> Asked:
    """What a target asks of its service: a bucket, an API or an ARN, and the actions, the usual ones if none."""
    name, region = service
    mine = tuple(_meant(a) for a in actions if a.partition(":")[0].lower() == _prefix(name))
    found = Asked(name, region, mine or usual_actions(name), explicit=bool(mine))
    match target.what:
        case AwsService(bucket=str(bucket)) if bucket.endswith(ALIAS):
            return replace(found, point=bucket)
        case AwsService(bucket=str(bucket)):
            return replace(found, bucket=bucket)
        case Arn() as arn if name == "s3" and arn.resource.startswith("accesspoint/"):
            return replace(found, point="/".join(arn.arn.split("/")[:2]))
        case Arn() as arn if name == "s3":
            return replace(found, bucket=arn.resource.split("/")[0])
        case Arn() as arn:
            return replace(found, resource=arn.arn)
        case Host(name=host) if name == "s3":
            before = _BUCKET_AT_ENDPOINT.match(host) or _BUCKET_HOST.match(host)
            return replace(found, bucket=before[1]) if before else found
        case Host(name=host) if name == "execute-api" and ".vpce." in host:
            return replace(found, own_name=True)
        case Host(name=host) if name == "execute-api":
            return replace(found, api=host.partition(".")[0].partition("-vpce-")[0])
    return found


def _prefix(service: str) -> str:
    """The prefix of a service's IAM actions, which is not always its boto3 name."""
    found = find(service)
    return found.actions if found else service


def _meant(action: str) -> Text:
    """An action as typed; a pattern stands for any of the actions that it matches."""
    return Unknown(action, like=action) if has_wildcard(action) else action


def usual_actions(service: str) -> tuple[Text, ...]:
    """The actions to ask about where the user names none (AUTH-04)."""
    prefix = _prefix(service)
    return USUAL.get(service) or (Unknown(f"any action of {prefix}", like=f"{prefix}:*"),)


def request_of(asker: Asker, asked: Asked, way: Way, action: Text) -> policy.Request:
    """One action on the resource, with the keys that the way gives it."""
    if isinstance(asker.workload, Poller) and asked.service in POLLED:
        return _of_poller(asker.workload, asked, way, action)
    function = asker.function
    context = _network(way) | {
        "aws:SecureTransport": one("true"),
        "aws:ViaAWSService": one("false"),
        "aws:PrincipalIsAWSService": one("false"),
        "aws:CalledVia": ABSENT,
    }
    who = Principal(account=asker.info.account)
    if function is not None:
        context["lambda:SourceFunctionArn"] = one(function.unqualified)
        context["aws:PrincipalAccount"] = one(asker.info.account)
        role: Text = function.role or Unknown(f"the role of {function.name}", like="arn:*:iam::*:role/*")
        context["aws:PrincipalArn"] = one(role)
        who = Principal(arn=role, account=asker.info.account)
    gateway = way.endpoint is not None and way.endpoint.type.lower() == "gateway"
    return policy.Request(action, _resource(asked, action), who, context, root_only=gateway)


def through_point(asked: Asked, point: AccessPoint) -> Asked:
    """The same with the bucket behind an access point."""
    return replace(asked, bucket=point.bucket, point=point.id)


def at_point(request: policy.Request, asked: Asked) -> policy.Request:
    """The same request as the access point's own resource, which endpoint policies must admit beside the bucket."""
    of_bucket = isinstance(request.action, str) and _of_bucket(request.action)
    some = Unknown(f"an object of {asked.point}", like=f"{asked.point}/object/*")
    return replace(request, resource=asked.point if of_bucket else some)


def polls_with(asker: Asker, service: str) -> tuple[str, ...]:
    """The one thing that a poller does at a service; nothing for any other asker."""
    return POLLED.get(service, ()) if isinstance(asker.workload, Poller) else ()


def _of_poller(poller: Poller, asked: Asked, way: Way, action: Text) -> policy.Request:
    """Lambda itself assumes the role and invokes; only the secret is read with the function's role (NEED-08)."""
    role: Text = poller.role or Unknown(f"the role of {poller.function}", like="arn:*:iam::*:role/*")
    itself = asked.service in ("lambda", "sts")
    who = Principal(service="lambda.amazonaws.com") if itself else Principal(arn=role, account=poller.home.account)
    context: dict[str, Key] = _network(way) | {"aws:SecureTransport": one("true")}
    context["aws:PrincipalIsAWSService"] = one("true" if itself else "false")
    if not itself:
        context["aws:PrincipalArn"] = one(role)
    return policy.Request(action, Unknown(f"a resource of {asked.service}"), who, context)


def _network(way: Way) -> dict[str, Key]:
    """The keys that tell ways apart: behind an endpoint there is no aws:SourceIp, elsewhere nothing else (AUTH-20)."""
    vpce = way.endpoint
    if vpce is None:
        names = ("aws:SourceVpce", "aws:SourceVpc", "aws:SourceVpcArn", "aws:VpcSourceIp", "aws:VpceAccount")
        absent: dict[str, Key] = dict.fromkeys((*names, "aws:VpceOrgID", "aws:VpceOrgPaths"), ABSENT)
        among = way.public_ips
        source: Text = among[0] if len(among) == 1 else Unknown("a public address", among=among, outside=way.outside)
        return absent | {"aws:SourceIp": one(source)}
    block = way.subnet.cidr if isinstance(way.subnet, Subnet) else ""
    partition = partition_of(vpce.home.region)
    arn = f"arn:{partition}:ec2:{vpce.home.region}:{vpce.home.account}:vpc/{vpce.vpc}"
    return {
        "aws:SourceVpce": one(vpce.id),
        "aws:SourceVpc": one(vpce.vpc),
        "aws:SourceVpcArn": one(arn),
        "aws:VpcSourceIp": one(Unknown("an address of the function's subnet", within=block)),
        "aws:SourceIp": ABSENT,
    }


def _resource(asked: Asked, action: Text) -> Text:
    """A bucket for actions on buckets, some object of it for actions on objects, either for a pattern (AUTH-05)."""
    if asked.service == "s3":
        name, shown = f"arn:{asked.partition}:s3:::{asked.bucket or '*'}", asked.bucket or "a bucket that was not named"
        if isinstance(action, Unknown):
            return Unknown(f"{shown} or what is in it", like=f"{name}*")
        if not _of_bucket(action):
            return Unknown(f"an object of {shown}", like=f"{name}/*")
        return name if asked.bucket else Unknown(shown, like=name)
    if asked.service == "execute-api" and asked.resource:
        return Unknown("a method of the API", like=f"{asked.resource}*")
    return asked.resource or Unknown(f"a resource of {asked.service}")


def _of_bucket(action: str) -> bool:
    """Whether an action of S3 is on a bucket; IAM takes capitals for nothing.

    >>> [_of_bucket(f"s3:{name}") for name in ("ListBucket", "getlifecycleconfiguration", "GetObject")]
    [True, True, False]
    """
    return "bucket" in action.lower() or action.lower().endswith("configuration")
