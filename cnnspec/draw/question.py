"""What is asked of the picture of a network."""

from __future__ import annotations

from cnnspec.base.record import Record

FLOW, VOLUMES = STYLES = ("flow", "volumes")
DOWN, RIGHT = DIRECTIONS = ("down", "right")


class DrawQuestion(Record):
    """One of STYLES; what is `shown` of the boxes besides what they are (figures.SHOWN), and what the colors mean
    (coloring.COLORINGS); of a flow how deep one sees (None: as deep as fits a page), what is `expanded` besides, and where it runs
    to, one of DIRECTIONS."""

    style: str = FLOW
    depth: int | None = None
    expanded: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    color: str = "kind"
    direction: str = DOWN

    @property
    def contradicts(self) -> bool:
        """Whether volumes are asked for what a flow alone has: blocks that are opened, a direction."""
        opened = self.depth is not None or bool(self.expanded)
        return self.style == VOLUMES and (opened or self.direction != DOWN)
