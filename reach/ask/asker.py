"""Who asks: source words → a function or interface of the network, with the interfaces it sends from."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from reach.answer import SourceInfo
from reach.errors import QuestionError
from reach.network import Alias, Function, Home, Interface, Network, Subnet, Vpc
from reach.network.senders import Poller, Workload
from reach.placement import of_function, placed
from reach.placement import of_workload as started
from reach.vpc_config import VpcConfig

WORDS = (
    *("ecs", "codebuild", "glue", "sagemaker", "apprunner", "synthetics", "mwaa", "emr-serverless", "esm", "microvm"),
)
LAMBDA_ARN = tuple(f"arn:{p}:lambda:" for p in ("aws", "aws-cn", "aws-us-gov"))
FUNCTION_NAME = re.compile(r"[A-Za-z0-9_-]{1,140}")


class Asker(Struct, frozen=True):
    """A source of traffic. `interfaces` is empty for a function that is not attached to a VPC."""

    info: SourceInfo
    interfaces: tuple[Interface, ...]
    function: Function | None
    vpc: Vpc | None
    alias: Alias | None = None  # by which the function was asked for
    workload: Workload | None = None  # what else it is than a function or interface

    @property
    def words(self) -> str:
        """What names this source and no other of its region."""
        function = self.function
        return f"{function.name}:{function.qualifier}" if function and function.published else self.info.id


def askers(network: Network, words: str, *, region: str | None = None, account: str | None = None) -> tuple[Asker, ...]:
    """All sources that the words name, sorted: one, or each match of a glob.

    Raises
    ------
    QuestionError
        If nothing matches, or a plain name matches in several regions or accounts.
    """
    if words.partition(":")[0] in WORDS or (words.startswith("arn:") and not words.startswith(LAMBDA_ARN)):
        return _workloads(network, words, region, account)
    if words.startswith(("eni-", "i-")) and not any(f.name == words for f in network.functions):
        return (_of_interface(network, words),)
    # STACK/LogicalId, and what Terraform's for_each makes of keys such as "a/b:c"
    whole = any(words == f.name or words in _paths(f) for f in network.functions)
    name, region, account = (words, region, account) if whole else _split(words, region, account)
    exact = any(name == f.name for f in network.functions)
    plain, qualifier = (name, "") if exact else _qualified(name)
    pool = [f for f in network.all(Function) if region in (None, f.home.region) and account in (None, f.home.account)]
    named = [f for f in pool if plain in (f.name, f.id, f.unqualified)]
    logical = [f for f in pool if plain and plain in _paths(f)]
    found = named or logical or [f for f in pool if fnmatchcase(f.name, plain)]
    if not found:
        raise _no_function(network, pool, words)
    if not any(c in plain for c in "*?[") and len({f.home for f in found}) > 1:
        where = ", ".join(f"{f.home.account}/{f.home.region}/{f.name}" for f in found)
        raise QuestionError(f"{words!r} is in several regions or accounts", f"choose one of: {where}")
    if qualifier:
        return tuple(a for f in _groups(found) for a in _versions(network, f, plain, qualifier))
    return tuple(_of_function(network, f) for f in _unqualified(found, plain))


def _paths(function: Function) -> tuple[str, ...]:
    """Where it stands in a template or the CDK's tree, with its stack and without."""
    paths = (function.logical, function.construct)
    return (*paths, *(path.partition("/")[2] for path in paths))


def _qualified(name: str) -> tuple[str, str]:
    """`name:alias` and `name:7`, also at the end of an ARN, which has seven parts without it."""
    if not name.startswith("arn:"):
        plain, _, qualifier = name.partition(":")
        return plain, qualifier
    parts = name.split(":")
    return ":".join(parts[:7]), ":".join(parts[7:])


def _groups(found: Sequence[Function]) -> list[list[Function]]:
    """All versions of each function together, sorted by name."""
    out: dict[tuple[str, Home], list[Function]] = {}
    for function in sorted(found, key=lambda f: (f.name, f.id)):
        out.setdefault((function.name, function.home), []).append(function)
    return list(out.values())


