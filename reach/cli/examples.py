"""What stands at the end of each command's help: lines to copy, tried by the tests."""

from __future__ import annotations

EXAMPLES: dict[str, tuple[str, ...]] = {
    "demo": ("reach demo -o out",),
    "path": (
        "reach path orders --from net.json                # the usual targets",
        "reach path orders rds:orders-db api.example.com:8443 --from net.json",
        "reach path 'orders*' s3 --from net.json -q        # a line for each",
        "reach path orders internet --from template.yaml  # not yet deployed",
        "reach path thumbnailer internet --from demo:public-subnet",
    ),
    "policy": (
        "reach policy policy.json orders --from net.json",
        "reach policy policy.json --from net.json          # every function",
    ),
    "interfaces": (
        "reach interfaces --from net.json                 # all, and the quota",
        "reach interfaces sg-0a1 --from net.json          # who holds it",
    ),
    "list": ("reach list --from net.json", "reach list functions -q --from net.json          # names alone"),
    "matrix": (
        "reach matrix --from net.json",
        "reach matrix --to secretsmanager --to internet:22 --from net.json -f csv",
    ),
    "report": ("reach report --from net.json -o report.html",),
    "check": (
        "reach check --init --from net.json               # writes reach.yaml",
        "reach check",
        "reach check -f junit -o reach.xml",
    ),
    "diagram": (
        "reach diagram orders internet --from net.json -o why.svg",
        "reach diagram --from net.json -o vpc.png         # the whole VPC",
    ),
    "snapshot": (
        "reach snapshot -o net.json --region eu-west-1",
        "reach snapshot -o net.json.gz --profile prod --region eu-west-1",
    ),
    "permissions": ("reach permissions > policy.json",),
    "explain": ("reach explain NO_ROUTE_TO_DESTINATION", "reach explain  # all codes"),
}


def epilog(name: str) -> str | None:
    """The examples of a command, as click prints them untouched."""
    lines = EXAMPLES.get(name, ())
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines) if lines else None
