"""The condition that a function is in: notes on its state, its subnets and groups, its interfaces."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reach.answer import Note, Verdict
from reach.ask.asker import Asker
from reach.checks.attachment import KINDS, Problem
from reach.checks.roles import lacking, statement
from reach.interfaces import counts
from reach.network import Function, Interface, Network, SecurityGroup, Subnet, Thing
from reach.placement import is_lambda

FEW = 8  # free addresses
SHORT = 3  # seconds: what a function gets if nobody says otherwise
REGION_ZONE = re.compile(r"[a-z]{2}(-[a-z]+)+-\d[a-z]")  # a Local or Wavelength Zone has more parts


def of_function(network: Network, asker: Asker) -> tuple[Note, ...]:
    """What is worth knowing about the function itself, whatever it was asked about."""
    function = asker.function
    if function is None:
        return ()
    return tuple(
        dict.fromkeys(
            (
                *_state(function, asker),
                *_network(network, function, asker),
                *_role(network, function),
                *_quota(network, function, asker.info.vpc),
                *_inbound(network, function),
            )
        )
    )


def _state(function: Function, asker: Asker) -> Iterator[Note]:
    if asker.alias is not None:
        share = dict(asker.alias.versions)[function.qualifier]
        text = (
            f"{function.name}:{asker.alias.name} sends {share:.0%} of its invocations to version {function.qualifier}."
        )
        yield Note("FUNCTION_ALIAS", text, function.name)
    if function.planned:
        yield Note("FUNCTION_PLANNED", f"{function.name} is asked about as it would be deployed.", function.name)
    elif function.state is None and function.attached and function.where is None:  # a file's function has none yet
        yield Note("STATE_NOT_EVALUATED", "The function's state was not collected.", function.name)
    if function.state == "Pending":
        yield Note("FUNCTION_PENDING", f"{function.name} is still being set up.", function.name)
    if function.state == "Inactive":
        text = f"{function.name} is idle; its next invocation fails and wakes it."
        yield Note("FUNCTION_INACTIVE", text, function.name)
    if function.update_status == "InProgress":
        text = f"{function.name} is being updated: the old configuration still runs."
        yield Note("FUNCTION_UPDATING", text, function.name)
    if function.vpc_config and asker.info.vpc and function.vpc_config != asker.info.vpc:
        text = f"VpcConfig.VpcId says {function.vpc_config}, the subnets are in {asker.info.vpc}: the subnets decide."
        yield Note("VPC_ID_DISAGREES", text, function.name)


def _network(network: Network, function: Function, asker: Asker) -> Iterator[Note]:
    subnets = [s for i in function.subnets if isinstance(s := network.things.get(i), Subnet)]
    zones = {s.zone_id or s.zone for s in subnets} - {""}
    if subnets and len(subnets) == len(function.subnets) and len(zones) == 1:
        text = f"All subnets of {function.name} are in one zone, {zones.pop()}."
        yield Note("SINGLE_ZONE", text, function.name)
    foreign = [g for g in function.groups if _elsewhere(network.things.get(g), asker.info.vpc)]
    if foreign:
        text = f"{', '.join(foreign)} of {function.name} belongs to another VPC; its rules were asked all the same."
        yield Note("SG_IN_OTHER_VPC", text, foreign[0])
    runs = function.attached and not (function.setting_up or function.managed)
    if runs:  # the next time its interfaces are made it may not
        for name, kind in KINDS.items():
            found = kind(network, function) if name != "quota" else None  # said below, near the quota too
            if isinstance(found, Problem):
                yield Note(found.cause, f"{found.why} The next set-up of {function.name} would fail.", function.name)
    for subnet in subnets:
        yield from _place(function, subnet)
    if asker.vpc is not None and asker.vpc.encryption == "monitor" and function.attached:
        text = f"{asker.vpc.id} watches for traffic that is not encrypted; it stops nothing."
        yield Note("VPC_ENCRYPTION_MONITORED", text, asker.vpc.id)


def _role(network: Network, function: Function) -> Iterator[Note]:
    """What the role lacks beside what stops an attachment: addresses (PERM-01), and logs (U-49)."""
    found = lacking(network, function)
    if found is None:
        return
    if function.attached and not function.managed and found.useful and not found.needed:
        text = f"The role {found.role.name} lacks {', '.join(found.useful)}; add {statement(found.useful)}."
        yield Note("ROLE_LACKS_ADDRESS_PERMISSIONS", text, found.role.name)
    if any("ClientMount" in action or action.startswith("s3:") for action in found.mounting):
        text = f"The role {found.role.name} lacks {', '.join(found.mounting)}: an S3 file system refuses its mounts or "
        text += f"reads then, an EFS file system if it has a policy of its own. Add {statement(found.mounting)}."
        yield Note("ROLE_LACKS_MOUNT_PERMISSIONS", text, found.role.name)
    if found.logging:
        text = f"{function.name} writes no logs: its role {found.role.name} lacks {', '.join(found.logging)}."
        yield Note("ROLE_LACKS_LOGS", f"{text} That is no matter of the network.", found.role.name)


def _quota(network: Network, function: Function, vpc: str | None) -> Iterator[Note]:
    """The quota of interfaces is nearly used up (ENI-03)."""
    if function.attached and vpc:
        for count in counts(network):
            if count.vpc == vpc and count.near:
                yield Note("ENI_QUOTA", f"{count.text}. At the limit the next set-up fails.", vpc)


def _place(function: Function, subnet: Subnet) -> Iterator[Note]:
    """Few addresses (FN-14), another account's subnet (FN-22), a zone that Lambda may not serve (FN-23)."""
    if subnet.free_addresses is not None and subnet.free_addresses < FEW:
        text = (
            f"{subnet.id} has {subnet.free_addresses} free addresses; Lambda needs one for each new set of groups, "
            "and more beyond 65,000 connections."
        )
        yield Note("SUBNET_LOW_ON_IPS", text, subnet.id)
    if subnet.owner not in (None, function.home.account):
        text = f"{subnet.id} is shared by account {subnet.owner}; its routes and ACLs may be readable only there."
        yield Note("SUBNET_OF_OTHER_ACCOUNT", text, subnet.id)
    if subnet.outpost or (subnet.zone and not REGION_ZONE.fullmatch(subnet.zone)):
        where = subnet.outpost or subnet.zone
        text = f"{subnet.id} is in {where}; AWS does not say that Lambda can use subnets outside a Region's zones."
        yield Note("UNUSUAL_ZONE", text, subnet.id)


