"""Which reader reads a model file, by its ending and first bytes; and how a file that is not read becomes one that is.

A file is read by whoever can read it, whatever else its name says. Of an archive the names of its members are looked at.
"""

from __future__ import annotations

import os
from importlib import import_module

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.record import Record
from cnnspec.base.source_files import is_stream, read_bytes
from cnnspec.model_files.refusal import ModelRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cnnspec.graph import Graph
    from cnnspec.model_files.model_weights import ModelWeights


class Kind(Record):
    """A kind of model file. `reader` is the module and the function that read it into a graph, "" where nobody does: then
    `why` says so, and the lines of Python make a file that is read, with {path} and {stem} for the file's name. `opener`: the
    function that opens it with its weights, "" for Keras's own. `foreign`: the targets that its models are not made for."""

    reader: str = ""
    function: str = ""
    opener: str = ""
    why: str = ""
    python: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


KERAS = Kind("cnnspec.model_files.keras.to_graph", "read_keras_file")
ONNX = Kind("cnnspec.model_files.onnx.to_graph", "read_onnx_file", "open_onnx_file", foreign=("keras",))
TORCH = Kind("cnnspec.model_files.torch.to_graph", "read_torch_file", "open_torch_file", foreign=("keras",))
READERS = {".keras": KERAS, ".json": KERAS, ".onnx": ONNX, ".pt2": TORCH}  # by the endings of the files that they read

EXPORT = (
    "program = torch.export.export(module.eval(), (torch.zeros(1, 3, 224, 224),))",
    'torch.export.save(program, "{stem}.pt2")',
)
HDF5 = Kind(
    why="is an HDF5 file, which is not read: write it as a .keras file with Keras 3",
    python=("import keras", "model = keras.models.load_model({path})", 'model.save("{stem}.keras")'),
)
KERAS_WEIGHTS = Kind(
    why="holds weights and no layers: put them into the model that they are of, and save that",
    python=("model = build_model()", "model.load_weights({path})", 'model.save("{stem}.keras")'),
)
CHECKPOINT = Kind(
    why="is a file of torch.save, which is not read, since unpickling runs what it says: export the module",
    python=("module.load_state_dict(torch.load({path}))", *EXPORT),
)
TORCH_SCRIPT = Kind(
    why="is a TorchScript archive, which is not read: export the module that it was made of",
    python=("module = build_module()", *EXPORT),
)
PICKLE = Kind(
    why="is a Python pickle, which is not read, since unpickling runs what it says: export the module in it",
    python=("module = build_module()", *EXPORT),
)
SAFETENSORS = Kind(
    why="holds weights and no layers: export the module that they are of",
    python=("safetensors.torch.load_model(module, {path})", *EXPORT),
)
LITERT = Kind(
    why="is a LiteRT model, which is not read: write it as ONNX with the package tf2onnx",
    python=("import tf2onnx", 'tf2onnx.convert.from_tflite({path}, output_path="{stem}.onnx")'),
)
FROZEN = Kind(
    why="is a graph of TensorFlow's operations, which is not read: write it as ONNX with the package tf2onnx",
    python=(
        "import tensorflow, tf2onnx",
        'graph = tensorflow.compat.v1.GraphDef.FromString(open({path}, "rb").read())',
        'tf2onnx.convert.from_graph_def(graph, input_names=["x:0"], output_names=["y:0"], output_path="{stem}.onnx")',
    ),
)
SAVED_MODEL = Kind(
    why="is a SavedModel, which is not read: write the model as a .keras file with the package tf_keras and Keras 3",
    python=(
        "import keras, tf_keras",
        'tf_keras.models.load_model({path}).save("{stem}.h5")',
        'keras.models.load_model("{stem}.h5").save("{stem}.keras")',
    ),
)
ARCHIVE = Kind(why="is a ZIP archive that holds no model")
KINDS = {  # by the endings of files; the longer counts
    **READERS,
    ".weights.h5": KERAS_WEIGHTS,
    **dict.fromkeys((".h5", ".hdf5"), HDF5),
    **dict.fromkeys((".pt", ".pth", ".ckpt"), CHECKPOINT),
    **dict.fromkeys((".pkl", ".pickle"), PICKLE),
    ".safetensors": SAFETENSORS,
    ".tflite": LITERT,
    ".pb": FROZEN,
}
MARKED = (HDF5, KERAS_WEIGHTS, CHECKPOINT, PICKLE, SAFETENSORS, LITERT)  # which their first bytes tell
GRAPH_FILE = "saved_model.pb"  # in the folder of a SavedModel
PICKLES = tuple([bytes([0x80, protocol]) for protocol in range(2, 6)])


