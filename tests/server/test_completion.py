"""What can be written at the cursor, in texts that are not finished; | is the cursor."""

from __future__ import annotations

import pytest

from cnnspec.server.completion import list_completions
from cnnspec.train.section_keys import ABOUT, KEYS
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
