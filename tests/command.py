"""The command run in this process or as one of its own, and a small network to ask."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from reach.cli import reach

from .worlds import World

CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "REACH_", "_REACH_"))}
NOWHERE = {
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent/config",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent/credentials",
    "HOME": "/nonexistent",
}


def run(*args: str, stdin: str | None = None, **env: str) -> Result:
    """The command in this process, without the environment of whoever runs the tests."""
    absent: dict[str, str | None] = {name: None for name in os.environ if name not in CLEAN}
    return CliRunner(env=absent | env).invoke(reach, list(args), input=stdin)


def call(*args: str, stdin: bytes = b"", cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own."""
    command = [sys.executable, "-m", "reach", *args]
    place = {"PYTHONPATH": str(Path(__file__).resolve().parent.parent)}
    return subprocess.run(
        command, input=stdin, capture_output=True, check=False, cwd=cwd, env=CLEAN | place | env, timeout=120
    )


def furnished() -> World:
    """A function that reaches everything, one in a public subnet, one without a VPC, and a database."""
    world = World()
    vpc = world.vpc("10.0.0.0/16", id="vpc-0a", name="main")
    public, private = world.subnet(vpc, "10.0.0.0/24"), world.subnet(vpc, "10.0.1.0/24")
    gateway, nat = world.internet_gateway(vpc), world.nat_gateway(public)
    world.route_table(vpc, [public], [("0.0.0.0/0", gateway)])
    world.route_table(vpc, [private], [("0.0.0.0/0", nat)])
    functions = world.security_group(vpc)
    world.function("orders", [private], [functions])
    world.function("thumbnailer", [public], [functions])
    world.function("loner")
    databases = world.security_group(vpc, ingress=[("tcp", 5432, functions)])
    world.db_instance("orders-db", [private], [databases])
    return world


def loaded_by(*args: str) -> set[str]:
    """The modules that a command loads, in a process of its own."""
    called = f"reach({list(args)!r}, standalone_mode=False)"
    code = f"import sys\nfrom reach.cli import reach\n{called}\nprint(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8", env=CLEAN)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "reach.cli.group" in loaded
    return loaded
