"""The line to paste at the end of a fix: where it begins, and where each of its commands ends.

A fix is words, then possibly a colon and one line for a shell: AWS CLI commands joined by ``&&``, of which some are
kept as ``NAME=$(…)`` for those behind them.
"""

from __future__ import annotations

import re

BEGINS = re.compile(r"(?:^|(?<=: ))(?=(?:[A-Z][A-Z0-9_]*=\$\()?aws [a-z0-9-]+ [a-z0-9-]+ )")
JOINED = " && "
_QUOTED_OR_JOINED = re.compile(rf"'[^']*'|\"[^\"]*\"|{JOINED}")


def divided(fix: str) -> tuple[str, str]:
    """The words of a fix and its line to paste, either of which may be empty.

    >>> divided("Start it: aws ec2 start-instances --instance-ids i-1")
    ('Start it:', 'aws ec2 start-instances --instance-ids i-1')
    """
    starts = [found.start() for found in BEGINS.finditer(fix)]
    return (fix[: starts[-1]].rstrip(), fix[starts[-1] :]) if starts else (fix, "")


def steps(line: str) -> list[str]:
    """The commands of a line, one after the other; what is quoted is never taken for the end of one.

    >>> steps("A=$(aws ec2 allocate-address --domain vpc) && aws iam tag-user --tags 'Key=a,Value=b && c'")
    ['A=$(aws ec2 allocate-address --domain vpc)', "aws iam tag-user --tags 'Key=a,Value=b && c'"]
    """
    out, begin = [], 0
    for found in _QUOTED_OR_JOINED.finditer(line):
        if found.group() == JOINED:
            out.append(line[begin : found.start()])
            begin = found.end()
    return [*out, line[begin:]]
