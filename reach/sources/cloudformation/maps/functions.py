"""Lambda functions, their published versions and aliases."""

from __future__ import annotations

from typing import Any

from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.maps.groups import known, listed
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import Unknown, plain, text_of

TAGGED = "resourcegroupstaggingapi:ResourceTagMappingList"


def function(draft: Draft, r: Resource) -> None:
    """A function; where a list of subnets is not known, one subnet that is not known stands for it."""
    arn = r.arn("lambda", f"function:{r.id}")
    record: Entry = {"FunctionName": r.id, "FunctionArn": arn, "Version": "$LATEST", "State": "Active"}
    if isinstance(r.get("Timeout"), int | str):
        record["Timeout"] = r.number("Timeout")
    config = r.get("VpcConfig")
    if isinstance(config, Unknown):  # whether it is attached at all is not known
        record["VpcConfig"] = {"VpcId": r.stack.pend(config)}
        draft.world.pending.setdefault(r.id, config)
    elif isinstance(config, dict):
        record["VpcConfig"] = vpc_config(draft, r, config)
    provider = r.get("CapacityProviderConfig")
    if isinstance(provider, dict):
        record["CapacityProviderConfig"] = plain(provider)
    draft.put("Functions", record, r, arn)
    tags = [{"Key": str(tag.get("Key")), "Value": text_of(tag.get("Value")) or ""} for tag in _tags(r)]
    if tags:
        draft.collection(r.stack.home, TAGGED).append({"ResourceARN": arn, "Tags": tags})


def _tags(r: Resource) -> list[dict[str, Any]]:
    value = r.get("Tags")
    return [tag for tag in value if isinstance(tag, dict)] if isinstance(value, list) else []


def vpc_config(draft: Draft, r: Resource, config: dict[str, Any]) -> Entry:
    """The subnets and groups of a function, and the VPC that they are in."""
    out: Entry = {"SubnetIds": _listed(r, config.get("SubnetIds"))}
    homes = (str(held["VpcId"]) for id in out["SubnetIds"] if (held := draft.record(id)))
    out["VpcId"] = next(homes, "")
    if config.get("SecurityGroupIds") is not None:
        out["SecurityGroupIds"] = listed(draft, r, "VpcConfig", config["SecurityGroupIds"], out["VpcId"])
    dual = config.get("Ipv6AllowedForDualStack")
    if dual is not None and not isinstance(dual, Unknown):
        out["Ipv6AllowedForDualStack"] = text_of(dual) == "true"
    return known(out)


def _listed(r: Resource, value: Any) -> list[str]:
    values = [] if value is None else value if isinstance(value, list) else [value]
    return [r.as_text("VpcConfig", item) for item in values]


def version(draft: Draft, r: Resource) -> None:
    """A published version keeps the network of the function as it was published."""
    name = r.text("FunctionName").rpartition(":function:")[2]
    held = next((row for row in draft.rows(r.stack.home, "Functions") if row["FunctionName"] == name), None)
    if held is not None:
        number = 1 + sum(row["FunctionName"] == name for row in draft.rows(r.stack.home, "Versions"))
        arn = f"{held['FunctionArn']}:{number}"
        draft.put("Versions", {**held, "Version": str(number), "FunctionArn": arn}, r, arn)


def alias(draft: Draft, r: Resource) -> None:
    """An alias; which number its version gets is not in a template, so it is the last one here."""
    name = r.text("FunctionName").rpartition(":function:")[2]
    published = [row["Version"] for row in draft.rows(r.stack.home, "Versions") if row["FunctionName"] == name]
    version = r.get("FunctionVersion")
    number = version if version == "$LATEST" or not published else published[-1]
    arn = r.arn("lambda", f"function:{name}:{r.text('Name')}")
    record = {"AliasArn": arn, "Name": r.text("Name"), "FunctionVersion": text_of(number) or "$LATEST"}
    draft.put("Aliases", record, r, arn)
