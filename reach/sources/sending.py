"""The calls that tell of who sends from a VPC: the execution roles of functions there, and the quota of interfaces."""

from __future__ import annotations

from collections.abc import Iterable

from reach.sources.call import Arguments, Call, Data, listing

ENI_QUOTA = {"ServiceCode": "lambda", "QuotaCode": "L-9FEE3D26"}


def _attached_roles(data: Data) -> Iterable[Arguments]:
    """The roles of functions and versions in a VPC."""
    found = {
        str(f.get("Role")).rpartition("/")[2]
        for key in ("Functions", "Versions")
        for f in data.get(key, ())
        if (f.get("VpcConfig") or {}).get("SubnetIds") and ":role/" in str(f.get("Role"))
    }
    return [{"RoleName": name} for name in sorted(found)]


def _quota(data: Data) -> Iterable[Arguments]:
    """Once, if some function is in a VPC."""
    return [ENI_QUOTA] if _attached_roles(data) else []


def _in_a_vpc(data: Data) -> Iterable[Arguments]:
    """Once, if some function is in a VPC: it may be the one that rotates a secret."""
    return [{}] if _attached_roles(data) else []


def _inline(data: Data) -> Iterable[Arguments]:
    return [
        {"RoleName": r["RoleName"], "PolicyName": name}
        for r in data.get("iam:PolicyNames", ())
        for name in r.get("PolicyNames") or ()
    ]


def _policies(data: Data) -> Iterable[Arguments]:
    """Every attached policy once: also AWS's own may have changed."""
    held = (p for r in data.get("iam:AttachedPolicies", ()) for p in r.get("AttachedPolicies") or ())
    return [{"PolicyArn": arn} for arn in sorted({str(p["PolicyArn"]) for p in held if p.get("PolicyArn")})]


def _versions(data: Data) -> Iterable[Arguments]:
    found = data.get("iam:Policies", ())
    return [{"PolicyArn": p["Arn"], "VersionId": p["DefaultVersionId"]} for p in found if p.get("DefaultVersionId")]


def _of_roles(operation: str, key: str) -> Call:
    return Call("iam", operation, key, stage=2, plan=_attached_roles, owner="RoleName", needs=("Functions",))


def _providers(data: Data) -> Iterable[Arguments]:
    """The capacity providers that functions run on."""
    found = set()
    for function in data.get("Functions", ()):
        config = (function.get("CapacityProviderConfig") or {}).get(
            "LambdaManagedInstancesCapacityProviderConfig"
        ) or {}
        found.add(str(config.get("CapacityProviderArn") or "").rpartition(":")[2])
    return [{"CapacityProviderName": name} for name in sorted(found - {""})]


SENDING: tuple[Call, ...] = (
    Call("lambda", "GetCapacityProvider", "CapacityProviders", "CapacityProvider", stage=2, plan=_providers,
         needs=("Functions",)),
    Call("service-quotas", "GetServiceQuota", "service-quotas:Quotas", "Quota", stage=2, plan=_quota,
         needs=("Functions",)),
    listing("secretsmanager", "ListSecrets", "secretsmanager:SecretList", stage=2, plan=_in_a_vpc, needs=("Functions",),
            keep=("RotationEnabled", "RotationLambdaARN")),
    _of_roles("ListRolePolicies", "iam:PolicyNames"),
    _of_roles("ListAttachedRolePolicies", "iam:AttachedPolicies"),
    Call("iam", "GetRolePolicy", "iam:RolePolicies", stage=3, plan=_inline, needs=("iam:PolicyNames",)),
    Call("iam", "GetPolicy", "iam:Policies", "Policy", stage=3, plan=_policies, needs=("iam:AttachedPolicies",)),
    Call("iam", "GetPolicyVersion", "iam:PolicyVersions", stage=4, plan=_versions, owner="PolicyArn",
         needs=("iam:Policies",)),
)  # fmt: skip
