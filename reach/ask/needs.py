"""What a function needs besides what its code is asked about: file systems, secrets, pollers, extensions, duties.

Only what needs a path is demanded. Logs of ordinary functions, traces, keys that AWS itself decrypts with, code from S3
and queues and streams that Lambda reads from outside need none (NEED-01 … NEED-03, NEED-12, NEED-15, NEED-18).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from reach.answer import Note
from reach.ask.asker import Asker, of_workload
from reach.checks.roles import allows_by_name
from reach.errors import QuestionError
from reach.network import Database, Function, Gap, Network
from reach.network.senders import Duty, Poller
from reach.target import Target, parse

# What an extension calls on its own, by how the name of its layer begins (NEED-02).
EXTENSIONS = (
    ("AWS-AppConfig-Extension", "appconfigdata"),
    ("LambdaInsightsExtension", "logs"),
    ("aws-otel-", "xray"),
    ("AWSOpenTelemetryDistro", "xray"),
    ("Datadog-Extension", "internet"),
    ("NewRelic", "internet"),
    ("Dynatrace_OneAgent", "internet"),
    ("honeycomb-lambda-extension", "internet"),
)
SECRETS_EXTENSION = "AWS-Parameters-and-Secrets-Lambda-Extension"
SECRETS = "secretsmanager:GetSecretValue"
PARAMETERS = ("ssm:GetParameter", "ssm:GetParameters", "ssm:GetParametersByPath")
# Only code itself calls KMS like this; to decrypt what a service of AWS keeps, that service calls it (NEED-03).
KEYS = ("kms:Sign", "kms:Verify", "kms:GenerateMac", "kms:VerifyMac", "kms:GetPublicKey", "kms:DeriveSharedSecret")


class Need(Struct, frozen=True):
    """One thing that has to be reached: by whom, which target, for what, under which rule.

    Without a `target` there is a `gap`: what it is, or where, is not known. `words` name it.
    """

    rule: str
    who: Asker
    words: str
    why: str
    target: Target | None = None
    actions: tuple[str, ...] = ()
    gap: Gap | None = None


def needs(network: Network, asker: Asker) -> tuple[Need, ...]:
    """What a function needs, and what polls for it; of a poller what it needs itself.

    The same target for the same reason is there once; what could not be looked up is there as a gap.
    """
    found = [*_own(network, asker)]
    if asker.function is not None:
        found += _polled(network, asker, asker.function)
    merged: dict[tuple[str, str], Need] = {}
    for need in found:
        merged.setdefault((need.who.info.id, need.words), need)
    return tuple(merged.values())


def needed(network: Network, asker: Asker, target: Target) -> tuple[Note, ...]:
    """The note that this very target is one of the asker's needs."""
    mine = (n for n in _own(network, asker) if n.target and n.target.what == target.what)
    return tuple(Note("NEEDED_BESIDES", f"{n.why} ({n.rule}).", asker.info.id) for n in mine)


def _own(network: Network, asker: Asker) -> Iterator[Need]:
    """What it has to reach itself."""
    if isinstance(asker.workload, Poller):
        yield from _of_poller(network, asker, asker.workload)
    function = asker.function
    if function is None:
        return
    yield from _mounts(network, asker, function)
    yield from _secrets(network, asker, function)
    yield from _extensions(network, asker, function)
    yield from _duties(network, asker, function)
    yield from _telemetry(asker, function)


def _polled(network: Network, asker: Asker, function: Function) -> Iterator[Need]:
    """What polls for it has to reach."""
    gap = network.gap("EventSourceMappings", function.home)
    if gap is not None:
        why = f"Whether something polls for {function.name} from a VPC is not known"
        yield Need("NEED-06", asker, "event source mappings", why, gap=gap)
    for poller in network.all(Poller):
        if poller.function == function.unqualified:
            yield from _of_poller(network, of_workload(network, poller), poller)
        elif poller.function in network.pending:
            why = f"Whether {poller.word} polls for {function.name} is not known"
            yield Need("NEED-06", asker, poller.word, why, gap=network.pending[poller.function])


def _need(rule: str, who: Asker, words: str, why: str, actions: Iterable[str] = ()) -> Need:
    try:
        return Need(rule, who, words, why, parse(words), tuple(actions))
    except QuestionError as error:  # the words are AWS's, and need not be a target's
        return Need(rule, who, words, why, gap=Gap(words, "a name that can be read", error.message))


# -- the function itself --------------------------------------------------------------------------------------


def _mounts(network: Network, asker: Asker, function: Function) -> Iterator[Need]:
    """The file system behind each access point (NEED-04, NEED-05)."""
    for arn in function.mounts:
        s3 = ":s3files:" in arn
        rule, kind = ("NEED-05", "S3 file system") if s3 else ("NEED-04", "file system")
        point = arn.rpartition("/")[2]
        system = next((d for d in network.all(Database) if d.named(arn) or arn.startswith(f"{d.arn}/")), None)
        if system is not None:
            why = f"{function.name} mounts the {kind} {system.name} through {point}"
            yield _need(rule, asker, system.word, why)
            continue
        word = f"s3files:{arn.split('/')[1] if arn.count('/') > 1 else point}" if s3 else f"efs:{point}"
        keys = ("s3files:fileSystems", "s3files:mountTargets") if s3 else ("efs:AccessPoints", "efs:FileSystems")
        gaps = (g for k in keys if (g := network.gap(k, function.home)) is not None)
        absent = Gap(point, f"a source that holds {arn}", f"the {kind} of {point} is not in the data")
        why = f"{function.name} mounts a {kind} through {point}"
        yield Need(rule, asker, word, why, gap=next(gaps, absent))


