"""The words for a destination: every form is read, every value written back, bad words refused."""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reach import services
from reach.errors import QuestionError
from reach.network.served import COLLECTIONS
from reach.ports import Ports
from reach.target import (
    Address,
    Arn,
    AwsService,
    Database,
    Host,
    Instance,
    Internet,
    Named,
    NetworkInterface,
    Target,
    What,
    parse,
    unknown,
)

TCP_443 = Ports.of(443)
ARN = "arn:aws:rds:eu-west-1:123456789012:cluster:orders"

GOOD: list[tuple[str, What, Ports | None]] = [
    ("internet", Internet(), None),
    ("internet:443", Internet(), TCP_443),
    ("internet:443/tcp", Internet(), TCP_443),
    ("internet:53/udp", Internet(), Ports.of(53, protocol="udp")),
    ("s3", AwsService("s3"), None),
    ("s3:443", AwsService("s3"), TCP_443),
    ("s3://reports", AwsService("s3", bucket="reports"), None),
    ("s3://my.bucket-1:80", AwsService("s3", bucket="my.bucket-1"), Ports.of(80)),
    ("s3://reports@eu-west-2", AwsService("s3", "eu-west-2", "reports"), None),
    ("dynamodb", AwsService("dynamodb"), None),
    ("secretsmanager", AwsService("secretsmanager"), None),
    ("ecr.dkr", AwsService("ecr.dkr"), None),
    ("sqs@us-gov-west-1:443", AwsService("sqs", "us-gov-west-1"), TCP_443),
    ("rds", AwsService("rds"), None),
    ("rds:443", AwsService("rds"), TCP_443),
    ("rds:orders", Database("orders"), None),
    ("rds:orders:5432", Database("orders"), Ports.of(5432)),
    ("rds:orders:reader", Database("orders", reader=True), None),
    ("rds:orders:reader:5432", Database("orders", reader=True), Ports.of(5432)),
    ("rds:cluster/orders:reader", Database("orders", "cluster", True), None),
    ("rds:instance/orders", Database("orders", "instance"), None),
    ("rds:proxy/orders:3306,5432", Database("orders", "proxy"), Ports.of(3306, 5432)),
    ("rds:STACK/Orders", Database("STACK/Orders"), None),
    ("rds:123456789012/eu-west-1/orders", Database("123456789012/eu-west-1/orders"), None),
    (
        'rds:module.db["a"].aws_db_instance.b[0]:1',
        Database('module.db["a"].aws_db_instance.b[0]'),
        Ports.of(1),
    ),
    ("elasticache:sessions", Database("sessions", service="elasticache"), None),
    ("elasticache:sessions:6379-6380", Database("sessions", service="elasticache"), Ports.of((6379, 6380))),
    ("api.example.com", Host("api.example.com"), None),
    ("API.example.com.:8443", Host("api.example.com"), Ports.of(8443)),
    ("_x.xn--bcher-kva.example", Host("_x.xn--bcher-kva.example"), None),
    ("10.0.0.5:443", Address(IPv4Network("10.0.0.5/32")), TCP_443),
    ("10.0.0.5/32:443", Address(IPv4Network("10.0.0.5/32")), TCP_443),
    ("10.0.0.5:*/icmp", Address(IPv4Network("10.0.0.5/32")), Ports.of((0, 65535), protocol="icmp")),
    ("10.0.0.0/16:80,443", Address(IPv4Network("10.0.0.0/16")), Ports.of(80, 443)),
    ("0.0.0.0/0:0", Address(IPv4Network("0.0.0.0/0")), Ports.of(0)),
    ("[2001:db8::1]:443", Address(IPv6Network("2001:db8::1/128")), TCP_443),
    ("[2001:DB8::/32]:*", Address(IPv6Network("2001:db8::/32")), Ports.of((0, 65535))),
    ("eni-0a1b2c:443", NetworkInterface("eni-0a1b2c"), TCP_443),
    ("i-0a1b2c:1024-2048", Instance("i-0a1b2c"), Ports.of((1024, 2048))),
    (ARN, Arn(ARN), None),
    (f"{ARN}:5432", Arn(ARN), Ports.of(5432)),
    ("arn:aws:s3:::reports", Arn("arn:aws:s3:::reports"), None),
    (
        "arn:aws-cn:sqs:cn-north-1:123456789012:q:443",
        Arn("arn:aws-cn:sqs:cn-north-1:123456789012:q"),
        TCP_443,
    ),
    ("orders-db", Named("orders-db"), None),
    ("orders-db:5432", Named("orders-db"), Ports.of(5432)),
    ("STACK/OrdersDb", Named("STACK/OrdersDb"), None),
    ("aws_db_instance.orders[0]", Named("aws_db_instance.orders[0]"), None),
    ("s4", Named("s4"), None),
]


