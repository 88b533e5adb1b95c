"""IAM: the execution roles of functions and the policies that they carry."""

from __future__ import annotations

import json
from collections.abc import Iterator

from reach.describe.records import Record, Section, part, rows, text, texts
from reach.network import Gap, Thing
from reach.network.senders import Role, role_id, role_name
from reach.policy.managed import managed

KEYS = ("iam:PolicyNames", "iam:RolePolicies", "iam:AttachedPolicies", "iam:PolicyVersions")


def read(section: Section) -> Iterator[Thing]:
    """One role per function's role of which anything was read; IAM knows no regions."""
    if not any(key in section.collections for key in KEYS):
        return
    names = {role_name(text(f, "Role")) for key in ("Functions", "Versions") for f in section.rows(key)}
    for name in sorted(names - {""}):
        yield _role(section, name)


def _role(section: Section, name: str) -> Role:
    missing: list[str] = []
    inline = [(n, d) for n, d in _inline(section, name, missing) if d is not None]
    attached = [(n, d) for n, d in _attached(section, name, missing) if d is not None]
    gap = Gap(name, missing[0], f"not every policy of the role {name} was read") if missing else None
    return Role(
        id=role_id(section.home.account, name), home=section.home, name=name, gap=gap,
        policies=tuple((n, json.dumps(d, sort_keys=True)) for n, d in (*inline, *attached)),
    )  # fmt: skip


def _inline(section: Section, name: str, missing: list[str]) -> Iterator[tuple[str, Record | str | None]]:
    listed = next((r for r in section.rows("iam:PolicyNames") if text(r, "RoleName") == name), None)
    held = {text(r, "PolicyName"): r for r in section.rows("iam:RolePolicies") if text(r, "RoleName") == name}
    if listed is None:
        missing.append("iam:ListRolePolicies")
    for policy in sorted({*texts(listed or {}, "PolicyNames"), *held}):
        if policy not in held:
            missing.append("iam:GetRolePolicy")
        yield policy, _document(held.get(policy, {}), "PolicyDocument")


def _attached(section: Section, name: str, missing: list[str]) -> Iterator[tuple[str, Record | str | None]]:
    listed = next((r for r in section.rows("iam:AttachedPolicies") if text(r, "RoleName") == name), None)
    held = {text(r, "PolicyArn"): part(r, "PolicyVersion") for r in section.rows("iam:PolicyVersions")}
    if listed is None:
        missing.append("iam:ListAttachedRolePolicies")
    for policy in rows(listed or {}, "AttachedPolicies"):
        arn = text(policy, "PolicyArn")
        if arn in held:
            yield text(policy, "PolicyName"), _document(held[arn], "Document")
        elif managed(arn) is not None:
            yield arn, arn
        else:
            missing.append("iam:GetPolicyVersion")


def _document(record: Record, key: str) -> Record | str | None:
    value = record.get(key)
    return value if isinstance(value, str | dict) else None
