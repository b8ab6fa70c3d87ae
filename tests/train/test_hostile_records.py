"""A run.json from elsewhere: whatever it says, one sentence refuses it or it is used safely."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import main
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs import folder
from tests.train.hostile import DEEP, WRONG, changed, fields, refusal, sentence, without, written

pytest.importorskip("keras")


def test_every_field_is_checked_before_it_is_used(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused with a sentence, or taken as something that it may be: then a resume comes to the data, and runs lists it."""

    def reached(*_: Any, **__: Any) -> None:
        raise TrainingFailed("reached", "", 2)

    monkeypatch.setattr("cnnspec.train.resume.prepare_training", reached)
    account = run / "run.json"
    whole = json.loads(account.read_text())
    every = list(fields(whole))
    assert len(every) > 70
    taken = 0
    for path in every:
        texts = [(value, written(changed(whole, path, value))) for value in WRONG]
        for value, text in [*texts, ("absent", written(without(whole, path)))]:
            account.write_text(text)
            wrong = refusal(lambda: folder.read_record("run"))
            assert wrong is None or "damaged: " in wrong, wrong
            taken += wrong is None
            if wrong is None or value == DEEP:  # the others are refused at the same place
                assert len(sentence(capsys, "resume", "run", "--epochs", "9")) < 1000
                assert main(["runs", "."]) == (0 if wrong is None else 2)
                assert main(["runs", ".", "run", "--format", "json"]) == 2
    assert taken < len(every) * len(WRONG) / 2  # most is refused


def test_a_damaged_run_does_not_hide_the_others(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = {
        "deep": b"[" * 100_000, "twice": b'{"format": 1, "format": 1}', "binary": b"\xff\xfe\x00", "empty": b"", "number": b"1",
        "long": b'{"format": ' + b"9" * 10_000 + b"}", "new": b'{"format": 99}', "none": b'{"format": true}', "large": b" " * (folder.MOST + 1),
    }  # fmt: skip
    for name, text in texts.items():
        Path("all", name).mkdir(parents=True)
        Path("all", name, "run.json").write_bytes(text)
    run.rename("all/whole")
    assert main(["runs", "all"]) == 2
    said = capsys.readouterr()
    states = {line.split()[0]: line.split()[1] for line in said.out.splitlines()[1:]}
    assert states == {f"all/{name}": "damaged" for name in texts} | {"all/whole": "stopped"}
    assert len(said.err.splitlines()) == len(texts)


def test_what_a_run_says_moves_no_cursor(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads((run / "run.json").read_text())
    told["versions"]["keras"] = told["devices"][0] = told["output"] = "\x1b[2J\x1b]0;x\x07"
    (run / "run.json").write_text(json.dumps(told))
    assert main(["resume", "run", "--epochs", "3"]) == 0
    said = capsys.readouterr()
    assert "\\x1b[2J" in said.err
    assert "\x1b" not in said.err + said.out


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"overrides": {"batch_sise": 3}}, 'there is no setting "batch_sise"'),
        ({"overrides": {"batch": "many"}}, "batch must be a whole number"),
        ({"parameters": {"n": "3"}}, "n"),
        ({"parameters": {"n": "3\nx = 2"}}, "is no value"),
        ({"files": {"../outside/thesis.txt": "0", "net.cnn": "0"}}, "is not what was trained"),
        ({"spec": "spec/other.cnn"}, "spec is none of its files"),
        ({"spec": "../../etc/passwd"}, "spec is none of its files"),
        ({"backend": "nothing"}, "backend is not any of tensorflow, jax, torch"),
        ({"devices": []}, "devices is not a list with something in it"),
        ({"best": {"by": "val_loss", "epoch": 1}}, "it has no best.val_loss"),
    ],
)
def test_fields_that_do_not_go_together(
    run: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], message: str
) -> None:
    told = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(told | change))
    assert message in sentence(capsys, "resume", "run", "--epochs", "3")


def test_the_limit_of_layers_is_the_command_line_s(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What run.json says of it neither raises it nor keeps an older run, of a larger limit, from going on."""
    told = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(told | {"max_layers": 2**40}))
    assert "at most 1 are allowed; repeat less, or raise the limit with --max-layers" in sentence(
        capsys, "resume", "run", "--epochs", "3", "--max-layers", "1"
    )
    (run / "run.json").write_text(json.dumps(told | {"max_layers": 2**40, "backend": "nothing"}))
    assert "backend is not any of" in sentence(capsys, "resume", "run", "--epochs", "3")
