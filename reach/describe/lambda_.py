"""Lambda: functions, how they are attached, and whether they can run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from reach.describe.records import Record, Section, flag, number, part, rows, text, texts
from reach.network import Alias, Function, Gap, Thing
from reach.network.senders import CapacityProvider, Quota

TAGGED = "resourcegroupstaggingapi:ResourceTagMappingList"
Tags = tuple[tuple[str, str], ...]


def read(section: Section) -> Iterator[Thing]:
    """All functions of an account and region, their published versions and aliases."""
    tags = _tags_by_arn(section)
    for record in section.rows("Functions"):
        yield _function(section, record, tags)
    for record in section.rows("Versions"):  # every function's $LATEST is among them, less complete than above
        if text(record, "Version") not in ("", "$LATEST"):
            yield _function(section, record, tags)
    for record in section.rows("Aliases"):
        yield _alias(section, record)
    for record in section.rows("service-quotas:Quotas"):
        code, value = text(record, "QuotaCode"), record.get("Value")
        if code and isinstance(value, int | float):
            id = f"{section.home.account}/{section.home.region}/{code}"
            yield Quota(id=id, home=section.home, name=text(record, "QuotaName"), code=code, value=value)


def _function(section: Section, record: Record, tags: Mapping[str, Tags] | None) -> Function:
    config = part(record, "VpcConfig")  # absent, null, or two empty lists: not attached (FN-01)
    name = text(record, "FunctionName")
    arn = (
        text(record, "FunctionArn").removesuffix(":$LATEST")
        or f"arn:aws:lambda:{section.home.region}:{section.home.account}:function:{name}"
    )
    return Function(
        id=arn,
        home=section.home,
        name=name or arn.split(":function:")[-1],
        arn=arn,
        subnets=tuple(sorted(set(texts(config, "SubnetIds")))),
        groups=tuple(sorted(set(texts(config, "SecurityGroupIds")))),
        vpc_config=text(config, "VpcId") or None,
        qualifier=text(record, "Version") or "$LATEST",
        state=text(record, "State") or None,
        state_code=text(record, "StateReasonCode") or None,
        state_reason=text(record, "StateReason") or None,
        update_status=text(record, "LastUpdateStatus") or None,
        update_code=text(record, "LastUpdateStatusReasonCode") or None,
        ipv6=flag(config, "Ipv6AllowedForDualStack"),
        ipv6_open=text(config, "Ipv6AllowedForDualStack"),
        timeout=number(record, "Timeout"),
        role=text(record, "Role"),
        capacity_provider=text(
            part(record, "CapacityProviderConfig"),
            "LambdaManagedInstancesCapacityProviderConfig",
            "CapacityProviderArn",
        )
        or None,
        mounts=tuple(text(f, "Arn") for f in rows(record, "FileSystemConfigs")),
        layers=tuple(text(layer, "Arn") for layer in rows(record, "Layers")),
        traced=text(part(record, "TracingConfig"), "Mode") == "Active",
        gap=_gap(name, config),
        tags=_own_tags(record) if "Tags" in record else None if tags is None else tags.get(arn, ()),
    )


def _alias(section: Section, record: Record) -> Alias:
    arn = text(record, "AliasArn")
    shares = part(part(record, "RoutingConfig"), "AdditionalVersionWeights")
    others = {v: float(w) for v, w in shares.items() if isinstance(w, int | float) and w > 0}
    first = (text(record, "FunctionVersion"), round(1 - sum(others.values()), 6))
    versions = (first, *sorted(others.items())) if first[1] > 0 else tuple(sorted(others.items()))
    name = arn.split(":function:")[-1].split(":")[0]
    return Alias(id=arn, home=section.home, name=text(record, "Name"), function=name, versions=versions)


def on_providers(things: Mapping[str, Thing]) -> dict[str, Thing]:
    """Functions on managed instances have the network of their capacity provider, not one of their own (SRC-01)."""
    out: dict[str, Thing] = {}
    for function in [t for t in things.values() if isinstance(t, Function) and t.capacity_provider]:
        provider = things.get(function.capacity_provider or "")
        if isinstance(provider, CapacityProvider) and provider.subnets:
            out[function.id] = replace(
                function, subnets=tuple(sorted(set(provider.subnets))), groups=tuple(sorted(set(provider.groups))),
                managed=True, ipv6=False, vpc_config=None, gap=None,
            )  # fmt: skip
    return out


def _gap(name: str, config: Record) -> Gap | None:
    """A record that names a VPC or groups and leaves the subnets out does not tell where the function sits."""
    if "SubnetIds" in config or not (text(config, "VpcId") or texts(config, "SecurityGroupIds")):
        return None
    return Gap(name, "lambda:GetFunctionConfiguration", f"the VpcConfig of {name} has no SubnetIds")


def _tags_by_arn(section: Section) -> dict[str, Tags] | None:
    """The tags of all functions that have any; ListFunctions does not tell them."""
    if section.gap(TAGGED) is not None:
        return None
    return {text(r, "ResourceARN"): _pairs(r) for r in section.rows(TAGGED)}


def _own_tags(record: Record) -> Tags:
    """Tags in the record itself: names with values, as GetFunction answers, or a list, as in a template."""
    named = part(record, "Tags")
    return tuple(sorted((k, v) for k, v in named.items() if isinstance(v, str))) or _pairs(record)


def _pairs(record: Record) -> Tags:
    return tuple(sorted((text(t, "Key"), text(t, "Value")) for t in rows(record, "Tags")))