def read_graph(path: str) -> Graph:
    """The graph of a model file. Raises ModelRefused for one that is damaged, or of a kind that is not read."""
    if is_stream(path):
        raise ModelRefused(f"{path} is a pipe or a device: a model is read from a file")
    if not os.path.isdir(path):
        start = read_bytes(path, most=0)
        if isinstance(start, Diagnostic):
            raise ModelRefused(start.message)
        if not start:
            raise ModelRefused(f"{path} is empty")
    kind = find_kind(path)
    if kind is None or not kind.reader:
        raise refuse_kind(path, kind)
    read: Callable[[str], Graph] = getattr(import_module(kind.reader), kind.function)
    return read(path)


def open_model(path: str) -> AbstractContextManager[ModelWeights] | None:
    """A model file and its weights, None for one of Keras and for what is no model. Raises ModelRefused as `read_graph` does."""
    if is_stream(path):
        raise ModelRefused(f"{path} is a pipe or a device: weights are read from a file")
    kind = find_kind(path)
    if kind is None or not kind.opener:
        return None
    opener: Callable[[str], AbstractContextManager[ModelWeights]] = getattr(import_module(kind.reader), kind.opener)
    return opener(path)


def find_foreign_targets(path: str) -> tuple[str, ...]:
    """The targets that the model of a file is not made for, as far as its name tells."""
    kind = find_named_kind(path)
    return () if kind is None else kind.foreign


def refuse_kind(path: str, kind: Kind | None) -> ModelRefused:
    """The refusal of a file that is of no kind that is read, with the Python that makes one that is."""
    from cnnspec.base.join_words import join_words

    read = f"{join_words([*READERS])} files are read"
    if kind in MARKED and find_held_kind(path) in (None, ARCHIVE):
        return ModelRefused(f"{path} does not hold what its name says: {read}")
    if kind is None or not kind.python:
        return ModelRefused(f"{path} {'is no model' if kind is None else kind.why}: {read}")
    named = path
    if os.path.basename(path) == GRAPH_FILE:
        named = os.path.dirname(path) or os.curdir
    stem = os.path.basename(os.path.abspath(named)).split(".")[0] or "net"
    if os.path.basename(path) == f"{stem}.keras":
        stem += "_converted"
    shown = '"' + named.translate(QUOTED) + '"'
    lines = [line.replace("{path}", shown).replace("{stem}", stem.translate(QUOTED)) for line in kind.python]
    return ModelRefused(f"{path} {kind.why}", python=lines)


QUOTED = {ord('"'): '\\"', ord("\\"): "\\\\"}  # in a text of Python


def find_kind(path: str) -> Kind | None:
    """The kind of a model file, None for what is none. What stands in the file tells more than its name, if it tells."""
    if os.path.isdir(path):
        return SAVED_MODEL if os.path.isfile(os.path.join(path, GRAPH_FILE)) else find_named_kind(path)
    named = find_named_kind(path)
    held = None if is_stream(path) else find_held_kind(path)
    specific = held in (None, ARCHIVE) or held is HDF5 and named is KERAS_WEIGHTS
    return named if named is not None and specific else held


def find_named_kind(path: str) -> Kind | None:
    """The kind that a file's name says."""
    name = os.path.basename(path).lower()
    if name == GRAPH_FILE:
        return SAVED_MODEL
    return next((kind for ending, kind in KINDS.items() if name.endswith(ending)), None)


def find_held_kind(path: str) -> Kind | None:
    """The kind that a file's first bytes say."""
    start = read_bytes(path, most=15)
    if isinstance(start, Diagnostic):
        return None
    if start.startswith(b"\x89HDF\r\n\x1a\n"):
        return HDF5
    if start.startswith(b"PK"):
        return find_archive_kind(path)
    if start[4:8] == b"TFL3":
        return LITERT
    if start[8:10] == b'{"' and int.from_bytes(start[:8], "little") < os.path.getsize(path):
        return SAFETENSORS
    if start.startswith(PICKLES):
        return CHECKPOINT if start[2:4] == b"\x8a\x0a" else PICKLE  # the number that torch.save begins with
    return None


def find_archive_kind(path: str) -> Kind:
    """The kind that the names of an archive's members say."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile):
        return ARCHIVE
    if "config.json" in names:
        return KERAS
    within = {name.partition("/")[2] for name in names}
    if "archive_format" in within or "serialized_exported_program.json" in names:
        return TORCH
    if "constants.pkl" in within:
        return TORCH_SCRIPT
    return CHECKPOINT if "data.pkl" in within else ARCHIVE
