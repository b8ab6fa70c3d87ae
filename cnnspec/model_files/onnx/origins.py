"""Where a node comes from, as far as its exporter says: the path of a module, and a line of the user's own Python.

torch notes both at each node (`torch.onnx.export(dynamo=True)`). Where it has merged a batch norm into a convolution, what
it notes is the batch norm's: the convolution's own path is that of its weight, layer1.0.conv1.weight. Older exporters write
the path into the node's name: /layer1/layer1.0/conv1/Conv.
"""

from __future__ import annotations

import re

from cnnspec.base.record import Record
from cnnspec.model_files.onnx.messages import OnnxNode

MAX_NOTE = 65_536  # bytes of a note that is read
SCOPES, STACK = "pkg.torch.onnx.name_scopes", "pkg.torch.onnx.stack_trace"
CONVOLUTIONS = ("Conv", "ConvTranspose")
_FRAME = re.compile(r'File "([^"\n]+)", line (\d{1,9})')
_SCOPE = re.compile(r"'([^']*)'")
_LIBRARY = re.compile(r"[/\\](site-packages|dist-packages|lib[/\\]python[\d.]*)[/\\]|<")


class Origin(Record):
    """`module`: the path of the module, "" where it is not said. `place`: a file and a line of it. `merged`: whether it is a
    convolution into which, as its notes say, a batch norm was merged."""

    module: str = ""
    place: tuple[str, int] | None = None
    merged: bool = False

    def __bool__(self) -> bool:
        return bool(self.module) or self.place is not None


def find_origin(node: OnnxNode) -> Origin:
    """Where a node comes from."""
    notes = {entry.key: entry.text for entry in node.notes if entry.text is not None and len(entry.text) <= MAX_NOTE}
    if SCOPES not in notes:
        return Origin(find_module(node.name))
    scopes = _SCOPE.findall(notes[SCOPES].read().decode("utf-8", "replace"))
    stack = notes[STACK].read().decode("utf-8", "replace") if STACK in notes else ""
    module = scopes[-2] if len(scopes) > 1 else ""
    if node.operator in CONVOLUTIONS and scopes and "batch_norm" in scopes[-1]:
        return Origin(find_owner(node) or module, find_place(stack), True)
    return Origin(module, find_place(stack))


def find_owner(node: OnnxNode) -> str:
    """The path of the module whose weight a convolution has; "" where its name does not say it."""
    module, _, name = "".join(node.inputs[1:2]).rpartition(".")
    return module if name == "weight" else ""


def find_module(name: str) -> str:
    """The path in a node's name: layer1.0.conv1 in /layer1/layer1.0/conv1/Conv; "" where it has none."""
    if not name.startswith("/"):
        return ""
    path = ""
    for part in name.split("/")[1:-1]:
        path = part if not path or part.startswith(f"{path}.") else f"{path}.{part}"
    return path


def find_place(stack: str) -> tuple[str, int] | None:
    """The innermost line that lies neither in torch nor in another library."""
    own = [(file, int(line)) for file, line in _FRAME.findall(stack) if not _LIBRARY.search(file)]
    return own[-1] if own else None
