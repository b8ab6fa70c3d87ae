"""Rules on Keras sources: each rule's Bad example, printed as Keras source and read back, has the same finding, in Keras's words."""

from __future__ import annotations

import re

import pytest

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.source import Source
from cnnspec.compile.keras_source import to_source
from cnnspec.lint.fix.offers import ALL, offer_repairs
from cnnspec.lint.index import NAMES
from cnnspec.lint.pages import example
from cnnspec.lint.rules import module_of, optional
from cnnspec.pipeline import Analysis, analyse

ELSEWHERE = {  # rules whose examples are no Keras model, or are not printed whole
    "E112": "its data are in a train section", "L805": "Keras pads no pool", "P505": "a train section says the memory",
    "S710": "it is about a comment", "S711": "it is about a comment", "T402": "train", "T403": "train", "T404": "train", "T406": "train", "T412": "train",
    "W204": "Keras leaves out what no output needs", "W212": "it is about how a spec is written", "W213": "bindings are of specs",
    "W214": "bindings are of specs", "W216": "the values of a parameter are",
}  # fmt: skip
OF_SPECS = re.compile(  # what nobody writes in Keras
    r"\b(gap|bn|avgpool|maxpool|group_norm|layer_norm|channel_shuffle)\b|block \w+,|batch =|\w=(same|valid|true|false)\b"
    r"|\b(bias|kernel|stride|dilation)=|\b(conv|dense|pad|dropout)\(|input \d"
)

# Sources of one finding each that Keras's compile and fit have to do with.
HEAD = """from keras import Input, Sequential, datasets, layers, losses

(x, y), _ = datasets.mnist.load_data()
x = x.reshape(-1, 28, 28, 1) / 255.0
model = Sequential([Input((28, 28, 1)), layers.Conv2D(8, 3, strides=3, padding="same", activation="relu")])
"""
TRAINED = {
    "T402": 'model.add(layers.Flatten())\nmodel.add(layers.Dense(10))\nmodel.compile("adam", loss="sparse_categorical_crossentropy")',
    "T402 twice": "model.add(layers.Flatten())\nmodel.add(layers.Dense(10, activation='softmax'))\n"
    "model.compile('adam', loss=losses.SparseCategoricalCrossentropy(from_logits=True))",
    "T403": 'model.add(layers.Flatten())\nmodel.add(layers.Dense(10, activation="relu"))\n'
    'model.compile("adam", loss="sparse_categorical_crossentropy")',
    "T404": 'model.add(layers.Flatten())\nmodel.add(layers.Dense(1))\nmodel.compile("adam", loss="categorical_crossentropy")',
    "T406": 'model.add(layers.BatchNormalization())\nmodel.add(layers.Flatten())\nmodel.add(layers.Dense(10, "softmax"))\n'
    'model.compile("adam", loss="sparse_categorical_crossentropy")\nmodel.fit(x, y, batch_size=2)',
    "E112": 'model.add(layers.Flatten())\nmodel.add(layers.Dense(12, activation="softmax"))\n'
    'model.compile("adam", loss="sparse_categorical_crossentropy")\nmodel.fit(x, y)',
}


def find(source: Source, code: str) -> tuple[Analysis, tuple[Diagnostic, ...]]:
    """What one rule finds, with all repairs."""
    codes = frozenset([code])
    analysis = analyse(source, codes=codes)
    found = tuple([one for one in analysis.diagnostics if one.code == code])
    return analysis, offer_repairs(
        found, analysis, lambda text, read, watch=None: analyse(text, codes=codes, read=read, watch=watch), ALL
    )


def list_words(found: Diagnostic) -> list[str]:
    """What is said of a finding."""
    return [found.message, found.help, *[n.message for n in found.notes], *[r.message for r in found.repairs]]


RULES = [
    code
    for code in sorted(NAMES)
    if optional(code) and code not in ELSEWHERE and example(module_of(code), "Bad").strip()
]


@pytest.mark.parametrize("code", RULES)
def test_the_bad_example_as_a_keras_source(code: str) -> None:
    spec = analyse(Source("net.cnn", example(module_of(code), "Bad")), codes=frozenset([code]))
    printed = Source("net.py", to_source(spec.networks[0]))
    analysis, found = find(printed, code)
    assert len(found) == len([one for one in spec.networks[0].diagnostics if one.code == code]) > 0
    assert all(one.span and one.span.source.name == "net.py" for one in found)
    assert all(network.whole for network in analysis.networks) or found[0].severity == ERROR
    for one in found:
        assert not [words for words in list_words(one) if OF_SPECS.search(words)]


@pytest.mark.parametrize("title", TRAINED)
def test_what_compile_and_fit_have_to_do_with(title: str) -> None:
    code = title.split()[0]
    _, (found,) = find(Source("net.py", f"{HEAD}{TRAINED[title]}\n"), code)
    assert not [words for words in list_words(found) if OF_SPECS.search(words)]
    others = [key for key in TRAINED if key.split()[0] != code]
    for other in others:
        assert not find(Source("net.py", f"{HEAD}{TRAINED[other]}\n"), code)[1], other


def test_what_rests_on_an_unknown_is_not_found() -> None:
    """The rate of a dropout is not known: its place among the layers is, and the rest is found."""
    text = """import sys
from keras import Input, Sequential, layers

model = Sequential([
    Input((28, 28, 1)), layers.Conv2D(8, 3), layers.BatchNormalization(), layers.ReLU(), layers.Flatten(),
    layers.Dropout(float(sys.argv[1])), layers.Dense(10, activation="softmax"),
])
"""
    analysis = analyse(Source("net.py", text))
    assert [one.code for one in analysis.diagnostics] == ["T407"]
    text = text.replace("Conv2D(8, 3)", "Conv2D(int(sys.argv[2]), 3)")
    analysis = analyse(Source("net.py", text))
    assert not analysis.diagnostics and not analysis.networks[0].whole and analysis.networks[0].broken


def test_a_loss_that_is_named_is_that_of_its_output_alone() -> None:
    text = (
        "from keras import Input, Model, layers\n"
        "i = Input((8,))\n"
        "a = layers.Dense(10, activation='softmax', name='a')(i)\n"
        "b = layers.Dense(1, name='b')(i)\n"
        "m = Model(i, [a, b])\n"
        "m.compile('adam', loss={'a': 'categorical_crossentropy', 'b': LOSS})\n"
    )
    for loss, expected in (("None", []), ("'mse'", []), ("'categorical_crossentropy'", ["T404"])):
        found = analyse(Source("case.py", text.replace("LOSS", loss))).diagnostics
        assert [one.code for one in found if one.code.startswith("T40")] == expected, loss
