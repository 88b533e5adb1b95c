"""What is asked of a policy: action, resource, principal and context keys, each known, absent or not known."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class Unknown(Struct, frozen=True):
    """A text that is not known exactly.

    Parameters
    ----------
    name
        What stands for it, for people: ``!Ref Vpc``, ``an address of subnet-a``.
    like
        A glob that it matches: ``arn:aws:s3:::orders/*`` for some object of a bucket.
    among
        If given, the only texts that it can be.
    within
        If given, the block that the address lies in.
    outside
        Blocks that the address certainly does not lie in.
    """

    name: str
    like: str = "*"
    among: tuple[str, ...] = ()
    within: str = ""
    outside: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.name


Text = str | Unknown


class Values(Struct, frozen=True):
    """The values of a context key that is in the request.

    `multivalued`: AWS documents the key as a list. `more`: there may be further values.
    """

    texts: tuple[Text, ...]
    multivalued: bool = False
    more: bool = False

    def __str__(self) -> str:
        shown = ", ".join(str(t) for t in self.texts) + (
            ", …" if self.more and self.texts else "…" if self.more else ""
        )
        return f"[{shown}]" if self.multivalued else shown


class Absent(Struct, frozen=True):
    """The key is not in the request; what an empty list means too."""

    def __str__(self) -> str:
        return "absent"


class Undecided(Struct, frozen=True):
    """Whether the key is in the request, and with which value, is not known."""

    multivalued: bool = False

    def __str__(self) -> str:
        return "not known"


Key = Values | Absent | Undecided
ABSENT, UNDECIDED = Absent(), Undecided()


def one(value: Text) -> Values:
    """A key that holds one value.

    >>> str(one("vpc-1"))
    'vpc-1'
    """
    return Values((value,))


def many(*values: Text, more: bool = False) -> Key:
    """A key that holds a list; an empty list is no key at all.

    >>> str(many("sg-1", "sg-2")), str(many())
    ('[sg-1, sg-2]', 'absent')
    """
    return Values(values, multivalued=True, more=more) if values or more else ABSENT


class Principal(Struct, frozen=True):
    """Who asks: the ARN of an IAM role or user and its account, or the name of an AWS service."""

    arn: Text = ""
    account: Text = ""
    service: str = ""

    def __str__(self) -> str:
        return str(self.service or self.arn or self.account)


class Request(Struct, frozen=True):
    """One request as a policy sees it.

    Parameters
    ----------
    action
        ``s3:GetObject``, or an `Unknown` such as ``Unknown("any action of sqs", "sqs:*")``: true then means all
        of them, false none, unknown some.
    resource
        An ARN or ``*``.
    principal
        None where the policy belongs to the principal itself.
    context
        Keys by name, compared without regard to capitals. A key that is not in the mapping is undecided:
        say ABSENT of what is known to be missing.
    root_only
        An account id as principal stands for its root user alone (policies of gateway endpoints, AUTH-07).
    """

    action: Text
    resource: Text = "*"
    principal: Principal | None = None
    context: Mapping[str, Key] = field(default_factory=dict)
    root_only: bool = False

    def key(self, name: str) -> Key:
        """The value of a context key.

        >>> Request("s3:GetObject", context={"aws:SourceVpc": one("vpc-1")}).key("AWS:sourcevpc").texts
        ('vpc-1',)
        """
        wanted = name.lower()
        found = next((value for key, value in self.context.items() if key.lower() == wanted), None)
        if found is None:
            return Undecided(multivalued=is_multivalued(name))
        return ABSENT if isinstance(found, Values) and not found.texts and not found.more else found


# Documented by AWS as lists; `aws:TagKeys` and the like come with a set operator or not at all.
MULTIVALUED = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "aws:vpceorgpaths",
        "dynamodb:attributes",
        "dynamodb:leadingkeys",
        "lambda:securitygroupids",
        "lambda:subnetids",
    }
)


def is_multivalued(name: str) -> bool:
    """Whether AWS documents a context key as a list (POL-02).

    >>> is_multivalued("lambda:SubnetIds"), is_multivalued("lambda:VpcIds")
    (True, False)
    """
    return name.lower() in MULTIVALUED
