"""The picture of a whole VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reach.network import Network
from reach.render.compose import compose
from reach.render.palette import theme_named
from reach.render.vpc_scene import vpc_scene

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def vpc_figure(network: Network, vpc_id: str | None = None, *, theme: str = "light") -> Figure:
    """Draw a VPC: its subnets by zone, what stands in them, its gateways, its route tables as a list.

    Parameters
    ----------
    vpc_id
        The VPC's id or Name tag; may be left out if there is one VPC, or one that holds functions.
    theme
        ``light`` or ``dark``.

    Raises
    ------
    reach.errors.QuestionError
        If the VPC is not in the network, or several could be meant.
    """
    from reach.render.paint import paint

    return paint(compose(vpc_scene(network, vpc_id), theme_named(theme)))
