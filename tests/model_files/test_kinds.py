"""Files are told apart by their endings and first bytes; what is not read leads to what is."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from pathlib import Path

import pytest

import cnnspec
from cnnspec.model_files import is_model_file
from tests.cli.commands import run
from tests.model_files.keras_builds import small, zipped
from tests.model_files.saved_models import save_model
from tests.model_files.written_models import lenet

HDF5 = b"\x89HDF\r\n\x1a\n" + bytes(50)
EXPORT = (
    "program = torch.export.export(module.eval(), (torch.zeros(1, 3, 224, 224),))",
    'torch.export.save(program, "{0}.pt2")',
)
TORCH_SAVE = "is a file of torch.save, which is not read, since unpickling runs what it says: export the module"
WEIGHTS = "holds weights and no layers: "


def archive(*names: str) -> bytes:
    """A ZIP archive with members of these names."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as members:
        for name in names:
            members.writestr(name, b"x")
    return made.getvalue()


def safetensors(header: bytes = b'{"a":{}}') -> bytes:
    return struct.pack("<Q", len(header)) + header


UNREAD: dict[str, tuple[bytes, str, tuple[str, ...]]] = {  # file → bytes, why it is not read, the Python that leads on
    "net.h5": (
        HDF5, "is an HDF5 file, which is not read: write it as a .keras file with Keras 3",
        ("import keras", 'model = keras.models.load_model("net.h5")', 'model.save("net.keras")'),
    ),
    "net.hdf5": (
        HDF5, "is an HDF5 file, which is not read: write it as a .keras file with Keras 3",
        ("import keras", 'model = keras.models.load_model("net.hdf5")', 'model.save("net.keras")'),
    ),
    "net.keras": (
        HDF5, "is an HDF5 file, which is not read: write it as a .keras file with Keras 3",
        ("import keras", 'model = keras.models.load_model("net.keras")', 'model.save("net_converted.keras")'),
    ),
    "net.weights.h5": (
        HDF5, WEIGHTS + "put them into the model that they are of, and save that",
        ("model = build_model()", 'model.load_weights("net.weights.h5")', 'model.save("net.keras")'),
    ),
    "net.pt": (
        archive("net/data.pkl", "net/data/0"), TORCH_SAVE,
        ('module.load_state_dict(torch.load("net.pt"))', *EXPORT),
    ),
    "net.pth": (
        b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", TORCH_SAVE,
        ('module.load_state_dict(torch.load("net.pth"))', *EXPORT),
    ),
    "last.ckpt": (
        archive("archive/data.pkl"), TORCH_SAVE,
        ('module.load_state_dict(torch.load("last.ckpt"))', EXPORT[0], EXPORT[1].replace("{0}", "last")),
    ),
    'a"b.pt': (
        archive("a/data.pkl"), TORCH_SAVE,
        ('module.load_state_dict(torch.load("a\\"b.pt"))', EXPORT[0], EXPORT[1].replace("{0}", 'a\\"b')),
    ),
    "script.pt": (
        archive("s/data.pkl", "s/constants.pkl", "s/code/__torch__.py"),
        "is a TorchScript archive, which is not read: export the module that it was made of",
        ("module = build_module()", EXPORT[0], EXPORT[1].replace("{0}", "script")),
    ),
    "net.pkl": (
        b"\x80\x04\x95\x0b\0\0\0\0\0\0\0}\x94.",
        "is a Python pickle, which is not read, since unpickling runs what it says: export the module in it",
        ("module = build_module()", *EXPORT),
    ),
    "pickled": (
        b"\x80\x04\x95\x0b\0\0\0\0\0\0\0}\x94.",
        "is a Python pickle, which is not read, since unpickling runs what it says: export the module in it",
        ("module = build_module()", EXPORT[0], EXPORT[1].replace("{0}", "pickled")),
    ),
    "net.safetensors": (
        safetensors(), WEIGHTS + "export the module that they are of",
        ('safetensors.torch.load_model(module, "net.safetensors")', *EXPORT),
    ),
    "net.tflite": (
        b"\x1c\0\0\0TFL3" + bytes(20), "is a LiteRT model, which is not read: write it as ONNX with the package tf2onnx",
        ("import tf2onnx", 'tf2onnx.convert.from_tflite("net.tflite", output_path="net.onnx")'),
    ),
    "net.pb": (
        b"\n\x10abc",
        "is a graph of TensorFlow's operations, which is not read: write it as ONNX with the package tf2onnx",
        (
            "import tensorflow, tf2onnx",
            'graph = tensorflow.compat.v1.GraphDef.FromString(open("net.pb", "rb").read())',
            'tf2onnx.convert.from_graph_def(graph, input_names=["x:0"], output_names=["y:0"], output_path="net.onnx")',
        ),
    ),
}  # fmt: skip
READ = ".keras, .json, .onnx and .pt2 files are read"
REFUSED: dict[str, tuple[bytes, str]] = {  # file → bytes, the sentence that follows its name
    "empty.keras": (b"", " is empty"),
    "empty.pth": (b"", " is empty"),
    "text.pt": (b"input 8x8x3\n", f" does not hold what its name says: {READ}"),
    "text.h5": (b"input 8x8x3\n", f" does not hold what its name says: {READ}"),
    "torn.pth": (archive("net/data.pkl")[:-30], f" does not hold what its name says: {READ}"),
    "torn.tflite": (b"\x1c\0\0\0", f" does not hold what its name says: {READ}"),
    "plain.zip": (archive("a.txt"), f" is a ZIP archive that holds no model: {READ}"),
    "none.keras": (b"hello", " is no .keras file (a zip archive) and no JSON"),
    "torn.keras": (b"PK\x03\x04" + bytes(100), " is a damaged .keras file: File is not a zip file"),
    "list.json": (b"[1, 2]", " describes no model: it is a JSON list"),
    "other.json": (b'{"a": 1}', ": the file describes no Keras model: it names no class"),
    "torn.json": (b'{"a": ', " is not JSON: Expecting value: line 1 column 7 (char 6)"),
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", UNREAD)
def test_what_is_not_read_leads_to_what_is(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, why, lines = UNREAD[name]
    Path(name).write_bytes(content)
    python = "".join([f"    {line.replace('{0}', 'net')}\n" for line in lines])
    said = f"cnnspec: {name} {why}\n{python}"
    for verb in ("check", "summary", "import", "diff", "compile"):
        files = [name] * (1 + (verb == "diff"))
        assert run(capsys, verb, *files, *["--to", "py"] * (verb == "compile")) == (2, "", said)
    with pytest.raises(cnnspec.SpecError) as refused:
        cnnspec.load(name)
    assert str(refused.value) == said.removeprefix("cnnspec: ").removesuffix("\n")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_damaged_is_refused_in_a_sentence(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, why = REFUSED[name]
    Path(name).write_bytes(content)
    for verb in ("check", "summary"):
        assert run(capsys, verb, name) == (2, "", f"cnnspec: {name}{why}\n")
    with pytest.raises(cnnspec.SpecError) as refused:
        cnnspec.check(name)
    assert str(refused.value) == name + why


def test_an_archive_that_unpacks_to_too_much(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    zipped(Path("bomb.keras"), {"config.json": b" " * (65 * 2**20)})
    said = "cnnspec: config.json in bomb.keras is larger than 64 MiB: no model's description is\n"
    assert run(capsys, "check", "bomb.keras") == (2, "", said)


def test_a_saved_model_folder(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("saved").mkdir()
    Path("saved/saved_model.pb").write_bytes(b"\x08\x01")
    why = "is a SavedModel, which is not read: write the model as a .keras file with the package tf_keras and Keras 3"
    python = (
        "    import keras, tf_keras\n"
        '    tf_keras.models.load_model("saved").save("saved.h5")\n'
        '    keras.models.load_model("saved.h5").save("saved.keras")\n'
    )
    for path in ("saved", "saved/saved_model.pb"):
        for verb in ("check", "summary"):
            assert run(capsys, verb, path) == (2, "", f"cnnspec: {path} {why}\n{python}")
    Path("saved/net.cnn").write_text("input 8x8x1\nconv(4, 3x3) -> relu\n")
    assert run(capsys, "check", "saved") == (0, "1 file: no mistakes found\n", "")


def test_a_folder_with_the_name_of_a_model(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("net.keras").mkdir()
    said = 'cnnspec: net.keras is a folder, not a .keras file: load it with Keras 3 and write model.save("net.keras")\n'
    for verb in ("check", "summary", "import"):
        assert run(capsys, verb, "net.keras") == (2, "", said)


def test_what_is_not_there(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("no.keras", "no.pth", "no.json"):
        said = f"cnnspec: cannot read {name}: No such file or directory\n"
        assert run(capsys, "check", name) == run(capsys, "summary", name) == (2, "", said)
        with pytest.raises(FileNotFoundError, match=f"there is no such file: {name}"):
            cnnspec.load(name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_not_waited_for(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("net.keras")
    said = "cnnspec: net.keras is a pipe or a device: a model is read from a file\n"
    for verb in ("check", "summary"):
        assert run(capsys, verb, "net.keras") == (2, "", said)


def test_a_model_is_known_by_its_bytes_whatever_its_name(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = save_model(lenet, here)
    for name in ("net", "net.zip", "net.bin", "net.pt", "NET.KERAS"):
        Path(name).write_bytes(path.read_bytes())
        assert is_model_file(name)
        status, out, err = run(capsys, "summary", name)
        assert (status, err) == (0, "") and out.startswith('Model: "LeNet-5"\n')
    Path("net.cnn").write_bytes(path.read_bytes())
    help = "a model is read from a file that is named as one, such as net.keras"
    said = (2, "", f"cnnspec: net.cnn is an archive, not text: {help}\n")
    assert run(capsys, "check", "net.cnn") == run(capsys, "summary", "net.cnn") == said


def test_a_spec_is_one_whatever_its_name(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("net", "net.txt", "net.spec", "x.cnn"):
        Path(name).write_text("input 8x8x1\nconv(4, 3x3) -> relu\n")
        assert not is_model_file(name)
        assert run(capsys, "check", name) == (0, "1 file: no mistakes found\n", "")


def test_stdin_brings_text_alone(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    help = "a model is read from a file that is named as one, such as net.keras"
    for verb in ("check", "summary"):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(archive("config.json"))))
        assert run(capsys, verb, "-") == (2, "", f"cnnspec: stdin brings an archive, not text: {help}\n")


def test_nothing_of_a_file_is_run(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return os.mkdir, ("evil",)

    import pickle

    for name in ("net.pt", "net.pkl", "net.ckpt", "net"):
        Path(name).write_bytes(pickle.dumps(Evil()))
        for verb in ("check", "summary", "import"):
            assert run(capsys, verb, name)[0] == 2
    members = {"config.json": b"{}", "archive/data.pkl": pickle.dumps(Evil())}
    zipped(Path("net.keras"), members)
    assert run(capsys, "check", "net.keras")[0] == 2
    assert small() and not os.path.exists("evil")
