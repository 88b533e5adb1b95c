"""Folders of plain AWS CLI outputs of several VPCs and accounts answer like the snapshot, whoever asks."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import reach
from reach.answer import Verdict
from reach.ask import ask
from tests.scenario import Steps, build, do
from tests.scenario_crossings import FAR, GATEWAYS, far_gateway
from tests.scenario_tgw import routes, to
from tests.scenario_transit import SPOKES
from tests.scenario_worlds import BACK, PEER, PRIVATE, THERE

OK, NO, HM = Verdict.REACHABLE, Verdict.BLOCKED, Verdict.UNKNOWN
PARTNER = "222222222222"
# A host beside the function, as an instance.
HOST = do("interface", "subnet-a", "10.0.1.77", ["sg-fn"], id="eni-host", instance="i-0a1")
PEERED: Steps = (
    *PRIVATE, *PEER, THERE, BACK, HOST, lambda w: w["pcx-1"]["AccepterVpcInfo"].update(OwnerId=PARTNER),
    *(lambda w, id=id: w[id].update(OwnerId=PARTNER) for id in ("vpc-2", "subnet-x", "sg-x", "eni-x", "rtb-x")),
    do("move", PARTNER, "eu-west-1", "vpc-2"),
)  # fmt: skip
# Two route tables of the gateway: what each attachment may reach is its own.
TABLES: Steps = (
    *SPOKES, HOST, routes("tgw-rtb-1", to("10.2.0.0/16", "tgw-attach-2")),
    routes("tgw-rtb-2", to("10.0.0.0/16", "tgw-attach-1")),
    lambda w: w["tgw-attach-2/general"]["Association"].update(TransitGatewayRouteTableId="tgw-rtb-2"),
)  # fmt: skip


def write(root: Path, steps: Steps, layout: str) -> Path:
    """A world as the files that the AWS CLI would have written, one per call."""
    document = build(steps).document()
    for account, regions in document["accounts"].items():
        for region, collections in regions.items():
            folder = root / (f"accounts/{account}/{region}" if layout == "accounts" else "")
            folder.mkdir(parents=True, exist_ok=True)
            for name, body in outputs(collections, f"{account}-{region}" if layout == "flat" else ""):
                (folder / name).write_text(json.dumps(body))
    return root


def outputs(collections: dict[str, list[dict[str, Any]]], unique: str) -> list[tuple[str, Any]]:
    """File names and contents; what does not name its owner has it in the file's name."""
    files: list[tuple[str, Any]] = []
    for key, records in collections.items():
        if key == "VpcAttributes":
            files += [(f"{r['VpcId']}.{m}.json", {"VpcId": r["VpcId"], m: r[m]})
                      for r in records for m in ("EnableDnsSupport", "EnableDnsHostnames")]  # fmt: skip
        elif key == "ManagedPrefixListEntries":
            files += [(f"entries.{r['PrefixListId']}.json", {"Entries": r["Entries"]}) for r in records]
        elif key in ("TransitGatewayRoutes", "TransitGatewayPropagations"):
            files += [(f"{key}.{r['TransitGatewayRouteTableId']}.json",
                       {k: v for k, v in r.items() if k != "TransitGatewayRouteTableId"}) for r in records]  # fmt: skip
        elif key == "TransitGatewayAttachments":
            # this call alone says which table is associated; here the tables' own call does
            bare = [{k: v for k, v in r.items() if k != "Association"} for r in records]
            files += [(f"attachments{unique}.json", {key: bare}), *associations(records)]
        elif key == "ManagedPrefixLists":
            files.append((f"lists{unique}.json", {"PrefixLists": records}))
        elif (records or not unique) and ":" not in key:  # other services have nothing here
            files.append((f"{key}{unique}.json", {key: records}))
    return files