def _versions(network: Network, found: Sequence[Function], plain: str, qualifier: str) -> Iterator[Asker]:
    """The version of this name or number; of an alias each version that it sends invocations to (FN-19)."""
    name, home = found[0].name, found[0].home
    aliases = [a for a in network.all(Alias) if (a.function, a.home) == (name, home)]
    alias = next((a for a in aliases if a.name == qualifier), None)
    shares = dict(alias.versions) if alias else {qualifier: 1.0}
    by_number = {f.qualifier: f for f in found}
    missing = [v for v in shares if v not in by_number]
    if missing:
        known = ", ".join([*sorted(by_number), *sorted(a.name for a in aliases)])
        gaps = [g for key in ("Versions", "Aliases") if (g := network.gap(key, home)) is not None]
        hint = f"known: {known}" + (f"\n{gaps[0].why}: grant {gaps[0].needs} and read again" if gaps else "")
        raise QuestionError(f"no version or alias {missing[0]!a} of {plain!a} in the source", hint)
    for version in sorted(shares):
        yield _of_function(network, by_number[version], alias)


def named(found: Sequence[Asker]) -> list[tuple[str, Asker]]:
    """Each by the shortest words that mean it alone: NAME, or ACCOUNT/REGION/NAME."""
    count = Counter(asker.info.name for asker in found)
    return [(i.name if count[i.name] == 1 else f"{i.account}/{i.region}/{i.name}", a) for a in found for i in (a.info,)]


def planned(
    network: Network, words: str, config: VpcConfig, *, region: str | None = None, account: str | None = None
) -> Network:
    """The network in which the function of this name, which need not exist yet, has another configuration.

    Raises
    ------
    QuestionError
        If the name cannot be a function's, or there is no telling in which account and region it would be.
    """
    name, region, account = _split(words, region, account)
    if not FUNCTION_NAME.fullmatch(name):
        raise QuestionError(f"{name!a} cannot be the name of a function", "--vpc-config is about one function")
    homes = [h for h in _homes(network, config) if region in (None, h.region) and account in (None, h.account)]
    if len(homes) != 1:
        where = ", ".join(f"{h.account}/{h.region}/{name}" for h in homes)
        raise QuestionError(
            f"{name!a} could be in {len(homes)} accounts and regions" if homes else f"no region to put {name!a} into",
            f"say which: {where}" if homes else "the source has no such account and region: check --region",
        )
    arn = f"arn:aws:lambda:{homes[0].region}:{homes[0].account}:function:{name}"
    new = Function(id=arn, arn=arn, name=name, home=homes[0])
    known = (f for f in network.functions if f.name == name and f.home == homes[0] and f.qualifier == "$LATEST")
    base = next(known, new)
    function = replace(
        base, subnets=config.subnets, groups=config.groups, ipv6=config.ipv6, planned=True,
        vpc_config=None, state=None, state_code=None, update_status=None, capacity_provider=None, gap=None,
    )  # fmt: skip
    return network.changed(function)


def _homes(network: Network, config: VpcConfig) -> list[Home]:
    """Where the subnets are; without a subnet that was read, everywhere."""
    found = {t.home for s in config.subnets if isinstance(t := network.things.get(s), Subnet)}
    return sorted(found or set(network.homes), key=lambda h: (h.account, h.region))


def _unqualified(found: list[Function], words: str) -> list[Function]:
    """A name without a qualifier means $LATEST; published versions are meant by their own ARN (FN-19)."""
    latest = {(f.home, f.name) for f in found if f.qualifier == "$LATEST"}
    return [f for f in found if f.qualifier == "$LATEST" or f.arn == words or (f.home, f.name) not in latest]


def _split(words: str, region: str | None, account: str | None) -> tuple[str, str | None, str | None]:
    """REGION/NAME and ACCOUNT/REGION/NAME; a name of Terraform's may hold a slash."""
    first, slash, rest = words.partition("/")
    if words.startswith("arn:") or not slash:
        return words, region, account
    if not first.isdecimal() or "/" not in rest:
        return rest, first, account
    second, _, name = rest.partition("/")
    return name, second, first


def _no_function(network: Network, pool: list[Function], words: str) -> QuestionError:
    names = sorted({f.name for f in pool})
    written = {path for f in network.functions for path in (f.logical, f.construct) if path}
    meant = difflib.get_close_matches(words, sorted(written), 1)
    if not names:
        gaps = [g for h in network.homes if (g := network.gap("Functions", h)) is not None]
        if gaps:
            return QuestionError(f"no function {words!a}: {gaps[0].why}", f"grant {gaps[0].needs} and read again")
        elsewhere = ", ".join(sorted({f"{f.home.region}/{f.name}" for f in network.functions})[:8])
        if elsewhere:
            hint = f"did you mean {meant[0]!r}?\n" if meant else ""
            return QuestionError(f"no function {words!a} in that account and region", f"{hint}functions: {elsewhere}")
        return QuestionError(f"no function {words!a}: the source has no functions at all", "check --from and --region")
    close = difflib.get_close_matches(words, names, 1) or meant
    listed = ", ".join(names[:8]) + (f", … ({len(names)} in all)" if len(names) > 8 else "")
    hint = f"did you mean {close[0]!r}?\nfunctions: {listed}" if close else f"functions: {listed}"
    return QuestionError(f"no function {words!a} in the source", hint)


