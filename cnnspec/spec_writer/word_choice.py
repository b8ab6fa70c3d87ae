"""Names for the blocks and variables of a folded text: blocks by their layers, variables by the arguments they replace."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cnnspec.layers import find
from cnnspec.layers.base import Layer
from cnnspec.spec_writer.antiunify import number_names
from cnnspec.spec_writer.draft import CallStep, DraftBlock, DraftStep, LayerStep, LoopStep, ReadStep, Steps
from cnnspec.spec_writer.module_classes import spell_class
from cnnspec.spec_writer.slot_values import Choice, Formula, Label, Variable
from cnnspec.syntax.grammar import KEYWORDS

Names = dict[Variable, str]


def choose_names(steps: Steps, blocks: list[DraftBlock], taken: set[str]) -> Steps:
    """Name all blocks and variables, and put the names into the blocks' bodies and the sequence."""
    taken = taken | {"in"}
    for block in blocks:
        block.name = find_free(name_block(block), taken)
        taken.add(block.name)
    for block in blocks:
        names: Names = {}
        for parameter in block.parameters:
            names[parameter] = find_free(parameter.name, {*names.values(), *taken})
        block.parameters = tuple([Variable(p.scope, p.column, names[p]) for p in block.parameters])
        inner = shorten_names(list(number_names(block.body)), {*names.values(), *taken})
        block.body = put_names(block.body, names, taken, inner)
    return put_names(steps, {}, taken)


def shorten_names(names: list[str], taken: set[str]) -> dict[str, str]:
    """Names for the tensors inside a block: those of the first place that it was taken from, without numbers."""
    made: dict[str, str] = {}
    for name in names:
        plain = re.sub(r"_?\d+(?=_|$)", "", name).strip("_") or "x"
        made[name] = find_free(plain, {*taken, *made.values()})
    return made


def put_names(steps: Steps, names: Names, taken: set[str], labels: Mapping[str, str] = {}) -> Steps:
    """The sequence with names for its variables: `names`, and new ones for those of loops. `labels` are new tensor names."""
    made: list[DraftStep] = []
    for step in steps:
        inner = names
        values = [rename_value(slot.value, names, labels) for slot in step.slots()]
        if isinstance(step, LoopStep):
            inner = dict(names)
            for variable in step.variables:
                inner[variable] = find_free(strip_each(variable.name), {*taken, *inner.values()})
        bodies = tuple([put_names(body, inner, taken, labels) for body in step.bodies])
        if isinstance(step, LoopStep):
            variables = tuple([Variable(v.scope, v.column, inner[v]) for v in step.variables])
            made.append(LoopStep(variables, values[0], bodies[0]))
        else:
            made.append(step.rebuild(values, bodies))
    return tuple(made)


def rename_value(value: Any, names: Names, labels: Mapping[str, str]) -> Any:
    if isinstance(value, Variable):
        return Variable(value.scope, value.column, names[value])
    if isinstance(value, Formula):
        return Formula(value.factor, rename_value(value.base, names, labels), value.divisor, value.item)
    if isinstance(value, Choice):
        return Choice(rename_value(value.base, names, labels), value.asked, value.then, value.otherwise)
    if isinstance(value, Label):
        return Label(labels.get(value.name, value.name))
    if isinstance(value, tuple):
        return type(value)([rename_value(v, names, labels) for v in value])
    return value


def strip_each(name: str) -> str:
    """A variable that holds a list: rate_each → rates."""
    return f"{name.removesuffix('_each')}s" if name.endswith("_each") else name


def find_free(stem: str, taken: Iterable[str]) -> str:
    """The stem, with a number behind it where it is taken."""
    if stem not in taken and not find(stem):
        return stem
    number = 2
    while f"{stem}{number}" in taken or find(f"{stem}{number}"):
        number += 1
    return f"{stem}{number}"


def find_numbered(stem: str, taken: Iterable[str]) -> str:
    """The stem with the first free number behind it, from 1."""
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"


def spell_names(names: Sequence[str]) -> list[str]:
    """The names that people gave to layers, as the language can spell them; "" stays.

    A name has no slash, is no keyword and no layer's word, and stands once.
    """
    made: list[str] = []
    for name in names:
        plain = spell_name(name)
        if find(plain):
            plain += "_"
        made.append(plain if plain not in made or not plain else find_free(plain, made))
    return made


def spell_name(name: str) -> str:
    """A name in the characters that a name may have, and no keyword."""
    plain = "".join([c if c.isascii() and (c.isalnum() or c == "_") else "_" for c in name])
    return f"_{plain}" if plain[:1].isdigit() else f"{plain}_" if plain in KEYWORDS else plain


def name_block(block: DraftBlock) -> str:
    """A name for a block: of the class of modules that it stands for, from the merge at its end, or from its layers."""
    if block.module:
        name = spell_name(spell_class(block.module))
        return f"{name}_block" if find(name) else name
    if block.shared:
        (first, *others) = block.body
        given = first.name if isinstance(first, LayerStep) and not others else "tower"
        return given or f"shared_{'_'.join(find_words(block.body))}"
    merges = [step for step in block.body if isinstance(step, LayerStep) and step.layer.merges]
    if merges and (name := name_merge(merges[-1])):
        return name
    found = find_words(block.body)
    name = "norm" if found == ["bn"] else "_".join(found[:3])
    return f"{name or 'some'}_block" if find(name) or not name else name


def name_merge(merge: LayerStep) -> str:
    """The word of papers for a module with a merge at its end: residual, gate, inception."""
    skips = any(not body for body in merge.bodies)
    word = merge.layer.names[0]
    if any(isinstance(body[0], ReadStep) for body in merge.bodies if body):
        return f"{word}_skip"
    if word == "add":
        return "residual" if skips else "projection"
    if word == "concat":
        return "dense_layer" if skips else "inception" if len(merge.bodies) > 2 else ""
    return "gate" if skips and any(is_gate(body) for body in merge.bodies) else ""


def find_words(steps: Steps) -> list[str]:
    """The layers' words for a block's name: those that compute; all of them, where one convolution has a few others."""
    uses = [use for step in steps for use in find_layers(step)]
    main = [use for use in uses if use.layer.macs is not Layer.macs]
    if len(main) > 1:
        return list(dict.fromkeys([use.layer.names[0] for use in main]))
    if not main or len(uses) < 4:
        return list(dict.fromkeys([find_spelling(use) for use in uses]))
    return [find_spelling(use) for use in main]


def find_layers(step: DraftStep) -> list[LayerStep]:
    """The layers of a step, those of blocks that it calls included."""
    if isinstance(step, LayerStep):
        return [step, *[use for body in step.bodies for inner in body for use in find_layers(inner)]]
    inside = [step.block.body] if isinstance(step, CallStep) else step.bodies
    return [use for body in inside for inner in body for use in find_layers(inner)]


def find_spelling(use: LayerStep) -> str:
    return use.text().partition("(")[0]


def is_gate(body: Steps) -> bool:
    """Whether a branch mixes the whole input: a squeeze."""
    return any(isinstance(step, LayerStep) and step.layer.reach is not Layer.reach for step in body[:1])
