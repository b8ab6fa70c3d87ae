"""Where the way back begins, as it is given: the gradients of the outputs, or a loss and its targets."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from cnnspec.base.source import brief, printable
from cnnspec.elaborate.value_text import evaluate_text
from cnnspec.layers.argument import Unfit
from cnnspec.trace.backward import Start
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.input_layout import Asked
from cnnspec.trace.inputs import assign_inputs, read_given
from cnnspec.trace.losses import CATEGORICAL, SPARSE, find_loss
from cnnspec.train.section_values import WrongWord, read_word
from cnnspec.train.section_words import spell_term

if TYPE_CHECKING:
    from cnnspec.graph import Node
    from cnnspec.layers.argument import Term
    from cnnspec.trace.trace import Trace

STEP = re.compile(r"[0-9]{1,9}(\.[0-9]{0,9})?([eE][+-]?[0-9]{1,2})?|\.[0-9]{1,9}|[0-9]{1,9}/0*[1-9][0-9]{0,8}")


def read_start(
    trace: Trace, gradients: Sequence[Any], loss: str | None, targets: Sequence[Any], seed: int
) -> Start:  # fmt: skip
    """The gradients of a network's outputs: those that are given, X or NAME=X for each; or those of a loss, which is a word of
    the train section, that section's own if None, with a target for each output. Raises NoTrace."""
    if gradients and (loss is not None or targets):
        raise NoTrace("--gradient and --loss both say where the way back begins: leave one of them out")
    graph = trace.network.graph
    nodes = [graph.nodes[index] for index in graph.outputs]
    names = [node.name for node in nodes]
    if gradients:
        texts = assign_inputs(names, gradients, "output")
        return Start({
            node.index: read_given(Asked(f"the gradient of {node.name}", node.name, find_output(trace, node).shape[1:]), text, seed)
            for node, text in zip(nodes, texts, strict=True)
        })  # fmt: skip
    word, options = choose_loss(trace, loss, targets)
    if not targets:
        raise NoTrace(
            f"{word} compares the output with a target: give it, as in --target {show_target(trace, nodes[0], word)}"
        )
    found = {}
    for node, text in zip(nodes, assign_inputs(names, targets, "output"), strict=True):
        output = find_output(trace, node)
        found[node.index] = find_loss(word, options, output, read_target(word, node, output.shape[1:], text, seed))
    return Start({index: made.gradient for index, made in found.items()}, found)


def find_output(trace: Trace, node: Node) -> Any:
    output = trace.values[node.index]
    assert output is not None
    return output


# ---- a loss --------------------------------------------------------------------------------------------------
def choose_loss(trace: Trace, written: str | None, targets: Sequence[Any]) -> tuple[str, Mapping[str, Any]]:
    """The word of a loss and its options: as it is written, or else of the train section. `targets`: what is compared."""
    settings = trace.network.settings
    if written is not None:
        term = read_loss(written)
    elif settings is not None and settings.loss is not None:
        term = settings.loss
    elif targets:
        word = SPARSE if str(targets[0]).strip().isdigit() else CATEGORICAL
        raise NoTrace(f"a target is compared with the output by a loss: name it, as in --loss mse or --loss {word}")
    else:
        raise NoTrace(
            "the way back begins with the gradient of the output, as in --gradient ones, or with a loss and a target, as in "
            '--loss mse --target "[0, 1]"'
        )
    return spell_term(term), dict(term.keywords)


def read_loss(written: str) -> Term:
    """A loss as the train section writes it: mse, huber(0.5). Raises NoTrace."""
    try:
        return read_word("losses", evaluate_text(written, "--loss"))
    except WrongWord as wrong:
        raise NoTrace(f"--loss: {wrong.message}" + (f"; {wrong.help}" if wrong.help else "")) from None
    except Unfit as unfit:
        raise NoTrace(f"--loss must be {unfit.expected}") from None
    except ValueError as error:
        raise NoTrace(f"--loss: {error}") from None


def read_target(word: str, node: Node, shape: tuple[int, ...], given: Any, seed: int) -> Any:
    """The target of an output: an array of its shape, or the number of a class at each of its positions."""
    wanted = (*shape[:-1], 1) if word == SPARSE else shape
    try:
        return read_given(Asked(f"the target of {node.name}", node.name, wanted), given, seed)
    except NoTrace as error:
        written = given.strip() if isinstance(given, str) else ""
        mistaken = written.isdigit() if word == CATEGORICAL else word == SPARSE and written.startswith("[")
        takes = f"; {SPARSE} takes the number of a class, {CATEGORICAL} a number for each class"
        raise NoTrace(f"{error}{takes * mistaken}") from None


def show_target(trace: Trace, node: Node, word: str) -> str:
    """A target that an output could have."""
    shape = find_output(trace, node).shape[1:]
    if word == SPARSE:
        return "2" if len(shape) == 1 else "classes.csv"
    return f'"[{", ".join(["0"] * (shape[0] - 1) + ["1"])}]"' if len(shape) == 1 and shape[0] <= 9 else "zeros"


# ---- a step --------------------------------------------------------------------------------------------------
def read_step(written: str) -> Fraction:
    """The eta of a step, exactly: 0.1, 1e-3, 1/3. Raises NoTrace."""
    plain = written.strip()
    if not STEP.fullmatch(plain):
        raise NoTrace(f'--step must be a number from 0, such as 0.1 or 1/10, not "{brief(printable(plain))}"')
    return Fraction(plain)
