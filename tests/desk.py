"""The folder that the documents' commands work in: a file by every name that they mention."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from tests.terraform_plans import PlanOf
from tests.test_terraform import vpc
from tests.worlds import World

FILES = Path(__file__).resolve().parent


def lay_out(folder: Path) -> None:
    """Put snapshots, templates, a plan and policies into a folder."""
    for file in (FILES / "templates" / "desk").iterdir():
        shutil.copy(file, folder)
    shutil.copy(folder / "policy.json", folder / "deploy-policy.json")
    shutil.copytree(FILES / "cdk" / "cdk.out", folder / "cdk.out")
    world = account()
    world.write(folder / "net.json")
    world.write(folder / "live.json")
    (folder / "net").mkdir()
    for name, records in world.collections.items():
        (folder / "net" / f"{name}.json").write_text(json.dumps({name: records}), encoding="utf-8")
    (folder / "plan.json").write_text(plan().text(), encoding="utf-8")


def account() -> World:
    """A VPC with two private subnets and a public one, two functions, a database, and an endpoint for S3."""
    world = World()
    main = world.vpc("10.0.0.0/16", id="vpc-0a1", name="main")
    private = [world.subnet(main, f"10.0.{n}.0/24", zone, id=f"subnet-{n}") for n, zone in ((1, "a"), (2, "b"))]
    public = world.subnet(main, "10.0.9.0/24", id="subnet-9")
    nat = world.nat_gateway(public, id="nat-1")
    world.route_table(main, [public], [("0.0.0.0/0", world.internet_gateway(main))])
    inner = world.route_table(main, private, [("0.0.0.0/0", nat)])
    world.gateway_endpoint(main, "s3", [inner])
    groups = [world.security_group(main, id=id) for id in ("sg-0a1", "sg-1", "sg-9")]
    world.function("orders", private, groups[:1])
    world.function("thumbnailer", [public], groups[1:2])
    databases = world.security_group(main, ingress=[("tcp", 5432, groups[0])])
    world.db_instance("orders-db", private, [databases])
    return world


def plan() -> PlanOf:
    """The plan of a VPC and the function `orders` in its private subnets."""
    made = PlanOf()
    vpc(made)
    made.resource("aws_security_group", "functions", {"name": "functions"}, {"vpc_id": "aws_vpc.main.id"})
    config = {"subnet_ids": ["aws_subnet.private"], "security_group_ids": ["aws_security_group.functions.id"]}
    made.resource("aws_lambda_function", "orders", {"function_name": "orders"}, {"vpc_config": [({}, config)]})
    return made
