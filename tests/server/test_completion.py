"""What can be written at the cursor, in texts that are not finished; | is the cursor."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.layers import CATALOGUE, find
from cnnspec.pipeline import analyse
from cnnspec.server.completion import find_signature, find_taken, list_completions
from cnnspec.server.context import find_context
from tests.server.opened import open_text

HEAD = "block f(n, depth=3) { relu }\ninput 8x8x3\nwidth = 8\nconv(width, 3x3) as skip\n"


def complete(text: str) -> dict[str, str]:
    """The labels that are proposed, each once, with their details."""
    documents, document = open_text("/nowhere/a.cnn", text.replace("|", ""))
    position = document.places.find_position(text.index("|"))
    items = list_completions(document, documents, position)
    proposed = {item.label: item.detail or "" for item in items}
    assert len(proposed) == len(items)
    return proposed


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        ("|", "conv relu gap f width skip input for", "n depth True padding="),
        ("co|", "conv", "padding="),
        ("conv(|", "filters= kernel= padding= width skip", "conv"),
        ("conv(8, 3x3, |", "stride= padding= activation= bias=", "filters= kernel= conv"),
        ("conv(8, 3x3, padding=|", "valid same causal width", "stride= relu"),
        ("conv(8, 3x3, padding=same, |", "stride= activation=", "padding= filters="),
        ("conv(8, kernel=3x3, |", "stride= padding=", "filters= kernel="),
        ("conv(8, 3x3, activation=|) -> relu", "relu gelu softmax", "same"),
        ("conv(8, 3x3, kernel_initializer=|", "he_normal zeros", "relu"),
        ("add(in, conv(8, (3, |", "width conv", "stride= dilation="),
        ("concat(in, skip, |", "axis= skip", "conv"),
        ("f(|", "n= depth= width", "filters="),
        ("f(8, |", "depth=", "n="),
        ("# conv(|", "", "filters= conv"),
        ('conv(8, 3x3, name="|', "", "filters= conv"),
        ('conv(8, 3x3, name="a", |', "padding=", "name= filters="),
        ("for i in 1..3 { conv(i|", "i width", ""),
        ("block g(m) { |", "m g f conv", "n"),
        ("for i in 1..2 { k = i\nconv(k, 3x3) as last }\nif width == 3 { relu as z }\nadd(|", "last z skip", "i k"),
        ("if width == 3 {\n3 as three\n|\n}", "three", ""),
    ],
)
def test_what_is_proposed(text: str, there: str, not_there: str) -> None:
    found = complete(HEAD + text)
    assert {*there.split()} <= found.keys() and not {*not_there.split()} & found.keys()
    assert there or not found


def test_arguments_have_their_defaults() -> None:
    found = complete(HEAD + "conv(|")
    assert (found["kernel="], found["padding="], found["bias="]) == ("required", "default valid", "default true")
    assert complete(HEAD + "f(|")["depth="] == "default 3"


def test_names_of_a_block_hold_in_it_alone() -> None:
    text = "block f(n) { relu as inner\n| }\ninput 8x8x3\nrelu as outer\n"
    assert {"n", "inner"} <= complete(text).keys()
    assert not {"n", "inner"} & complete(text.replace("|", "") + "|").keys()


@pytest.mark.parametrize("layer", CATALOGUE, ids=lambda layer: layer.names[0])
def test_every_word_that_is_proposed_is_taken(layer: type) -> None:
    """And every argument; each proposed default is what is taken where nothing is given."""
    documents, document = open_text("/nowhere/a.cnn", "")
    name = layer.names[0]  # type: ignore[attr-defined]
    kinds = find(name).arguments  # type: ignore[union-attr]
    taken = find_taken(name, document, documents.know(document).analysis.tree.body)
    assert [one.name for one in taken] == [*kinds]
    for one in taken:
        for word in one.words:
            call = f"input 8x8x3\n{name}({one.name}={word})\n"
            found = analyse(Source("a.cnn", call)).diagnostics
            assert not [d for d in found if f'not "{word}"' in d.message or "no argument" in d.message], (call, found)


@pytest.mark.parametrize(
    ("text", "label", "active"),
    [
        ("conv(|", "conv(filters, kernel, stride=1, padding=valid", 0),
        ("conv(8, |", "conv(filters, kernel", 1),
        ("conv(8, 3x3, padding=|", "conv(", 3),
        ("conv(8, 3x3, padding=same, |", "conv(", None),
        ("f(1, |", "f(n, depth=3)", 1),
        ("relu -> dense(|)", "dense(units", 0),
        ("concat(in, |", "concat(in, …, axis=", None),
        ("(|", None, None),
        ("nothing(|", None, None),
        ("conv(8, 3x3) |", None, None),
    ],
)
def test_the_call_that_is_open(text: str, label: str | None, active: int | None) -> None:
    text = HEAD + text
    documents, document = open_text("/nowhere/a.cnn", text.replace("|", ""))
    found = find_signature(document, documents, document.places.find_position(text.index("|")))
    if label is None:
        assert found is None
    else:
        assert found is not None
        assert found.signatures[0].label.startswith(label) and found.active_parameter == active


@given(st.text(st.sampled_from("ab1(\"',)=#[]{}\n 😀"), max_size=40), st.data())
def test_any_text_has_a_context(text: str, data: st.DataObject) -> None:
    find_context(text, data.draw(st.integers(0, len(text))))
