"""The live account, read through boto3 with Describe, List and Get calls only. Nothing else imports boto3.

Every call is guarded on its own: what cannot be read becomes a gap that names the IAM action.
"""

from __future__ import annotations

import difflib
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore import exceptions as broken
from botocore import xform_name
from botocore.config import Config
from msgspec import Struct, field

from reach.errors import AwsError
from reach.snapshot import BARE_SERVICES, Origin, Record, Snapshot, SnapshotGap
from reach.sources.call import Call, Data
from reach.sources.calls import KEYS, STAGES, TABLE, calls, services
from reach.sources.naming import REGION
from reach.sources.policies import ASKED_BUCKETS
from reach.sources.responses import EXPIRED, GONE, WHO_ARE_YOU, in_order, next_page, owners, records_of, timestamp

if TYPE_CHECKING:
    from boto3.session import Session

WORKERS = 12
NO_ACCOUNT = "000000000000"
ROLE = re.compile(r"arn:[a-z-]+:iam::(\d{12}):role/.+")

# The first calls find out quickly whether there is anybody; the others are patient with throttling.
FIRST = Config(connect_timeout=5, read_timeout=15, retries={"mode": "standard", "total_max_attempts": 3})
PATIENT = Config(
    connect_timeout=5,
    read_timeout=60,
    retries={"mode": "adaptive", "total_max_attempts": 6},
    max_pool_connections=WORKERS,
)
# Not offered in every Region, used by few accounts: nobody waits long for these services.
BRIEF = PATIENT.merge(Config(read_timeout=30, retries={"mode": "adaptive", "total_max_attempts": 3}))

LOGIN_ERRORS = (
    broken.NoCredentialsError,
    broken.PartialCredentialsError,
    broken.CredentialRetrievalError,
    broken.TokenRetrievalError,
    broken.SSOError,
)
CONNECTION_ERRORS = (broken.HTTPClientError, broken.ConnectionError)


def collect(
    session: Session | None = None,
    *,
    profile: str | None = None,
    regions: Sequence[str] = (),
    role_arns: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
    tags: bool = False,
    buckets: Sequence[str] = (),
) -> Snapshot:
    """Read regions of one or several accounts.

    Parameters
    ----------
    session
        A boto3 session; without it one is made, with `profile`.
    regions
        Those to read; without any, the session's.
    role_arns
        Roles to assume, each read instead of the session's own account.
    progress
        Is told, in words, how reading goes.
    tags
        Keep all tags, not only Name.
    buckets
        S3 buckets whose policy and Region are read; no other bucket is touched.

    Raises
    ------
    AwsError
        If nothing could be read: no credentials, no connection, no permission at all.
    """
    say = progress or (lambda text: None)
    session = session or _session(profile)
    wanted = tuple(dict.fromkeys(regions)) or (_home_region(session),)
    logins = _logins(session, wanted[0], role_arns)
    named: Data = {ASKED_BUCKETS: [{"Bucket": name} for name in dict.fromkeys(buckets)]}
    places = [_Place(login, region, named) for login in logins for region in wanted]
    open_places = [place for place in places if place.login.refused is None]
    for place in open_places:
        place.open(session, tags)
    say(f"reading {', '.join(wanted)}" + (f" of {len(logins)} accounts" if len(logins) > 1 else ""))
    pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="reach")
    try:
        for stage in STAGES:
            _run(pool, stage, open_places, say, tags)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    if any(place.heard for place in places):
        return _snapshot(places)
    raise _unreadable(session, places)


# -- who we are and where ------------------------------------------------------------------------------------


