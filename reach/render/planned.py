"""Fixes of what is only planned: in its file's own language and by its own names, as nobody has an id yet."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from reach.network import Network
from reach.render.snippets import Written, snippets

NAME = re.compile(r'[\w./\[\]" -]+')  # nothing that could end a block of either language, or of Markdown
WORD = re.compile(r"[a-z]+-[0-9a-f]{8,}")
MODULE = re.compile(r"^((?:module\.[^.\[]+(?:\[[^]]*\])?\.)*)(\w+)\.(.+)$")
# What AWS makes with a VPC: by the beginning of its id, the attribute in CloudFormation and in Terraform.
WITH_A_VPC = {
    "acl-": ("DefaultNetworkAcl", "default_network_acl_id"),
    "rtb-": ("", "main_route_table_id"),
    "sg-": ("DefaultSecurityGroup", "default_security_group_id"),
}
LANGUAGES = ("CloudFormation", "Terraform")


class InFile(Struct, frozen=True):
    """What to write into a file, and the language that it is in: "yaml" or "hcl", as Markdown calls them."""

    language: str
    text: str

    @property
    def name(self) -> str:
        return LANGUAGES[self.language == "hcl"]


def in_its_file(network: Network | None, resource: str, fix: str) -> InFile | None:
    """A fix as CloudFormation or as Terraform, whichever the thing in the way is written in.

    None if it is not of a template or plan, or if there is no snippet for the fix.
    """
    held = network.things.get(resource) if network is not None else None
    if network is None or held is None or not held.logical:
        return None
    stack, _, name = held.logical.partition("/")
    terraform = "." in name
    written = dict(_written(network, fix, stack, terraform))
    found = snippets(fix, written)
    if found is None:
        return None
    modules = sorted({one.module for one in written.values() if one.module})
    text = "\n".join([*(f"# in {module}" for module in modules), found[terraform]])
    return InFile("hcl" if terraform else "yaml", text)


def _written(network: Network, fix: str, stack: str, terraform: bool) -> Iterator[tuple[str, Written]]:
    """How the file names the ids of a fix; what only AWS knows keeps what stands for its id."""
    for id in dict.fromkeys(WORD.findall(fix)):
        thing = network.things.get(id)
        of, _, name = thing.logical.partition("/") if thing is not None else ("", "", "")
        if of != stack or not NAME.fullmatch(name):
            continue
        beside = {other.id for other in network.things.values() if other.logical == f"{stack}/{name}"}
        vpc = next((other for other in beside if other.startswith("vpc-")), None)
        if vpc is None and len(beside) > 1 and not id.startswith("i-"):
            continue  # a part of what the file names, such as an instance's first interface
        mine = WITH_A_VPC.get(id.partition("-")[0] + "-") if vpc is not None and id != vpc else ("", "id")
        if mine is None or (not terraform and id != vpc and vpc is not None and not mine[0]):
            continue
        module = MODULE.match(name)
        if terraform and module:
            yield id, Written(module[3], "", module[2], mine[1], module[1].rstrip("."))
        elif not terraform:
            yield id, Written(name, mine[0])
