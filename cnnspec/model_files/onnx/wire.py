"""Protobuf's wire format, read without protobuf: a message is a row of fields, each a key and a value.

A table says which fields of a message are read, and as what; the others are stepped over. Long values (the numbers of a
tensor) are not read: a `Span` says where they stand. Every field that is met is counted, so that no file takes long.
"""

from __future__ import annotations

from struct import unpack

from cnnspec.base.record import Record
from cnnspec.model_files.refusal import ModelRefused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from mmap import mmap
    from typing import Any, TypeAlias

    Data: TypeAlias = "bytes | mmap"
    Read: TypeAlias = "Callable[[WireReader, int, int, int], tuple[Any, int]]"

MAX_FIELDS = 1_000_000  # met in one file, and numbers in packed fields: a language model has 200,000
MAX_DEPTH = 100  # of messages in messages, as in protobuf itself
MAX_TEXT = 4_096  # bytes of a name
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types; 3 and 4 are groups, which ONNX does not use
_FIXED = {FIXED64: 8, FIXED32: 4}


class Span(Record):
    """Some bytes of a file, which are not read until they are asked for."""

    data: Data
    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def read(self) -> bytes:
        return bytes(self.data[self.start : self.stop])


class Field(Record):
    """What is read of a message's field: the record's field that it fills, and how. `many`: each time, one more value."""

    name: str
    read: Read
    many: bool = False


class MessageTable:
    """The fields of a kind of message that are read, by number, and the record that they become."""

    def __init__(self, what: str, record: type[Record], fields: dict[int, Field]) -> None:
        self.what = what
        self.record = record
        self.fields = fields

    def read(self, reader: WireReader, at: int, stop: int, wire: int) -> tuple[Any, int]:
        """A field that is such a message."""
        start, end = reader.read_length(at, stop, wire)
        return reader.read_message(self, start, end), end


class WireReader:
    """Reads the messages of one file."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.left = MAX_FIELDS
        self.depth = 0

    def read_message(self, table: MessageTable, at: int, stop: int) -> Any:
        """The record of the message that stands between two places."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ModelRefused(f"messages are nested more than {MAX_DEPTH} deep in this file")
        data, fields = self.data, table.fields
        values: dict[str, Any] = {}
        while at < stop:
            self.take(1)
            key = data[at]
            if key < 128:
                at += 1
            else:
                key, at = self.read_varint(at, stop)
            field = fields.get(key >> 3)
            if field is None:
                at = self._step_over(key, at, stop)
                continue
            try:
                value, at = field.read(self, at, stop, key & 7)
            except _OtherWireType:
                raise damaged(at, f"the {field.name} of {table.what} has wire type {key & 7}") from None
            if not field.many:
                values[field.name] = value
            elif type(value) is list:
                values.setdefault(field.name, []).extend(value)
            else:
                values.setdefault(field.name, []).append(value)
        self.depth -= 1
        return table.record(**{n: tuple(v) if type(v) is list else v for n, v in values.items()})

    def take(self, count: int) -> None:
        """Count some fields or numbers."""
        self.left -= count
        if self.left < 0:
            raise ModelRefused(f"the file has more than {MAX_FIELDS:,} fields that describe its structure")

    def read_varint(self, at: int, stop: int) -> tuple[int, int]:
        """A number of 7 bits a byte, the lowest first, and the place behind it."""
        data, value = self.data, 0
        for shift in range(0, 70, 7):
            if at >= stop:
                raise damaged(at, "a number is cut off")
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                return value & 0xFFFF_FFFF_FFFF_FFFF, at
        raise damaged(at, "a number has more than 10 bytes")

    def read_length(self, at: int, stop: int, wire: int) -> tuple[int, int]:
        """Where a value of stated length begins and ends."""
        if wire != BYTES:
            raise _OtherWireType
        length, at = self.read_varint(at, stop)
        if length > stop - at:
            raise damaged(at, f"a value of {length:,} bytes is stated where {stop - at:,} are left")
        return at, at + length

    def _step_over(self, key: int, at: int, stop: int) -> int:
        """The place behind a field that is not read."""
        wire = key & 7
        if not 0 < key >> 3 < 2**29:
            raise damaged(at, f"a field has the number {key >> 3}")
        if wire == BYTES:
            return self.read_length(at, stop, wire)[1]
        if wire == VARINT:
            return self.read_varint(at, stop)[1]
        if wire not in _FIXED:
            raise damaged(at, f"a field has wire type {wire}")
        return check_end(at + _FIXED[wire], stop)