def _secrets(network: Network, asker: Asker, function: Function) -> Iterator[Need]:
    """What the role is for, where its policies say so by name (NEED-14); `*` says nothing."""
    polled = any(
        p.function == function.unqualified and "secretsmanager" in p.services for p in network.all(Poller)
    )  # then the role's permission is the poller's
    wanted = [] if polled else [("NEED-14", "secretsmanager", (SECRETS,))]
    for rule, service, actions in (*wanted, ("NEED-14", "ssm", PARAMETERS), ("NEED-03", "kms", KEYS)):
        called = next((a for a in actions if allows_by_name(network, function, a)), None)
        if called:
            yield _need(rule, asker, service, f"The role of {function.name} is for calling {called}", (called,))


def _extensions(network: Network, asker: Asker, function: Function) -> Iterator[Need]:
    """What its layers call (NEED-02)."""
    names = [layer.split(":")[6] for layer in function.layers if layer.count(":") >= 7]
    for name in names:
        if name.startswith(SECRETS_EXTENSION):
            yield from _secrets_extension(network, asker, function, name)
        target = next((t for start, t in EXTENSIONS if name.startswith(start)), None)
        if target is not None:
            own = "; which hosts it calls is not known, so all of the internet is asked for" * (target == "internet")
            yield _need("NEED-02", asker, target, f"The extension {name} of {function.name} calls it{own}")


def _secrets_extension(network: Network, asker: Asker, function: Function, name: str) -> Iterator[Need]:
    """It fetches secrets or parameters: the role tells which, if it tells anything."""
    actions = {"secretsmanager": (SECRETS,), "ssm": PARAMETERS}
    told = [s for s, some in actions.items() if any(allows_by_name(network, function, a) for a in some)]
    for service in told or actions:
        which = "" if told else "; its role does not tell whether it fetches secrets or parameters"
        yield _need("NEED-02", asker, service, f"The extension {name} of {function.name} calls it{which}")


def _duties(network: Network, asker: Asker, function: Function) -> Iterator[Need]:
    """Answers to CloudFormation go to a bucket of its own (NEED-17); rotation calls Secrets Manager (NEED-14)."""
    kinds = {d.kind for d in network.all(Duty) if d.function == function.unqualified}
    if "custom resource" in kinds:
        bucket = f"s3://cloudformation-custom-resource-response-{function.home.region.replace('-', '')}"
        why = f"{function.name} answers for a custom resource: a stack waits an hour for what it puts there"
        yield _need("NEED-17", asker, bucket, why, ("s3:PutObject",))
    if "rotation" in kinds:
        why = f"{function.name} rotates a secret: it needs Secrets Manager beside the database"
        yield _need("NEED-14", asker, "secretsmanager", why, ("secretsmanager:PutSecretValue",))


def _telemetry(asker: Asker, function: Function) -> Iterator[Need]:
    """Functions on managed instances send their logs and traces through the VPC, all others do not (SRC-01)."""
    if function.managed or function.capacity_provider:
        yield _need("SRC-01", asker, "logs", f"{function.name} on managed instances sends its logs through the VPC")
        if function.traced:
            why = f"{function.name} on managed instances sends its traces through the VPC"
            yield _need("SRC-01", asker, "xray", why)


# -- what polls for it ----------------------------------------------------------------------------------------


def _of_poller(network: Network, who: Asker, poller: Poller) -> Iterator[Need]:
    """The source itself, and the services that a poller calls (NEED-06 … NEED-11)."""
    name = poller.function.rpartition(":")[2] or "a function"
    if poller.gap is not None:
        why = f"{poller.word} polls for {name}, from where is not known"
        yield Need("NEED-06", who, poller.word, why, gap=network.pending.get(poller.gap.resource, poller.gap))
        return
    yield from _source(network, who, poller, name)
    for service in poller.services:
        what = {"lambda": "to invoke it", "sts": "to assume its role", "secretsmanager": "to log in"}[service]
        yield _need("NEED-06", who, service, f"{poller.word} polls for {name} and calls {service} {what}")


def _source(network: Network, who: Asker, poller: Poller, name: str) -> Iterator[Need]:
    """What is polled, on the port that fits how the mapping logs in."""
    why = f"{poller.word} polls it for {name}"
    for host in poller.hosts:
        yield _need("NEED-09", who, host, why)
    source = next((d for d in network.all(Database) if poller.source and d.named(poller.source)), None)
    if source is None:
        return
    port = next((p for p in poller.ports if any(a <= p <= b for a, b in source.ports.spans)), None)
    yield _need("NEED-07", who, source.word if port is None else f"{source.word}:{port}", why)
