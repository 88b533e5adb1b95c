"""Who sends in test worlds: functions, their versions and aliases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tests.world_databases import Databases
from tests.world_records import Record


class Senders(Databases):
    """Records of functions; what a function shares with others is made by the test."""

    def function(
        self,
        name: str,
        subnets: Sequence[str] = (),
        groups: Sequence[str] = (),
        *,
        state: str = "Active",
        unattached: str = "absent",
        ipv6: bool = False,
        **members: Any,
    ) -> str:
        """Make a function; `unattached` is how AWS says "no VPC": absent, null, empty or empty-vpc."""
        spellings: dict[str, Record] = {
            "absent": {},
            "null": {"VpcConfig": None},
            "empty": {"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []}},
            "empty-vpc": {"VpcConfig": {"SubnetIds": [], "SecurityGroupIds": [], "VpcId": ""}},
        }
        config = spellings[unattached]
        if subnets:
            config = {
                "VpcConfig": {
                    "SubnetIds": list(subnets),
                    "SecurityGroupIds": list(groups),
                    "VpcId": self[subnets[0]]["VpcId"],
                    "Ipv6AllowedForDualStack": ipv6,
                }
            }
        self.add(
            "Functions",
            {
                "FunctionName": name,
                "FunctionArn": self.arn("lambda", f"function:{name}"),
                "Runtime": "python3.13",
                "Role": f"arn:{self.partition}:iam::{self.account}:role/{name}",
                "Handler": "app.handler",
                "CodeSize": 1024,
                "Description": "",
                "Timeout": 3,
                "MemorySize": 128,
                "LastModified": "2026-01-01T00:00:00.000+0000",
                "Version": "$LATEST",
                **config,
                "State": state,
                "LastUpdateStatus": "Successful",
                "PackageType": "Zip",
                "Architectures": ["x86_64"],
                **members,
            },
            name,
        )
        return name

    def version(
        self,
        name: str,
        number: str,
        subnets: Sequence[str] = (),
        groups: Sequence[str] = (),
        *,
        key: str = "Versions",
        **members: Any,
    ) -> str:
        """Publish a version of a function with a network of its own."""
        self.function(f"{name}:{number}", subnets, groups, **members)
        record = self[f"{name}:{number}"]
        self.collections["Functions"].remove(record)
        record |= {"FunctionName": name, "Version": number}
        self.add(key, record, f"{name}:{number}")
        return f"{name}:{number}"

    def alias(self, name: str, alias: str, version: str, weights: Mapping[str, float] | None = None) -> str:
        """Name a version of a function, or two of them."""
        routing = {"RoutingConfig": {"AdditionalVersionWeights": dict(weights)}} if weights else {}
        self.add(
            "Aliases",
            {
                "AliasArn": self.arn("lambda", f"function:{name}:{alias}"),
                "Name": alias,
                "FunctionVersion": version,
                "Description": "",
                "RevisionId": "r",
                **routing,
            },
            f"{name}:{alias}",
        )
        return f"{name}:{alias}"

    def role(
        self, name: str, inline: Mapping[str, Any] | None = None, attached: Mapping[str, Any] | None = None
    ) -> str:
        """Make an execution role; `attached` maps ARNs to documents, None where the document is not read."""
        inline, attached = inline or {}, attached or {}
        self.add("iam:PolicyNames", {"RoleName": name, "PolicyNames": sorted(inline), "IsTruncated": False})
        for policy, document in inline.items():
            self.add("iam:RolePolicies", {"RoleName": name, "PolicyName": policy, "PolicyDocument": document})
        held = [{"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn} for arn in attached]
        self.add("iam:AttachedPolicies", {"RoleName": name, "AttachedPolicies": held, "IsTruncated": False})
        for arn, document in attached.items():
            if document is not None:
                version = {"Document": document, "VersionId": "v1", "IsDefaultVersion": True}
                self.add("iam:PolicyVersions", {"PolicyArn": arn, "PolicyVersion": version})
        return name
