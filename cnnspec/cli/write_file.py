"""Writing a file whole or not at all."""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import UTF_8, decode_source, find_coding, is_stream, read_bytes
from cnnspec.cli.messages import UsageError


def write_whole(path: str, content: str | bytes) -> None:
    """Write a file so that it is replaced whole or not at all; a device or a pipe is written to, never replaced.

    What a link points at is replaced, not the link. UsageError when it cannot be written.
    """
    data = content if isinstance(content, bytes) else content.encode()
    beside = name_temporary_file(path)
    try:
        if os.path.exists(path) and not os.path.isfile(path):
            with open(path, "wb") as device:
                device.write(data)
            return
        with open(beside, "xb") as file:
            file.write(data)
        if os.path.exists(path):
            os.chmod(beside, os.stat(path).st_mode & 0o7777)
        os.replace(beside, os.path.realpath(path))
    except OSError as error:
        if os.path.exists(beside):
            os.unlink(beside)
        raise UsageError(f"cannot write {path}: {error.strerror or error}") from None


def check_place(path: str) -> None:
    """UsageError where no file can be written to a path: what takes long to make need not be made."""
    if os.path.isdir(path) or not os.path.isdir(os.path.dirname(os.path.abspath(path))):
        raise UsageError(
            f"cannot write {path}: {'it is a folder' if os.path.isdir(path) else 'its folder does not exist'}"
        )


def rewrite_source(source: Source, text: str) -> None:
    """Write another text into the file of a source, with the line ends, the coding and the byte-order mark that the file has.

    UsageError when it cannot be written, or is no longer what was read.
    """
    if is_stream(source.name):
        raise UsageError(f"{source.name} cannot be written back: give - in its place, or --diff, for stdout")
    data = read_bytes(source.name)
    if isinstance(data, Diagnostic):
        raise UsageError(data.message)
    now = decode_source(data, source.name)
    if isinstance(now, Diagnostic) or now.text != source.text:
        raise UsageError(f"{source.name} was changed by another program meanwhile: it was left as it is")
    if b"\r\n" in data:
        text = text.replace("\n", "\r\n")
    coding = find_coding(data, source.name)
    assert isinstance(coding, str), "its text was read"
    if coding != UTF_8:
        write_whole(source.name, text.encode(coding))
        return
    write_whole(source.name, "\ufeff" * data.startswith(b"\xef\xbb\xbf") + text)


def name_temporary_file(path: str, suffix: str = "") -> str:
    """A name for a temporary file in the folder of a path, so that it can be renamed to it."""
    folder, name = os.path.split(os.path.realpath(path))
    return os.path.join(folder, f".{name}.{os.getpid()}{suffix or '.tmp'}")
