"""A Python file is read by its own word for how it is coded (PEP 263), as Python reads it, and written back so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import decode_source, read
from cnnspec.cli.write_file import rewrite_source
from cnnspec.python_source import read_python
from cnnspec.python_source.interpreter.run import run_source
from cnnspec.python_source.machine import Machine
from tests.python_source.comparing import read_file

CODED = {
    "latin-1": b"# -*- coding: latin-1 -*-\ns = 'caf\xe9'\n",
    "cp1252 in the second line": b"#!/usr/bin/env python\n# vim: set fileencoding=cp1252 :\ns = '\x80 5'\n",
    "behind an empty line": b"\r\n# coding=cp1251\r\ns = '\xef\xf0\xe8'\r\n",
    "a name of latin-1": b"# coding: ISO_8859_15\ns = '\xa4'\n",
    "for Emacs": b"# -*- coding: utf-8-unix -*-\ns = '\xc3\xa9'\n",
    "latin-1 for Emacs": b"# -*- coding: latin-1-dos -*-\ns = '\xe9'\n",
    "euc-jp": b"# coding: euc_jp\ns = '\xc6\xfc'\n",
    "utf-8 said": b"# coding: utf8\ns = '\xc3\xa9'\n",
    "a mark of UTF-8": b"\xef\xbb\xbfs = '\xc3\xa9'\n",
    "a mark, and UTF-8 said": b"\xef\xbb\xbf# coding: utf-8\ns = '\xc3\xa9'\n",
    "in the third line": b"\n\n# coding: latin-1\ns = '\xc3\xa9'\n",
    "behind a statement": b"t = 1\n# coding: latin-1\ns = '\xc3\xa9'\n",
    "in no comment": b"s = 'coding: latin-1 \xc3\xa9'\n",
}
REFUSED = {
    b"# coding: latin-99\n": 'a.py says that its coding is "latin-99", which is no coding that Python reads',
    b"# coding: rot13\n": 'a.py says that its coding is "rot-13", which is no coding of texts',
    b"# coding: undefined\n": 'a.py says that its coding is "undefined", which is no coding that Python reads',
    b"\xef\xbb\xbf# coding: latin-1\n": 'a.py says that its coding is "latin-1", and begins as UTF-8 does',
    b"# coding: cp1252\n\ns = '\x81'\n": "a.py is not cp1252, as it says: byte 0x81 in line 3",
    b"# coding: ascii\ns = '\xc3\xa9'\n": "a.py is not ascii, as it says: byte 0xc3 in line 2",
    b"s = '\xe9'\n": "a.py is not UTF-8 text: byte 0xe9 in line 1",
}


@pytest.mark.parametrize("name", CODED)
def test_a_file_is_read_as_python_reads_it(name: str) -> None:
    ran: dict[str, Any] = {}
    exec(compile(CODED[name], "a.py", "exec"), ran)
    source = decode_source(CODED[name], "a.py")
    assert isinstance(source, Source)
    assert run_source(Machine(), source, read_file).names["s"] == ran["s"]


@pytest.mark.parametrize("data", REFUSED)
def test_what_python_refuses_is_one_sentence(data: bytes) -> None:
    with pytest.raises(SyntaxError):
        compile(data, "a.py", "exec")
    found = decode_source(data, "a.py")
    assert isinstance(found, Diagnostic) and found.message == REFUSED[data]


def test_only_python_files_say_how_they_are_coded() -> None:
    source = decode_source(b"# coding: latin-1\n# \xc3\xa9\n", "net.cnn")
    assert isinstance(source, Source) and source.text.endswith("é\n")


def test_places_and_what_is_written_back(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    before = b"# coding: cp1252\r\nimport keras\r\ns = '\x80\xe9'; keras.layers.Dense(0, name='\xe9')\r\n"
    path.write_bytes(before)
    source = read(str(path))
    assert isinstance(source, Source)
    (found,) = read_python(source, read_file).found
    assert found.span is not None and found.span.text == "0" and found.position == (3, 30)
    rewrite_source(source, source.text.replace("Dense(0", "Dense(1"))
    assert path.read_bytes() == before.replace(b"Dense(0", b"Dense(1")


def test_a_text_in_an_editor_is_a_text_whatever_it_says() -> None:
    text = "# coding: latin-1\ns = 'é'\n"
    source = decode_source(text.encode(), "a.py", coded=False)
    assert isinstance(source, Source) and source.text == text
