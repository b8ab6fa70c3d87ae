"""The numbers of an input, from a file: an array of NumPy (.npy), a table (.csv), an image. Nothing in a file is run."""

from __future__ import annotations

import re
import warnings
from fractions import Fraction
from io import BytesIO
from math import prod

import numpy as np

from cnnspec.base.count_nouns import count_nouns
from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.limits import MAX_BYTES
from cnnspec.base.source import brief, printable
from cnnspec.base.source_files import read, read_bytes
from cnnspec.layers.shape import show_shape
from cnnspec.trace.errors import NoTrace
from cnnspec.trace.input_layout import (
    MOST_VALUES,
    Asked,
    check_count,
    check_stored,
    check_written,
    find_shape,
    lay_out_written,
    suits,
)
from cnnspec.trace.reference.arrays import MOST_EXACT, make_exact
from cnnspec.trace.reference.definition import Array

TABLES = (".csv", ".tsv", ".txt")
NUMBER = re.compile(
    r"[+-]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][+-]?[0-9]{1,2})?|[+-]?[0-9]{1,18}/0*[1-9][0-9]{0,17}"
)
MINUS = "\u2212"  # as it is typeset
DEEPEST = 65535  # of a pixel of 16 bits


# ---- arrays ------------------------------------------------------------------------------------------------
def read_array(path: str, asked: Asked) -> Array:
    """The numbers of an input, (1, *shape), of a .npy file: whole ones exact. Raises NoTrace."""
    data = read_bytes(path)
    if isinstance(data, Diagnostic):
        raise NoTrace(data.message)
    if len(data) > MAX_BYTES:
        raise NoTrace(f"{path} has more than the {MAX_BYTES:,} bytes that are read")
    file = BytesIO(data)
    try:
        version = np.lib.format.read_magic(file)
        read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        given, _, dtype = read_header(file)
    except Exception:  # of NumPy's, Python's parser's, …: the header of a damaged file may be anything
        raise NoTrace(f"{path} is no array of NumPy: write it with numpy.save") from None
    if dtype.hasobject:
        raise NoTrace(f"{path} holds pickled Python objects, which are not read: save an array of plain numbers")
    if dtype.kind not in "buif":
        raise NoTrace(f"{path} holds {dtype}, and an input is whole numbers or floats")
    shape = check_stored(given, asked, f"{path}: ")
    if len(data) - file.tell() < prod(given) * dtype.itemsize:
        raise NoTrace(f"{path} ends before its {prod(given):,} numbers do: write it again")
    file.seek(0)
    values = np.lib.format.read_array(file, allow_pickle=False).reshape(shape)
    if dtype.kind == "f":
        with np.errstate(over="ignore"):  # which is then infinity
            values = values.astype(float)
        if not np.isfinite(values).all():
            raise NoTrace(f"{path} holds NaN or infinity, with which nothing can be computed")
        return values
    return make_exact_whole(values)


def make_exact_whole(values: Array) -> Array:
    """Whole numbers as Fractions, of which equal ones are one object: an image has 256. Of too many they are floats."""
    different, places = np.unique(values, return_inverse=True)
    if len(different) > MOST_EXACT:
        return values.astype(float)
    return make_exact(different.astype(int) if different.dtype == bool else different)[places].reshape(values.shape)


# ---- tables ------------------------------------------------------------------------------------------------
def read_table(path: str, asked: Asked) -> Array:
    """The numbers of an input, (1, *shape), exact, of a text of lines: a row in each, and an empty line between channels.
    Raises NoTrace."""
    blocks, wanted = read_blocks(path, asked), find_shape(asked)
    values = make_exact(blocks if len(blocks) > 1 else blocks[0])
    one_row = len(wanted) == 1 or len(wanted) == 2 and wanted[-1] == 1
    if one_row and 1 in values.shape:  # which may as well stand as a column
        values = values.reshape(-1)
    check_written(values.shape, asked, f"{path}: ")
    return lay_out_written(values, asked)


def read_blocks(path: str, asked: Asked) -> list[list[list[Fraction]]]:
    """The rows of a table, of one length, in blocks of one length, one at least, that empty lines separate. Raises NoTrace."""
    source = read(path)
    if isinstance(source, Diagnostic):
        raise NoTrace(source.message)
    blocks: list[list[list[Fraction]]] = []
    width = total = 0
    behind_gap = True
    for number, line in enumerate(source.text.split("\n"), 1):
        if not line.strip():
            behind_gap = True
            continue
        cells = split_line(line)
        width, total = width or len(cells), total + len(cells)
        check_count(total, asked)
        if len(cells) != width:
            raise NoTrace(f"{path} is uneven: line {number} has {len(cells):,} numbers, and the first has {width:,}")
        blocks += [[]] if behind_gap else []
        blocks[-1].append([read_cell(cell, path, number) for cell in cells])
        behind_gap = False
    if not blocks:
        raise NoTrace(f"{path} holds no numbers")
    for number, block in enumerate(blocks, 1):
        if len(block) != len(blocks[0]):
            first = f"its first channel has {count_nouns(len(blocks[0]), 'line')}"
            raise NoTrace(f"{path} is uneven: {first}, number {number} has {len(block):,}")
    return blocks


def split_line(line: str) -> list[str]:
    """The cells of a line, which ; or else , or else blanks separate; some programs quote each."""
    separator = next((mark for mark in ";," if mark in line), None)
    return [re.sub(r'^"(.*)"$', r"\1", cell.strip()) for cell in line.split(separator, MOST_VALUES)]


def read_cell(cell: str, path: str, line: int) -> Fraction:
    """A number of a table: 3, 0.5, 1/3, 1e-3."""
    plain = cell.replace(MINUS, "-")
    if not NUMBER.fullmatch(plain):
        found = f'"{brief(printable(cell))}" is no number' if cell else "a cell is empty"
        raise NoTrace(f"{path}:{line}: {found}; write numbers alone, such as 3, 0.5 or 1/3")
    return Fraction(plain)


# ---- images ------------------------------------------------------------------------------------------------
def read_picture(path: str, asked: Asked) -> Array:
    """The pixels of an image, (1, H, W, C), as the whole numbers that they are, 0 to 255: grey for one channel, else colours.
    Raises NoTrace, and MissingExtra without Pillow."""
    from cnnspec.train.data.pictures import read_image

    wanted = find_shape(asked)
    if len(wanted) != 3 or wanted[-1] not in (1, 3):
        raise NoTrace(f"{path} is an image, of 1 or 3 channels, and {asked.what} takes {show_shape(wanted)}")
    with warnings.catch_warnings(action="ignore"):  # Pillow's, on images that are large or carry odd metadata
        seen = read_image(path, (None, None, wanted[-1]))
    if seen.image is None:
        raise NoTrace(f"cannot read {path}: {seen.why}")
    if not suits(seen.shape, wanted):
        sizes = f"{show_shape(seen.shape)}, and {asked.what} takes {show_shape(wanted)}"
        raise NoTrace(f"{path} is an image of {sizes}: resize it first")
    check_count(prod(seen.shape), asked)
    pixels = seen.image if seen.image.dtype == np.uint8 else np.rint(seen.image * DEEPEST).astype(int)
    return make_exact_whole(pixels[None])
