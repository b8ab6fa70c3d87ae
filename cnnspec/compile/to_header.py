"""A LiteRT file as a C header: an array of its bytes that firmware compiles in, with what a person has to know of it above."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

from cnnspec.compile.runtimes.litert_file import find_arena
from cnnspec.compile.runtimes.litert_model import LitertModel
from cnnspec.tables import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cnnspec.compile.runtimes.model import RuntimeEnd

BYTES_IN_A_LINE = 12  # as xxd has it


def write_header(litert: str, path: str, named: str, metadata: Mapping[str, str]) -> None:
    """Write a .tflite file as a header at `path`. `named` is the path that it is to have, after which the array is called:
    net_tflite in net.h, as xxd calls that of net.tflite."""
    with open(litert, "rb") as file:
        data = file.read()
    stem = re.sub(r"\W", "_", os.path.splitext(os.path.basename(named))[0], flags=re.ASCII)
    name = f"{'_' * stem[:1].isdigit()}{stem}_tflite"
    with open(path, "w", encoding="ascii", newline="\n") as file:
        for line in _write_lines(name, data, LitertModel(litert, metadata=metadata), find_arena(data), metadata):
            file.write(f"{line}\n")


def _write_lines(
    name: str, data: bytes, model: LitertModel, arena: int | None, metadata: Mapping[str, str]
) -> Iterator[str]:
    guard = f"{name.upper()}_H"
    yield f"// A LiteRT model of {len(data):,} bytes, written by cnnspec."
    for noun, ends in zip(("input", "output"), model.order_ends_by_number(), strict=True):
        for number, end in enumerate(ends):
            yield f"// {noun} {number}, {escape.json(end.name, None)}: {_describe_end(end, model.batch)}"
    if arena is not None:
        yield f"// its tensors need {arena:,} bytes at once; a tensor arena holds what kernels need besides"
    for key, value in metadata.items():
        if key.endswith(("input_range", "preprocessing")):
            yield f"// {key}: {escape.json(value, None)}"
        elif key.endswith("classes"):
            yield f"// {key}:"
            yield from [f"//   {number}: {escape.json(one, None)}" for number, one in enumerate(json.loads(value))]
    yield from (
        "",
        f"#ifndef {guard}",
        f"#define {guard}",
        "",
        "#ifndef __cplusplus",
        "#include <stdalign.h>",
        "#endif",
    )
    yield from ("", f"alignas(16) static const unsigned char {name}[] = {{")
    for start in range(0, len(data), BYTES_IN_A_LINE):
        yield "  " + " ".join([f"0x{byte:02x}," for byte in data[start : start + BYTES_IN_A_LINE]])
    yield from ("};", f"static const unsigned int {name}_len = {len(data)};", "", f"#endif  // {guard}")


def _describe_end(end: RuntimeEnd, batch: int | None) -> str:
    sizes: list[Any] = [batch, *end.shape]
    shape = " x ".join(["any" if size is None else str(size) for size in sizes])
    means = f", a value q is {end.scale:.9g} * (q - {end.zero})" if end.scale else ""
    return f"{end.dtype}, {shape}{means}"


def read_header(path: str) -> bytes:
    """The bytes of the array in a header that `write_header` wrote."""
    with open(path, encoding="ascii") as file:
        return bytes([int(word[2:4], 16) for line in file if line.startswith("  0x") for word in line.split()])