@pytest.mark.parametrize(("text", "what", "ports"), GOOD, ids=[row[0] for row in GOOD])
def test_every_form_is_read(text: str, what: What, ports: Ports | None) -> None:
    assert parse(text) == Target(text, what, ports)
    assert parse(text).typed == text


BAD = [
    # text, what the message says, what the hint says
    ("", "empty", "targets: internet"),
    ("10.0.0.5", "needs a port", "10.0.0.5:443"),
    ("10.0.0.0/16", "needs a port", "10.0.0.0/16:443"),
    ("[2001:db8::1]", "needs a port", r"\[2001:db8::1\]:443"),
    ("2001:db8::1", "needs brackets", r"\[2001:db8::1\]:443"),
    ("2001:db8::/32", "needs brackets", r"\[2001:db8::/32\]:443"),
    ("eni-0a1", "needs a port", "eni-0a1:443"),
    ("i-0a1", "needs a port", "i-0a1:443"),
    ("arn:aws:ec2:eu-west-1:123456789012:instance/i-0a1", "needs a port", ":443"),
    ("10.0.0.5/16:443", "host bits", "10.0.0.0/16"),
    ("300.1.1.1:443", "no valid address", "10.0.0.0/16:443"),
    ("10.0.0.0/33:443", "no valid address", "10.0.0.0/16:443"),
    ("10.0.0.5/icmp", "no valid address", "10.0.0.0/16:443"),
    ("[fe80::1%eth0]:443", "cannot read", r"\[2001:db8::1\]:443"),
    ("10.0.0.5:70000", "more than 65535", "ports: 443"),
    ("10.0.0.5:99999999999", "cannot read the ports", "ports: 443"),
    ("10.0.0.5:20-10", "reversed", "10-20"),
    ("10.0.0.5:443/sctp", "protocol", "udp"),
    ("10.0.0.5:443/", "protocol", "udp"),
    ("10.0.0.5:", "cannot read the ports", "ports: 443"),
    ("10.0.0.5:80,,443", "cannot read the ports", "ports: 443"),
    ("10.0.0.5:8/icmp", "ICMP has no ports", r"\*/icmp"),
    ("10.0.0.5:/icmp", "ICMP has no ports", r"\*/icmp"),
    ("internet:https", "cannot read the ports 'https'", "ports: 443"),
    ("sqss@eu-west-1", "unknown target 'sqss'", "did you mean 'sqs'"),
    ("sqs@mars-1", "'mars-1' is no region", "sqs@eu-west-1"),
    ("sqs@", "is no region", "sqs@eu-west-1"),
    ("rdss:orders", "'rdss' is no kind of target", "did you mean 'rds'"),
    ("elasticcache:x", "no kind of target", "did you mean 'elasticache'"),
    ("s4://reports", "'s4' is no kind of target", "did you mean 's3'"),
    ("s3:reports", "unknown target", "s3://BUCKET"),
    ("s3://reports/2026/x", "key", "s3://BUCKET"),
    ("s3://", "no valid bucket", "s3://BUCKET"),
    ("orders:reader", "unknown target", "did you mean 'rds:orders:reader'"),
    ("rds:", "cannot read", "rds:NAME"),
    ("rds:a b", "cannot read", "rds:NAME"),
    ("rds:orders:443x", "cannot read", "rds:NAME"),
    ("rds:instance/orders:reader", "only a cluster", "rds:orders:reader"),
    ("elasticache:", "cannot read", "elasticache:NAME"),
    ("https://api.example.com/v1?x=1", "is a URL", "'api.example.com:443'"),
    ("http://api.example.com:8080/", "is a URL", "'api.example.com:8080'"),
    ("postgresql://me:secret@db.example.com/orders", "'postgresql://db.example.com' is a URL", "'db.example.com:5432'"),
    ("gopher://me:secret@example.com", "'gopher://example.com'", "targets:"),
    ("arn:", "cannot read the ARN", "arn:aws:rds"),
    ("arn:aws:rds:eu-west-1:123456789012:orders", "cannot read the ARN", "arn:aws:rds"),
    ("arn:aws:sqss:eu-west-1:123456789012:q", "unknown service 'sqss'", "did you mean 'sqs'"),
    ("a..b", "cannot read", "targets: internet"),
    ("*.example.com", "cannot read", "targets: internet"),
    ("\x1b[31mred", r"'\\x1b\[31mred'", "targets: internet"),
    ("bücher.example", r"b\\xfccher", "xn--"),
    ("10.0.0.5:４４３", r"\\uff14", "ASCII"),
    ("x" * 10_000, "too long: 10000", "targets: internet"),
]


