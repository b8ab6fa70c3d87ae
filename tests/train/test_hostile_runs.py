"""A run folder from elsewhere: whatever its files say and wherever they lead, one sentence, and nothing outside it changes."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnnspec.base.confined_folder import ConfinedFolder, Unsafe
from cnnspec.cli import main
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs import folder, schema, snapshot

pytest.importorskip("keras")

NET = """input 8x8x1
flatten -> dense(10, softmax)
train {
  data = digits; epochs = 2; batch = 256
  callbacks = [early_stopping(patience=5), csv_logger("logs/log.csv"), backup_and_restore("a/b"), tensorboard("board")]
}
""".replace(', tensorboard("board")', "")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that could go on, and an image."""
    from PIL import Image

    at = tmp_path_factory.mktemp("hostile")
    (at / "net.cnn").write_text(NET)
    assert main(["train", str(at / "net.cnn"), "-q", "--run-dir", str(at / "run")]) == 0
    told = json.loads((at / "run/run.json").read_text())
    (at / "run/run.json").write_text(json.dumps(told | {"status": "stopped"}))
    Image.new("L", (8, 8)).save(at / "scan.png")
    return at


@pytest.fixture
def run(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to tamper with, and files outside that nobody may touch."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(kept / "run", "run")
    (tmp_path / "outside/deep").mkdir(parents=True)
    for name in ("thesis.txt", "deep/notes.txt"):
        (tmp_path / "outside" / name).write_text("mine")
    return tmp_path / "run"


def outside(run: Path) -> dict[str, str]:
    """Everything that lies beside the run."""
    above = run.parent
    return {
        str(p.relative_to(above)): p.read_text() for p in above.rglob("*")
        if run not in p.parents and not p.is_symlink() and p.is_file()
    }  # fmt: skip


def sentence(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What a verb says when it refuses: the last line, and never a traceback."""
    capsys.readouterr()
    assert main(list(words)) in (1, 2), words
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    assert "internal error" not in said.err
    last = said.err.strip().splitlines()[-1]
    assert last.startswith("cnnspec: "), said.err
    return last


# ---- where the files of a run folder lead ----------------------------------------------------------------------
def link(path: Path, target: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)


def second_name(path: Path, target: Path) -> None:
    path.unlink(missing_ok=True)
    os.link(target, path)


def pipe(path: Path, target: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


FILES = (
    "best.keras", "last.keras", "curves.png", "run.json", "metrics.csv", "metrics.jsonl", "state/lock", "state/state.npz",
    "spec/net.cnn", "logs/log.csv", "other.txt", ".writing-1-best.keras",
)  # fmt: skip


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("lead", [link, second_name, pipe], ids=lambda f: f.__name__)
def test_no_file_of_a_run_leads_elsewhere(
    run: Path, capsys: pytest.CaptureFixture[str], name: str, lead: Callable[[Path, Path], None]
) -> None:
    target = run.parent / "outside/thesis.txt"
    if (run / name).exists():
        target.write_bytes((run / name).read_bytes())  # what is read there is what was meant
    before = target.read_bytes()
    lead(run / name, target)
    said = sentence(capsys, "resume", "run", "--epochs", "3")
    assert name.split("/")[-1] in said
    assert target.read_bytes() == before
    assert (run.parent / "outside/deep/notes.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["a", "a/b", "logs", "state", "spec", "anything"])
@pytest.mark.parametrize("target", ["outside", "outside/deep", "absent"])
def test_no_folder_of_a_run_leads_elsewhere(
    run: Path, capsys: pytest.CaptureFixture[str], name: str, target: str
) -> None:
    before = outside(run)
    link(run / name, run.parent / target)
    assert "it is a link" in sentence(capsys, "resume", "run", "--epochs", "3") or name in ("state", "spec")
    assert outside(run) == before
    assert not (run.parent / "absent").exists()


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside/thesis.txt", "absent", ".", "best.keras"])
def test_nothing_is_read_through_a_link(run: Path, capsys: pytest.CaptureFixture[str], kept: Path, target: str) -> None:
    for name in ("best.keras", "last.keras"):
        link(run / name, Path(target))
    scan = str(kept / "scan.png")
    for words in (["evaluate", "run"], ["predict", "run", scan], ["export", "run", "-o", "net.onnx"]):
        assert "best.keras is not read: it is a link" in sentence(capsys, *words)
    link(run / "run.json", Path(target))
    for words in (["runs"], ["evaluate", "run"], ["predict", "run", scan], ["resume", "run"]):
        assert "run.json cannot be read: it is a link" in sentence(capsys, *words, *(["."] * (words == ["runs"])))
    assert not Path("net.onnx").exists()


def test_the_folder_itself_may_be_a_link(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run.rename("elsewhere")
    Path("run").symlink_to("elsewhere")
    assert main(["resume", "run", "-q", "--epochs", "3"]) == 0
    assert json.loads(Path("elsewhere/run.json").read_text())["epochs"] == 3


def test_the_output_that_a_run_names_is_not_written(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = run.parent / "outside/model.keras"
    told = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(told | {"output": str(target)}))
    assert main(["resume", "run", "--epochs", "3"]) == 0
    assert f"the run was to be saved as {target}; repeat -o to save it there" in capsys.readouterr().err
    assert not target.exists()
    assert main(["resume", "run", "-q", "--epochs", "4", "-o", "mine.keras"]) == 0
    assert zipfile.is_zipfile("mine.keras")


INSIDE = [
    ("a.txt", True), ("state/lock", True), ("./a.txt", True), ("../a.txt", False), ("a/../../b", False), ("/etc/passwd", False),
    ("", False), ("a\0b", False), ("linked/x", False), ("linked", False), ("state", False), ("lost", False),
]  # fmt: skip


@pytest.mark.parametrize(("name", "sound"), INSIDE)
def test_a_path_inside(tmp_path: Path, name: str, sound: bool) -> None:
    (tmp_path / "f/state").mkdir(parents=True)
    (tmp_path / "f/linked").symlink_to(tmp_path)
    (tmp_path / "f/lost").symlink_to("absent")
    if sound:
        assert ConfinedFolder(str(tmp_path / "f")).file(name).startswith(str(tmp_path / "f"))
    else:
        with pytest.raises(Unsafe):
            ConfinedFolder(str(tmp_path / "f")).file(name)


# ---- what run.json says ----------------------------------------------------------------------------------------
DEEP = "@deep@"  # stands for 100,000 lists in one another
WRONG: tuple[Any, ...] = (
    None,
    True,
    -1,
    0.5,
    10**400,
    "@1e999@",
    "@NaN@",
    "x\0y",
    "\ud800",
    [],
    [[]],
    {},
    {"": 1},
    DEEP,
)


def written(value: Any) -> str:
    text = json.dumps(value)
    for word in ("1e999", "NaN"):
        text = text.replace(f'"@{word}@"', word)
    return text.replace(json.dumps(DEEP), "[" * 100_000 + "]" * 100_000)


def fields(value: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, inner in value.items():
        yield (*above, key)
        if isinstance(inner, dict):
            yield from fields(inner, (*above, key))


def changed(whole: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    return {**whole, path[0]: changed(whole[path[0]], path[1:], value)}


def without(whole: Any, path: tuple[str, ...]) -> Any:
    if len(path) == 1:
        return {key: value for key, value in whole.items() if key != path[0]}
    return {**whole, path[0]: without(whole[path[0]], path[1:])}


def refusal(read: Callable[[], Any]) -> str | None:
    try:
        read()
    except TrainingFailed as error:
        return error.message
    return None


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


# ---- what the state says ---------------------------------------------------------------------------------------
def said_in(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    return arrays, json.loads(arrays.pop("said").tobytes())


def put(path: Path, arrays: dict[str, Any], text: str) -> None:
    with open(path, "wb") as file:
        np.savez(file, **arrays, said=np.frombuffer(text.encode("utf-8", "surrogatepass"), np.uint8))


def test_every_field_of_the_state_is_checked(run: Path) -> None:
    arrays, said = said_in(run / "state/state.npz")
    small = {name: arrays[name] for name in ("numpy", "python")}

    def read() -> Any:
        with open("state.npz", "rb") as file:
            return snapshot.read(file, "state.npz")

    put(Path("state.npz"), small, json.dumps(said))
    assert read()[1] == said
    paths = [p for p in fields({**said, "more": {**said["more"], "files": {}}}) if p != ("more", "files")]
    for path in paths:
        for text in [*(written(changed(said, path, value)) for value in WRONG), written(without(said, path))]:
            put(Path("state.npz"), small, text)
            wrong = refusal(read)
            assert wrong is None or wrong.startswith(("state.npz is damaged", "state.npz was written by a newer")), (
                wrong
            )
            assert wrong is not None or schema.STATE(read()[1], "") is None  # what may be
    for name, array in {
        "numpy": np.zeros(3, np.uint32), "python": np.full(625, 2**40, np.uint64), "more": np.zeros(2, complex),
        "object": np.array([{}], object), "text": np.array(["x"]), "record": np.zeros(2, [("a", "i4")]),
    }.items():  # fmt: skip
        put(Path("state.npz"), {**small, name: array}, json.dumps(said))
        with pytest.raises(TrainingFailed, match="is damaged"):
            read()


def member(name: str, content: bytes, kind: int = zipfile.ZIP_STORED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", kind) as archive:
        archive.writestr(name, content)
    return held.getvalue()


def declared(shape: str, content: bytes = b"") -> bytes:
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + content


@pytest.mark.parametrize(
    "content",
    [
        member("said.npy", b"\0" * 2**26, zipfile.ZIP_DEFLATED), member("model 0.npy", declared("(1000000000000,)")),
        member("model 0.npy", declared("(-1, -4)", b"\0" * 16)), member("model 0.npy", declared("(2,)", b"\0" * 4)),
        member("model 0.npy", declared("__import__('os').getcwd()")), member("model 0.npy", b"\x93NUMPY\x09\x00"),
        b"", b"PK", b"\0" * 1000, member("said.npy", b"")[:-10],
    ],
)  # fmt: skip
def test_a_state_is_never_larger_than_its_file(
    run: Path, capsys: pytest.CaptureFixture[str], content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    (run / "state/state.npz").write_bytes(content)
    assert "state.npz is damaged" in sentence(capsys, "resume", "run", "--epochs", "3")


def test_a_state_for_which_there_is_no_memory(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshot, "free_memory", lambda: 1000)
    assert "for which there is no memory" in sentence(capsys, "resume", "run", "--epochs", "3")


CALLBACK = [
    ("on_epoch_end", ["is", 3]), ("__class__", ["is", 3]), ("wait", ["is", "nan"]), ("wait", ["is", True]), ("wait", ["list", []]),
    ("best_weights", ["array", "absent"]), ("monitor_op", ["operation", "linalg"]), ("monitor_op", ["operation", "save"]),
    ("monitor", ["is", 3]), ("wait", ["is", "x"]), ("wait", ["pickle", "x"]), ("wait", ["is", {}]),
]  # fmt: skip


def test_what_a_callback_is_given_is_of_its_kind(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arrays, said = said_in(run / "state/state.npz")
    assert said["callbacks"][0]["class"] == "EarlyStopping"
    for name, value in CALLBACK:
        state = {**said["callbacks"][0]["state"], name: value}
        callbacks = [{"class": "EarlyStopping", "state": state}, *said["callbacks"][1:]]
        put(run / "state/state.npz", arrays, json.dumps({**said, "callbacks": callbacks}))
        found = sentence(capsys, "resume", "run", "-q", "--epochs", "3")
        assert f"the saved state is damaged: {name} of EarlyStopping is not what is kept there" in found
        assert "run keeps what was reached before" in found


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda a, s: a.update({"model 0": a["model 0"] * np.nan}), "the saved state is damaged: the weights of"),
        (lambda a, s: a.update({"model 0": a["model 0"].astype(int)}), "the saved state does not fit the network"),
        (lambda a, s: a.update({"model 0": a["model 0"][:3]}), "the saved state does not fit the network"),
        (lambda a, s: a.update({"model 9": a["model 0"]}), "the saved state does not fit the network"),
        (lambda a, s: a.pop("model 0"), "the saved state does not fit the network"),
        (lambda a, s: s.update(done=10**6), "the saved state does not fit the data: other batches"),
        (lambda a, s: s.update(callbacks=[]), "the saved state has other callbacks than the spec"),
        (lambda a, s: s.update(dtypes={"model 0": "bfloat16"}), "the saved state does not fit the network"),
    ],
)
def test_a_state_of_another_training(
    run: Path, capsys: pytest.CaptureFixture[str], change: Callable[[Any, Any], Any], message: str
) -> None:
    arrays, said = said_in(run / "state/state.npz")
    change(arrays, said)
    put(run / "state/state.npz", arrays, json.dumps(said))
    assert message in sentence(capsys, "resume", "run", "-q", "--epochs", "3")


# ---- models ----------------------------------------------------------------------------------------------------
def weights(change: Callable[[Any], None]) -> bytes:
    """An HDF5 file with what a change puts there."""
    import h5py

    held = io.BytesIO()
    with h5py.File(held, "w") as file:
        change(file)
    return held.getvalue()


def elsewhere(kind: str) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        import h5py

        if kind == "external link":
            file["layers"] = h5py.ExternalLink("outside/thesis.txt", "/")
        elif kind == "soft link":
            file["layers"] = h5py.SoftLink("/absent")
        elif kind == "external array":
            file.create_dataset("a/b", (4,), "u1", external=[("outside/thesis.txt", 0, 4)])
        elif kind == "virtual array":
            layout = h5py.VirtualLayout((4,), "u1")
            layout[:] = h5py.VirtualSource("outside/other.h5", "x", (4,))
            file.create_virtual_dataset("a", layout)
        elif kind == "group in itself":
            inner = file.create_group("a/b")
            inner["a"] = file["a"]
        elif kind == "declared and not written":
            file.create_dataset("a", (2**40,), "f4", chunks=(1024,))
        elif kind == "many declared":
            for number in range(100):
                file.create_dataset(f"g/{number}", (2**22,), "f4", chunks=(1024,), compression="gzip")

    return change


WEIGHTS = {
    "external link": "holds layers, which points elsewhere", "soft link": "holds layers, which points elsewhere",
    "external array": "holds a/b, which points elsewhere", "virtual array": "holds a, which points elsewhere",
    "group in itself": "which points elsewhere", "declared and not written": "declares arrays of 4,398,046,511,104 bytes",
    "many declared": "declares arrays of",
}  # fmt: skip


def repacked(path: Path, changes: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> None:
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, content in {**members, **changes}.items():
            archive.writestr(name, content)


def opened(capsys: pytest.CaptureFixture[str], kept: Path, message: str) -> None:
    scan = str(kept / "scan.png")
    for words in (["evaluate", "run"], ["predict", "run", scan], ["export", "run", "-o", "net.onnx"]):
        assert message in sentence(capsys, *words)
    (Path("run/run.json")).unlink()
    assert message in sentence(capsys, "predict", "run/best.keras", scan)


@pytest.mark.parametrize("kind", WEIGHTS)
def test_weights_are_all_in_their_file(run: Path, capsys: pytest.CaptureFixture[str], kept: Path, kind: str) -> None:
    content = weights(elsewhere(kind))
    repacked(run / "best.keras", {"model.weights.h5": content})
    assert WEIGHTS[kind] in sentence(capsys, "resume", "run", "-q", "--epochs", "2")
    opened(capsys, kept, WEIGHTS[kind])
    (run / "given.weights.h5").write_bytes(content)
    words = ["compile", str(kept / "net.cnn"), "-o", "new.keras", "--weights", "run/given.weights.h5"]
    assert WEIGHTS[kind] in sentence(capsys, *words)


BOMBS: dict[str, tuple[dict[str, bytes], str]] = {
    "weights": ({"model.weights.h5": b"\0" * 2**27}, "holds model.weights.h5, which would become 134,217,728 bytes"),
    "config": ({"config.json": b" " * 2**27}, "holds config.json, which would become"),
    "assets": ({"assets/x": b"\0" * 2**27}, "holds assets/x, which would become"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_an_archive_is_about_as_large_as_it_seems(
    run: Path, capsys: pytest.CaptureFixture[str], kept: Path, kind: str
) -> None:
    repacked(run / "best.keras", BOMBS[kind][0], zipfile.ZIP_DEFLATED)
    opened(capsys, kept, BOMBS[kind][1])


def test_a_model_with_code_is_not_opened(run: Path, capsys: pytest.CaptureFixture[str], kept: Path) -> None:
    import keras

    model = keras.Sequential(
        [keras.Input((8, 8, 1)), keras.layers.Lambda(lambda x: x), keras.layers.Flatten(), keras.layers.Dense(10)]
    )
    model.save(run / "best.keras")
    for words in (["evaluate", "run"], ["predict", "run", str(kept / "scan.png")], ["export", "run", "-o", "net.onnx"]):
        assert "ambda" in sentence(capsys, *words)


def test_a_sound_model_is_opened(run: Path, capsys: pytest.CaptureFixture[str], kept: Path) -> None:
    """Also one that somebody has packed again."""
    from cnnspec.compile.archive import unfit

    assert unfit("run/best.keras") == ""
    repacked(run / "best.keras", {}, zipfile.ZIP_DEFLATED)
    assert unfit("run/best.keras") == ""
    assert main(["evaluate", "run", "-q"]) == 0
    assert main(["predict", "run", str(kept / "scan.png")]) == 0
