"""What completion proposes is right: it is proposed where examples have it, and taken where it is proposed."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.source import Source
from cnnspec.layers import CATALOGUE, find
from cnnspec.pipeline import analyse
from cnnspec.server.called import describe_training, find_called, list_words
from cnnspec.server.completion import AT_TOP, OPERATORS, STATEMENTS, STEPS, TERMS, VALUES, list_completions
from cnnspec.server.context import TOKEN, find_context
from cnnspec.server.names import Names
from cnnspec.server.signature import find_signature
from cnnspec.server.train_section import find_words
from cnnspec.syntax import tree
from cnnspec.syntax.grammar import KEYWORDS
from cnnspec.syntax.parse import parse
from cnnspec.train.section_keys import KEYS
from tests.example_files import FILES
from tests.server.opened import open_text
from tests.server.test_completion import HEAD


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_the_examples_say_is_proposed_where_they_say_it(path: Path) -> None:
    """Whether the text ends there, or goes on; but for names where they are bound."""
    text = path.read_text(encoding="utf-8")
    parsed = parse(Source(str(path), text))
    binding = {bound.start for _, bound in Names(parsed.body).list_meanings(tree.names_in(parsed.body))}
    words = [word for word in TOKEN.finditer(text) if word["word"] and word.start() not in binding]
    words = [word for word in words if not re.match(r"[\w?]", text[word.start() - 1 :])]  # ?x?x3
    for word in Random(text).sample(words, min(4, len(words))):
        for rest in ("", text[word.end() :]):
            documents, document = open_text(str(path), text[: word.start()] + rest)
            items = list_completions(document, documents, document.places.find_position(word.start()))
            proposed = [item.label.rstrip("= ") for item in items]
            assert word[0] in proposed, (word[0], text[: word.start()][-50:], rest[:20])
            assert len({item.label for item in items}) == len(items)


def test_every_keyword_is_proposed_somewhere() -> None:
    proposed = {*AT_TOP, *STATEMENTS, *STEPS, *TERMS, *VALUES, *OPERATORS}
    assert proposed == KEYWORDS.keys() - {"False", "True", "INPUT"}  # which what is pasted has


# ---- what is proposed is right -------------------------------------------------------------------------------
def find_errors(text: str, item: str) -> list[str]:
    """What is found at an item, or inside of it, in a text that has it once."""
    start = text.index(item)
    found = analyse(Source("a.cnn", text)).diagnostics
    spans = [(d, d.span) for d in found if d.span is not None and d.code < "E020" or d.code == "E030"]
    return [
        f"{d.code} {d.message}" for d, span in spans if span and start <= span.start and span.end <= start + len(item)
    ]


@pytest.mark.parametrize("key", [key for key in KEYS if list_words(KEYS[key])])
def test_every_word_of_a_train_section_is_taken(key: str) -> None:
    """With what is put in with it; and every word of its arguments."""
    head = "block f { relu }\n" if key == "data" else "input 8x8x1\nflatten\ndense(10, softmax)\n"
    needs = {"callbacks": "optimizer = adam(use_ema=true)\n", "unfreeze_rate": "freeze = dense1\nunfreeze_after = 1\n"}
    rest = needs.get(key, "")
    module = find_words(key)[1][0]
    for word in list_words(KEYS[key]):
        assert not find_errors(f"{head}train {{\n{key} = {word}\n{rest}}}\n", word), word
        called = describe_training(module, word.partition("(")[0]) if word not in ("none", "true", "false") else None
        for one in called.taken if called is not None else ():
            for value in one.words:
                item = f"{one.name}={value}"
                assert not find_errors(f"{head}train {{\n{key} = {word.partition('(')[0]}({item})\n{rest}}}\n", item), (
                    item
                )


@pytest.mark.parametrize("layer", CATALOGUE, ids=lambda layer: layer.names[0])
def test_every_word_that_is_proposed_is_taken(layer: type) -> None:
    """And every argument; each proposed default is what is taken where nothing is given."""
    documents, document = open_text("/nowhere/a.cnn", "")
    name = layer.names[0]  # type: ignore[attr-defined]
    kinds = find(name).arguments  # type: ignore[union-attr]
    taken = find_called(name, document, documents).taken  # type: ignore[union-attr]
    assert [one.name for one in taken] == [*kinds]
    for one in taken:
        for word in one.words:
            item = f"{one.name}={word}"
            assert not find_errors(f"input 8x8x3\n{name}({item})\n", item), item


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
