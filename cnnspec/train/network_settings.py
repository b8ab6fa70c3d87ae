"""What the train section of a network says, if it has one: what reads it is imported then."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.graph import Graph, Setting
    from cnnspec.train.settings import TrainSettings


def read_train_section(train: dict[str, Setting], graph: Graph) -> tuple[TrainSettings | None, tuple[Diagnostic, ...]]:
    """The settings of a network's train section, None without one, and what is wrong with it."""
    if not train:
        return None, ()
    from cnnspec.facts.graph_queries import name_outputs
    from cnnspec.train.section import resolve

    return resolve(train, outputs=name_outputs(graph))
