"""The train section of a file: its settings, evaluated. What they mean is not known here (`train/section.py`)."""

from __future__ import annotations

from cnnspec.base.diagnostic import Note
from cnnspec.elaborate.values import UNKNOWN
from cnnspec.graph import Setting, Site
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.elaborate.files import Definitions
    from cnnspec.elaborate.network_builder import NetworkBuilder
    from cnnspec.elaborate.values import Scope


def evaluate_train_section(builder: NetworkBuilder, definitions: Definitions) -> dict[str, Setting]:
    """The settings of a file's train section by their names; none without one."""
    settings: dict[str, Setting] = {}
    if definitions.train is None:
        return settings
    scope = definitions.scope.inner()
    for item in definitions.train.body.items:
        if isinstance(item, tree.Assign):
            if item.name.text in settings:
                builder.report.error("E013", item.name, scope, f"{item.name.text} is set already", "keep one")
            value = evaluate_setting(builder, item.value, scope)
            value = UNKNOWN if builder.assumptions.take_doubt() else value
            settings[item.name.text] = Setting(value, Site(scope.source, item))
        elif not isinstance(item, tree.Bad):
            builder.report.error(
                "E030", item, scope, "a train section holds settings alone", "write, for example, epochs = 10"
            )
    return settings


def evaluate_setting(builder: NetworkBuilder, node: tree.Node, scope: Scope) -> Any:
    """The value of a setting; of a mapping, which nothing else can be, a dict in the order in which it is written."""
    if isinstance(node, tree.Braces) and any([isinstance(item, tree.Bad) for item in node.body.items]):
        return UNKNOWN
    if not isinstance(node, tree.Mapping):
        return builder.evaluator.evaluate(node, scope, None)
    values: dict[str, Any] = {}
    first: dict[str, tree.Text] = {}
    for entry in node.entries:
        if not isinstance(entry, tree.Entry):  # it could not be read
            return UNKNOWN
        key = entry.key.value
        if key in values:
            note = Note("its first value", Site(scope.source, first[key]).span)
            return builder.report.error(
                "E013", entry.key, scope, f'the key "{key}" stands twice', "keep one", extra=(note,)
            )
        values[key], first[key] = evaluate_setting(builder, entry.value, scope), entry.key
    held = list(values.values())
    if UNKNOWN in held:
        return UNKNOWN
    return builder.evaluator.arithmetic.refuse_list(held, 1, node, scope) or values
