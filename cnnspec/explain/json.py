"""Explanations as JSON, a contract for scripts: SCHEMA_VERSION changes when a field changes its meaning."""

from __future__ import annotations

from cnnspec.explain.traced_numbers import Op
from cnnspec.explain.written_arithmetic import PLAIN, write_tree
from cnnspec.facts.facts import CONVENTIONS
from cnnspec.tables.assumed import assumed_flag, assumption_data
from cnnspec.tables.data import figure_data, shape_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.explain.derivation_steps import DerivationSection
    from cnnspec.explain.explanation import Explanation, LayerExplanation
    from cnnspec.network import AnalysedNetwork

SCHEMA_VERSION = 1


def write_data(network: AnalysedNetwork, explanation: Explanation) -> dict[str, Any]:
    """The documented fields. A step's `work` is arithmetic in + - * / with floor(), ceil(), max() and mod, null where
    words (`note`) say it; its `value` is the figure, null where there is none. Sizes that depend on the input's are
    expressions as text, "H//2"."""
    return {
        "schema_version": SCHEMA_VERSION,
        "model": network.name,
        "file": network.source.name,
        "layers": [layer_data(layer) for layer in explanation.layers],
        "totals": None if explanation.totals is None else section_data(explanation.totals),
        **assumption_data(network),
        "conventions": CONVENTIONS,
    }


def layer_data(layer: LayerExplanation) -> dict[str, Any]:
    return {
        "name": layer.name,
        "type": layer.type,
        "line": layer.line,
        "inputs": [{"name": name, "shape": shape_data(shape)} for name, shape in layer.inputs],
        "output_shape": shape_data(layer.output),
        "used": layer.used,
        "sections": [section_data(section) for section in layer.sections],
        **assumed_flag(layer.assumed),
    }


def section_data(section: DerivationSection) -> dict[str, Any]:
    steps = [
        {
            "name": step.name,
            "work": write_tree(step.tree, PLAIN) if isinstance(step.tree, Op) else None,
            "value": figure_data(step.value),
            "note": step.note,
        }
        for step in section.steps
    ]
    return {"title": section.title, "steps": steps}