def _session(profile: str | None) -> Session:
    try:
        return boto3.session.Session(profile_name=profile)
    except broken.ProfileNotFound:
        known = boto3.session.Session().available_profiles if not os.environ.get("AWS_PROFILE") else []
        near = difflib.get_close_matches(profile or "", known, n=1) or known[:6]
        hint = f"did you mean {' or '.join(near)}?" if near else "aws configure list-profiles   shows those that exist"
        raise AwsError(f"there is no AWS profile {profile or os.environ.get('AWS_PROFILE')!r}", hint) from None
    except broken.BotoCoreError as error:
        raise AwsError(f"the AWS configuration cannot be read: {error}") from None


def _home_region(session: Session) -> str:
    region = session.region_name or os.environ.get("AWS_REGION")  # boto3 itself only knows AWS_DEFAULT_REGION
    if not region:
        raise AwsError("no AWS region is configured", "say which: --region eu-west-1, or set AWS_DEFAULT_REGION")
    return str(region)


class _Login(Struct):
    """An account and the credentials for it; no credentials are the session's own."""

    account: str = ""
    credentials: Mapping[str, str] = field(default_factory=dict)
    refused: Exception | None = None


def _logins(session: Session, region: str, role_arns: Sequence[str]) -> list[_Login]:
    for arn in role_arns:
        if not ROLE.fullmatch(arn):
            raise AwsError(f"{arn} is not the ARN of a role", "like arn:aws:iam::123456789012:role/ReadNetwork")
    try:
        if session.get_credentials() is None:
            raise broken.NoCredentialsError()
        sts: Any = session.client("sts", region_name=region, config=FIRST)
    except broken.BotoCoreError as error:
        raise _complaint(session, error, region) from None
    if not role_arns:
        return [_Login(_caller(sts))]
    logins = [_assume(sts, arn) for arn in dict.fromkeys(role_arns)]
    if all(login.refused for login in logins):
        raise _complaint(session, logins[0].refused, region, role_arns[0])
    return logins


def _caller(sts: Any) -> str:
    """The account; if nobody says, it is found in the records later."""
    try:
        return str(sts.get_caller_identity()["Account"])
    except Exception:
        return ""


def _assume(sts: Any, arn: str) -> _Login:
    found = ROLE.fullmatch(arn)
    login = _Login(found.group(1) if found else "")
    try:
        given = sts.assume_role(RoleArn=arn, RoleSessionName="reach-snapshot")["Credentials"]
    except Exception as error:
        login.refused = error
        return login
    login.credentials = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }
    return login


# -- reading -------------------------------------------------------------------------------------------------


class _Answer(Struct):
    """What one call gave: some records, and the error that ended it, if one did."""

    records: list[Record]
    error: Exception | None = None


class _Place(Struct):
    """One region of one account while it is read."""

    login: _Login
    region: str
    named: Data  # what the user named, for plans
    data: dict[str, list[Record]] = field(default_factory=dict)
    errors: dict[tuple[str, str], str] = field(default_factory=dict)  # (action, key) → error
    closed: Exception | None = None  # why nobody answers here
    heard: bool = False  # whether any call was answered
    first: Any = None
    clients: dict[str, Any] = field(default_factory=dict)

    def open(self, session: Session, tags: bool) -> None:
        """Make the clients: they may be used by several threads, the session may not."""
        try:
            given: dict[str, Any] = {"region_name": self.region, **self.login.credentials}
            self.first = session.client("ec2", config=FIRST, **given)
            known = {*session.get_available_services()} & {*services(tags=tags)}  # an older botocore knows fewer
            self.clients = {s: session.client(s, config=_config(s), **given) for s in known}  # type: ignore[call-overload]
        except (broken.BotoCoreError, ValueError) as error:
            self.closed = error

    def plan(self, call: Call) -> list[Mapping[str, Any]]:
        """The arguments of each time that a call is made."""
        if call.plan is None:
            return [call.arguments]
        missing = [key for key in call.needs if key not in self.data]
        for key in missing:
            known = ((action, error) for (action, lost), error in self.errors.items() if lost == key)
            action, error = next(known, (KEYS[key][0].action, "NotCollected"))  # the call that began it
            self.errors[action, call.key] = error
        return [] if missing else [self._here(given) for given in call.plan({**self.data, **self.named})]

    def _here(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self.region if value == REGION else value for name, value in arguments.items()}

    def take(self, call: Call, answers: Sequence[_Answer]) -> None:
        """Keep what was read; what was not is an error, never an empty list."""
        failed = [answer.error for answer in answers if answer.error and not _vanished(call, answer.error)]
        for error in failed[:1]:
            self.errors[call.action, call.key] = _code(error)
            if call.stage == STAGES[0] and _nobody(error):
                self.closed = error
        self.heard |= any(answer.error is None or answer.records for answer in answers)
        missing = any(key not in self.data for key in call.needs)
        records = [record for answer in answers for record in answer.records]
        if records or not (failed or missing):
            self.data[call.key] = in_order(call.key, [*self.data.get(call.key, ()), *records])


