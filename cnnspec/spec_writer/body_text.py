"""Steps → the text of a file, in lines as a person breaks them; the formatter does the rest."""

from __future__ import annotations

from typing import Any

from cnnspec.layers.base import Layer
from cnnspec.spec_writer.draft import (
    CallStep,
    DraftBlock,
    DraftStep,
    LayerStep,
    LoopStep,
    NameStep,
    NoDefault,
    ReadStep,
    RepeatStep,
    Steps,
    print_branch,
)
from cnnspec.spec_writer.loop_finder import is_joined, is_pool
from cnnspec.spec_writer.slot_values import print_value

WIDTH = 88


def print_definition(block: DraftBlock) -> str:
    """The definition of a block; a constant, where there are no parameters and one expression is enough."""
    body = block.body
    if block.shared:
        return f"shared {block.name} = {print_branch(body)}"
    if (
        not block.parameters
        and not any(isinstance(s, (LoopStep, NameStep)) for s in body)
        and len(print_branch(body)) < WIDTH
    ):
        return f"{block.name} = {print_branch(body)}"
    parts = [
        str(parameter) if default is NoDefault else f"{parameter}={print_value(default)}"
        for parameter, default in zip(block.parameters, block.defaults, strict=True)
    ]
    opening = f"block {block.name}({', '.join(parts)})" if parts else f"block {block.name}"
    return "\n".join([f"{opening} {{", *[f"  {line}" for line in print_lines(body)], "}"])


def print_lines(steps: Steps) -> list[str]:
    """The lines of a body, one for each statement."""
    made: list[str] = []
    last: DraftStep | None = None
    is_open = False
    for step, after in zip(steps, (*steps, None)[1:], strict=True):
        if isinstance(step, LoopStep):
            made += [f"{step.opening} {{", *[f"  {line}" for line in print_lines(step.bodies[0])], "}"]
            is_open = False
        elif isinstance(step, NameStep):
            made[-1] += f" {step.text()}"
            is_open = False
        else:
            text = step.text()
            is_named = isinstance(after, NameStep)
            name = f" as {step.name}" if isinstance(step, LayerStep) and step.name and not is_named else ""
            joins = last is not None and not isinstance(last, (LoopStep, NameStep)) and made
            if joins and (is_open or stays_in_line(last, step)) and len(made[-1]) + len(text) + 4 <= WIDTH:
                made[-1] += f" -> {text}{name}"
            else:
                made.append(f"{text}{name}")
            is_open = is_prelude(step) or isinstance(step, ReadStep)
        last = step
    return made


def stays_in_line(last: DraftStep | None, step: DraftStep) -> bool:
    """Whether a step stays in the line of the step before: an activation of its layer, or a pool behind a convolution."""
    if last is None:
        return False
    first = find_leading(step)
    return (
        is_joined(find_leading(last, -1), first)
        or is_pool(first)
        and not is_pool(find_leading(last, -1))
        and not isinstance(last, RepeatStep)
    )


def find_leading(step: DraftStep, end: int = 0) -> DraftStep:
    """The first step inside a call (`end` = -1: the last one); else the step itself."""
    while isinstance(step, CallStep):
        step = step.block.body[end]
    return step


def is_prelude(step: DraftStep) -> bool:
    """Whether a step prepares the next one, and so leaves its line open: pad, flatten, a global pool, dropout."""
    step = find_leading(step)
    return (
        isinstance(step, LayerStep)
        and not step.layer.merges
        and step.layer.own_weights is Layer.own_weights
        and step.layer.windows is Layer.windows
        and step.layer.ends_in is Layer.ends_in
    )


def print_shape(sizes: tuple[Any, ...]) -> str:
    """An input's shape; sizes that are not known are `?`."""
    return "x".join([str(n) if isinstance(n, int) else "?" for n in sizes])