@pytest.mark.parametrize(("text", "message", "hint"), BAD, ids=[ascii(row[0][:40]) for row in BAD])
def test_bad_words_are_a_question_error(text: str, message: str, hint: str) -> None:
    with pytest.raises(QuestionError) as caught:
        parse(text)
    assert caught.value.exit_code == 2
    assert re.search(message, caught.value.message)
    assert re.search(hint, caught.value.hint or "")
    assert len(caught.value.message) < 200


@pytest.mark.parametrize(
    ("text", "names", "hint"),
    [
        ("s4", [], "did you mean 's3'"),
        ("S3", [], "did you mean 's3'"),
        ("Internet", [], "did you mean 'internet'"),
        ("order-db", ["orders-db", "users"], "did you mean 'orders-db'"),
        ("ordersdb", ["OrdersDb"], "did you mean 'OrdersDb'"),
        ("qqqqqqqq", ["orders-db"], "^targets: internet"),
        ("vpce-0a1b2c3d", [], r"^of an endpoint .*host \(vpce-0a1b2c3d-"),
        ("subnet-0a1b2c3d:443", [], "^traffic is not sent to subnet-0a1b2c3d, but to a CIDR"),
        ("sg-0a1b2c3d", ["sg-0a1b2c3e"], "^traffic is not sent to sg-0a1b2c3d, but to an address"),
        ("sg-prod", ["sg-prod1"], "did you mean 'sg-prod1'"),
    ],
)
def test_unknown_words_come_with_the_nearest_name(text: str, names: list[str], hint: str) -> None:
    error = unknown(text, names)
    assert error.message == f"unknown target {text!r}"
    assert re.search(hint, error.hint or "")


def test_canonical_takes_the_default_only_where_none_was_asked() -> None:
    assert parse("internet").canonical(TCP_443) == "internet:443"
    assert parse("internet:80,443").canonical(TCP_443) == "internet:80,443"
    assert parse("10.0.0.5:53/udp").canonical(TCP_443) == "10.0.0.5:53/udp"
    assert parse("rds:orders:reader").canonical(Ports.of(5432)) == "rds:orders:reader:5432"


@pytest.mark.parametrize(
    ("arn", "service", "region", "resource"),
    [
        (ARN, "rds", "eu-west-1", "cluster:orders"),
        ("arn:aws:s3:::reports", "s3", None, "reports"),
        ("arn:aws:dynamodb:eu-west-1:123456789012:table/orders", "dynamodb", "eu-west-1", "table/orders"),
        (
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-b1",
            "secretsmanager",
            "eu-west-1",
            "secret:a-b1",
        ),
        (
            "arn:aws:states:eu-west-1:123456789012:stateMachine:x",
            "stepfunctions",
            "eu-west-1",
            "stateMachine:x",
        ),
        ("arn:aws:es:eu-west-1:123456789012:domain/x", "es", "eu-west-1", "domain/x"),
    ],
)
def test_an_arn_names_its_service(arn: str, service: str, region: str | None, resource: str) -> None:
    what = parse(arn).what
    assert isinstance(what, Arn)
    assert (what.service, what.region, what.resource) == (service, region, resource)