def _inbound(network: Network, function: Function) -> Iterator[Note]:
    """Inbound rules of a group that only functions use (FN-18)."""
    users: dict[str, list[Interface]] = {}
    for interface in network.all(Interface) if function.groups else ():
        for held in interface.groups or ():
            users.setdefault(held, []).append(interface)
    for id in function.groups:
        group = network.things.get(id)
        if not isinstance(group, SecurityGroup) or not group.ingress or group.name == "default":
            continue
        if all(is_lambda(i) for i in users.get(id, ())) and not _serves(network, id):
            why = f"no connection is ever opened to a function, and only {function.name} or its like carry the group"
            yield Note("LAMBDA_INBOUND_RULES", f"The inbound rules of {id} have no effect: {why}.", id)


def _serves(network: Network, group: str) -> bool:
    """Whether something that is connected to carries the group, as far as the data tells."""
    return any(group in (getattr(t, "groups", None) or ()) for t in network if not isinstance(t, Function | Interface))


def beside_a_success(function: Function | None, verdict: Verdict) -> tuple[Note, ...]:
    """What else ends in a time-out where the network does not: said if the function has little time (U-47, U-48)."""
    if verdict is not Verdict.REACHABLE or function is None or not function.attached:
        return ()
    if function.timeout is None or function.timeout > SHORT:
        return ()
    text = (
        f"The network is open. {function.name} is stopped after {function.timeout} s: a slow answer, a burst of new "
        "connections, a full connection pool or a refused login look like a closed network."
    )
    return (Note("NOT_THE_NETWORK", text, function.name),)


def own_logs(function: Function | None, service: tuple[str, str] | None, verdict: Verdict) -> tuple[Note, ...]:
    """Missing logs are no matter of this path, unless the function runs on instances in the VPC (NEED-01, U-49)."""
    if verdict is Verdict.REACHABLE or function is None or (service or ("",))[0] != "logs":
        return ()
    if function.managed or function.capacity_provider:
        return ()
    text = (
        f"The logs of {function.name} itself take another way: Lambda delivers them, past the VPC. If they are "
        "missing, look at the logs: permissions of its role; what is asked here are calls of its code."
    )
    return (Note("NOT_THE_NETWORK", text, function.name),)


def _elsewhere(group: Thing | None, vpc: str | None) -> bool:
    """A group of another VPC: Lambda is not among the services that can use one (FNSRC-9)."""
    return isinstance(group, SecurityGroup) and vpc is not None and group.vpc not in (None, "", vpc)
