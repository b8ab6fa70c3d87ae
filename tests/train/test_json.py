"""What `evaluate`, `predict`, `look` and `runs` print as JSON is what their schemas say, and no field is never printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.cli import main
from cnnspec.train.evaluation.evaluate import Evaluation, Measured
from cnnspec.train.evaluation.head import Head
from cnnspec.train.evaluation.json import write_data
from cnnspec.train.evaluation.scores import make_tally
from tests.docs.schema_use import OF_TRAININGS, SchemaUse

keras = pytest.importorskip("keras")
LAYERS = keras.layers

MODELS = {
    "score": (LAYERS.Flatten(), LAYERS.Dense(3), "categorical_hinge"),
    "probability": (
        LAYERS.Conv2D(3, 3),
        LAYERS.Flatten(),
        LAYERS.Dense(3, activation="softmax"),
        "categorical_crossentropy",
    ),
    "value": (LAYERS.Flatten(), LAYERS.Dense(2), "mse"),
    "share": (LAYERS.Conv2D(3, 3, activation="softmax"), "categorical_crossentropy"),
}
TALLIES = {  # what outputs mean, how many there are, and whether there is an answer for every position
    "many classes": (Head("classes"), 11, False), "a map": (Head("classes"), 3, True), "two classes": (Head("binary"), 1, False),
    "labels": (Head("labels"), 3, False), "quantities": (Head("quantities", None), 2, False), "other": (Head("other", None), 2, False),
}  # fmt: skip


def test_everything_printed_of_trainings_is_in_the_schemas_and_everything_in_them_is_printed(
    kept: Path, run: Path, several: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    image = str(kept / "scan.png")
    write_other_runs(run, several)
    Path("none.png").write_text("no image")
    for unit, (*layers, loss) in MODELS.items():
        model = keras.Sequential([keras.Input((8, 8, 1)), *layers])
        model.compile(loss=loss)
        model.save(f"{unit}.keras")
    use = SchemaUse(OF_TRAININGS - {"search"})
    for status, *words in (
        (0, "evaluate", "run", "-q"), (0, "evaluate", str(several / "run"), "-q"), (0, "predict", str(several / "run"), str(several / "pairs.npz")), (0, "runs", str(several / "run")), (1, "predict", "run", "none.png", image), *[(0, "predict", f"{unit}.keras", image) for unit in MODELS],
        (0, "look", "run", "--force"), (1, "look", "score.keras", image, "none.png", "--force"), (0, "look", "probability.keras", image, "--force"),
        (0, "look", "share.keras", image, "--top", "2", "--force"), (0, "runs", "run"), (2, "runs", "."), (2, "runs", "run", "torn", "other"),
        (0, "runs", "folds"), (0, "runs", "masked"),
    ):  # fmt: skip
        capsys.readouterr()
        assert main([*words, "--format", "json"]) == status, words
        use.hold(words[0], json.loads(capsys.readouterr().out))
    for head, units, maps in TALLIES.values():
        use.hold("evaluate", json.loads(json.dumps(write_data(measure(head, units, maps)))))
    assert use.list_unmet() == []


def write_other_runs(run: Path, several: Path) -> None:
    """Two folds, of which one is finished; a run that failed before its first epoch, with another seed, and one of several outputs,
    each with masks; and one whose record is cut off."""
    record = json.loads((run / "run.json").read_text())
    for fold, status in ((1, "finished"), (2, "stopped")):
        own = record | {"status": status, "settings": record["settings"] | {"folds": 2, "fold": fold}}
        Path(f"folds/fold-{fold}").mkdir(parents=True)
        Path(f"folds/fold-{fold}/run.json").write_text(json.dumps(own))
    masks = {"values": [0, 255], "stride": [1.0, 2.0]}
    record["data"]["masks"] = masks
    whole = json.loads((several / "run" / "run.json").read_text())
    next(iter(whole["data"]["outputs"].values()))["masks"] = masks
    record |= {"status": "failed", "epochs": 0, "best": None, "last": None, "test": None, "ended": None}
    for name, text in (
        ("other", json.dumps(record | {"settings": record["settings"] | {"seed": 7}})),
        ("masked", json.dumps(whole)),
        ("torn", "{"),
    ):
        Path(name).mkdir()
        Path(name, "run.json").write_text(text)


def measure(head: Head, units: int, maps: bool) -> Evaluation:
    """An evaluation of random answers."""
    random, rows = np.random.default_rng(0), (20, 4, 4) if maps else (20,)
    tally = make_tally(head, units, None, maps)
    if tally is not None:
        targets: Any = (
            random.integers(0, units, rows) if head.kind == "classes" else random.integers(0, 2, (*rows, units))
        )
        tally.add(targets.astype(np.int64), random.random((*rows, units), np.float32))
    scores = None if tally is None else tally.scores()
    figures = {"loss": 0.5, "recall": [0.5, None]}
    outputs = {"out": Measured(head.kind, figures, scores)}
    return Evaluation(
        "model.keras", "digits", "all", "20 examples of digits", 20, figures, outputs, (8, 8) if maps else None
    )


@pytest.mark.parametrize("change", [{"state": "lost"}, {"epochs": None}, {"new": 1}, {"best": {"by": "loss"}}])
def test_a_run_of_another_form_is_found(change: dict[str, Any], run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import jsonschema

    capsys.readouterr()
    assert main(["runs", "run", "--format", "json"]) == 0
    said = json.loads(capsys.readouterr().out)
    said["runs"][0] |= change
    with pytest.raises(jsonschema.ValidationError):
        SchemaUse({"runs"}).hold("runs", said)
