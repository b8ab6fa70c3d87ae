"""A program that uses every public name with its type: mypy reads it strictly, and it runs."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from typing import assert_type

import cnnspec

net = cnnspec.loads("input 28x28x1\nconv(8, 3x3) -> flatten -> dense(10)\n")
assert_type(net, cnnspec.Network)
assert_type(net.name, str)
assert_type(net.params, int | None)
assert_type(net.macs, int | cnnspec.Size | None)
assert_type(net.layers, tuple[cnnspec.LayerFigures, ...])
assert_type(net.receptive_field, cnnspec.ReceptiveField | None)
assert_type(net.diagnostics, cnnspec.Findings)
assert_type(net.cost(4, memory="1GiB"), cnnspec.Cost)
assert_type(net.cost().training_bytes, int | cnnspec.Size | None)
assert_type([layer.activation_bytes for layer in net.cost().layers], list[int | cnnspec.Size | None])
assert_type(net.lost(), cnnspec.Lost)
assert_type(net.lost().macs, int | None)
assert_type(net.receptive_fields("conv1", at=(0, 0)), cnnspec.ReceptiveFields)
assert_type(net.receptive_field_of("conv1"), cnnspec.UnitField)
assert_type(net.receptive_field_of("conv1").in_layers(), cnnspec.SeenLayers)
assert_type(net.sizes(), cnnspec.InputSizes)
for picture in (
    net.sizes().draw(),
    net.cost().draw(),
    net.receptive_fields().draw(),
    net.receptive_field_of("conv1").draw_effective(),
):
    assert_type(picture.to_svg(), str)
assert_type(net.explanation("conv1"), cnnspec.Explanation)
assert_type(net.explain(), str)
assert_type(cnnspec.quiz(net, 2, kinds=["size"], seed=7), cnnspec.Quiz)
assert_type(net.trace("ones", layers=["conv1"], seed=2), cnnspec.Trace)
assert_type(cnnspec.quiz(net, 1).questions[0].answer, tuple[int | Fraction, ...])
assert_type(net.budget("params < 1M", max_macs=10_000_000), cnnspec.Findings)
assert_type(cnnspec.diff(net, net), cnnspec.Difference)
assert_type(cnnspec.check_text(net.text), cnnspec.Findings)
assert_type(cnnspec.check(net), cnnspec.Findings)
library = "block b(filters) { conv(filters, 3x3) }\n"
found = cnnspec.blocks(library, "8x8x1", filters=4)
assert_type(found, cnnspec.Blocks)
assert_type([block.name for block in found.blocks], list[str])
assert_type([block.totals.macs for block in found.blocks if block.totals], list[int | cnnspec.Size | None])
assert_type(cnnspec.blocks(library, {"in": (8, 8, 1)}, "b", filters=4).diagnostics, cnnspec.Findings)
assert_type(cnnspec.check(library, input="8x8x1", filters=4), cnnspec.Findings)
for diagnostic in net.diagnostics:
    assert_type(diagnostic, cnnspec.Diagnostic)
with contextlib.suppress(FileNotFoundError):
    assert_type(cnnspec.runs(), cnnspec.Runs)
    assert_type(net.train([[1.0]], [0], epochs=1), cnnspec.Training)
    assert_type(cnnspec.resume("runs/net-1", epochs=2), cnnspec.Training)
    assert_type([run.figures for run in cnnspec.runs("runs").runs], list[dict[str, float]])
with contextlib.suppress(FileNotFoundError, cnnspec.MissingExtra):
    evaluation = cnnspec.evaluate("runs/net-1", "digits", split="validation", batch=64, last=True, backend="jax")
    assert_type(evaluation, cnnspec.Evaluation)
    assert_type(evaluation.notes, tuple[str, ...])
    predictions = cnnspec.predict("runs/net-1", ["scan.png"], top=1, names=["cat", "dog"], range=(0, 255), batch=8)
    assert_type(predictions, cnnspec.Predictions)
    assert_type([image.answers for image in predictions.images], list[tuple[tuple[str, float], ...]])
assert_type(net.to_json(), str)
assert_type(net._repr_html_(), str)
with contextlib.suppress(FileNotFoundError, cnnspec.SpecError, cnnspec.MissingExtra):
    cnnspec.load("no.cnn")
