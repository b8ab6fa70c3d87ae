"""What can be written at the cursor, in texts that are not finished; | is the cursor."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from cnnspec.base.source import Source
from cnnspec.cli.server import ConfiguredFiles
from cnnspec.layers import CATALOGUE, find
from cnnspec.pipeline import analyse
from cnnspec.server.called import describe_training, find_called, list_words
from cnnspec.server.completion import AT_TOP, OPERATORS, STATEMENTS, STEPS, TERMS, VALUES, list_completions
from cnnspec.server.context import TOKEN, find_context
from cnnspec.server.documents import Documents
from cnnspec.server.names import Names
from cnnspec.server.signature import find_signature
from cnnspec.server.train_section import find_words
from cnnspec.server.uris import write_uri
from cnnspec.syntax import tree
from cnnspec.syntax.grammar import KEYWORDS
from cnnspec.syntax.parse import parse
from cnnspec.train.section_keys import ABOUT, KEYS
from tests.example_files import FILES
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
        ("input 8x8x3\nconv = 3\nblock relu(n) { }\nc|", "conv relu", "padding="),  # once each
        ("conv(|", "filters= kernel= padding= width skip", "conv"),
        ("conv(8, 3x3, |", "stride= padding= activation= bias=", "filters= kernel= conv"),
        ("conv(8, 3x3, padding=|", "valid same causal width", "stride= relu"),
        ("conv(8, 3x3, padding=same, |", "stride= activation=", "padding= filters="),
        ("conv(8, kernel=3x3, |", "stride= padding=", "filters= kernel="),
        ("conv(8, 3x3, activation=|) -> relu", "relu gelu softmax", "same"),
        ("conv(8, 3x3, kernel_initializer=|", "he_normal zeros", "relu"),
        ("add(in, conv(8, (3, |", "width conv", "stride= dilation="),
        ("concat(in, skip, |", "axis= skip conv in", "block"),
        ("f(|", "n= depth= width", "filters="),
        ("f(8, |", "depth=", "n="),
        ("# conv(|", "", "filters= conv"),
        ('conv(8, 3x3, name="|', "", "filters= conv"),
        ('conv(8, 3x3, name="a", |', "padding=", "name= filters="),
        ("for i in 1..3 { conv(i|", "i width", ""),
        ("block g(m) { |", "m g f conv", "n"),
        ("for i in 1..2 { k = i\nconv(k, 3x3) as last }\nif width == 3 { relu as z }\nadd(|", "last z skip", "i k"),
        ("if width == 3 {\n3 as three\n|\n}", "three", ""),
        ("if width == 3 {\n3 as three\n} else if width == 4 {\n4 as four\n|\n}", "four", ""),
        ("if width == 3 {\nrelu\n} else if width == 4 {\nrelu as it\nadd(|", "it", ""),
        ("relu ->\n|", "conv width in expect", "block for as true"),
        ("if |", "width in not true", "conv block"),
        ("conv(2 * |", "width in", "conv filters= kernel="),
        ("relu if width == |", "width in", "relu"),
        ("relu if width == 3 else |", "relu width in", "if"),
        ("relu |", "as if", "conv width block"),
        ("relu\n|\n-> relu", "conv block for", "as"),
        ("x = |", "conv width true", "x block"),
        ("for |", "", ""),
        ("for i |", "in", "conv as"),
        ("for i in |", "width", "i block conv"),
        ("for i in [1, 2] {\n|", "i width", "block train"),
        ("relu as |", "", ""),
        ("block |", "", ""),
        ("block g(a, |", "", ""),
        ("block g(a, b=|", "a width", "b"),
        ("block g(a, b=3) {\n  conv(a,\n    |", "kernel= a b", "conv filters="),
        ("block g(a) {\n  for i in 1..a {\n    conv(|", "i a", ""),
        ("model M(c=3) {\n  input 8x8x3\n  dense(c, |", "activation= c", "units="),
        ("in.|", "channels height", "conv"),
        ("output |", "skip", "conv width f"),
        ("expect |", "params macs", "conv"),
        ("expect params < 3M, |", "macs", "conv"),
        ("expect params < |", "width", "macs"),
        ("conv(8, 3x3, bias=|", "true false", "same none"),
        ("conv(8, 3x3, spectral_norm=|", "none", "true"),
        ("conv(8, 3x3, kernel_initializer=variance_scaling(|", "mode= scale=", "filters="),
        ("conv(8, 3x3, kernel_initializer=variance_scaling(mode=|", "fan_in", "relu"),
        ("conv(8, 3x3, activation=leaky_relu(|", "negative_slope=", "filters="),
        ("f(depth=|", "width conv", ""),
        ("add(|", "conv in skip", "block"),
        ("conv(8, 3x3, padding='|", "valid same", "width conv stride="),
        ('conv(8, 3x3, padding="sa|", stride=1)\n', "valid same", "width conv stride="),
        ("dense(10, 'soft|')", "softmax", "width bias="),
        ("dense(10, |", "softmax relu activation= in", "conv units="),
        ("dense(10, relu, |", "true bias=", "softmax"),
        ("flatten\n(|", "conv skip", "filters="),
        ("block g(act, p) { conv(8, 3x3, padding=p, activation=act) }\ng(|", "relu act= p=", "same"),
        ("block g(act, p) { conv(8, 3x3, padding=p, activation=act) }\ng(p=|", "same conv", ""),
        ("model M {\n  input picture 8x8x3\n  picture -> relu as b\n  |", "picture b conv", "train"),
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


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        ("|", "data epochs optimizer best", "conv block"),
        ("epochs = 3\n|\n", "data", "epochs"),
        ("epochs = |", "width", "data conv"),
        ("data = |", 'digits mnist "tfds:eurosat"', "adam"),
        ("optimizer = |", "adam sgd", "mse relu"),
        ("optimizer = adam(|", "learning_rate= beta_1=", "data filters="),
        ("optimizer = adam(learning_rate=|", "cosine_decay", "adam"),
        ("optimizer = adam(learning_rate=cosine_decay(|", "decay_steps=", "beta_1="),
        ("optimizer = sgd(nesterov=|", "true false", "none"),
        ("learning_rate = |", "cosine_decay", "adam"),
        ("loss = |", "mean_squared_error", "accuracy"),
        ("loss = '|'", "mean_squared_error", "accuracy width"),
        ("metrics = ['|']", "auc", "none iou"),
        ("optimizer = adam(name='|')", "", ""),
        ("loss = categorical_crossentropy(|", "label_smoothing= reduction=", "learning_rate="),
        ("metrics = |", "accuracy none", "adam"),
        ("metrics = [accuracy,\n  |", "auc", "none adam"),
        ("callbacks = [early_stopping(|", "monitor= patience=", "filters="),
        ("callbacks = [early_stopping(patience=3, mode=|", "auto min", "patience="),
        ("augment = [random_flip(mode=|", "horizontal", "auto"),
        ("class_weights = |", "balanced", "true"),
        ("shuffle = |", "true false", "auto"),
        ("xla = |", "true auto", "none"),
        ("precision = |", "float32 mixed_bfloat16", "adam"),
        ("backend = |", "jax torch tensorflow", "adam"),
        ("batch_size = 3\nlr = |", "cosine_decay", ""),
    ],
)
def test_what_is_proposed_in_a_train_section(text: str, there: str, not_there: str) -> None:
    """As it is typed, and where the rest of the section stands behind the cursor."""
    for section in (f"{HEAD}train {{\n{text}", f"{HEAD}train {{\n{text}\nseed = 1\n}}\n"):
        found = {label.removesuffix(" = ") for label in complete(section)}
        assert {*there.split()} <= found and not {*not_there.split()} & found
        assert there or not found


OUTPUTS = "input 28x28x1\nconv(4, 3x3) as mask\ngap -> dense(3) as label\noutput mask, label\n"


@pytest.mark.parametrize(
    ("text", "there", "not_there"),
    [
        ("loss = {|", "mask: label:", "dice loss"),
        ("metrics = {mask: dice, |", "label:", "mask: dice"),
        ("metrics = {mask: [iou, accuracy]\n  |", "label:", "mask: dice"),
        ('loss_weights = {"mask": 1,\n  |', "label:", "mask:"),
        ('loss = {"|"', "mask label", "dice"),
        ("loss = {mask: |", "dice hinge", "mask: label: accuracy"),
        ("loss = {mask:\n |", "dice hinge", "mask: label:"),
        ('loss = {mask: "|"', "dice hinge", "mask label accuracy"),
        ("metrics = {mask: [auc, |", "accuracy", "mask: label: none"),
        ("metrics = {label: f1_score(|", "average=", "mask: filters="),
        ("loss = {mask: dice |", "", ""),
        ("loss = {mask: dice} |", "", ""),
        ("callbacks = {|", "", ""),
        ("loss = {mask: dice}\n|", "epochs", "loss mask:"),
    ],
)
def test_what_is_proposed_in_a_mapping(text: str, there: str, not_there: str) -> None:
    """The outputs as keys that are not there yet; the words of the setting as values."""
    for section in (f"{OUTPUTS}train {{\n{text}", f"{OUTPUTS}train {{\n{text}\nseed = 1\n}}\n"):
        found = {label.removesuffix(" = ").strip() for label in complete(section)}
        assert {*there.split()} <= found and not {*not_there.split()} & found
        assert there or not found


def test_keys_have_their_defaults_and_what_they_are() -> None:
    found = complete("train { |")
    details = ("default adam", "default 10", "default 0.1", "default true", "optional", "default auto")
    keys = ("optimizer", "epochs", "validation", "shuffle", "loss", "xla")
    assert tuple([found[f"{key} = "] for key in keys]) == details
    assert ABOUT.keys() == KEYS.keys()


# ---- other files ---------------------------------------------------------------------------------------------
LIBRARY = """# A convolution,
# normalised.
# cnnspec: ignore[W201]
block cbr(
  filters,  # how many features 😀
  kernel, stride=1,
) { conv(filters, kernel, stride) -> bn }

