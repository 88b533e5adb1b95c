"""The picture of an answer's paths."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reach.answer import Answer
from reach.render.compose import compose
from reach.render.palette import theme_named
from reach.render.path_scene import path_scene

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def path_figure(answer: Answer, *, theme: str = "light") -> Figure:
    """Draw how far the asked traffic gets, one row for each zone and one column for each step.

    Parameters
    ----------
    answer
        What to draw; its network says where the components stand.
    theme
        ``light`` or ``dark``.

    Returns
    -------
    matplotlib.figure.Figure
        Sized in points for a page of at most about 900; made without pyplot.
    """
    from reach.render.paint import paint

    return paint(compose(path_scene(answer), theme_named(theme)))
