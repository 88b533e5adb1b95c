"""Answers and networks built by hand for the tests of the pictures: one line for each hop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from reach.answer import (
    Answer,
    Asked,
    Blocker,
    Direction,
    Finding,
    Hop,
    Layer,
    Path,
    Reason,
    SourceInfo,
    Verdict,
)
from reach.network import (
    Database,
    Endpoint,
    Function,
    Home,
    Interface,
    InternetGateway,
    NatGateway,
    Network,
    Node,
    Route,
    RouteTable,
    Subnet,
    Thing,
    Vpc,
)
from reach.traffic import Ranges, Traffic, cidr

HOME = Home("123456789012", "eu-west-1")
OK, BLOCKED, UNKNOWN, PARTIAL = Verdict.REACHABLE, Verdict.BLOCKED, Verdict.UNKNOWN, Verdict.PARTIAL
BACK = Direction.RETURN


def subnet(id: str, zone: str, block: str, vpc: str = "vpc-0a1b2c3d", name: str = "") -> Subnet:
    return Subnet(
        id=id,
        home=HOME,
        name=name,
        vpc=vpc,
        cidr=block,
        addresses=cidr(block),
        zone=f"eu-west-1{zone}" if zone else "",
    )


def table(id: str, subnets: Iterable[str], *targets: str, vpc: str = "vpc-0a1b2c3d", main: bool = False) -> RouteTable:
    routes = [Route(0, "10.0.0.0/16", "local", "GatewayId")]
    routes += [Route(i, "0.0.0.0/0", t, "GatewayId") for i, t in enumerate(targets, 1)]
    return RouteTable(id=id, home=HOME, vpc=vpc, main=main, subnets=tuple(subnets), routes=tuple(routes))


def vpc(id: str = "vpc-0a1b2c3d", name: str = "main", block: str = "10.0.0.0/16") -> Vpc:
    return Vpc(id=id, home=HOME, name=name, cidrs=cidr(block), cidr_texts=(block,))


def nat(id: str, subnet: str, ip: str = "54.73.1.9") -> NatGateway:
    return NatGateway(id=id, home=HOME, vpc="vpc-0a1b2c3d", subnet=subnet, state="available", public_ips=(ip,))


def igw(id: str = "igw-0c77") -> InternetGateway:
    return InternetGateway(id=id, home=HOME, attachments=(("vpc-0a1b2c3d", "available"),))


def endpoint(id: str, type: str, service: str, subnets: tuple[str, ...] = ()) -> Endpoint:
    return Endpoint(
        id=id,
        home=HOME,
        type=type,
        vpc="vpc-0a1b2c3d",
        service_name=f"com.amazonaws.eu-west-1.{service}",
        service=service,
        service_region="eu-west-1",
        state="available",
        subnets=subnets,
    )


def function(name: str, *subnets: str) -> Function:
    arn = f"arn:aws:lambda:eu-west-1:123456789012:function:{name}"
    return Function(id=arn, home=HOME, name=name, arn=arn, subnets=subnets)


def database(id: str, *subnets: str, vpc: str = "vpc-0a1b2c3d") -> Database:
    return Database(
        id=id,
        home=HOME,
        name=id,
        kind="db_instance",
        arn=f"arn:aws:rds:eu-west-1:123456789012:db:{id}",
        vpc=vpc,
        status="available",
        status_field="DBInstanceStatus",
        ports=Ranges.of(5432),
        groups=("sg-db",),
        groups_field="VpcSecurityGroups",
        nodes=(Node(id, subnets, subnets),),
        engine="postgres",
    )


def network(*things: Thing) -> Network:
    return Network({t.id: t for t in things}, homes=(HOME,))


def found(
    verdict: Verdict, resource: str, code: str, why: str = "", fix: str = "", needs: str | None = None
) -> Finding:
    reason = Reason(code, code.replace("_", " ").lower(), why, fix) if code else None
    return Finding(Traffic(), verdict, resource, reason=reason, why=why, fix=fix, needs=needs)


def hop(
    resource: str,
    kind: str,
    detail: str = "",
    verdict: Verdict = OK,
    code: str = "",
    why: str = "",
    direction: Direction = Direction.FORWARD,
    **more: Any,
) -> Hop:
    return Hop(resource, kind, direction, detail, (found(verdict, resource, code, why, **more),))


def back(hops: Iterable[Hop]) -> tuple[Hop, ...]:
    return tuple(Hop(h.resource, h.kind, BACK, h.detail, h.findings) for h in hops)


def fn(subnet: str, name: str = "orders-api") -> Hop:
    return hop(name, "function", f"in {subnet}")


def group(id: str = "sg-lambda", detail: str = "egress allows tcp/443 to 0.0.0.0/0", **more: Any) -> Hop:
    return hop(id, "security_group", detail, **more)


def route(id: str, target: str, to: str = "0.0.0.0/0", **more: Any) -> Hop:
    return hop(id, "route_table", f"{to} → {target}", **more)


def acl(detail: str = "outbound allows", id: str = "acl-0f3", **more: Any) -> Hop:
    return hop(id, "network_acl", detail, **more)


def path(subnet: str | None, *hops: Hop, verdict: Verdict | None = None, **more: Any) -> Path:
    worst = verdict or next((h.verdict for h in hops if h.verdict is BLOCKED), None)
    worst = worst or next((h.verdict for h in hops if h.verdict is not OK), OK)
    return Path(subnet, worst, ("0.0.0.0/0",), ("443",), (), hops[-1].resource, hops, **more)


def answer(
    net: Network,
    verdict: Verdict,
    *paths: Path,
    target: str = "internet",
    name: str = "orders-api",
    **more: Any,
) -> Answer:
    subnets = tuple(dict.fromkeys(p.subnet for p in paths if p.subnet))
    source = SourceInfo(
        "function",
        name,
        f"arn:aws:lambda:eu-west-1:123456789012:function:{name}",
        HOME.account,
        HOME.region,
        "$LATEST",
        "vpc-0a1b2c3d" if subnets else None,
        subnets,
        ("sg-lambda",),
    )
    return Answer(
        source=source,
        target=f"{target}:443",
        target_as_typed=target,
        verdict=verdict,
        layer=None if verdict is OK else Layer.NET,
        headline=f"{name} → {target}: {verdict}",
        asked=(Asked("tcp", ("0.0.0.0/0",), ("443",)),),
        delivered=(),
        lost=(),
        undecided=(),
        paths=paths,
        blockers=tuple(_blockers(paths, BLOCKED)),
        unknowns=tuple(_blockers(paths, UNKNOWN)),
        network=net,
        **more,
    )


def _blockers(paths: Iterable[Path], verdict: Verdict) -> Iterable[Blocker]:
    seen = set()
    for one in paths:
        for step in one.hops:
            for finding in step.findings:
                if finding.verdict is verdict and finding.reason and (finding.code, step.resource) not in seen:
                    seen.add((finding.code, step.resource))
                    yield Blocker(
                        code=finding.reason.code,
                        cause=None,
                        layer=Layer.NET,
                        resource=step.resource,
                        resources=(step.resource,),
                        direction=step.direction,
                        subnets=(one.subnet,) if one.subnet else (),
                        after=None,
                        title=finding.reason.title,
                        why=finding.why,
                        fix=finding.fix,
                        evidence=(),
                        needs=finding.needs,
                    )


PRIVATE_A, PRIVATE_B = (
    subnet("subnet-0b81f2", "a", "10.0.128.0/20"),
    subnet("subnet-0c92a7", "b", "10.0.144.0/20"),
)
PUBLIC_A, PUBLIC_B = subnet("subnet-0d17c4", "a", "10.0.0.0/20"), subnet("subnet-0e33d8", "b", "10.0.16.0/20")
BASE = network(
    vpc(),
    PRIVATE_A,
    PRIVATE_B,
    PUBLIC_A,
    PUBLIC_B,
    nat("nat-04e5", "subnet-0d17c4"),
    nat("nat-09f1", "subnet-0e33d8", "54.73.1.10"),
    nat("nat-0bad", "subnet-0b81f2"),
    igw(),
    endpoint("vpce-0s3", "Gateway", "s3"),
    endpoint("vpce-0sm", "Interface", "secretsmanager", ("subnet-0b81f2", "subnet-0c92a7")),
    table("rtb-private", ("subnet-0b81f2",), "nat-04e5"),
    table("rtb-main", (), main=True),
    table("rtb-public", ("subnet-0d17c4", "subnet-0e33d8"), "igw-0c77"),
    function("orders-api", "subnet-0b81f2", "subnet-0c92a7"),
    function("thumbnailer", "subnet-0d17c4"),
    database("orders-db", "subnet-0b81f2", "subnet-0c92a7"),
)

IGW = hop("igw-0c77", "internet_gateway", "attached")
NET = hop("internet", "internet")


def by_nat(source: str, nat_id: str = "nat-04e5", home: str = "subnet-0d17c4") -> tuple[Hop, ...]:
    return (
        fn(source),
        group(),
        acl(),
        route("rtb-private", nat_id),
        hop(nat_id, "nat_gateway", f"in {home}"),
        acl(),
        route("rtb-public", "igw-0c77"),
        IGW,
        NET,
    )


def reachable() -> Answer:
    return answer(BASE, OK, path("subnet-0b81f2", *by_nat("subnet-0b81f2")))


def _no_route(source: str) -> Path:
    why = f"rtb-main (implicit association): no route matches 0.0.0.0/0; {source} was never associated with a table."
    fix = f"Associate {source} with rtb-private (or add 0.0.0.0/0 → nat-04e5 to its route table)."
    return path(
        source,
        fn(source),
        group(),
        hop("rtb-main", "route_table", "no route", BLOCKED, "NO_ROUTE_TO_DESTINATION", why, fix=fix),
    )


def partial() -> Answer:
    return answer(
        BASE,
        PARTIAL,
        path("subnet-0b81f2", *by_nat("subnet-0b81f2")),
        _no_route("subnet-0c92a7"),
        dimension="subnets",
    )


def two_nats() -> Answer:
    return answer(
        BASE,
        OK,
        path("subnet-0b81f2", *by_nat("subnet-0b81f2")),
        path("subnet-0c92a7", *by_nat("subnet-0c92a7", "nat-09f1", "subnet-0e33d8")),
    )


def one_nat_for_two() -> Answer:
    return answer(BASE, OK, *(path(s, *by_nat(s)) for s in ("subnet-0b81f2", "subnet-0c92a7")))


NO_PUBLIC = (
    "rtb-public sends 0.0.0.0/0 → igw-0c77, but a Lambda network interface never gets a public IPv4 address, so "
    "the internet gateway drops its traffic."
)


def public_subnet() -> Answer:
    gateway = hop(
        "igw-0c77",
        "internet_gateway",
        "attached",
        BLOCKED,
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        NO_PUBLIC,
        fix="Move orders-api to private subnets whose route table sends 0.0.0.0/0 to a NAT gateway.",
    )
    return answer(
        BASE,
        BLOCKED,
        path("subnet-0d17c4", fn("subnet-0d17c4"), group(), acl(), route("rtb-public", "igw-0c77"), gateway),
    )


def egress_refused() -> Answer:
    steps = list(by_nat("subnet-0b81f2"))
    steps[1] = group(
        verdict=BLOCKED,
        code="ENI_SG_RULES_MISMATCH",
        detail="no egress rule matches",
        why="no egress rule of sg-lambda allows tcp/443 to public addresses.",
        fix="Add an egress rule to sg-lambda.",
    )
    return answer(BASE, BLOCKED, path("subnet-0b81f2", *steps))


def nat_without_way_out() -> Answer:
    why = (
        "rtb-private: 0.0.0.0/0 → nat-04e5, which lies in this very table's subnet: the traffic would run in a circle."
    )
    steps = (
        fn("subnet-0b81f2"),
        group(),
        route("rtb-private", "nat-0bad"),
        hop("nat-0bad", "nat_gateway", "in subnet-0b81f2"),
        acl(),
        hop("rtb-private", "route_table", "0.0.0.0/0 → nat-0bad", BLOCKED, "ROUTING_LOOP", why),
    )
    return answer(BASE, BLOCKED, path("subnet-0b81f2", *steps))


def _to_database(*steps: Hop) -> tuple[Hop, ...]:
    return (
        group(detail="egress allows tcp/5432 to sg-db"),
        acl(),
        route("rtb-private", "local", "10.0.0.0/16"),
        acl("inbound allows"),
        *steps,
    )


def database_refuses() -> Answer:
    refusal = group(
        "sg-db",
        "ingress: no rule matches",
        verdict=BLOCKED,
        code="ENI_SG_RULES_MISMATCH",
        why="no ingress rule of sg-db admits tcp/5432 from sg-lambda.",
        fix="Add an ingress rule for tcp/5432 from sg-lambda to sg-db.",
    )
    steps = _to_database(refusal, hop("orders-db", "database", "in subnet-0c92a7"))
    return answer(
        BASE,
        BLOCKED,
        *(path(s, fn(s), *steps) for s in ("subnet-0b81f2", "subnet-0c92a7")),
        target="rds:orders-db",
    )


def reply_denied() -> Answer:
    there = (fn("subnet-0b81f2"), *_to_database(hop("orders-db", "database", "in subnet-0c92a7")))
    denied = acl(
        "inbound denies tcp/1024-65535",
        verdict=BLOCKED,
        code="SUBNET_ACL_RESTRICTION",
        why="acl-0f3 entry 100 denies the reply to ports 1024-65535.",
        fix="Allow tcp/1024-65535 inbound in acl-0f3.",
    )
    here = back((hop("orders-db", "database"), acl("outbound allows"), route("rtb-main", "local"), denied))
    return answer(BASE, BLOCKED, path("subnet-0b81f2", *there, *here), target="rds:orders-db")


def reply_denied_far() -> Answer:
    denied = acl(
        "inbound denies tcp/1024-65535",
        verdict=BLOCKED,
        code="SUBNET_ACL_RESTRICTION",
        why="acl-0f3 entry 100 denies the reply at the NAT gateway's subnet.",
    )
    here = back((NET, IGW, denied))
    return answer(
        BASE,
        PARTIAL,
        path("subnet-0b81f2", *by_nat("subnet-0b81f2"), *here),
        path("subnet-0c92a7", *by_nat("subnet-0c92a7", "nat-09f1", "subnet-0e33d8")),
        dimension="subnets",
    )


def private_endpoint() -> Answer:
    steps = (group(), acl(), route("rtb-private", "local", "10.0.0.0/16"), acl("inbound allows"))
    return answer(
        BASE,
        OK,
        path(
            "subnet-0b81f2",
            fn("subnet-0b81f2"),
            *steps[:1],
            hop("vpce-0sm", "interface_endpoint", "in subnet-0b81f2"),
        ),
        path(
            "subnet-0b81f2",
            fn("subnet-0b81f2"),
            *steps,
            hop("vpce-0sm", "interface_endpoint", "in subnet-0c92a7"),
        ),
        target="secretsmanager",
    )


def bare_interface() -> Answer:
    """An address inside the VPC: the path ends at an interface that has no hop of its own."""
    net = network(
        *BASE,
        Interface(id="eni-0aa", home=HOME, subnet="subnet-0c92a7", vpc="vpc-0a1b2c3d", addresses=cidr("10.0.144.7")),
    )
    steps = (
        fn("subnet-0b81f2"),
        group(),
        route("rtb-private", "local", "10.0.0.0/16"),
        group("sg-x", "ingress"),
    )
    return answer(net, OK, replace(path("subnet-0b81f2", *steps), end="eni-0aa"), target="10.0.144.7:8080")


def gateway_endpoint() -> Answer:
    ends = (hop("vpce-0s3", "gateway_endpoint"), hop("s3", "service", "s3"))
    return answer(
        BASE,
        OK,
        path(
            "subnet-0b81f2",
            fn("subnet-0b81f2"),
            group(),
            route("rtb-private", "vpce-0s3", "pl-63a5400a"),
            *ends,
        ),
        path("subnet-0c92a7", *by_nat("subnet-0c92a7")[:-1], hop("s3", "service", "s3")),
        target="s3",
    )


def unattached() -> Answer:
    return answer(BASE, OK, path(None, hop("orders-api", "function", "no VPC"), NET))


def unattached_private() -> Answer:
    why = "orders-api is not attached to a VPC, so nothing in vpc-0a1b2c3d can be reached."
    sender = hop(
        "orders-api",
        "function",
        "no VPC",
        BLOCKED,
        "DISCONNECTED_VPCS",
        why,
        fix="Attach orders-api to the VPC.",
    )
    return answer(BASE, BLOCKED, path(None, sender), target="rds:orders-db")


def unknown() -> Answer:
    why = "the route tables of vpc-0a1b2c3d could not be read"
    gap = hop(
        "subnet-0b81f2",
        "route_table",
        "not collected",
        UNKNOWN,
        "UNKNOWN_RESOURCE",
        why,
        needs="ec2:DescribeRouteTables",
    )
    return answer(BASE, UNKNOWN, path("subnet-0b81f2", fn("subnet-0b81f2"), group(), gap))


def unknown_nat() -> Answer:
    steps = list(by_nat("subnet-0b81f2"))
    steps[4] = hop(
        "nat-04e5",
        "nat_gateway",
        "",
        UNKNOWN,
        "UNKNOWN_RESOURCE",
        "nat-04e5 could not be read",
        needs="ec2:DescribeNatGateways",
    )
    return answer(network(vpc(), PRIVATE_A), UNKNOWN, path("subnet-0b81f2", *steps))


def nat_deleted() -> Answer:
    gone = route(
        "rtb-private",
        "nat-0gone (blackhole)",
        verdict=BLOCKED,
        code="BAD_STATE_ROUTE",
        why="rtb-private: 0.0.0.0/0 → nat-0gone is a blackhole.",
    )
    return answer(BASE, BLOCKED, *(path(s, fn(s), group(), gone) for s in ("subnet-0b81f2", "subnet-0c92a7")))


def by_addresses() -> Answer:
    gone = route(
        "rtb-private",
        "nat-0gone (blackhole)",
        "52.0.0.0/8",
        verdict=BLOCKED,
        code="BAD_STATE_ROUTE",
        why="rtb-private: 52.0.0.0/8 → nat-0gone is a blackhole.",
    )
    return answer(
        BASE,
        PARTIAL,
        path("subnet-0b81f2", *by_nat("subnet-0b81f2")),
        path("subnet-0b81f2", fn("subnet-0b81f2"), group(), gone),
        dimension="addresses",
    )


def peering(refused: bool = False) -> Answer:
    peer = subnet("subnet-0peer", "a", "10.9.0.0/24", "vpc-0peer")
    net = network(
        *BASE,
        vpc("vpc-0peer", "data", "10.9.0.0/16"),
        peer,
        database("stock-db", "subnet-0peer", vpc="vpc-0peer"),
    )
    answered = (
        group(
            "sg-db",
            "ingress: no rule matches",
            verdict=BLOCKED,
            code="ENI_SG_RULES_MISMATCH",
            why="sg-db admits nothing from 10.0.128.0/20.",
        )
        if refused
        else group("sg-db", "ingress allows tcp/5432 from 10.0.0.0/16")
    )
    steps = (
        fn("subnet-0b81f2"),
        group(),
        route("rtb-private", "pcx-0aa", "10.9.0.0/16"),
        hop("pcx-0aa", "vpc_peering_connection", "active"),
        acl("inbound allows"),
        answered,
        hop("stock-db", "database", "in subnet-0peer"),
    )
    return answer(net, BLOCKED if refused else OK, path("subnet-0b81f2", *steps), target="rds:stock-db")


def peering_from_two() -> Answer:
    """Two rows lead to a peer VPC that has one: the line has to climb between the VPCs."""
    made = peering()
    other = path("subnet-0c92a7", fn("subnet-0c92a7"), *made.paths[0].hops[1:])
    return answer(made.network or BASE, OK, *made.paths, other, target="rds:stock-db")


def endpoint_refuses() -> Answer:
    """Every function subnet meets every interface of an endpoint: one cross for each row."""
    refused = group("sg-ep", "ingress", verdict=BLOCKED, code="SG_HAS_NO_RULES", why="sg-ep has no inbound rule.")
    here, there = "subnet-0b81f2", "subnet-0c92a7"
    steps = (fn(here), group(), route("rtb-private", "local", "10.0.0.0/16"), refused)
    ends = {s: hop("vpce-0sm", "interface_endpoint", f"in {s}") for s in (here, there)}
    paths = [path(a, fn(a), *steps[1:], ends[b]) for a in (here, there) for b in (here, there)]
    return answer(BASE, BLOCKED, *paths, target="secretsmanager")


def _zones(count: int) -> list[tuple[Subnet, Subnet]]:
    zones = "abcdefghij"[:count]
    return [
        (subnet(f"subnet-0f{z}0", z, f"10.0.{i}.0/24"), subnet(f"subnet-0d{z}0", z, f"10.0.{100 + i}.0/24"))
        for i, z in enumerate(zones)
    ]


def many_zones(count: int = 6, broken: tuple[int, ...] = (1, 4)) -> Answer:
    pairs = _zones(count)
    gates = [nat(f"nat-0{i}", public.id, f"54.73.1.{i}") for i, (_, public) in enumerate(pairs)]
    tables = [table("rtb-public", [p.id for _, p in pairs], "igw-0c77")]
    net = network(vpc(), igw(), *gates, *tables, *(s for pair in pairs for s in pair))
    paths = []
    for i, (private, public) in enumerate(pairs):
        if i in broken:
            paths.append(_no_route(private.id))
        else:
            paths.append(path(private.id, *by_nat(private.id, f"nat-0{i}", public.id)))
    return answer(net, PARTIAL if broken else OK, *paths, dimension="subnets")


HOSTILE = (
    "<script>alert('$x^2$ & \"y\"')</script>\n\u202ekcab\x00\x1b[31m ]]> --> %%{init}%% \\N end; #quot; " + "W" * 300
)


def hostile() -> Answer:
    one = subnet("subnet-0b81f2", "a", "10.0.128.0/20", name=HOSTILE)
    net = network(
        vpc(name=HOSTILE),
        one,
        PUBLIC_A,
        nat("nat-04e5", "subnet-0d17c4"),
        igw(),
        table("rtb-public", ("subnet-0d17c4",), "igw-0c77"),
        database("db-" + HOSTILE, "subnet-0b81f2"),
    )
    steps = list(by_nat("subnet-0b81f2"))
    steps[0] = hop(HOSTILE, "function", HOSTILE)
    steps[1] = group(HOSTILE, HOSTILE)
    steps[3] = hop(HOSTILE, "route_table", HOSTILE, BLOCKED, "SUBNET_ACL_RESTRICTION", HOSTILE, fix=HOSTILE)
    return answer(net, BLOCKED, path("subnet-0b81f2", *steps), name=HOSTILE, target=HOSTILE)


def long_names() -> Answer:
    name = "customer-orders-production-webhook-dispatcher-europe-west-v2-blue"
    long = subnet("subnet-0b81f2a3c4d5e6f70", "a", "10.0.128.0/20", name="production-application-private-a")
    net = network(
        vpc(name="production-shared-services-network"),
        long,
        nat("nat-04e5a6b7c8d9e0f12", "subnet-0b81f2a3c4d5e6f70"),
        igw(),
    )
    steps = (
        fn(long.id, name),
        group("sg-0a1b2c3d4e5f60718"),
        route("rtb-0a1b2c3d4e5f60718", "nat-04e5a6b7c8d9e0f12"),
        hop("nat-04e5a6b7c8d9e0f12", "nat_gateway", f"in {long.id}"),
        route("rtb-0a1b2c3d4e5f60718", "igw-0c77"),
        IGW,
        NET,
    )
    return answer(net, OK, path(long.id, *steps), name=name)


ALL: dict[str, Callable[[], Answer]] = {
    f.__name__: f
    for f in (
        reachable,
        partial,
        two_nats,
        one_nat_for_two,
        public_subnet,
        egress_refused,
        nat_without_way_out,
        database_refuses,
        reply_denied,
        reply_denied_far,
        private_endpoint,
        gateway_endpoint,
        bare_interface,
        unattached,
        unattached_private,
        unknown,
        unknown_nat,
        nat_deleted,
        by_addresses,
        peering,
        peering_from_two,
        endpoint_refuses,
        many_zones,
        hostile,
        long_names,
    )
} | {
    "peering_refused": lambda: peering(refused=True),
    "ten_zones": lambda: many_zones(10, (1, 4, 7)),
}
