"""The reference: a page a layer, a page a code, and the Python API, from docstrings. `python -m tests.docs` writes them."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cnnspec
from cnnspec.api import check
from cnnspec.base.record import Record
from cnnspec.cli.layers import signature
from cnnspec.cli.rule import FIXES
from cnnspec.layers import CATALOGUE
from cnnspec.layers.activation import FUNCTIONS
from cnnspec.layers.argument import REQUIRED, show
from cnnspec.layers.base import Layer
from cnnspec.lint.pages import Page
from cnnspec.lint.pages import pages as rule_pages
from tests.docs.blocks import DOCS
from tests.docs.tables import keras_name, table

MADE = "<!-- made from the program by `python -m tests.docs`: not to be edited here -->"
PRODUCT = re.compile(
    r"^```.*?^```$|`[^`\n]+`|(?<=\w)\*(?=\w)", re.M | re.S
)  # a star between words, and code, which keeps its own
# What the API returns beside what `cnnspec` names, each documented with it.
RETURNED = (
    "cnnspec.graph.Assumption",
    "cnnspec.base.diagnostic.Note",
    "cnnspec.base.diagnostic.Repair",
    "cnnspec.base.diagnostic.Edit",
    "cnnspec.base.source.Span",
    "cnnspec.layers.base.Weight",
    "cnnspec.cost.cost.CostQuestion",
    "cnnspec.cost.cost.LayerCost",
    "cnnspec.cost.cost.LeastTime",
    "cnnspec.cost.memory.Memory",
    "cnnspec.cost.memory.MemoryTerm",
    "cnnspec.facts.roofline.Traffic",
    "cnnspec.facts.im2col.Product",
    "cnnspec.lost.lost.Loss",
    "cnnspec.lost.lost.Unread",
    "cnnspec.lost.lost.DeadTaps",
    "cnnspec.rf.layer_field.LayerField",
    "cnnspec.rf.seen_layers.SeenLayer",
    "cnnspec.rf.unit_field.InputRead",
    "cnnspec.rf.unit_field.FieldPath",
    "cnnspec.rf.unit_field.BranchOffset",
    "cnnspec.rf.unit_field.MixedAxes",
    "cnnspec.sizes.input_sizes.Axis",
    "cnnspec.sizes.input_sizes.InputAxis",
    "cnnspec.sizes.axis_sizes.SizesOfKind",
    "cnnspec.sizes.axis_sizes.Reason",
    "cnnspec.sizes.size_set.SizeSet",
    "cnnspec.quiz.question.Question",
    "cnnspec.quiz.question.Option",
    "cnnspec.quiz.question.Slip",
    "cnnspec.explain.explanation.LayerExplanation",
    "cnnspec.explain.derivation_steps.DerivationSection",
    "cnnspec.explain.derivation_steps.DerivationStep",
    "cnnspec.summary.blocks.BlockFigures",
    "cnnspec.summary.summary.SummaryTotals",
    "cnnspec.train.evaluation.evaluate.Measured",
    "cnnspec.train.evaluation.scores.Scores",
    "cnnspec.train.evaluation.scores.Score",
    "cnnspec.train.evaluation.predict.Prediction",
    "cnnspec.train.evaluation.question.OutputQuestion",
    "cnnspec.train.runs.listing.Run",
    "cnnspec.diff.difference.NetworkSide",
    "cnnspec.diff.difference.LayerDifference",
    "cnnspec.diff.difference.ArgumentChange",
    "cnnspec.diff.difference.TotalDifference",
)


def generated_pages() -> dict[Path, str]:
    """Every generated page and its text."""
    made = {DOCS / "layers" / f"{layer.names[0]}.md": layer_page(layer) for layer in CATALOGUE}
    made |= {DOCS / "rules" / f"{page.code}.md": rule_page(page) for page in rule_pages()}
    return made | {DOCS / "api.md": api_page()}


# Layers


def layer_page(layer: type[Layer]) -> str:
    name = layer.names[0]
    parts = [
        f"# {name}",
        MADE,
        paragraphs(layer),
        f"```text\n{name}({signature(layer, 6)})\n```",
        ("Becomes no layer of Keras." if keras_name(layer) == "none" else f"Becomes {keras_name(layer)} in Keras.")
        + (f" Also written: {', '.join(f'`{other}`' for other in layer.names[1:])}." if len(layer.names) > 1 else ""),
    ]
    if layer.counted:
        parts.append(f"MACs: {layer.counted}.")
    if layer.arguments:
        parts += ["## Arguments", table(("argument", "default", "what it is"), argument_rows(layer))]
    words = {word: FUNCTIONS[word] for word in layer.presets if word in FUNCTIONS}
    if words:
        formulas = [(f"`{word}`", f"`{formula}`") for word, formula in words.items()]
        parts += ["## Words for it", table(("word", "computes"), formulas)]
    parts += ["## Example", f"```cnn\n{layer.example.strip()}\n```"]
    return marked("\n\n".join(parts) + "\n")


def argument_rows(layer: type[Layer]) -> list[tuple[str, ...]]:
    rows = []
    for name, argument in layer.arguments.items():
        default = argument.record_default
        takes = docstring(argument.kind).rstrip(".")
        about = argument.about + (f"; takes {takes[0].lower()}{takes[1:]}" if takes else "")
        rows.append((f"`{name}`", "required" if default is REQUIRED else f"`{show(default)}`", about))
    return rows


# Rules


def rule_page(page: Page) -> str:
    parts = [
        f"# {page.code} {page.name}",
        MADE,
        f"{page.title}.",
        f"Severity: {page.severity}. Runs: {page.runs}. {FIXES[page.fix]}",
    ]
    if page.text.rstrip(".") != page.title:
        parts.append(page.markdown())
    return marked("\n\n".join(parts) + "\n")


def marked(text: str) -> str:
    """A page whose specs with findings say so, and whose products (H*W) are no emphasis."""

    def opened(found: re.Match[str]) -> str:
        return f"```cnn !\n{found[1]}```" if check(found[1]) else found[0]

    text = PRODUCT.sub(lambda found: "\\*" if found[0] == "*" else found[0], text)
    return re.sub(r"^```cnn\n(.*?)^```$", opened, text, flags=re.M | re.S)


# Python


class Undocumented(Exception):
    """A public name without a docstring."""


def api_page() -> str:
    parts = [
        "# The Python API",
        MADE,
        docstring(cnnspec) + " [Python](python.md) shows them at work.",
    ]
    functions = [name for name in cnnspec.__all__ if not inspect.isclass(public(name))]
    classes = ["Network", *[name for name in cnnspec.__all__ if name not in (*functions, "Network")]]
    parts += ["## Functions", *[part for name in sorted(functions) for part in function_part(name, public(name))]]
    parts += ["## Classes", *[part for name in classes for part in class_part(name, public(name))]]
    parts += ["## What they return", "These have no name in `cnnspec` itself."]
    for path in RETURNED:
        module, _, name = path.rpartition(".")
        parts += class_part(name, getattr(importlib.import_module(module), name))
    return "\n\n".join(parts) + "\n"


def public(name: str) -> Any:
    """What `cnnspec` gives under a name."""
    return cnnspec.__getattr__(name)


def function_part(name: str, function: Any) -> list[str]:
    return [f"### {name}", f"```py\ncnnspec.{name}{plain(inspect.signature(function))}\n```", paragraphs(function)]


def class_part(name: str, of: type) -> list[str]:
    parts = [f"### {name}", *[paragraphs(part) for part in family_of(of)]]
    fields = [(f"`{field}`", f"`{kind}`") for field, kind in fields_of(of)]
    parts += [table(("field", "type"), fields)] if fields else []
    members = list(members_of(of))
    if members:
        rows = [(f"`{member}`", f"`{kind}`" if kind else "-", about) for member, kind, about in members]
        parts.append(table(("member", "returns", "what it is"), rows))
    return parts


def family_of(of: type) -> list[type]:
    """A class and the classes of ours that it stands on."""
    return [part for part in of.__mro__ if part.__module__.startswith("cnnspec.") and part is not Record]


def fields_of(of: type) -> Iterator[tuple[str, str]]:
    """The fields of a record, those that it stands on first, and the values that another class says to have."""
    for part in reversed(family_of(of)):
        for name, kind in inspect.get_annotations(part).items():
            if not name.startswith("_") and "ClassVar" not in str(kind):
                yield name, str(kind)


def members_of(of: type) -> Iterator[tuple[str, str, str]]:
    """The public methods and properties of a class: how each is called, what it returns, its docstring."""
    for name, member in {
        name: member for part in reversed(family_of(of)) for name, member in vars(part).items()
    }.items():
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield (
                name,
                plain(inspect.signature(member.fget).return_annotation),
                sentence(member, f"{of.__name__}.{name}"),
            )
        elif inspect.isfunction(member):
            called = inspect.signature(member)
            rest = called.replace(
                parameters=list(called.parameters.values())[1:], return_annotation=inspect.Signature.empty
            )
            yield f"{name}{plain(rest)}", plain(called.return_annotation), sentence(member, f"{of.__name__}.{name}")


def plain(value: Any) -> str:
    """Annotations as they stand in the file: a signature shows them quoted."""
    return "" if value is inspect.Signature.empty else re.sub(r"(: |-> )'([^']*)'", r"\1\2", str(value))


def sentence(of: Any, name: str) -> str:
    return " ".join(docstring(of, name).split())


def docstring(of: Any, name: str = "") -> str:
    """Raises Undocumented where there is none."""
    if not of.__doc__:
        raise Undocumented(name or getattr(of, "__qualname__", str(of)))
    return inspect.cleandoc(of.__doc__)


def paragraphs(of: Any) -> str:
    """A docstring as Markdown: what is indented is code."""
    parts = []
    for paragraph in docstring(of).split("\n\n"):
        code = paragraph.startswith("    ")
        parts.append(f"```text\n{inspect.cleandoc(paragraph)}\n```" if code else paragraph)
    return "\n\n".join(parts).replace("\n```\n\n```text\n", "\n\n")