block other { relu }
"""


def complete_in(folder: Path, text: str) -> list[types.CompletionItem]:
    documents = Documents(ConfiguredFiles)
    document = documents.open(write_uri(str(folder / "user.cnn")), text.replace("|", ""), 1)
    return list_completions(document, documents, document.places.find_position(text.index("|")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with a library beside the file that is written, and one above."""
    (tmp_path / "cnnspec.toml").write_text("")
    (tmp_path / "top.cnn").write_text("block top { relu }\n")
    folder = tmp_path / "nets"
    for name in ("lib.cnn", "sub/deep.cnn", ".hidden/x.cnn", ".x.cnn", "data.csv", "a.npz", "notes.txt", "user.cnn"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(LIBRARY if name == "lib.cnn" else "")
    return folder


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ('use "|', ["lib.cnn", "sub/", "../"]),
        ("use 'li|b.cnn' (cbr)", ["lib.cnn", "sub/", "../"]),
        ('use "sub/|"', ["sub/deep.cnn"]),
        ('use "../|"', ["../nets/", "../top.cnn"]),
        ('use "../../|"', []),
        ('use "nowhere/|"', []),
        ('use "\0|"', []),
        ('train { data = "|" }', ["a.npz", "data.csv", "sub/", "../"]),
        ('train { best = "|" }', []),
        ('conv(3, name="|")', []),
    ],
)
def test_paths_that_are_proposed(text: str, paths: list[str], folder: Path) -> None:
    """They take the place of what is written of the path."""
    found = complete_in(folder, f"# 😀\n{text}")
    assert [item.label for item in found] == paths
    for item in found:
        assert isinstance(item.text_edit, types.TextEdit)
        start, end = item.text_edit.range.start, item.text_edit.range.end
        line = text.replace("|", "")
        assert line[start.character - 1] in "\"'" and line[end.character : end.character + 1] in "\"'"


