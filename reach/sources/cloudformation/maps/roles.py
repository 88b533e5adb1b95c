"""IAM: roles and the policies that they carry; where one cannot be told, nothing is said of its role."""

from __future__ import annotations

from typing import Any

from reach.sources.cloudformation.attributes import policy_arn
from reach.sources.cloudformation.draft import Draft, Entry
from reach.sources.cloudformation.resource import Resource
from reach.sources.cloudformation.values import plain, unknown_in


def role(draft: Draft, r: Resource) -> None:
    """A role with the policies inside it; those that stand as resources of their own come later."""
    names: Entry = {"RoleName": r.id, "PolicyNames": [], "IsTruncated": False}
    draft.put("iam:PolicyNames", names, r, _names_of(r.id))
    attached: Entry = {"RoleName": r.id, "AttachedPolicies": [], "IsTruncated": False}
    draft.put("iam:AttachedPolicies", attached, r, _attached_to(r.id))
    for row in r.rows("Policies"):
        _inline(draft, r, r.id, r.as_text("Policies", row.get("PolicyName", "")), row.get("PolicyDocument"))
    for arn in r.texts("ManagedPolicyArns"):
        attached["AttachedPolicies"].append({"PolicyName": arn.rpartition("/")[2], "PolicyArn": arn})


def _names_of(role: str) -> str:
    return f"policies of {role}"


def _attached_to(role: str) -> str:
    return f"policies attached to {role}"


def _inline(draft: Draft, r: Resource, role: str, name: str, document: Any) -> None:
    """A policy of a role. One that is not known is no document: whoever reads it can say nothing of the role."""
    found = plain(document) if document is not None and not unknown_in(document) else "not known"
    draft.put("iam:RolePolicies", {"RoleName": role, "PolicyName": name, "PolicyDocument": found}, r)
    held = draft.record(_names_of(role))
    if held is not None and name not in held["PolicyNames"]:
        held["PolicyNames"].append(name)


def policy(draft: Draft, r: Resource) -> None:
    """An inline policy as a resource of its own."""
    name = r.text("PolicyName") or r.logical
    for role in _roles(draft, r):
        _inline(draft, r, role, name, r.get("PolicyDocument"))


def managed_policy(draft: Draft, r: Resource) -> None:
    """A customer's policy, and the roles that it names itself; roles that name it say so on their own."""
    arn = policy_arn(r)
    document = r.get("PolicyDocument")
    if not unknown_in(document):
        version = {"VersionId": "v1", "IsDefaultVersion": True, "Document": plain(document)}
        draft.put("iam:PolicyVersions", {"PolicyArn": arn, "PolicyVersion": version}, r, arn)
    for role in _roles(draft, r):
        held = draft.record(_attached_to(role))
        if held is None:  # a role of others: beside what is known of it
            _inline(draft, r, role, arn, document)
        else:
            held["AttachedPolicies"].append({"PolicyName": r.id, "PolicyArn": arn})


def lost_policy(draft: Draft, r: Resource) -> None:
    """A policy of which nobody knows whether it is there: it may allow or deny anything."""
    for role in _roles(draft, r):
        _inline(draft, r, role, r.logical, None)


def _roles(draft: Draft, r: Resource) -> list[str]:
    """The roles that a policy names; all of them if one of its names is not known."""
    given = [r.get(name) for name in ("Roles", "RoleName")]
    if unknown_in(given):
        return [str(held["RoleName"]) for held in draft.every("iam:PolicyNames")]
    return [*r.texts("Roles"), *r.texts("RoleName")]
