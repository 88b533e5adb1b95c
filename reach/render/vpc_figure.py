"""The picture of a whole VPC."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from reach.answer import Answer
from reach.network import Network
from reach.render.compose import compose
from reach.render.palette import theme_named
from reach.render.vpc_scene import Asked, vpc_scene

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def vpc_figure(network: Network, vpc: Asked = None, *, theme: str = "light", answers: Sequence[Answer] = ()) -> Figure:
    """Draw VPCs: subnets by zone, what stands in them, gateways, what joins them, route tables as a list.

    Parameters
    ----------
    vpc
        Ids or Name tags; may be left out if there is one VPC, or one that holds functions: then those that it
        is joined to are drawn too.
    answers
        How functions fare towards one target: each node says so, in the colour of its verdict.
    theme
        ``light`` or ``dark``.

    Raises
    ------
    reach.errors.QuestionError
        If the VPC is not in the network, or several could be meant.
    """
    from reach.render.paint import paint

    return paint(compose(vpc_scene(network, vpc, answers), theme_named(theme)))
