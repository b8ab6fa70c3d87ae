"""What every example prints as JSON is what the schemas say, has no other field, and no field is never printed."""

from __future__ import annotations

import argparse
import contextlib
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import cnnspec
from cnnspec.api.answer import Answer
from cnnspec.base.source import Source
from cnnspec.cli import MODULES, VERBS, main
from cnnspec.pipeline import analyse
from tests.api.answered import OTHER, TEXTS
from tests.cli.test_python_files import notebook
from tests.docs.blocks import DOCS
from tests.docs.schema_use import OF_TRAININGS, SCHEMAS, SchemaUse
from tests.docs.schemas import OF_OPTIONS, closed, read_type
from tests.example_files import EXAMPLES, FILES
from tests.figures.test_figures import CASES
from tests.support import THOROUGH

WITH_ALL_FIELDS = ("alexnet", "digits", "lecture2_text", "unet_any_size")  # by default these examples, else all
ASSUMED = "input 28x28x1\nmaxpol(5x5)\nconv(3, 3x3)\n"  # a loss that rests on a misspelt word, which no other text has


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_published_schema_is_the_page(name: str) -> None:
    assert json.loads((DOCS / "schemas" / f"{name}.json").read_text(encoding="utf-8")) == SCHEMAS[name], (
        "run python -m tests.docs"
    )
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])
    assert {path.stem for path in (DOCS / "schemas").iterdir()} == SCHEMAS.keys()


def test_every_command_with_json_has_a_schema() -> None:
    assert {verb for verb in VERBS if prints_json(verb)} == SCHEMAS.keys() - OF_OPTIONS.keys()


def prints_json(verb: str) -> bool:
    """Whether an option of the verb has json among its choices."""
    parser = argparse.ArgumentParser()
    import_module(f"cnnspec.cli.{MODULES.get(verb, verb)}").add_arguments(parser)
    return any("json" in (action.choices or ()) for action in parser._actions)


def test_everything_printed_is_in_the_schemas_and_everything_in_them_is_printed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    use = SchemaUse(SCHEMAS.keys() - OF_TRAININGS)
    for name, data in answers(capsys, tmp_path):
        use.hold(name, data)
    assert use.list_unmet() == []


def model(folder: Path) -> str:
    """A saved model with findings, one of which has notes."""
    net = cnnspec.loads("input 32x32x3\nconv(8, 3x3, activation=sigmoid) * 2 -> gap -> dense(2)")
    path = folder / "model.json"
    path.write_text(net.to_keras().to_json())
    return str(path)


def cells(folder: Path) -> str:
    """A notebook with a finding in one cell, and a note in another."""
    path = folder / "net.ipynb"
    half = "from keras import Input, Model, layers\ndef half(x): return layers.Conv2D(8, 3, strides=3)(x)"
    path.write_text(notebook(half, "x = Input((7, 7, 3))\nmodel = Model(x, half(x))"))
    return str(path)


def answers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Iterator[tuple[str, Any]]:
    """What each command prints about every example; the API's answers are what they print: see test_answers."""
    texts = [*TEXTS.values(), *CASES.values(), ASSUMED]
    files = FILES if THOROUGH else [path for path in FILES if path.stem in WITH_ALL_FIELDS]
    sources = [Source(str(path), path.read_text(encoding="utf-8")) for path in files] + [
        Source("net", t) for t in texts
    ]
    nets = [cnnspec.Network(made) for source in sources for made in analyse(source).networks if made.graph.nodes]
    for net in nets:
        for name, answer in asked(net):
            yield name, json.loads(answer.to_json())
    for arguments, name in (
        (["check", "--no-cache", "--output-format", "json", model(tmp_path)], "check"),
        (["check", "--no-cache", "--output-format", "json", cells(tmp_path)], "check"),
        (["rules", "--format", "json"], "rules"),
        (["check", "--no-cache", "--statistics", "--output-format", "json", OTHER, write(tmp_path)], "statistics"),
        (
            ["trace", traced(tmp_path), "--loss", "mse", "--target", "[0, 1]", "--step", "1/10", "--format", "json"],
            "trace",
        ),
        (["trace", traced(tmp_path), "conv1", "--at", "1", "--format", "json"], "trace"),
        (["compare", OTHER, write(tmp_path), "--device", "t4", "--format", "json"], "compare"),
        (["compare", OTHER, str(EXAMPLES / "unet_any_size.cnn"), "--format", "json"], "compare"),
        (["diff", several(tmp_path, 4), several(tmp_path, 5), "--max-macs", "+1%", "--format", "json"], "changes"),
        (
            [
                "diff",
                traced(tmp_path),
                str(OTHER),
                "--budget",
                "params <= 5, lossless, output == 3",
                "--format",
                "json",
            ],
            "diff",
        ),
        (["summary", library(tmp_path), "--input", "HxWx4", "--format", "json"], "blocks"),
    ):
        main(arguments)
        yield name, json.loads(capsys.readouterr().out)
    yield "lost", json.loads(cnnspec.load(OTHER).lost().replace(too_long=True).to_json())


