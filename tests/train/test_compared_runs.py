"""`cnnspec compare` and `cnnspec.compare` about runs: the network that was trained, with its epochs and figures."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from tests.cli.commands import run
from tests.docs.schemas import generated_schemas
from tests.train.hostile import NET

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def folders(kept: Path) -> None:
    """Two runs, one of which is damaged, and the spec."""
    for name in ("runs/net-1", "runs/net-2"):
        shutil.copytree(kept / "run", name)
    Path("runs/net-2/run.json").write_text("{")
    Path("net.cnn").write_text(NET)


def test_a_run_has_its_own_figures_beside_those_of_its_network(capsys: Capture) -> None:
    status, out, err = run(capsys, "compare", "net.cnn", "runs/net-1", "--format", "csv")
    spec, trained = csv.DictReader(io.StringIO(out))
    record = json.loads(Path("runs/net-1/run.json").read_text())
    by = record["best"]["by"]
    assert (status, err, trained["network"]) == (0, "", "runs/net-1")
    assert {name: spec[name] for name in ("params", "macs", "rf", "lost")} == {
        name: trained[name] for name in ("params", "macs", "rf", "lost")
    }
    assert (trained["epochs"], trained[by]) == (str(record["epochs"]), str(record["best"][by]))
    assert (spec["epochs"], spec[by]) == ("", "")
    (found,) = cnnspec.runs("runs/net-1").runs
    made = cnnspec.compare(["net.cnn", found])
    assert made.to_text("csv") == out and made.networks[1].figures == found.figures
    table = cnnspec.compare([found, "net.cnn"], columns=["epochs", by], sort=by, relative=True).to_text("markdown")
    assert f"| runs/net-1 | {record['epochs']} | " in table and "| - | - |" in table


def test_a_damaged_run_is_said_and_the_others_are_shown(capsys: Capture) -> None:
    status, out, err = run(capsys, "compare", "runs", "net.cnn", "--format", "json")
    data = json.loads(out)
    assert [one["name"] for one in data["networks"]] == ["runs/net-1", data["networks"][1]["model"]]
    assert [one["name"] for one in data["left_out"]] == ["runs/net-2"]
    assert (status, err) == (2, f"cnnspec: {data['left_out'][0]['why']}\n") and "is damaged" in err
    validate(data)
    with pytest.raises(OSError, match="is damaged"):
        cnnspec.compare(["runs"])
    Path("runs/net-1/spec/net.cnn").unlink()
    status, out, err = run(capsys, "compare", "runs/net-1", "net.cnn")
    assert status == 2 and "Left out: cannot read" in out


def validate(data: Any) -> None:
    import jsonschema

    (schema,) = [text for path, text in generated_schemas().items() if path.stem == "compare"]
    jsonschema.validate(data, json.loads(schema))


def test_a_run_has_the_parameters_that_it_was_trained_with(capsys: Capture) -> None:
    status, out, _ = run(capsys, "compare", "net.cnn", "runs/net-1", "--set", "n=2")
    why = "runs/net-1 is a folder of runs, whose parameters are those that they were trained with"
    assert status == 2 and why in " ".join(out.split())
    assert run(capsys, "compare", "runs/net-1", "--columns", "nonsense")[0] == 2
