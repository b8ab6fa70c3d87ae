"""A network and every answer can be copied and pickled, and the copy says the same, in another process too."""

from __future__ import annotations

import copy
import os
import pickle
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.api.answer import Answer
from cnnspec.base.size import Size, maximum
from cnnspec.elaborate.values import UNKNOWN
from cnnspec.train.evaluation.evaluate import Measured
from cnnspec.train.evaluation.head import Head
from cnnspec.train.evaluation.predict import Prediction
from cnnspec.train.evaluation.question import OutputQuestion
from cnnspec.train.evaluation.scores import Score, Scores
from cnnspec.train.runs.listing import Run
from tests.api.answered import OTHER, TEXTS
from tests.api.test_answers import ANSWERS
from tests.example_files import EXAMPLES
from tests.summary.libraries import LIBRARY

WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda value: pickle.loads(pickle.dumps(value)),
    "oldest pickle": lambda value: pickle.loads(pickle.dumps(value, 2)),
    "twice": lambda value: copy.deepcopy(pickle.loads(pickle.dumps(value))),
}
TWO_FINDINGS = "input 8x8x1\nconv(4, 9x9)\nrelu\nrelu\n"
SPECS: dict[str, str] = {
    **TEXTS,
    "mended": TWO_FINDINGS,
    "any size": "input ?x?x3\nconv(4, 3x3, stride=2) as a\nmaxpool(3x3, stride=2) as b\nadd(a, a) -> concat(in, a)\n",
    "parameters": "model M(n=3, k=[1, 2]) {\n  input 8x8x1\n  for i in k { conv(n * i, 3x3) }\n}\n",
    "unknown": "x = 3 / 0\ninput 8x8x1\nconv(x, 3x3)\ntrain {\n  batch = x\n}\n",
    "broken text": "input 8x8x1\nconv(4\nrelu\n",
    "functions": "input 8x8x4\nf = conv(4, 1x1) -> relu\nshared s = conv(4, 1x1)\nf\ns -> s\nadd(in, f) * 2\n",
    "budget": "input 8x8x1\nconv(4, 3x3)\nexpect params < 3\n",
    **{name: (EXAMPLES / name).read_text() for name in ("digits.cnn", "unet_any_size.cnn")},
}


def assert_says_the_same(made: Any, answer: Any) -> None:
    assert type(made) is type(answer)
    assert made.to_json() == answer.to_json() and made.to_data() == answer.to_data()
    assert made.to_text() == answer.to_text() and made.to_html() == answer.to_html()
    assert made.to_rows() == answer.to_rows() and repr(made) == repr(answer)


# ---- networks ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SPECS)
def test_a_network_is_copied(name: str, way: str) -> None:
    made = WAYS[way](cnnspec.loads(SPECS[name], name="net"))  # before anything was asked of it
    net = cnnspec.loads(SPECS[name], name="net")
    assert_says_the_same(made, net)
    assert made.diagnostics == net.diagnostics and made.diagnostics.to_json() == net.diagnostics.to_json()
    assert [found.help for found in made.diagnostics] == [found.help for found in net.diagnostics]
    assert made.layers == net.layers and made.inputs == net.inputs and made.outputs == net.outputs
    assert (made.name, made.text, made.assumptions) == (net.name, net.text, net.assumptions)
    assert (made.macs, made.coverage, made.receptive_field) == (net.macs, net.coverage, net.receptive_field)
    if not net.analysed.broken:
        assert cnnspec.diff(made, net).same and made.to_source() == net.to_source()
        assert made.budget("params < 2") == net.budget("params < 2")
    again = WAYS[way](net)  # and after
    assert_says_the_same(again, net)


@pytest.mark.parametrize("spec", ["any size", "lossy", "gate", "functions", "digits.cnn"])
def test_a_copy_is_asked_further(spec: str) -> None:
    net = cnnspec.loads(SPECS[spec])
    for way in WAYS.values():
        made, unit = way(net), net.layers[1].name
        for _, ask in ANSWERS.values():
            try:
                answer = ask(net, unit)
            except (cnnspec.SpecError, ValueError):
                continue
            assert_says_the_same(ask(made, unit), answer)


