"""Every fix is concrete: commands that AWS CLI takes, of this network's own ids, and the same for templates.

Where the honest fix is no change of AWS resources, the tables below say so, and why; a new code without a fix to paste
fails here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

import reach
from reach.describe import describe
from reach.pasted import divided
from reach.render.commands import Command, commands
from reach.render.snippets import snippets
from reach.snapshot import parse
from reach.sources.terraform.types import TYPES
from tests.cli_models import complaints
from tests.scenario import Row, answer, answer_in, build
from tests.scenario_all import USER, VPC
from tests.snippet_types import CLOUDFORMATION, TERRAFORM


class Fix(NamedTuple):
    """One fix of one answer."""

    code: str
    cause: str | None
    text: str
    needs: str | None
    row: Row
    resource: str
    direction: str

    @property
    def key(self) -> tuple[str, str | None, str, str]:
        """What tells its blocker from the others of an answer."""
        return self.code, self.cause, self.resource, self.direction


@cache
def fixes() -> tuple[Fix, ...]:
    """The fixes of all scenario rows, each once for a code."""
    out: dict[tuple[str, str | None, str], Fix] = {}
    for row in (*VPC, *USER):
        got = answer(row)
        after = got.after_failover.blockers if got.after_failover else ()
        for b in (*got.blockers, *got.unknowns, *after):
            out.setdefault((b.code, b.cause, b.fix), Fix(b.code, b.cause, b.fix, b.needs, row, b.resource, b.direction))
    return tuple(out.values())


# Code or cause, how the fix begins, why it is no command.
WORDS = {
    # what the client does
    ("ENCRYPTION_ENFORCED", "Use HTTPS"): "the client's URL, no resource",
    ("LEGACY_HOSTNAME_NOT_COVERED", "Set AWS_STS"): "--environment would replace all variables, which are not stored",
    ("LEGACY_HOSTNAME_NOT_COVERED", "Update the SDK"): "the function's code",
    ("PROTOCOL_RESTRICTION", "Test with a TCP"): "the client's protocol",
    ("PROTOCOL_RESTRICTION", "Use TCP"): "the client's protocol",
    ("VPCE_GATEWAY_PROTOCOL_RESTRICTION", "Use HTTPS"): "the client's protocol",
    ("SOURCE_HAS_NO_IPV6", "Use the IPv4 address, or attach"): "an unattached function sends IPv4 only",
    # what the question has to say
    ("VPCE_INTRA_VPC_TRAFFIC", "Ask from"): "the question is about the wrong sender",
    ("LAMBDA_CANNOT_RECEIVE_CONNECTIONS", "Invoke"): "whose interface it is, the interface does not tell",
    ("FUNCTION_FAILED", "See which mount target"): "reach finds the mount target that is out of reach",
    ("CUSTOM_DNS", "Ask one of them"): "an answer of servers that AWS does not know",
    ("DNS_FORWARDED", "Find out what"): "an answer of servers that AWS does not know",
    ("UNKNOWN_RESOURCE", "Find out"): "an address that no call tells",
    ("UNKNOWN_RESOURCE", "Ask for a TCP"): "a question that AWS does not document",
    ("UNKNOWN_RESOURCE", "Write the port"): "the question has to name the port",
    ("UNKNOWN_RESOURCE", "Supply"): "a fact that no call tells",
    ("UNKNOWN_RESOURCE", "Write a rule"): "which reading of AWS's documents holds is open",
    ("UNKNOWN_RESOURCE", "Look the query up"): "lists that AWS does not publish",
    ("UNKNOWN_RESOURCE", "Ask whoever owns it"): "somebody else's resource",
    ("UNKNOWN_RESOURCE", "Make all of the possible subnets alike"): "which subnet it is, is decided at run time",
    ("UNKNOWN_RESOURCE", "Keep one of the routes"): "which of the two is meant, the reader knows",
    ("UNKNOWN_RESOURCE", "Attach"): "any public address may be the sender's",
    # time, or another version
    ("UNKNOWN_RESOURCE", "Read it again"): "a state that this version does not know",
    ("UNKNOWN_RESOURCE", "Install a newer"): "a value that this version does not know",
    ("UNKNOWN_RESOURCE", "Wait"): "a change that is under way",
    ("UNKNOWN_RESOURCE", "Ask again when"): "a change that is under way",
    ("UNKNOWN_RESOURCE", "Read both again"): "two reads that disagree",
    ("TGW_RTB_ROUTES_ARE_UNKNOWN", "Read the account"): "a route that is being changed",
    ("TGW_RTB_ROUTES_ARE_UNKNOWN", "Read it again"): "a state that this version does not know",
    # other people's networks
    ("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "Route the private"): "no network of the data has the address",
    ("IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", "Route the range"): "no network of the data has the address",
    ("NO_ROUTE_TO_DESTINATION", "Add a route"): "no network of the data has the address",
    ("FUNCTION_NOT_IN_VPC", "Attach it to private subnets"): "no network of the data has the address",
    ("NO_POSSIBLE_DESTINATION", "Check the address"): "nobody has it, and which address is right the reader knows",
    ("NO_POSSIBLE_DESTINATION", "Ask for the host"): "which host is meant the reader knows",
    ("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "Give this VPC"): "what lies behind the peer is another network's",
    ("DNS_FIREWALL_BLOCK", "Take"): "no number is free before the rule: which to change, the reader knows",
    ("PROTOCOL_RESTRICTION", "Use a VPN attachment"): "a VPN connection is set up with its other end",
    ("VGW_PRIVATE_IP_ASSOCIATION_FOR_EGRESS", "Attach the VPN"): "a VPN connection is set up with its other end",
    ("VPCE_GATEWAY_EGRESS_SOURCE_ADDRESS_RESTRICTION", "Route other"): "where it is to lead to, the reader knows",
    ("RESOURCE_POLICY_DENIES", "Call it from"): "a function in no VPC has no endpoint",
    ("LEAVES_AWS", "Check routes"): "the other end of a VPN",
    ("PATH_THROUGH_GWLB_NOT_CHECKED", "Look into"): "appliances that AWS does not know",
    ("UNSUPPORTED_COMPONENT", "Check the path"): "a component that is not modelled",
    ("UNSUPPORTED_COMPONENT", "Put"): "an appliance is moved by making it anew",
    # what cannot be changed
    ("NETWORK_ISOLATION", "Create the model again"): "a model cannot be changed, and its containers are not collected",
}
# Commands that change no resource that a template holds.
ACTS = {
    "start-db-instance": "running or stopped is no part of a template",
    "start-db-cluster": "running or stopped is no part of a template",
    "start-instances": "running or stopped is no part of a template",
    "resume-cluster": "running or paused is no part of a template",
    "accept-vpc-endpoint-connections": "the provider of the service does it",
    "invoke": "a call, no resource",
    "get-bucket-policy": "which endpoint the policy means, its writer knows",
}
READS = ("describe-", "batch-get-", "get-", "search-", "wait")


def exception(fix: Fix) -> tuple[str, str] | None:
    """The entry of WORDS that a fix without a command falls under."""
    return next((k for k in WORDS if k[0] in (fix.code, fix.cause) and fix.text.startswith(k[1])), None)


def statement(fix: Fix) -> dict[str, Any] | None:
    """The IAM statement that a fix gives."""
    found = re.search(r'\{"Effect": "Allow", "Action": [^}]*\}', fix.text)
    return json.loads(found.group()) if found else None


def test_every_fix_can_be_pasted_or_says_why_not() -> None:
    """A command with its templates; a command that only acts or reads; an IAM statement; or an exception."""
    missing = []
    for fix in fixes():
        found = commands(divided(fix.text)[1])
        acts = bool(found) and all(c.name in ACTS or c.name.startswith(READS) for c in found)
        allowed = statement(fix) is not None and fix.needs is not None
        if not (found and (acts or snippets(fix.text))) and not allowed and exception(fix) is None:
            missing.append(f"{fix.code} {fix.cause}: {fix.text} ({fix.row})")
    assert missing == []


def test_the_exceptions_are_up_to_date() -> None:
    used = {key for fix in fixes() if not divided(fix.text)[1] and (key := exception(fix))}
    assert set(WORDS) - used == set()
    acting = {c.name for fix in fixes() for c in commands(divided(fix.text)[1])}
    assert set(ACTS) - acting == {"invoke", "accept-vpc-endpoint-connections"} - acting


def test_a_gap_that_a_permission_fills_names_the_permission() -> None:
    for fix in fixes():
        if fix.needs and re.fullmatch(r"[a-z0-9-]+:[A-Z]\w+", fix.needs):
            said = statement(fix)
            assert said is not None, fix
            assert fix.needs in said["Action"], fix


@cache
def lines() -> tuple[Fix, ...]:
    """One fix for each line to paste that is not like another but for its ids."""
    seen: dict[str, Fix] = {}
    for fix in fixes():
        line = divided(fix.text)[1]
        if line:
            seen.setdefault(re.sub(r"[a-z]+-[0-9a-z]+|[0-9][0-9./:a-f]*", "#", line), fix)
    return tuple(seen.values())


def test_a_line_is_what_the_command_line_takes() -> None:
    """Operations, options, required options and the members of structures are those of AWS's own models."""
    wrong = []
    for fix in lines():
        line = divided(fix.text)[1]
        found = commands(line)
        assert found, line
        wrong += [f"{text}: {line}" for command in found for text in complaints(command)]
        held: set[str] = set()
        for command in found:  # a variable is kept before it is used
            wrong += [f"${v}: {line}" for v in re.findall(r"\$([A-Z_]+)", json.dumps(command.options)) if v not in held]
            held |= {command.keeps} if command.keeps else set()
    assert wrong == []


