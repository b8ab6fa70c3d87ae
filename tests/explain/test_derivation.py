"""Derivations: what is shown is true arithmetic, and its results are the figures of the analysis.

Every step of every layer of the catalogue and of every file under examples/ is read back from the printed text and
computed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given

from cnnspec.api import load
from cnnspec.explain import find_explanation
from cnnspec.explain.derivation import derive_layer, derive_totals, name_shape
from cnnspec.explain.derivation_steps import DerivationSection, DerivationStep
from cnnspec.explain.text import write_text
from cnnspec.explain.traced_numbers import Leaf, Op
from cnnspec.explain.written_arithmetic import PLAIN, TEXT, write_tree
from cnnspec.network import AnalysedNetwork
from tests.example_files import EXAMPLES, FILES, networks, relative
from tests.explain.calculated import TEXTS, calculated, number
from tests.facts.test_geometry import chains
from tests.support import cases, unwrap

WIDE = 100_000  # columns, where no line is wrapped


def steps(sections: tuple[DerivationSection, ...], title: str) -> list[DerivationStep]:
    return [step for section in sections if section.title == title for step in section.steps]


def along(found: list[DerivationStep], name: str, axis: str) -> DerivationStep | None:
    """The step of one axis: named by it, by several with it, or by none where all are alike."""
    for step in found:
        first, *axes = step.name.split(", ")
        if first == name and (not axes or axis in axes):
            return step
    return None


def holds(network: AnalysedNetwork) -> int:
    """Check every step of a network, and that the figures derived are the facts; how many steps computed something."""
    facts, computed = network.facts, 0
    for node in network.graph.nodes:
        shape, sections = facts.shapes[node.index], derive_layer(facts, node.index)
        assert shape is not None and sections, node
        for step in [s for section in sections for s in section.steps]:
            if isinstance(step.tree, Op):
                computed += 1
                assert (
                    calculated(write_tree(step.tree, TEXT))
                    == calculated(write_tree(step.tree, PLAIN))
                    == number(step.value)
                )
            elif isinstance(step.tree, Leaf):
                assert step.tree.value == step.value
            assert step.value is not None or step.note, (node, step)
        if node.layer is None:
            continue
        first, *more = steps(sections, "Output size")
        if not first.name:
            assert shape in (facts.inputs_of(node.index) or ())
        else:
            sizes = [(axis, s.value) for s in (first, *more) for axis in s.name.split(", ")]
            assert sizes[: len(shape)] == list(zip(name_shape(shape), shape, strict=True))
        last, parameters = steps(sections, "Parameters")[-1], facts.parameters[node.index]
        assert (last.value or 0) == sum(parameters or (-1,))
        work, macs = steps(sections, "MACs")[-1], facts.macs[node.index]
        assert (work.value or 0) == macs if macs is not None else work.note.startswith("unknown")
        field, found = facts.fields[node.index], steps(sections, "Receptive field")
        if len(found) > 1:
            assert isinstance(field, tuple)
            for axis, made in zip(name_shape(shape), field, strict=False):
                for name, fact in (("size", made.size), ("jump", made.stride), ("start", made.padding)):
                    step = along(found, name, axis)
                    assert step is not None
                    assert step.value == (-fact if name == "start" and fact is not None else fact)
        elif field is None:
            assert found[0].note.startswith("unknown: ")
        elif not isinstance(field, tuple):
            assert found[0].note.startswith("all")
        else:
            assert found[0].note.startswith("x".join(str(axis.size) for axis in field) if field != () else "")
    for step in derive_totals(facts).steps:
        if step.tree is not None:
            assert calculated(write_tree(step.tree, TEXT)) == number(step.value)
    return computed


@pytest.mark.parametrize("name", TEXTS)
def test_every_layer_of_the_catalogue(name: str) -> None:
    holds(load(TEXTS[name]).analysed)


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_every_example(path: Path) -> None:
    for network in networks(path).values():
        assert holds(network) > 0


@cases(0.3)
@given(chains())
def test_geometry_of_any_chain(text: str) -> None:
    network = load(text)
    if not any(d.severity == "error" for d in network.diagnostics):
        holds(network.analysed)


@pytest.mark.parametrize(
    "path", ["lectures/lecture4_mnist.cnn", "resnet50.cnn", "unet_any_size.cnn", "lectures/lecture2_text.cnn"]
)
def test_printed_lines_are_equations(path: str) -> None:
    """The text as it is printed, every line with "=": both sides are the same number."""
    network = load(EXAMPLES / path).analysed
    text = write_text(network, find_explanation(network), WIDE)
    lines = [re.split(r"  +", line)[-1] for line in text.splitlines() if line.startswith("  ") and " = " in line]
    assert len(lines) > 5
    for line in lines:
        left, right = line.split(": ")[0].split(" = ")
        assert calculated(left) == calculated(right), line


def test_a_layer_with_every_kind_of_weight() -> None:
    text = "input 12x12x8\nseparable_conv(6, 3x3, multiplier=2)\nbn\ndepthwise_conv(3x3, multiplier=2)\nbn(scale=false)"
    network = load(text)
    assert "3*3*8*2 + (1*1*8*2 + 1)*6 = 246" in network.explain("separable_conv1")
    assert "(3*3 + 1)*6*2 = 120" in network.explain("depthwise_conv1")
    assert re.search(
        r"trained +2\*6 = 12\n +not trained +2\*6 = 12\n +together +12 \+ 12 = 24\n", network.explain("bn1")
    )
    assert re.search(r"beta +12, the channels of depthwise_conv1", unwrap(network.explain("bn2")))