def test_a_copy_has_the_findings_of_where_it_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The repairs of a finding are tried with the files that the text uses, which are perhaps not there any more."""
    (tmp_path / "blocks.cnn").write_text("block f(n) { conv(n, 3x3) -> relu -> relu }\n")
    (tmp_path / "net.cnn").write_text('use "blocks.cnn" (f)\ninput 28x28x1\nconv(4, 3x3, bias=true) -> bn\nf(4)\n')
    monkeypatch.chdir(tmp_path)
    expected = cnnspec.load("net.cnn").diagnostics.to_json()
    kept = pickle.dumps(cnnspec.load("net.cnn"))
    (tmp_path / "blocks.cnn").unlink()
    assert '"fixes": [\n      {' in expected and pickle.loads(kept).diagnostics.to_json() == expected


DEEP = {  # as deep as the language lets them be
    "parentheses": (f"input 8x8x1\n{'relu -> (' * 48}relu{')' * 48}\n", 50),
    "blocks": (
        "".join([f"block b{n} {{ b{n + 1} }}\n" for n in range(62)]) + "block b62 { relu }\ninput 8x8x1\nb0\n",
        2,
    ),
    "loops in blocks": (
        "".join([f"block b{n} {{\nfor i in 1..1 {{ (b{n + 1}) * 1 }}\n}}\n" for n in range(62)])
        + "block b62 { relu }\ninput 8x8x1\nb0\n",
        2,
    ),
    "functions": (
        "f0 = relu\n" + "".join([f"f{n + 1} = f{n} -> relu\n" for n in range(60)]) + "input 8x8x1\nf60\n",
        62,
    ),
}


@pytest.mark.parametrize("name", DEEP)
def test_a_deep_text_is_copied(name: str) -> None:
    text, layers = DEEP[name]
    net = cnnspec.loads(text)
    assert not net.analysed.broken and len(net.layers) == layers
    for way in WAYS.values():
        assert_says_the_same(way(net), net)


SWEPT = "model Net(n=3, act=relu) {\n  input 9x9x3\n  conv(n, 3x3) -> act\n}"


# ---- answers -----------------------------------------------------------------------------------------------------
def make_answers() -> dict[str, Any]:
    net, broken = cnnspec.loads(SPECS["lossy"]), cnnspec.loads(TWO_FINDINGS)
    unit = net.layers[2].name
    scores = Scores(3, {"accuracy": 0.5}, (Score("a", 0.5, None, None, 2),), (), Counter({(0, 0): 2}))
    run = Run("runs/net-1", {"status": "finished"}, "finished")
    return {
        **{f"{name} of the lossy": ask(net, unit) for name, (_, ask) in ANSWERS.items()},
        "cost of any size": cnnspec.loads(SPECS["any size"]).cost(),
        "a unit": net.receptive_field_of(unit),
        "findings": broken.diagnostics,
        "no findings": cnnspec.load(OTHER).diagnostics,
        "findings of check": cnnspec.check_text(TWO_FINDINGS),
        "findings of a budget": net.budget(max_params=1),
        "blocks": cnnspec.blocks(LIBRARY, {"in": "12x12x8", "skip": "24x24x3"}, filters=8),
        "blocks of any size": cnnspec.blocks(LIBRARY, "HxWx8", "residual", filters=8),
        "trace": cnnspec.loads(SPECS["vectors"]).trace(loss="mse", target="ones", step=0.1),
        "sweep": cnnspec.sweep(SWEPT, {"n": range(5), "act": "relu, tanh"}, where="n > 1", pareto="params", top=3),
        "solution": cnnspec.solve(SWEPT, {"n": range(1, 5), "act": "relu, tanh"}, maximize="n", subject="n < 3"),
        "runs": cnnspec.Runs((run,), False),
        "training": cnnspec.Training("runs/m-1", {"loss": 1.0}, "3 test examples", {"epoch": 1, "loss": 1.0}, ({"epoch": 1, "loss": 1.5},)),
        "evaluation": cnnspec.Evaluation(
            "m.keras", "digits", "test", "3", 3, {"loss": 1.0}, {"out": Measured("classes", {"loss": 1.0}, scores)}, None, ("x",),
        ),
        "predictions": cnnspec.Predictions(
            "m.keras", (Prediction("a.png", {"out": (("0", 0.5),)}), Prediction("b.png", why="torn")),
            {"out": OutputQuestion("out", 0, Head("classes"), ("0",), "probability")}, ("image", "name_1", "probability_1", "error"), ("x",),
        ),
    }  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_every_answer_is_copied(way: str) -> None:
    answers = make_answers()
    kinds = {type(answer) for answer in answers.values()}
    assert kinds == {v for n in cnnspec.__all__ if isinstance(v := getattr(cnnspec, n), type) and issubclass(v, Answer)}
    for name, answer in answers.items():
        made = WAYS[way](answer)
        assert made is not answer, name
        if name not in ("runs", "evaluation"):  # which are not whole here
            assert_says_the_same(made, answer)
        assert made.to_json() == answer.to_json() and made.to_data() == answer.to_data(), name
        assert isinstance(answer, cnnspec.Network) or made == answer, name
        if isinstance(answer, cnnspec.Findings):
            assert made.file == answer.file and [d.repairs for d in made] == [d.repairs for d in answer]


def test_exceptions_keep_what_they_say() -> None:
    with pytest.raises(cnnspec.SpecError) as caught:
        cnnspec.loads(TWO_FINDINGS).to_source()
    for error in (caught.value, cnnspec.MissingExtra("this needs Keras", "keras")):
        for way in WAYS.values():
            made = way(error)
            assert type(made) is type(error) and str(made) == str(error)
            assert getattr(made, "diagnostics", ()) == getattr(error, "diagnostics", ())


# ---- another process ---------------------------------------------------------------------------------------------
SAY = """
import pickle, sys
net, *answers = pickle.load(open(sys.argv[1], "rb"))
print(net.to_json(), net.diagnostics.to_json(), net.cost().to_json(), net.to_text(), *[a.to_json() for a in answers])
import cnnspec
assert net.inputs[0] == cnnspec.loads("input ?x?x3").inputs[0] and net.inputs[0][0].terms.keys() == cnnspec.Size.unknown("H").terms.keys()
assert hash(net.inputs[0]) == hash(cnnspec.loads("input ?x?x3").inputs[0])
"""


def test_another_process_reads_them(tmp_path: Path) -> None:
    net = cnnspec.loads(SPECS["any size"])
    answers = [net.explanation(), net.receptive_fields(), net.lost(), net.diagnostics]
    (tmp_path / "net.pickle").write_bytes(pickle.dumps([net, *answers]))
    done = subprocess.run(
        [sys.executable, "-c", SAY, str(tmp_path / "net.pickle")],
        capture_output=True, text=True, check=False, env={**os.environ, "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    said = (net.to_json(), net.diagnostics.to_json(), net.cost().to_json(), net.to_text())
    assert done.returncode == 0, done.stderr
    assert done.stdout == " ".join([*said, *[answer.to_json() for answer in answers]]) + "\n"


# ---- what there is once ------------------------------------------------------------------------------------------
H, W = Size.unknown("H"), Size.unknown("W")


@pytest.mark.parametrize(
    "size", [H, H * 2 + 1, (H - 3) // 2, ((H + 1) // 2 * W) // 3, maximum(H, W), maximum((H - 3) // 2, W // 5) * H]
)
def test_a_copied_size_has_the_same_atoms(size: Any) -> None:
    for way in WAYS.values():
        made = way(size)
        assert made == size and hash(made) == hash(size) and str(made) == str(size)
        assert made - size == 0 and made // 2 == size // 2
        for atom in [atom for atoms in size.terms for atom in atoms]:
            assert way(atom) is atom


def test_what_is_unknown_is_known_again() -> None:
    for way in WAYS.values():
        assert way(UNKNOWN) is UNKNOWN and way([UNKNOWN])[0] is UNKNOWN