def _config(service: str) -> Config:
    return PATIENT if service in BARE_SERVICES else BRIEF


def _run(
    pool: ThreadPoolExecutor, stage: int, places: Sequence[_Place], say: Callable[[str], None], tags: bool
) -> None:
    """Make all calls of one stage in all places at once."""
    jobs: list[tuple[_Place, Call, list[Future[_Answer]]]] = []
    for place in places:
        if place.closed is not None:
            continue
        for call in calls(tags=tags):
            if call.stage == stage and not (call.plan and call.key == "Functions" and "Functions" not in place.data):
                client = place.first if stage == STAGES[0] else place.clients.get(call.service)
                asked = [pool.submit(_ask, client, call, given, tags) for given in place.plan(call)]
                jobs.append((place, call, asked))
    _await([future for _, _, asked in jobs for future in asked], say)
    for place, call, asked in jobs:
        place.take(call, [future.result() for future in asked])


def _await(asked: Sequence[Future[_Answer]], say: Callable[[str], None]) -> None:
    waiting: set[Future[_Answer]] = set(asked)
    while waiting:
        began = time.monotonic()
        waiting = wait(waiting, timeout=2).not_done
        if waiting and time.monotonic() - began >= 2:
            say(f"{len(asked) - len(waiting)} of {len(asked)} calls answered")


def _ask(client: Any, call: Call, arguments: Mapping[str, Any], tags: bool) -> _Answer:
    """Make one call, all its pages. Whatever goes wrong is the answer: it is AWS's fault, not a bug of ours."""
    pages: list[Record] = []
    error: Exception | None = None
    try:
        for page in _pages(client, call, arguments):
            pages.append(page)  # one by one: what was read before an error counts
    except Exception as raised:
        error = raised
    return _Answer(records_of(call, arguments, pages, tags=tags) if pages else [], error)


def _pages(client: Any, call: Call, arguments: Mapping[str, Any]) -> Iterator[Record]:
    """Yield the responses to a call until AWS offers no further page."""
    if client is None:
        raise broken.UnknownServiceError(service_name=call.service, known_service_names="those of this botocore")
    known = client.meta.service_model.operation_model(call.operation).input_shape.members
    given = {name: value for name, value in arguments.items() if name in known}  # an older botocore knows fewer
    operation = getattr(client, xform_name(call.operation))
    seen: list[Mapping[str, str]] = []
    while True:
        response = operation(**given)
        yield response
        turn = next_page(response, known)
        if not turn:
            return
        if turn in seen:
            raise broken.PaginationError(message=f"{call.operation} offers the same page again")
        seen.append(turn)
        given |= turn


# -- what went wrong -----------------------------------------------------------------------------------------


def _code(error: Exception) -> str:
    """The error's name: AWS's code, else that of botocore's exception."""
    if isinstance(error, broken.ClientError):
        code = str(error.response.get("Error", {}).get("Code") or "ClientError")
        return "AccessDenied" if code == "403" else code
    return type(error).__name__


