"""Forms that mean the same have the same facts, on random networks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.compile.keras_model import to_keras
from tests.network_cases import Writer
from tests.support import cases, facts, legal, weights

MOST = 120  # layers that are built in Keras


def _values(shape: Any) -> int:
    count = 1
    for n in shape:
        count *= n
    return count


# ---- two forms, one meaning ---------------------------------------------------------------------------------
def same(text: str, other: str, opening: str = "input 12x8x4") -> None:
    one, two = (
        (legal(f"{part}\n") for part in (text, other))
        if opening == ""
        else (legal(f"{opening}\n{part}\n") for part in (text, other))
    )
    assert facts(one) == facts(two)


@st.composite
def bodies(draw: Any, name: str = "") -> str:
    """Steps that apply to any two-dimensional tensor of even channels; `name` stands for a number in some of them."""
    writer = Writer(draw(st.randoms(use_true_random=False)), 2)
    kinds = [
        lambda: writer.chain(), lambda: writer.join(), lambda: writer.step(1), lambda: writer.chain(f"2 * {name}" if name else ""),
    ]  # fmt: skip
    return "\n".join(draw(st.sampled_from(kinds))() for _ in range(writer.number(1, 3)))


@cases(1)
@given(bodies(), st.integers(0, 4))
def test_repeat_is_the_written_out_form(body: str, n: int) -> None:
    braced = f"{{\n{body}\n}}"
    same(f"{braced} * {n}", "\n".join([braced] * n) or "in")
    same(f"{braced} * {n}", " -> ".join([braced] * n) or "in")
    same(f"f = {braced}\nf * {n}", " -> ".join([braced] * n) or "in")


@cases(0.5)
@given(bodies(), st.integers(1, 2), st.integers(1, 2))
def test_repeat_of_a_repeat(body: str, n: int, m: int) -> None:
    braced = f"{{\n{body}\n}}"
    same(f"({braced} * {n}) * {m}", f"{braced} * {n * m}")
    same(f"{braced} * {n} * {m}", f"{braced} * ({n} * {m})")


@cases(1)
@given(st.data(), st.integers(-1, 3), st.integers(0, 4))
def test_loop_is_the_unrolled_form(data: st.DataObject, first: int, count: int) -> None:
    body = data.draw(bodies("(VARIABLE + 2)"))
    numbers = list(range(first, first + count))

    def unrolled(ending: str = "") -> str:
        return "\n".join(f"{{\n{body.replace('VARIABLE', f'({n})')}{ending}\n}}" for n in numbers) or "in"

    looped = body.replace("VARIABLE", "v")
    same(f"for v in ({first})..({first + count - 1}) {{\n{looped}\n}}", unrolled())
    same(f"for v in {numbers} {{\n{looped}\n}}", unrolled())
    pairs = ", ".join(f"({n}, relu)" for n in numbers)
    same(f"for v, act in [{pairs}] {{\n{looped}\nact\n}}", unrolled("\nrelu"))


@cases(1)
@given(st.data(), st.integers(1, 4))
def test_block_call_is_its_body(data: st.DataObject, n: int) -> None:
    body = data.draw(bodies("VARIABLE"))
    opening = "input 12x8x4\n"
    written = opening + "{\n" + body.replace("VARIABLE", str(n)) + "\n}"
    inside = body.replace("VARIABLE", "p")
    for call in (f"part({n})", f"part(p={n})", f"part({n}, relu)", f"part(act=tanh, p={n})"):
        same(f"block part(p, act=relu) {{\n{inside}\n}}\n{opening}{call}", written, "")
    same(f"block part(p={n}) {{\n{inside}\n}}\n{opening}part", written, "")
    same(f"model M(p={n}) {{\n{opening}{inside}\n}}", written.replace("{\n", "", 1).removesuffix("\n}"), "")


@cases(0.5)
@given(bodies(), bodies(), st.booleans())
def test_branch_is_what_it_chooses(yes: str, no: str, condition: bool) -> None:
    word, chosen = ("true", yes) if condition else ("false", no)
    braced = f"{{\n{chosen}\n}}"
    same(f"if {word} {{\n{yes}\n}} else {{\n{no}\n}}", braced)
    same(f"{{\n{yes}\n}} if {word} else {{\n{no}\n}}", braced)
    same(f"if in.channels {'==' if condition else '!='} 4 {{\n{yes}\n}} else {{\n{no}\n}}", braced)


@cases(0.5)
@given(bodies(), bodies())
def test_arrow_newline_semicolon_compose_alike(first: str, second: str) -> None:
    one, two = f"{{\n{first}\n}}", f"{{\n{second}\n}}"
    same(f"{one} -> {two}", f"{one}\n{two}")
    same(f"{one} => {two}", f"{one}; {two}")
    same(f"{one} ->\n{two}", f"{one}\n-> {two}")
    same(f"f = {one} -> {two}\nf", f"{{ {one}; {two} }}")


@cases(0.5)
@given(bodies())
def test_a_name_for_a_tensor_changes_nothing(body: str) -> None:
    same(f"{{\n{body}\n}} as here\nconcat(in, here)", f"{{\n{body}\n}}\nconcat(in, in)")


@cases(0.3)
@given(bodies())
def test_shared_has_the_shapes_of_its_body_and_the_weights_once(body: str) -> None:
    opening = "input a 12x8x4\ninput b 12x8x4\n"
    braced = f"{{\n{body}\n}}"
    shared = legal(f"{opening}shared f = {braced}\nx = {{ f }}\nadd(a -> f, b -> f)")
    twice = legal(f"{opening}f = {braced}\nadd(a -> f, b -> f)")
    assert [n.shape for n in shared.nodes] == [n.shape for n in twice.nodes]
    count = sum(_values(w.shape) for n in twice.nodes for w in weights(twice, n))
    assert sum(_values(w.shape) for n in shared.nodes if n.shares is None for w in weights(shared, n)) * 2 == count
    if len(shared.nodes) < MOST and max(_values(n.shape) for n in shared.nodes) < 100_000:
        assert to_keras(shared).count_params() * 2 == count


def test_same_can_fail() -> None:
    with pytest.raises(AssertionError):
        same("conv(4, 3) * 2", "conv(4, 3)")
    with pytest.raises(AssertionError):
        same("conv(4, 3)", "conv(4, 3, padding=0, bias=false)")