def _of_function(network: Network, function: Function, alias: Alias | None = None) -> Asker:
    interfaces = of_function(network, function)
    vpc_id = next((i.vpc for i in interfaces if i.vpc), None)
    vpc = network.things.get(vpc_id or "")
    info = SourceInfo(
        kind="function",
        id=function.name,
        arn=function.arn,
        account=function.home.account,
        region=function.home.region,
        qualifier=function.qualifier,
        vpc=vpc_id,
        subnets=function.subnets,
        security_groups=function.groups,
    )
    return Asker(info, interfaces, function, vpc if isinstance(vpc, Vpc) else None, alias)


def _workloads(network: Network, words: str, region: str | None, account: str | None) -> tuple[Asker, ...]:
    """What else runs in a VPC, by its word, ARN or a glob (SRC-04 … SRC-09)."""
    every = [w for w in network.all(Workload) if region in (None, w.home.region) and account in (None, w.home.account)]
    found = [w for w in every if words in (w.word, w.arn)] or [w for w in every if fnmatchcase(w.word, words)]
    if not found:
        known = sorted({w.word for w in every})
        close = difflib.get_close_matches(words, known, 1)
        hint = f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known[:8]) or 'none'}"
        more = "\nreach knows those whose subnets and groups are in the source; for any other: eni-… or --vpc-config"
        raise QuestionError(f"nothing called {words!a} runs in a VPC of the source", hint + more)
    unplaced = next((w.gap for w in found if isinstance(w, Poller) and w.gap), None)
    if unplaced is not None:
        unplaced = network.pending.get(unplaced.resource, unplaced)
        raise QuestionError(f"where {words!r} polls from is not known: {unplaced.why}", f"it needs {unplaced.needs}")
    return tuple(of_workload(network, w) for w in sorted(found, key=lambda w: (w.word, w.id)))


def of_workload(network: Network, workload: Workload) -> Asker:
    """A task, build, poller and the like as a source."""
    interfaces = started(network, workload)
    vpc_id = next((i.vpc for i in interfaces if i.vpc), None)
    vpc = network.things.get(vpc_id or "")
    info = SourceInfo(
        kind="workload", id=workload.word, arn=workload.arn or None, account=workload.home.account,
        region=workload.home.region, qualifier=None, vpc=vpc_id, subnets=workload.subnets,
        security_groups=workload.groups,
    )  # fmt: skip
    return Asker(info, interfaces, None, vpc if isinstance(vpc, Vpc) else None, workload=workload)


def _of_interface(network: Network, words: str) -> Asker:
    mine = [i for i in network.all(Interface) if words in (i.id, i.instance)]
    unread = (network.gap("NetworkInterfaces", home) for home in network.homes)
    open_ = next((gap for gap in unread if gap and gap.given), None)
    left = network.pending.get(words, open_)  # as a template leaves it open
    if not mine and left is not None:
        raise QuestionError(f"what {words!a} is, is not known: {left.why}", f"it needs {left.needs}")
    if not mine:
        known = sorted(
            {i.id for i in network.all(Interface)} | {i.instance for i in network.all(Interface) if i.instance}
        )
        close = difflib.get_close_matches(words, known, 1)
        hint = f"did you mean {close[0]!r}?" if close else "an eni- or i- source needs ec2:DescribeNetworkInterfaces"
        raise QuestionError(f"no interface or instance {words!a} in the source", hint)
    first = mine[0]
    vpc = network.things.get(first.vpc)
    info = SourceInfo(
        kind="instance" if words.startswith("i-") else "interface",
        id=words,
        arn=None,
        account=first.home.account,
        region=first.home.region,
        qualifier=None,
        vpc=first.vpc or None,
        subnets=tuple(sorted({i.subnet for i in mine if i.subnet})),
        security_groups=tuple(sorted({g for i in mine for g in i.groups or ()})),
    )
    there = tuple(placed(network, i) for i in mine)
    return Asker(info, there, None, vpc if isinstance(vpc, Vpc) else None)
