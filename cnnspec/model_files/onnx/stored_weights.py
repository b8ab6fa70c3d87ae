"""The numbers of the weights in an .onnx file, or in the files beside it that it names, read one by one when they are asked for."""

from __future__ import annotations

import os

from cnnspec.base.confined_folder import ConfinedFolder
from cnnspec.model_files.onnx.constant import WorkedOut
from cnnspec.model_files.onnx.messages import BFLOAT16, EXTERNAL, FLOAT16, FORMATS, OnnxTensor, read_word
from cnnspec.model_files.onnx.wire import VARINT, WireReader, read_integer
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.views.weight_ref import widen_bfloat16

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_FILE = 2**40  # bytes of a file of weights


class OnnxWeights:
    """The weights of an .onnx file at some path. `find` raises ModelRefused."""

    def __init__(self, path: str) -> None:
        self.folder = ConfinedFolder(os.path.dirname(path) or os.curdir)

    def find(self, stored: Any) -> Any:
        """The array of a tensor of the file, or of numbers that were worked out."""
        import numpy as np

        if isinstance(stored, WorkedOut):
            return np.array(stored.values, float).reshape(stored.shape)
        if not isinstance(stored, OnnxTensor):
            raise TypeError(stored)
        letter = "H" if stored.type == BFLOAT16 else FORMATS.get(stored.type)
        if letter is None:
            raise ModelRefused(f"the weight {stored.name} is of a kind that is not carried over: export it in float32")
        if stored.location == EXTERNAL:
            whole = self._read_external(stored, np.dtype(f"<{letter}"))
        elif stored.raw is not None:
            whole = np.frombuffer(stored.raw.read(), f"<{letter}")
        else:
            whole = read_packed(stored, letter)
        if whole.size != stored.count:
            raise ModelRefused(
                f"the file is damaged: the tensor {stored.name!r} of {stored.count} numbers has {whole.size}"
            )
        if stored.type == BFLOAT16:
            whole = widen_bfloat16(whole)
        return whole.reshape(stored.dims)

    def _read_external(self, stored: OnnxTensor, kind: Any) -> Any:
        """The numbers of a tensor in another file, which lies beside the model or below."""
        import numpy as np

        said = {entry.key: read_word(entry.text) for entry in stored.external}
        name = said.get("location", "")
        try:
            offset = int(said.get("offset", "0"))
            with self.folder.open(name, most=MAX_FILE) as file:
                file.seek(offset)
                return np.frombuffer(file.read(stored.count * kind.itemsize), kind)
        except (OSError, ValueError, OverflowError) as error:
            why = getattr(error, "strerror", None) or error
            raise ModelRefused(
                f"the weight {stored.name} stands in {name or 'a file without a name'}, which is not read: {why}"
            ) from None


def read_packed(stored: OnnxTensor, letter: str) -> Any:
    """The numbers of a tensor that are not in one piece: floats and doubles, and halves by the bits of integers."""
    import numpy as np

    spans = stored.floats or stored.doubles
    if spans:
        kind = "<f4" if stored.floats else "<f8"
        pieces = [span.read() for span in spans]
        if any([len(piece) % int(kind[2]) for piece in pieces]):
            raise ModelRefused(f"the file is damaged: the tensor {stored.name!r} ends inside of a number")
        return np.concatenate([np.frombuffer(piece, kind) for piece in pieces])
    found: list[int] = []
    for span in (*stored.integers, *stored.longs, *stored.unsigned):
        reader, at = WireReader(span.data), span.start
        while at < span.stop:
            value, at = read_integer(reader, at, span.stop, VARINT)
            found.append(value)
    if stored.type in (FLOAT16, BFLOAT16):
        bits = np.array([value & 0xFFFF for value in found], "<u2")
        return bits.view("<f2") if stored.type == FLOAT16 else bits
    return np.array(found, np.int64).astype(f"<{letter}")
