"""A budget in Python finds what `check` finds for `expect`, with the same words."""

from __future__ import annotations

import pytest

import cnnspec
from cnnspec.lint.budget import ALONE, QUANTITIES

SPEC = "input 28x28x1\nmaxpool(5x5)\nconv(8, 3x3) -> flatten -> dense(10)\n"
BROKEN = {
    "params < 3": {}, "params <= 3": {"max_params": 3}, "macs <= 1k": {"max_macs": "1k"}, "flops <= 1000": {"max_flops": 1000},
    "receptive_field >= 100": {"min_receptive_field": 100}, "coverage >= 0.99": {"min_coverage": 0.99},
    "activation_memory <= 1": {"max_activation_memory": 1}, "peak_memory(batch=2) <= 1": {}, "params_bytes <= 1KiB": {"max_params_bytes": "1KiB"},
    "inference_memory <= 1KiB": {"max_inference_memory": "1KiB"}, "training_memory(batch=32, optimizer=sgd(momentum=0.9)) < 8KiB": {},
    "depth <= 1": {"max_depth": 1}, "output == 7x7x64": {}, "lossless": {}, "params <= 3, depth == 9": {},
}  # fmt: skip


def test_every_quantity_is_tried() -> None:
    assert {text.replace("(", " ").split()[0] for text in BROKEN} == QUANTITIES.keys()
    named = {name[4:] for bounds in BROKEN.values() for name in bounds}
    assert named == QUANTITIES.keys() - {*ALONE, "output", "peak_memory", "training_memory"}


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_limit_is_found_as_check_finds_it(text: str) -> None:
    net = cnnspec.loads(SPEC)
    by_check = [(d.code, d.message, d.help) for d in cnnspec.check_text(f"{SPEC}expect {text}\n") if d.code == "E021"]
    assert by_check and [(d.code, d.message, d.help) for d in net.budget(text)] == by_check
    if BROKEN[text]:
        assert [(d.code, d.message, d.help) for d in net.budget(**BROKEN[text])] == by_check


def test_a_budget_that_is_kept_is_false() -> None:
    net = cnnspec.loads(SPEC)
    assert not net.budget(max_params=10_000, min_params=1, min_receptive_field=5)
    assert not net.budget("params < 10k", "output == 10") and not net.budget()
    assert "no mistakes found" in str(net.budget())
    assert net.diagnostics == cnnspec.loads(SPEC).diagnostics  # the spec's own findings are others


def test_a_limit_that_the_text_sets_is_not_asked_again() -> None:
    assert not cnnspec.loads(f"{SPEC}expect params < 3\n").budget(max_params=10_000)


def test_a_figure_that_cannot_be_known_is_said() -> None:
    (found,) = cnnspec.loads("input ?x?x3\nconv(8, 3x3)\n").budget(max_macs=5)
    assert (found.code, found.message) == ("E017", "macs cannot be known here: it depends on something unknown")


@pytest.mark.parametrize(
    "text", ["", "params", "params <", "params < x", "params < 3\nrelu", "params < 3 -> relu", "lossless < 3", "prams < 3", "params(batch=3) < 3",
             "output < 3", "params < 1KiB", "3", "(", "params < 3 # or so\ninput 3"],
)  # fmt: skip
def test_what_is_no_limit_is_a_value_error_of_one_sentence(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        cnnspec.loads(SPEC).budget(text)
    assert str(caught.value) and "\n" not in str(caught.value).replace(text, "")


@pytest.mark.parametrize("name", ["params", "max_rf", "max_lossless", "least_params", "max_output", "maxparams"])
def test_a_bound_that_there_is_not_is_a_type_error(name: str) -> None:
    with pytest.raises(TypeError, match=f'a budget has no bound "{name}"'):
        cnnspec.loads(SPEC).budget(**{name: 3})


def test_a_network_with_mistakes_keeps_no_budget() -> None:
    with pytest.raises(cnnspec.SpecError, match="has mistakes: its figures are not held against a budget"):
        cnnspec.loads("input 8x8x1\nconv(4, 9x9)\n").budget(max_params=5)