def _nobody(error: Exception) -> bool:
    """Whether an error is about credentials or the connection, so that no other call can do better."""
    return isinstance(error, LOGIN_ERRORS + CONNECTION_ERRORS) or _code(error) in WHO_ARE_YOU


def _vanished(call: Call, error: Exception) -> bool:
    """Whether the resource was deleted since it was listed."""
    return bool(call.plan) and (_code(error).endswith(".NotFound") or _code(error) in GONE)


def _unreadable(session: Session, places: Sequence[_Place]) -> AwsError:
    for place in places:
        error = place.closed or place.login.refused
        if error is not None:
            return _complaint(session, error, place.region)
    reason = next((error for place in places for error in place.errors.values()), "no answer")
    return AwsError(
        f"AWS refused every call ({reason})", "reach permissions   prints the read-only policy that is needed"
    )


def _complaint(session: Session, error: Exception | None, region: str, role: str = "") -> AwsError:
    """Say what kept us from reading anything, and what to do about it."""
    code = _code(error) if error else ""
    where = f"for {role}" if role else f"in {region}"
    if isinstance(error, broken.NoCredentialsError):
        hint = "set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or: aws configure, aws sso login"
        return AwsError("there are no AWS credentials", hint)
    if isinstance(error, CONNECTION_ERRORS):
        near = difflib.get_close_matches(region, session.get_available_regions("ec2"), n=1)
        typo = f"did you mean --region {near[0]}?  " if near and near[0] != region else ""
        hint = f"{typo}check the network, the proxy, and AWS_ENDPOINT_URL"
        return AwsError(f"AWS cannot be reached {where}: {error}", hint)
    if code in EXPIRED or isinstance(error, (broken.SSOError, broken.TokenRetrievalError)):
        return AwsError(f"the AWS credentials have expired ({code})", "log in again, for instance with: aws sso login")
    if code in WHO_ARE_YOU:
        hint = "check the keys, and that the account has this region enabled"
        return AwsError(f"AWS does not accept these credentials {where} ({code})", hint)
    if role:
        return AwsError(
            f"the role {role} cannot be assumed: {error}", "allow sts:AssumeRole on it, and trust the caller"
        )
    return AwsError(f"AWS could not be read {where}: {error}")


def _snapshot(places: Sequence[_Place]) -> Snapshot:
    accounts: dict[str, dict[str, dict[str, list[Record]]]] = {}
    gaps: list[SnapshotGap] = []
    for place in places:
        account = place.login.account or _owner(places, place.login)
        if place.data:
            accounts.setdefault(account, {})[place.region] = dict(sorted(place.data.items()))
        gaps += _gaps(account, place)
    taken = timestamp(datetime.now(UTC).replace(microsecond=0))
    return Snapshot(
        accounts=accounts,
        gaps=tuple(sorted(gaps, key=lambda gap: (gap.account, gap.region, gap.action, gap.keys))),
        taken=taken,
        origins=(Origin("aws", "aws", taken),),
    )


def _owner(places: Sequence[_Place], login: _Login) -> str:
    found = (id for place in places if place.login is login for id in owners(place.data))
    return next((id for id in found if re.fullmatch(r"\d{12}", id)), NO_ACCOUNT)


def _gaps(account: str, place: _Place) -> Iterator[SnapshotGap]:
    if place.login.refused is not None:
        yield SnapshotGap(account, place.region, "sts:AssumeRole", tuple(sorted(KEYS)), _code(place.login.refused))
    elif place.closed is not None:
        for call in TABLE:
            yield SnapshotGap(account, place.region, call.action, (call.key,), _code(place.closed))
    else:
        keys: dict[tuple[str, str], list[str]] = {}
        for (action, key), error in place.errors.items():
            keys.setdefault((action, error), []).append(key)
        yield from (SnapshotGap(account, place.region, a, tuple(sorted(found)), e) for (a, e), found in keys.items())