def test_blocks_of_a_used_file(folder: Path) -> None:
    assert [item.label for item in complete_in(folder, 'use "lib.cnn" (|')] == ["cbr", "other"]
    assert [item.label for item in complete_in(folder, 'use "lib.cnn" (cbr, |)\n')] == ["other"]
    assert complete_in(folder, 'use "nowhere.cnn" (|') == complete_in(folder, 'use "../../x.cnn" (|') == []
    text = 'use "lib.cnn" (cbr)\ninput 9x9x3\n'
    (block,) = [item for item in complete_in(folder, f"{text}|") if item.label == "cbr"]
    about = "A convolution,\nnormalised."
    assert (block.detail, block.documentation) == ("cbr(filters, kernel, stride=1)", about)
    found = {item.label: (item.detail, item.documentation) for item in complete_in(folder, f"{text}cbr(|")}
    assert found["filters="] == ("required", "how many features 😀")
    assert found["kernel="] == ("required", about)
    assert found["stride="] == ("default 1", about)
    assert "kernel=" not in {item.label for item in complete_in(folder, f"{text}cbr(3,\n  3, |\n)\nrelu\n")}


def test_the_call_of_a_used_block(folder: Path) -> None:
    documents = Documents(ConfiguredFiles)
    text = 'use "lib.cnn" (cbr)\ninput 9x9x3\ncbr(3, '
    document = documents.open(write_uri(str(folder / "user.cnn")), text, 1)
    found = find_signature(document, documents, document.places.find_position(len(text)))
    assert found is not None
    (signature,) = found.signatures
    assert (signature.label, signature.documentation) == (
        "cbr(filters, kernel, stride=1)",
        "A convolution,\nnormalised.",
    )
    assert found.active_parameter == 1 and signature.parameters is not None
    assert signature.parameters[0].documentation == "how many features 😀"


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
