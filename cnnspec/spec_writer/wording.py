"""Names for what folding has found: blocks by what they do, variables by the arguments that they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cnnspec.layers import find
from cnnspec.layers.base import Layer
from cnnspec.spec_writer.antiunify import marks
from cnnspec.spec_writer.draft import CallStep, DraftBlock, DraftStep, LayerStep, LoopStep, ReadStep, Steps
from cnnspec.spec_writer.slot_values import Choice, Formula, Label, Variable
from cnnspec.syntax.table import KEYWORDS

Names = dict[Variable, str]


def word(steps: Steps, blocks: list[DraftBlock], taken: set[str]) -> Steps:
    """Names all blocks and variables; the sequence and the blocks' bodies with those names in them."""
    taken = taken | {"in"}
    for block in blocks:
        block.name = free(block_name(block), taken)
        taken.add(block.name)
    for block in blocks:
        names: Names = {}
        for parameter in block.parameters:
            names[parameter] = free(parameter.name, {*names.values(), *taken})
        block.parameters = tuple([Variable(p.scope, p.column, names[p]) for p in block.parameters])
        inner = neutral(list(marks(block.body)), {*names.values(), *taken})
        block.body = worded(block.body, names, taken, inner)
    return worded(steps, {}, taken)


def neutral(names: list[str], taken: set[str]) -> dict[str, str]:
    """What tensors inside a block are called: as in the first place that it was taken from, without the numbers."""
    made: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"_?\d+(?=_|$)", "", name).strip("_") or "x"
        made[name] = free(plain, {*taken, *made.values()})
    return made


def worded(steps: Steps, names: Names, taken: set[str], labels: Mapping[str, str] = {}) -> Steps:
    """The sequence with the names of variables put into it; those of its loops are chosen here. `labels` are new names of
    tensors."""
    made: list[DraftStep] = []
    for step in steps:
        inner = names
        values = [renamed(slot.value, names, labels) for slot in step.slots()]
        if isinstance(step, LoopStep):
            inner = dict(names)
            for variable in step.variables:
                inner[variable] = free(plural(variable.name), {*taken, *inner.values()})
        bodies = tuple([worded(body, inner, taken, labels) for body in step.bodies])
        if isinstance(step, LoopStep):
            variables = tuple([Variable(v.scope, v.column, inner[v]) for v in step.variables])
            made.append(LoopStep(variables, values[0], bodies[0]))
        else:
            made.append(step.rebuilt(values, bodies))
    return tuple(made)


def renamed(value: Any, names: Names, labels: Mapping[str, str]) -> Any:
    if isinstance(value, Variable):
        return Variable(value.scope, value.column, names[value])
    if isinstance(value, Formula):
        return Formula(value.factor, renamed(value.base, names, labels), value.divisor)
    if isinstance(value, Choice):
        return Choice(renamed(value.base, names, labels), value.asked, value.then, value.otherwise)
    if isinstance(value, Label):
        return Label(labels.get(value.name, value.name))
    if isinstance(value, tuple):
        return type(value)([renamed(v, names, labels) for v in value])
    return value


def plural(name: str) -> str:
    """A variable that holds a list: rate_each → rates."""
    return f"{name.removesuffix('_each')}s" if name.endswith("_each") else name


def free(stem: str, taken: Iterable[str]) -> str:
    """The stem, with a number behind it where it is taken."""
    if stem not in taken and not find(stem):
        return stem
    number = 2
    while f"{stem}{number}" in taken or find(f"{stem}{number}"):
        number += 1
    return f"{stem}{number}"


def numbered(stem: str, taken: Iterable[str]) -> str:
    """The stem with the first free number behind it, from 1."""
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def usable(names: Sequence[str]) -> list[str]:
    """The names that people gave to layers, as the language takes them: no slash, no keyword, no layer's own word, none
    twice. "" stays."""
    made: list[str] = []
    for name in names:
        plain = spelled(name)
        if find(plain):
            plain += "_"
        made.append(plain if plain not in made or not plain else free(plain, made))
    return made


def spelled(name: str) -> str:
    """A name in the characters that a name may have, and no keyword."""
    plain = "".join([c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in name])
    return f"_{plain}" if plain[:1].isdigit() else f"{plain}_" if plain in KEYWORDS else plain


def block_name(block: DraftBlock) -> str:
    """A name for a block, by the merge that it ends in, or by its layers."""
    if block.shared:
        (first, *others) = block.body
        given = first.name if isinstance(first, LayerStep) and not others else "tower"
        return given or f"shared_{'_'.join(words(block.body))}"
    merges = [step for step in block.body if isinstance(step, LayerStep) and step.layer.merges]
    if merges and (name := merge_name(merges[-1])):
        return name
    found = words(block.body)
    name = "norm" if found == ["bn"] else "_".join(found[:3])
    return f"{name or 'some'}_block" if find(name) or not name else name


def merge_name(merge: LayerStep) -> str:
    """What a paper calls the module that a merge ends: residual, gate, inception module."""
    skips = any(not body for body in merge.bodies)
    word = merge.layer.names[0]
    if any(isinstance(body[0], ReadStep) for body in merge.bodies if body):
        return f"{word}_skip"
    if word == "add":
        return "residual" if skips else "projection"
    if word == "concat":
        return "dense_layer" if skips else "inception" if len(merge.bodies) > 2 else ""
    return "gate" if skips and any(is_gate(body) for body in merge.bodies) else ""


def words(steps: Steps) -> list[str]:
    """The words of a block's layers for its name: all of a convolution with what belongs to it, else those that compute."""
    uses = [use for step in steps for use in leaves(step)]
    main = [use for use in uses if use.layer.macs is not Layer.macs]
    if len(main) > 1:
        return list(dict.fromkeys([use.layer.names[0] for use in main]))
    if not main or len(uses) < 4:
        return list(dict.fromkeys([spelling(use) for use in uses]))
    return [spelling(use) for use in main]


def leaves(step: DraftStep) -> list[LayerStep]:
    """The layers of a step, those of blocks that it calls included."""
    if isinstance(step, LayerStep):
        return [step, *[use for body in step.bodies for inner in body for use in leaves(inner)]]
    inside = [step.block.body] if isinstance(step, CallStep) else step.bodies
    return [use for body in inside for inner in body for use in leaves(inner)]


def spelling(use: LayerStep) -> str:
    return use.text().partition("(")[0]


def is_gate(body: Steps) -> bool:
    """Whether a branch mixes the whole input: a squeeze."""
    return any(isinstance(step, LayerStep) and step.layer.reach is not Layer.reach for step in body[:1])