def test_ports_are_sorted_and_merged() -> None:
    assert Ports.of(443, 80, 81, (82, 90), (85, 100)).ranges == ((80, 100), (443, 443))
    assert str(parse("10.0.0.5:443,80,81").ports) == "80-81,443"


# --- laws -------------------------------------------------------------------------------------------------

numbers = st.integers(0, 65535)
ranges = st.tuples(numbers, numbers).map(lambda pair: (min(pair), max(pair)))
ports = st.one_of(
    st.builds(
        lambda spans, protocol: Ports.of(*spans, protocol=protocol),
        st.lists(ranges, min_size=1, max_size=5),
        st.sampled_from(["tcp", "udp"]),
    ),
    st.just(Ports.of((0, 65535), protocol="icmp")),
)
words = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True).filter(
    lambda word: services.find(word) is None and word not in ("internet", "arn") and not word.startswith(("i-", "eni-"))
)
regions = st.sampled_from(["eu-west-1", "us-gov-west-1", "cn-north-1"])
buckets = st.from_regex(r"[a-z0-9][a-z0-9.-]{1,20}", fullmatch=True)
v4 = st.builds(
    lambda address, size: ip_network((address, size), strict=False),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)
v6 = st.builds(
    lambda address, size: ip_network((address, size), strict=False),
    st.integers(2**32, 2**128 - 1),
    st.integers(0, 128),
)
without_default = st.one_of(
    st.builds(Address, v4 | v6),
    st.builds(NetworkInterface, st.from_regex(r"eni-[0-9a-f]{1,17}", fullmatch=True)),
    st.builds(Instance, st.from_regex(r"i-[0-9a-f]{1,17}", fullmatch=True)),
)
with_default = st.one_of(
    st.just(Internet()),
    st.builds(AwsService, st.sampled_from(services.names()), st.none() | regions),
    st.builds(AwsService, st.just("s3"), st.none() | regions, buckets),
    st.builds(Database, words, st.none() | st.just("cluster"), st.booleans()),
    st.builds(Database, words, st.sampled_from(["instance", "proxy"])),
    st.builds(Database, words, service=st.sampled_from(sorted(COLLECTIONS))),
    st.builds(Host, st.from_regex(r"([a-z0-9][a-z0-9-]{0,8}[a-z0-9]\.){1,4}[a-z]{2,9}", fullmatch=True)).filter(
        lambda host: services.find(host.name) is None
    ),
    st.builds(Named, words),
    st.builds(Arn, words.map("arn:aws:rds:eu-west-1:123456789012:cluster:{}".format)),
)
targets = st.one_of(
    st.builds(Target, st.just(""), with_default, st.none() | ports),
    st.builds(Target, st.just(""), without_default, ports),
)


@given(targets)
def test_law_what_is_written_is_read_back(target: Target) -> None:
    assert parse(str(target)) == target


@given(targets)
def test_law_the_canonical_form_names_the_same_ports(target: Target) -> None:
    again = parse(target.canonical(TCP_443))
    assert again.what == target.what
    assert again.ports == (target.ports or TCP_443)


ascii_fragments = """internet s3 :// : :: rds elasticache / @ [ ] * 443 - , /udp /icmp 10.0.0.0 2001:db8::
    arn:aws: eni- i- aws_ module. . reader " """
fragments = st.sampled_from([*ascii_fragments.split(), "\x1b[2J", "\0", "٣", " "])
hostile = st.text(max_size=80) | st.lists(fragments, max_size=12).map("".join)


@given(hostile)
def test_law_hostile_words_are_read_or_refused_and_never_printed_raw(text: str) -> None:
    try:
        target = parse(text)
    except QuestionError as error:
        shown = error.message + (error.hint or "")
        assert all(character.isprintable() for character in shown.replace("\n", " "))
    else:
        assert parse(str(target)) == target


@pytest.mark.parametrize("unit", ["a", "aws_.", "a.", "[0]", "/", ":", "1.", "1,", "module.", "[[", '["', "-", "arn:"])
def test_long_words_are_answered_at_once(unit: str) -> None:
    """No form is matched by a pattern that backtracks: 1024 characters of anything, then a bad one."""
    with pytest.raises(QuestionError):
        parse((unit * 1024)[:1020] + "!")