# Words in capitals that stand in commands and are no placeholders; and the one value that only the reader knows.
VALUES = {"ADD", "ALLOW", "UPSERT", "STATEFUL", "STATELESS", "AWS"}
LEFT_OPEN = {"DNS_NXDOMAIN": {"ADDRESS", "A", "TTL"}}
LOUD = re.compile(r"(?<![$\w-])[A-Z][A-Z_]+\b(?!=\$\()")
KINDS = "vpc|subnet|sg|rtb|acl|nat|igw|eigw|eni|i|vpce|pcx|tgw|tgw-attach|tgw-rtb|vgw|vpn|fs|rslvr-frg|vpcec|pl"
IDS = re.compile(rf"(?<![\w-])(?:{KINDS})-[0-9a-z]+(?![\w.-])")


def test_a_line_has_no_placeholder_and_only_ids_of_its_network() -> None:
    wrong = []
    for fix in lines():
        words, line = divided(fix.text)
        assert "…" not in line
        if re.search(r"\baws [a-z0-9-]+ [a-z]+-", words):
            wrong.append(f"a command among the words cannot be copied: {fix.text}")
        kept = {c.keeps for c in commands(line)}
        loud = set(LOUD.findall(line)) - VALUES - kept - LEFT_OPEN.get(fix.code, set())
        wrong += [f"{word} in {line}" for word in loud]
        world = json.dumps(build(fix.row.world).document()) + (fix.row.config or "")
        wrong += [f"{id} is not of this network: {line}" for id in IDS.findall(line) if id not in world]
    assert wrong == []


