"""Lambda functions, their published versions and aliases."""

from __future__ import annotations

from typing import Any

from reach.sources.cloudformation.attributes import arn_of, function_name, version_of
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.groups import known, listed
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Undetermined, Unknown, plain, text_of

MANAGED = "LambdaManagedInstancesCapacityProviderConfig"
TAGGED = "resourcegroupstaggingapi:ResourceTagMappingList"


def function(draft: Draft, r: Resource) -> None:
    """A function, in no state yet; where a list of subnets is not known, one that is not known stands for it."""
    arn = r.arn("lambda", f"function:{r.id}")
    record: Entry = {"FunctionName": r.id, "FunctionArn": arn, "Version": "$LATEST"}
    if isinstance(r.get("Timeout"), int | str):
        record["Timeout"] = r.number("Timeout")
    if isinstance(r.get("Role"), str):
        record["Role"] = r.get("Role")
    config = r.get("VpcConfig")
    if isinstance(config, Unknown):  # whether it is attached at all is not known
        record["VpcConfig"] = {"VpcId": r.stack.pend(config)}
        draft.world.pending.setdefault(r.id, config)
    elif config is not None:
        record["VpcConfig"] = vpc_config(draft, r, r.mapping("VpcConfig", config))
    record |= _beside(r)
    provider = r.get("CapacityProviderConfig")
    if isinstance(provider, Unknown):  # whether it runs in somebody's network is not known
        provider = {MANAGED: {"CapacityProviderArn": r.stack.pend(provider)}}
    if provider is not None:
        record["CapacityProviderConfig"] = plain(r.mapping("CapacityProviderConfig", provider))
    draft.put("Functions", record, r, arn)
    tags = [{"Key": str(tag.get("Key")), "Value": text_of(tag.get("Value")) or ""} for tag in _tags(r)]
    if tags:
        draft.collection(r.stack.home, TAGGED).append({"ResourceARN": arn, "Tags": tags})


def _beside(r: Resource) -> Entry:
    """What the function needs besides: file systems, layers, traces; what is not known stands as its own text."""
    out: Entry = {}
    mounts = [m.get("Arn", "") if isinstance(m, dict) else m for m in _items(r, "FileSystemConfigs")]
    if mounts:
        out["FileSystemConfigs"] = [{"Arn": r.as_text("FileSystemConfigs", arn)} for arn in mounts]
    layers = [r.as_text("Layers", layer) for layer in _items(r, "Layers")]
    if layers:
        out["Layers"] = [{"Arn": layer} for layer in layers]
    tracing = r.get("TracingConfig")
    if isinstance(tracing, dict) and isinstance(tracing.get("Mode"), str):
        out["TracingConfig"] = {"Mode": tracing["Mode"]}
    return out


def _items(r: Resource, name: str) -> list[Any]:
    value = r.get(name)
    return value if isinstance(value, list) else [] if value is None else [value]


def _tags(r: Resource) -> list[dict[str, Any]]:
    value = r.get("Tags")
    return [tag for tag in value if isinstance(tag, dict)] if isinstance(value, list) else []


def vpc_config(draft: Draft, r: Resource, config: dict[str, Any]) -> Entry:
    """The subnets and groups of a function, and the VPC that they are in."""
    out: Entry = {"SubnetIds": _listed(r, config.get("SubnetIds"))}
    homes = (str(held["VpcId"]) for id in out["SubnetIds"] if (held := draft.record(id)))
    out["VpcId"] = next(homes, "")
    if config.get("SecurityGroupIds"):  # Lambda takes no default group where there is none (FN-10)
        out["SecurityGroupIds"] = listed(draft, r, "VpcConfig", config["SecurityGroupIds"], out["VpcId"])
    dual = config.get("Ipv6AllowedForDualStack")
    if dual is not None:
        known_ = not isinstance(dual, Unknown)
        out["Ipv6AllowedForDualStack"] = text_of(dual) == "true" if known_ else r.stack.pend(dual)
    return known(out)


def _listed(r: Resource, value: Any) -> list[str]:
    values = [] if value is None else value if isinstance(value, list) else [value]
    return [r.as_text("VpcConfig", item) for item in values]


def version(draft: Draft, r: Resource) -> None:
    """A published version keeps the network of the function as it was published."""
    name, number, arn = function_name(r), version_of(r), arn_of(r)
    held = next((row for row in draft.rows(r.stack.home, "Functions") if row["FunctionName"] == name), None)
    if held is not None:
        draft.put("Versions", {**held, "Version": number, "FunctionArn": arn}, r, arn)


def _share(r: Resource, row: dict[str, Any]) -> tuple[str, float]:
    """A version and how often it is invoked instead."""
    for name in ("FunctionVersion", "FunctionWeight"):
        if isinstance(row.get(name), Unknown):
            raise Undetermined(row[name])
    weight = r.as_text("RoutingConfig", row.get("FunctionWeight", ""))
    try:
        return r.as_text("RoutingConfig", row.get("FunctionVersion", "")), float(weight)
    except ValueError:
        said = f"has the weight {weight!a}, and it must be a number"
        raise r.fail("RoutingConfig", said, value=weight) from None


def alias(draft: Draft, r: Resource) -> None:
    """An alias of one or two versions."""
    arn = arn_of(r)
    record: Entry = {"AliasArn": arn, "Name": r.text("Name"), "FunctionVersion": r.known_text("FunctionVersion")}
    shares = r.part("RoutingConfig").get("AdditionalVersionWeights")
    rows = [row for row in shares if isinstance(row, dict)] if isinstance(shares, list) else []
    if rows:
        record["RoutingConfig"] = {"AdditionalVersionWeights": dict(_share(r, row) for row in rows)}
    draft.put("Aliases", record, r, arn)