class _OtherWireType(Exception):
    """A field is written as a value of another kind than its own."""


def damaged(at: int, why: str) -> ModelRefused:
    return ModelRefused(f"this is no ONNX file, or a damaged one: {why}, at byte {at:,}")


def check_end(at: int, stop: int) -> int:
    """A place behind a value, which must not lie behind the message."""
    if at > stop:
        raise damaged(stop, "a value is cut off")
    return at


# ---- how a field's value is read -------------------------------------------------------------------------------
def read_integer(reader: WireReader, at: int, stop: int, wire: int) -> tuple[int, int]:
    """An integer with a sign, of 64 bits at most."""
    if wire != VARINT:
        raise _OtherWireType
    value, at = reader.read_varint(at, stop)
    return value - (1 << 64) if value >> 63 else value, at


def read_integers(reader: WireReader, at: int, stop: int, wire: int) -> tuple[list[int], int]:
    """Integers in one packed field, or one of many fields."""
    if wire == VARINT:
        value, at = read_integer(reader, at, stop, wire)
        return [value], at
    at, end = reader.read_length(at, stop, wire)
    found = []
    while at < end:
        reader.take(1)
        value, at = read_integer(reader, at, end, VARINT)
        found.append(value)
    return found, end


def read_float(reader: WireReader, at: int, stop: int, wire: int) -> tuple[float, int]:
    if wire != FIXED32:
        raise _OtherWireType
    end = check_end(at + 4, stop)
    return unpack("<f", reader.data[at:end])[0], end


def read_floats(reader: WireReader, at: int, stop: int, wire: int) -> tuple[list[float], int]:
    """Floats in one packed field, or one of many fields."""
    if wire == FIXED32:
        value, at = read_float(reader, at, stop, wire)
        return [value], at
    at, end = reader.read_length(at, stop, wire)
    count, rest = divmod(end - at, 4)
    if rest:
        raise damaged(at, "packed floats have no whole number of them")
    reader.take(count)
    return list(unpack(f"<{count}f", reader.data[at:end])), end


def read_text(reader: WireReader, at: int, stop: int, wire: int) -> tuple[str, int]:
    start, end = reader.read_length(at, stop, wire)
    if end - start > MAX_TEXT:
        raise damaged(at, f"a name has {end - start:,} bytes")
    try:
        return str(reader.data[start:end], "utf-8"), end
    except UnicodeDecodeError:
        raise damaged(at, "a name is not UTF-8") from None


def read_span(reader: WireReader, at: int, stop: int, wire: int) -> tuple[Span, int]:
    """Where bytes stand that are not read."""
    start, end = reader.read_length(at, stop, wire)
    return Span(reader.data, start, end), end


class PackedSpan:
    """How numbers are stepped over that stand in one packed field, or each in a field of its own."""

    def __init__(self, wire: int) -> None:
        self.wire = wire  # of a number that stands alone

    def __call__(self, reader: WireReader, at: int, stop: int, wire: int) -> tuple[Span, int]:
        if wire != self.wire:
            return read_span(reader, at, stop, wire)
        end = reader.read_varint(at, stop)[1] if wire == VARINT else check_end(at + _FIXED[wire], stop)
        return Span(reader.data, at, end), end
