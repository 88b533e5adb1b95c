"""Can this Lambda function reach that, and if not, what exactly is in the way?

>>> import reach
>>> reach.Verdict("blocked")
<Verdict.BLOCKED: 'blocked'>
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module as _import_module
from pathlib import Path as _Path
from typing import TYPE_CHECKING, Any

from reach.errors import AwsError, ExpectationsError, QuestionError, ReachError, SnapshotError, TemplateError

if TYPE_CHECKING:
    from boto3 import Session

    from reach.answer import Answer, Blocker, Evidence, Finding, Hop, Path, Verdict
    from reach.network import Absent, Gap, Network

__version__ = "0.1.0"
__all__ = [
    "Absent",
    "Answer",
    "AwsError",
    "Blocker",
    "Evidence",
    "ExpectationsError",
    "Finding",
    "Gap",
    "Hop",
    "Network",
    "Path",
    "QuestionError",
    "ReachError",
    "SnapshotError",
    "TemplateError",
    "Verdict",
    "__version__",
    "collect",
    "demo",
    "load",
]


# Loaded when they are named: `reach --help` needs none of them.
_ROOMS = dict.fromkeys(("Answer", "Blocker", "Evidence", "Finding", "Hop", "Path", "Verdict"), "reach.answer")
_ROOMS |= dict.fromkeys(("Absent", "Gap", "Network"), "reach.network")


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module 'reach' has no attribute {name!r}")
    return getattr(_import_module(_ROOMS[name]), name)


def __dir__() -> list[str]:
    return __all__


def load(
    *sources: str | _Path,
    params: Mapping[str, Any] | None = None,
    param_files: Sequence[str | _Path] = (),
    ssm: Mapping[str, str] | None = None,
    exports: Mapping[str, str] | None = None,
    region: str | None = None,
) -> Network:
    """Read one or several sources into one network.

    Parameters
    ----------
    sources
        Snapshot files (also .gz, ``-`` for standard input), folders of AWS CLI output, CloudFormation and SAM
        templates (``STACK=FILE`` names a stack), ``cdk.out`` folders, ``demo:NAME``, ``aws``.
    params, param_files, ssm, exports
        What templates leave open: parameters (lists are joined by commas), files of parameters, values of SSM
        parameters, exports of stacks that are not among the sources.
    region
        Where templates are deployed, if they do not say.

    Raises
    ------
    SnapshotError, TemplateError
        If a source cannot be read; the message says what and where.
    """
    from reach.describe import describe
    from reach.sources import read
    from reach.sources.given import given

    values = given(params, files=param_files, ssm=ssm, exports=exports, region=region)
    return describe(read([str(s) for s in sources], given=values))


def demo(name: str = "vpc-privatepublic") -> Network:
    """One of the built-in networks, e.g. ``vpc-private``; needs no AWS account.

    >>> import reach
    >>> reach.demo("vpc-private").path("orders", "internet").verdict
    <Verdict.BLOCKED: 'blocked'>
    """
    return load(f"demo:{name}")


def collect(
    session: Session | None = None,
    *,
    profile: str | None = None,
    regions: Sequence[str] = (),
    role_arns: Sequence[str] = (),
    **options: Any,
) -> Network:
    """Read the live account, with Describe, List and Get calls only.

    Raises
    ------
    AwsError
        If AWS could not be read at all.
    """
    from reach.describe import describe
    from reach.sources.aws import collect as read_aws

    return describe(read_aws(session, profile=profile, regions=regions, role_arns=role_arns, **options))