def associations(records: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """get-transit-gateway-route-table-associations, table by table."""
    tables: dict[str, list[dict[str, str]]] = {}
    for record in records:
        row = {"TransitGatewayAttachmentId": record["TransitGatewayAttachmentId"], "State": "associated"}
        tables.setdefault(record["Association"]["TransitGatewayRouteTableId"], []).append(row)
    return [(f"associations.{table}.json", {"Associations": rows}) for table, rows in tables.items()]


@pytest.mark.parametrize("layout", ["flat", "accounts"])
@pytest.mark.parametrize("who", ["orders", "eni-host", "i-0a1"])
@pytest.mark.parametrize(
    ("steps", "target", "via"),
    [
        (PEERED, "10.9.1.9:5432", ("rtb-fn", "pcx-1")),
        (PEERED, "eni-x:5432", ("rtb-fn", "pcx-1")),
        (TABLES, "rds:far-db", ("rtb-fn", "tgw-attach-1", "tgw-1", "tgw-attach-2")),
    ],
    ids=["peering across accounts, by address", "peering across accounts, by interface", "two tables of a gateway"],
)
def test_folders_answer_from_functions_interfaces_and_instances(
    tmp_path: Path, layout: str, who: str, steps: Steps, target: str, via: tuple[str, ...]
) -> None:
    """PCX-4 PCX-8 TGW-3 TGW-9: the files say all that the snapshot says."""
    answer = ask(reach.load(str(write(tmp_path, steps, layout))), who, target)
    assert (answer.verdict, answer.paths[0].via) == (OK, via), answer.headline


@pytest.mark.parametrize("who", ["orders", "i-0a1"])
def test_peered_gateways_of_two_regions(tmp_path: Path, who: str) -> None:
    """TGW-11: one attachment id, two Regions, each with a table of its own."""
    answer = ask(reach.load(str(write(tmp_path, (*far_gateway(), HOST, FAR), "accounts"))), who, "rds:far-db")
    assert (answer.verdict, answer.paths[0].via) == (OK, GATEWAYS), answer.headline


@pytest.mark.parametrize(
    ("missing", "code"),
    [
        ("TransitGatewayRoutes.tgw-rtb-1.json", "TGW_RTB_ROUTES_ARE_UNKNOWN"),
        ("TransitGatewayRoutes.tgw-rtb-2.json", "TGW_RTB_ROUTES_ARE_UNKNOWN"),
        ("TransitGatewayVpcAttachments.json", "UNKNOWN_RESOURCE"),
        ("RouteTables.json", "UNKNOWN_RESOURCE"),
    ],
)
def test_a_file_that_was_not_saved_is_unknown_never_blocked(tmp_path: Path, missing: str, code: str) -> None:
    """IN-6 TGW-14: what is not there was not read."""
    root = write(tmp_path, TABLES, "accounts")
    next(root.rglob(missing)).unlink()
    answer = ask(reach.load(str(root)), "i-0a1", "rds:far-db")
    assert answer.verdict is HM
    assert code in [u.code for u in answer.unknowns]


def test_a_table_that_the_other_side_lacks_drops_the_reply(tmp_path: Path) -> None:
    """TGW-9: the tables differ; the database's has no way back."""
    root = write(tmp_path, TABLES, "accounts")
    next(root.rglob("TransitGatewayRoutes.tgw-rtb-2.json")).write_text('{"Routes": []}')
    (blocker,) = ask(reach.load(str(root)), "eni-host", "rds:far-db").blockers
    assert (blocker.code, blocker.resource) == ("TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT", "tgw-rtb-2")
    assert blocker.direction.value == "return"


def test_what_is_attached_to_another_accounts_gateway_and_the_owners_outputs_beside_it(tmp_path: Path) -> None:
    """TGW-3 TGW-14: who is attached is not told its table, which is no proof that there is none; the owner is."""
    general = [f"tgw-attach-{n}/general" for n in (1, 2)]
    shared: Steps = (
        *TABLES, lambda w: w["tgw-1"].update(OwnerId=PARTNER),
        lambda w: [w[id].update(TransitGatewayOwnerId=PARTNER, ResourceOwnerId=w.account) for id in general],
    )  # fmt: skip
    root, owners = write(tmp_path / "net", shared, "flat"), tmp_path / "owners"
    owners.mkdir()
    for file in (*root.glob("TransitGatewayRoute*"), *root.glob("associations*")):
        file.rename(owners / file.name)
    answer = ask(reach.load(str(root)), "orders", "rds:far-db")
    assert (answer.verdict, answer.unknowns[0].code) == (HM, "TGW_RTB_ROUTES_ARE_UNKNOWN"), answer.headline
    for file in owners.glob("TransitGatewayRoute*"):
        file.rename(root / file.name)
    world = build(shared)
    for name in ("0.json", "z.json"):  # whichever is read first
        (root / name).write_text(json.dumps({"TransitGatewayAttachments": [world[id] for id in general]}))
        assert ask(reach.load(str(root)), "orders", "rds:far-db").verdict is OK
        (root / name).unlink()


def test_the_command_line_takes_such_a_folder(tmp_path: Path) -> None:
    """As a user runs it: the answer on stdout, no warning, exit code 0."""
    root = write(tmp_path, PEERED, "accounts")
    command = [sys.executable, "-m", "reach", "path", "i-0a1", "10.9.1.9:5432", "--from", str(root)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "warning" not in ran.stderr
    assert "pcx-1" in ran.stdout
