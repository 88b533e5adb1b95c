"""Network ACLs leg by leg: for each way, exactly the entries that it needs suffice, and each of them is needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.scenario import NO, OK, Row, Step, Steps, do
from tests.scenario_transit import attach, gateway, table
from tests.scenario_worlds import ANY, BACK, DB, DB_HERE, HOST, NAT, PEER, PRIVATE, S3_ROUTED, THERE, endpoint
from tests.world_members import AclRule, Ports

HIGH: Ports = (1024, 65535)
F, D, X = "10.0.1.0/24", "10.0.3.0/24", "10.9.1.0/24"
FAR = "10.2.1.0/24"
S3_BLOCKS = ("3.5.64.0/21", "52.92.0.0/17", "52.218.0.0/17")


@dataclass(frozen=True, slots=True)
class Leg:
    """One question to one ACL: which subnet, which side, the peer that it names, the destination ports."""

    subnet: str
    out: bool
    peers: tuple[str, ...]
    ports: Ports
    back: bool

    def __str__(self) -> str:
        return f"{self.subnet} {'out' if self.out else 'in'} {'back' if self.back else 'there'}"

    def entries(self, first: int) -> list[AclRule]:
        """What has to be allowed."""
        return [(first + n, "allow", "tcp", self.ports, peer) for n, peer in enumerate(self.peers)]


def there(subnet: str, side: str, peer: str | tuple[str, ...], ports: Ports) -> Leg:
    """A leg of the request."""
    return Leg(subnet, side == "out", (peer,) if isinstance(peer, str) else peer, ports, back=False)


def back(subnet: str, side: str, peer: str | tuple[str, ...], ports: Ports = HIGH) -> Leg:
    """A leg of the reply."""
    return Leg(subnet, side == "out", (peer,) if isinstance(peer, str) else peer, ports, back=True)


@dataclass(frozen=True, slots=True)
class Way:
    """A way through the network, and every question that an ACL is asked on it and on the way back."""

    name: str
    ids: str
    world: Steps
    to: str
    legs: tuple[Leg, ...]
    others: tuple[str, ...] = ()  # subnets on the way whose ACL is asked nothing
    vpcs: tuple[tuple[str, str], ...] = ()  # subnets that are not of the first VPC

    def acls(self, legs: tuple[Leg, ...]) -> Steps:
        """One ACL per subnet, with an entry for each of these legs and nothing else."""
        subnets = sorted({*(leg.subnet for leg in self.legs), *self.others})
        return tuple(self._acl(subnet, [leg for leg in legs if leg.subnet == subnet]) for subnet in subnets)

    def _acl(self, subnet: str, legs: list[Leg]) -> Step:
        inbound = [e for n, leg in enumerate(legs) if not leg.out for e in leg.entries(100 + 10 * n)]
        outbound = [e for n, leg in enumerate(legs) if leg.out for e in leg.entries(100 + 10 * n)]
        vpc = dict(self.vpcs).get(subnet, "vpc-1")
        return do("network_acl", vpc, [subnet], inbound, outbound, id=f"acl-{subnet[-1]}")

    def rows(self) -> Iterator[Row]:
        """All legs open; then each of them closed."""
        whole = (*self.world, *self.acls(self.legs))
        yield Row(ids=self.ids, about=f"{self.name}: exactly the entries needed", world=whole, to=self.to, want=OK)
        for leg in self.legs:
            rest = tuple(other for other in self.legs if other is not leg)
            yield Row(
                ids=self.ids, about=f"{self.name}: without {leg}", world=(*self.world, *self.acls(rest)), to=self.to,
                want=NO, code="SUBNET_ACL_RESTRICTION", at=f"acl-{leg.subnet[-1]}", back=leg.back,
            )  # fmt: skip


def spokes(attached: str, far: str, database: str = "subnet-x") -> Steps:
    """Two VPCs on a transit gateway, attached in subnets of their own or in those of the function and the database."""
    return (
        *PRIVATE,
        do("subnet", "vpc-1", "10.0.9.0/24", "a", id="subnet-t"),
        do("vpc", "10.2.0.0/16", id="vpc-2"),
        do("subnet", "vpc-2", FAR, "a", id="subnet-x"),
        do("subnet", "vpc-2", "10.2.9.0/24", "a", id="subnet-y"),
        do("route_table", "vpc-2", ["subnet-x", "subnet-y"], [("10.0.0.0/16", "tgw-1")], id="rtb-x"),
        do("security_group", "vpc-2", [("tcp", 5432, "10.0.0.0/16")], id="sg-x"),
        do("db_instance", "far-db", [database], ["sg-x"], eni=True),
        do("route", "rtb-fn", "10.2.0.0/16", "tgw-1"),
        gateway(),
        attach("tgw-attach-1", "vpc-1", [attached]),
        attach("tgw-attach-2", "vpc-2", [far]),
        table("tgw-rtb-1", ("10.0.0.0/16", "tgw-attach-1"), ("10.2.0.0/16", "tgw-attach-2")),
    )


EGRESS: Steps = (
    *PRIVATE,
    do("subnet", "vpc-1", "10.0.9.0/24", "a", id="subnet-t"),
    do("vpc", "10.9.0.0/16", id="vpc-9"),
    do("subnet", "vpc-9", "10.9.1.0/24", "a", id="subnet-m"),
    do("subnet", "vpc-9", "10.9.0.0/24", "a", id="subnet-n"),
    do("internet_gateway", "vpc-9", id="igw-9"),
    do("nat_gateway", "subnet-n", id="nat-9"),
    do("route_table", "vpc-9", ["subnet-m"], [(ANY, "nat-9")], id="rtb-m"),
    do("route_table", "vpc-9", ["subnet-n"], [(ANY, "igw-9"), ("10.0.0.0/16", "tgw-1")], id="rtb-n"),
    do("route", "rtb-fn", ANY, "tgw-1"),
    gateway(),
    attach("tgw-attach-1", "vpc-1", ["subnet-t"]),
    attach("tgw-attach-9", "vpc-9", ["subnet-m"], "tgw-rtb-9"),
    table("tgw-rtb-1", (ANY, "tgw-attach-9")),
    table("tgw-rtb-9", ("10.0.0.0/16", "tgw-attach-1")),
)
FAR_VPC = (("subnet-x", "vpc-2"), ("subnet-y", "vpc-2"))
ANYWHERE, SQL = f"{HOST}/32", 5432
F_OUT, D_IN = there("subnet-a", "out", FAR, SQL), there("subnet-x", "in", F, SQL)
D_OUT, F_IN = back("subnet-x", "out", F), back("subnet-a", "in", FAR)

WAYS = (
    Way("NAT gateway", "NACL-3 NACL-5 NACL-9 RET-2", NAT, f"{HOST}:443", (
        there("subnet-a", "out", ANYWHERE, 443), there("subnet-p", "in", F, 443),
        there("subnet-p", "out", ANYWHERE, 443), back("subnet-p", "in", ANYWHERE), back("subnet-p", "out", F),
        back("subnet-a", "in", ANYWHERE),
    )),
    Way("gateway endpoint", "NACL-7 NACL-12 RET-4", (*NAT, S3_ROUTED), "s3", (
        there("subnet-a", "out", S3_BLOCKS, 443), back("subnet-a", "in", S3_BLOCKS),
    ), others=("subnet-p",)),
    Way("interface endpoint", "NACL-3 RET-1 VPCE-14", (*PRIVATE, endpoint(subnets=("subnet-d",))), "secretsmanager", (
        there("subnet-a", "out", D, 443), there("subnet-d", "in", F, 443), back("subnet-d", "out", F),
        back("subnet-a", "in", D),
    )),
    Way("database in another subnet", "NACL-3 NACL-5 RET-1", (*PRIVATE, DB), "rds:orders-db", (
        there("subnet-a", "out", D, SQL), there("subnet-d", "in", F, SQL), back("subnet-d", "out", F),
        back("subnet-a", "in", D),
    )),
    Way("database in the same subnet", "NACL-4 RT-8 RET-5", (*PRIVATE, DB_HERE), "rds:orders-db", (),
        others=("subnet-a",)),
    Way("peering connection", "NACL-3 NACL-12 RET-1", (*PRIVATE, *PEER, THERE, BACK), "10.9.1.9:5432", (
        there("subnet-a", "out", X, SQL), there("subnet-x", "in", F, SQL), back("subnet-x", "out", F),
        back("subnet-a", "in", X),
    ), vpcs=FAR_VPC),
    Way("transit gateway, attached in subnets of their own", "NACL-11 TGW-9 RET-1",
        spokes("subnet-t", "subnet-y"), "rds:far-db", (
            F_OUT, there("subnet-t", "in", F, SQL), there("subnet-y", "out", FAR, SQL), D_IN,
            D_OUT, back("subnet-y", "in", FAR), back("subnet-t", "out", F), F_IN,
        ), vpcs=FAR_VPC),
    Way("transit gateway, attached in the function's subnet", "NACL-11 TGW-9",
        spokes("subnet-a", "subnet-y"), "rds:far-db", (
            F_OUT, there("subnet-a", "in", F, SQL), there("subnet-y", "out", FAR, SQL), D_IN,
            D_OUT, back("subnet-y", "in", FAR),
        ), vpcs=FAR_VPC),
    Way("transit gateway, attached in the database's subnet", "NACL-11 TGW-9",
        spokes("subnet-t", "subnet-x"), "rds:far-db", (
            F_OUT, there("subnet-t", "in", F, SQL),
            D_OUT, back("subnet-x", "in", FAR), back("subnet-t", "out", F), F_IN,
        ), vpcs=FAR_VPC),
    Way("transit gateway, attached in both", "NACL-11", spokes("subnet-a", "subnet-x"), "rds:far-db", (
        F_OUT, there("subnet-a", "in", F, SQL), D_OUT, back("subnet-x", "in", FAR),
    ), vpcs=FAR_VPC),
    Way("transit gateway to the NAT gateway of an egress VPC", "NACL-11 TGW-8 RET-2", EGRESS, f"{HOST}:443", (
        there("subnet-a", "out", ANYWHERE, 443), there("subnet-t", "in", F, 443),
        there("subnet-m", "out", ANYWHERE, 443), there("subnet-n", "in", F, 443),
        there("subnet-n", "out", ANYWHERE, 443), back("subnet-n", "in", ANYWHERE), back("subnet-n", "out", F),
        back("subnet-m", "in", ANYWHERE), back("subnet-t", "out", F), back("subnet-a", "in", ANYWHERE),
    ), vpcs=(("subnet-m", "vpc-9"), ("subnet-n", "vpc-9"))),
)  # fmt: skip
LEGS: tuple[Row, ...] = tuple(row for way in WAYS for row in way.rows())