def resources(text: str) -> dict[str, Any]:
    """The resources of a CloudFormation snippet."""
    return yaml.safe_load(text) or {}


def test_a_snippet_says_the_same_to_templates() -> None:
    for fix in lines():
        made = snippets(fix.text)
        if made is None:
            continue
        for name, held in resources(made[0]).items():
            assert re.fullmatch(r"[A-Za-z0-9]+", name)
            assert set(held) <= {"Type", "Properties", "DependsOn"}
            assert set(held.get("Properties", {})) <= set(CLOUDFORMATION[held["Type"]].split()), made[0]
            for other in re.findall(r"\{Ref: (\w+)\}|Fn::GetAtt: \[(\w+),", made[0]):
                assert (other[0] or other[1]) in resources(made[0])
        hcl(made[1])


OPENS = re.compile(r'(?:resource "(\w+)" "(\w+)"|(\w+)) \{')
SETS = re.compile(r"(\w+) += .+")


def hcl(text: str) -> None:
    """Blocks within blocks, arguments on lines of their own, and names that the provider has."""
    depth: list[str] = []
    for line in (line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")):
        opened, said = OPENS.fullmatch(line), SETS.fullmatch(line)
        if line == "}":
            depth.pop()
        elif opened:
            assert bool(opened[1]) is not bool(depth), text
            depth.append(opened[1] or opened[3])
            if not opened[1]:
                assert opened[3] in names_of(depth[0]), f"{depth[0]} has no {opened[3]}"
        else:
            assert said, text
            assert said[1] in names_of(depth[0]), f"{depth[0]} has no {said[1]}"
            assert line.count('"') % 2 == 0 or "\\" in line
    assert depth == []


def names_of(kind: str) -> set[str]:
    """The arguments and blocks of a type of the AWS provider, as far as fixes and plans have to do with them."""
    known = TYPES[kind].properties.values() if kind in TYPES else ()
    plan = {name.rstrip("[]") for name in known if isinstance(name, str)}
    return plan | set(TERRAFORM.get(kind, "").split()) | {"depends_on"}


def test_commands_of_the_table_are_those_of_models() -> None:
    """The check itself: what is wrong is found."""
    wrong = (
        Command("ec2", "create-routes", {}),
        Command("ec2", "create-route", {"route-table": ["rtb-1"]}),
        Command("ec2", "create-route", {"destination-cidr-block": ["0.0.0.0/0"]}),
        Command("lambda", "update-function-configuration", {"function-name": ["f"], "vpc-config": ["Subnets=a"]}),
    )
    assert [bool(complaints(command)) for command in wrong] == [True] * 4


# Fixes that leave the blocker where it is when their template is laid over the network, and why.
NOT_AT_ONCE = {
    ("BAD_STATE", "Make it again"): "routes and names still lead to the endpoint that is dead: the words say so",
    ("BAD_STATE_ATTACHMENT", "Make a gateway"): "routes still lead to the gateway that is dead: the words say so",
    ("BAD_STATE_ATTACHMENT", "Peer the two"): "routes still lead to the attachment that is dead: the words say so",
    ("FIREWALL_RULES_RESTRICTION", "Pass"): "the policy has to name the group: the words say so",
    ("ACCESS_POINT_OF_OTHER_VPC", "Send it"): "the client has to ask for the new access point",
    ("LAMBDA_IPV6_NOT_ENABLED", "Use the IPv4 address, or give"): "the first of two steps: the words say so",
    ("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "Give it"): "templates do not tell the second address",
    ("NO_MOUNT_TARGET_IN_SUBNET", ""): "S3 file systems of templates are not read beside those of a snapshot",
    ("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "Lead it on"): "the table is in the other Region",
    ("TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "aws ec2 associate"): "the table is in the other Region",
}


def test_a_template_that_is_laid_over_the_network_mends_it(tmp_path: Path) -> None:
    """LAW: with a fix's resources the same question does not meet the same blocker again."""
    unmended, used = [], set()
    for fix in lines():
        made = snippets(fix.text)
        if made is None or not resources(made[0]) or re.search("^# (set in|add to)", made[0], re.M):
            continue
        (tmp_path / "net.json").write_text(json.dumps(build(fix.row.world).document()))
        (tmp_path / "fix.json").write_text(json.dumps({"Resources": resources(made[0])}))
        again = answer_in(reach.load(tmp_path / "net.json", tmp_path / "fix.json"), fix.row)
        left = {(b.code, b.cause, b.resource, b.direction) for b in (*again.blockers, *again.unknowns)}
        if fix.key not in left:
            continue
        why = next((k for k in NOT_AT_ONCE if k[0] in (fix.code, fix.cause) and fix.text.startswith(k[1])), None)
        used.add(why)
        if why is None:
            unmended.append(f"{fix.row}: {fix.text}")
    assert unmended == []
    assert set(NOT_AT_ONCE) - used == set()


def test_a_policy_that_is_put_in_place_mends_it() -> None:
    """LAW: with the policy of a fix the same request passes."""
    for fix in fixes():
        line = commands(divided(fix.text)[1])
        put = [document for c in line if (document := policy_in(c))]
        if not put:
            continue
        world = build(fix.row.world).document()
        assert sum(put_into(record, *put[0]) for record in records(world)) == 1, fix
        again = answer_in(describe(parse(json.dumps(world), "world")), fix.row)
        assert fix.code not in {b.code for b in again.blockers}, fix


def policy_in(command: Command) -> tuple[str, str, str] | None:
    """Which member of which record a command writes a policy into, and the policy."""
    options = {name: values[0] for name, values in command.options.items() if values}
    if command.name == "put-bucket-policy":
        return options["bucket"], "Policy", options["policy"]
    if command.name == "put-file-system-policy":
        return options["file-system-id"], "Policy", options["policy"]
    if command.name == "update-rest-api":
        return options["rest-api-id"], "policy", json.loads(options["patch-operations"])[0]["value"]
    document = options.get("policy-document")
    return (options["vpc-endpoint-id"], "PolicyDocument", document) if document else None


def records(held: object) -> Iterator[dict[str, Any]]:
    """Every record of a snapshot."""
    for value in held.values() if isinstance(held, dict) else held if isinstance(held, list) else ():
        yield from records(value)
    if isinstance(held, dict):
        yield held


def put_into(record: dict[str, Any], id: str, member: str, policy: str) -> bool:
    """Write it, if it is this record's."""
    owners = {"Policy": ("Bucket", "FileSystemId"), "policy": ("id",), "PolicyDocument": ("VpcEndpointId",)}[member]
    mine = id in [record.get(owner) for owner in owners] and (member != "Policy" or "Policy" in record)
    if mine:
        record[member] = policy
    return mine
