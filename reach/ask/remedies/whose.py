"""Where the commands of a fix belong: the Region of what each of them changes, and the account that may."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec.structs import replace

from reach.answer import Blocker
from reach.ask.asker import Asker
from reach.network import Attachment, Database, Home, Network, Peering, Thing
from reach.network.served import Bucket
from reach.network.transit_gateways import TransitPeering
from reach.pasted import JOINED, divided, steps
from reach.services import partition_of

REGION = re.compile(r"[a-z]{2,}(-[a-z]+)+-\d+")
ACCOUNT = re.compile(r"\d{12}")
WORD = re.compile(r"\$?[\w.:/-]+")
KEPT = re.compile(r"([A-Z][A-Z0-9_]*)=\$\(")
EVERYWHERE = ("aws iam ", "aws route53 ")  # one for the whole of a partition; China and GovCloud are told by a Region
OWNS = "--transit-gateway-route-table-id"  # what it belongs to decides, wherever it stands in the command
FOR_OTHERS = ("create-security-group", "allocate-address")  # made where it is used


def placed(network: Network, asker: Asker, blocker: Blocker) -> Blocker:
    """The blocker with a fix that says where its commands are to run, as far as that is known."""
    words, line = divided(blocker.fix)
    if not line:
        return blocker
    commands = steps(line)
    homes = _homes(network, asker, blocker, commands)
    line = JOINED.join(_in_region(c, h.region) for c, h in zip(commands, homes, strict=True))
    whose = _accounts(network, asker, [h.account for h in homes])
    if whose:
        words = f"{words.removesuffix(':')} ({whose}):" if words else f"{whose[0].upper()}{whose[1:]}:"
    return replace(blocker, fix=f"{words} {line}" if words else line)


def _in_region(command: str, region: str) -> str:
    """The command with its Region, before what is asked of the answer and before the bracket that ends it."""
    if not REGION.fullmatch(region) or " --region " in command:
        return command
    if any(name in command for name in EVERYWHERE) and partition_of(region) == "aws":
        return command
    begins, query, rest = command.partition(" --query ")
    if not query and command.endswith(")") and KEPT.match(command):
        return f"{command[:-1]} --region {region})"
    return f"{begins} --region {region}{query}{rest}"


def _accounts(network: Network, asker: Asker, accounts: Sequence[str]) -> str:
    """Which account the commands belong to, unless there is no other."""
    known = {a for a in (asker.info.account, *accounts, *(h.account for h in network.homes)) if ACCOUNT.fullmatch(a)}
    mine = {a: [n for n, one in enumerate(accounts, 1) if one == a] for a in accounts if ACCOUNT.fullmatch(a)}
    if len(known) < 2 or not mine:
        return ""
    if len(mine) == 1:
        return f"in account {next(iter(mine))}"
    parts = [f"{', '.join(map(str, numbers))} in account {account}" for account, numbers in mine.items()]
    return f"commands {'; '.join(parts)}"


def _homes(network: Network, asker: Asker, blocker: Blocker, commands: Sequence[str]) -> list[Home]:
    """Where each command belongs: with what it names first, else with its neighbours, else with the blocker."""
    variables: dict[str, Home] = {}
    found: list[Home | None] = []
    for number, command in enumerate(commands):
        kept = KEPT.match(command)
        variable = f"${kept[1]}" if kept else ""
        if any(name in command for name in FOR_OTHERS):
            users = [c for c in commands[number + 1 :] if variable in WORD.findall(c)]
            home = _home(network, asker, users[-1], variables) if users else None
        elif " accept-" in command and variables:
            home = _peer(network, commands[0])
        else:
            home = _home(network, asker, command, variables)
        if home and variable:
            variables[variable] = home
        found.append(home)
    usual = _thing_home(network, blocker.resource) or Home(asker.info.account, asker.info.region)
    known = next((h for h in found if h), usual)
    return [h or known for h in found]


def _home(network: Network, asker: Asker, command: str, variables: dict[str, Home]) -> Home | None:
    """Where the first thing that a command names is at home."""
    function = asker.function
    if "aws lambda " in command and function is not None and function.name in WORD.findall(command):
        return function.home
    _, owns, rest = command.partition(OWNS)
    accepts = " accept-" in command
    for word in WORD.findall(rest if owns else command.partition(" --")[2]):
        if word in variables:
            return variables[word]
        home = _accepter(network, word) if accepts else _thing_home(network, word)
        if home is not None:
            return home
    return None


def _thing_home(network: Network, id: str) -> Home | None:
    """Where a thing is at home, and which account owns it; by its id, else by a name that one thing has."""
    thing = network.things.get(id) or _named(network, id)
    if thing is None:
        return None
    region = thing.region if isinstance(thing, Bucket) else thing.home.region
    return Home(thing.owner or thing.home.account, region)


def _named(network: Network, name: str) -> Thing | None:
    found: list[Thing] = [d for d in network.all(Database) if d.named(name)]
    found += [b for b in network.all(Bucket) if b.name == name]
    return found[0] if len(found) == 1 else None


def _accepter(network: Network, id: str) -> Home | None:
    """Who has to accept what waits for it: the second side of a peering, the owner of a gateway."""
    thing = network.things.get(id)
    if isinstance(thing, Peering):
        return thing.sides[1][2] if len(thing.sides) > 1 else None
    if isinstance(thing, Attachment | TransitPeering):
        gateways = [thing.gateway] if isinstance(thing, Attachment) else [s.gateway for s in thing.sides]
        return _thing_home(network, gateways[-1])
    return None


def _peer(network: Network, command: str) -> Home | None:
    """The other side of a peering connection that a command makes."""
    return _thing_home(network, command.partition("--peer-vpc-id ")[2].partition(" ")[0])