def traced(folder: Path) -> str:
    path = folder / "traced.cnn"
    path.write_text("input 3x2\nconv(1, 2, kernel_values=[[1/2, 1], [2, 1/3]]) -> flatten -> dense(2)\n")
    return str(path)


def several(folder: Path, units: int) -> str:
    """A spec of several models, some of which every other has, too."""
    path = folder / f"several{units}.cnn"
    path.write_text(
        f"model A {{ input 3 -> dense({units}) }}\nmodel B{units} {{ input 3 -> relu }}\nmodel C {{ input 3 -> dnse({units}) }}\n"
    )
    return str(path)


def library(folder: Path) -> str:
    path = folder / "library.cnn"
    path.write_text("block a(n=4) { conv(n, 3x3) }\nblock b(n) { dense(n) }\nblock c { conv(4, 3x3, stride=0) }\n")
    return str(path)


def write(folder: Path) -> str:
    path = folder / "wrong.cnn"
    path.write_text(TEXTS["broken"])
    return str(path)


def asked(net: cnnspec.Network) -> Iterator[tuple[str, Answer]]:
    yield from (
        ("summary", net),
        ("explain", net.explanation()),
        ("lost", net.lost()),
        ("check", cnnspec.check_text(net.text)),
    )
    yield from (("rf", net.receptive_fields()), ("cost", net.cost()), ("cost", net.cost(dtype="int8")))
    yield "cost", net.cost(3, memory="1GiB", device="v100", flops_as="thop")
    yield "cost", cnnspec.loads("input 8x8x1\nconv(4, 3x3) -> flatten -> dense(2)\ntrain { freeze = conv1 }\n").cost()
    yield "explain", net.explanation(net.layers[0].name)
    if all(layer.output_shape is not None for layer in net.layers):
        yield "rf", net.receptive_fields(*[layer.name for layer in net.layers[-3:]])
        yield "seen", net.receptive_field_of(net.layers[-1].name).in_layers()
    if not net.analysed.broken:
        yield from (("sizes", net.sizes()), ("sizes", net.sizes(57)))
        yield from [("quiz", found) for found in quizzes(net)]
        yield "diff", cnnspec.diff(net, OTHER)
        yield "diff", cnnspec.diff(OTHER, net)
    yield (
        "sweep",
        cnnspec.sweep(
            SWEPT,
            {"n": range(5), "act": "relu, tanh"},
            where="n > 1",
            pareto="macs",
            columns="lossless",
            histogram="macs,coverage,n",
        ),
    )
    yield "solve", cnnspec.solve(SWEPT, {"n": range(1, 5)}, maximize="params / n", subject="n > 1, lossless or n < 3")
    yield "solve", cnnspec.solve(SWEPT, {"n": range(1, 5)}, minimize="params", subject="n > 5, params < 2")
    yield "solve", cnnspec.solve(SWEPT.replace("act\n", "act -> conv(2, 1x1)\n"), scale_to="params < 1k")


SWEPT = "model Net(n=3, act=relu) {\n  input HxWx3\n  conv(n, 3x3) -> act\n}"


def quizzes(net: cnnspec.Network) -> Iterator[Answer]:
    """A quiz about a network and one about a variant; none where nothing can be asked."""
    with contextlib.suppress(ValueError):
        yield cnnspec.quiz(net, seed=4)
        yield cnnspec.quiz(net, 2, kinds=("parameters", "size"), variant=True)


@pytest.mark.parametrize("change", [{"params": "3"}, {"new": 1}, {"file": None}])
def test_a_field_of_another_type_or_name_is_found(change: dict[str, Any]) -> None:
    data = json.loads(cnnspec.load(OTHER).to_json()) | change
    if "params" in change:
        data["totals"] |= data.pop("params") and change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, closed(SCHEMAS["summary"]))


def test_a_published_schema_lets_new_fields_come() -> None:
    jsonschema.validate(json.loads(cnnspec.load(OTHER).to_json()) | {"new": 1}, SCHEMAS["summary"])


def test_a_type_that_is_not_known_is_an_error() -> None:
    with pytest.raises(ValueError, match="no type is written 'nothing'"):
        read_type("list of nothing")
