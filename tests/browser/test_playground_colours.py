"""The playground's editor colours what the Pygments lexer colours, and as it does."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String

from tests.docs.blocks import ROOT
from tests.editors.agreement import COLOURED, FORMS, find_differences

PLAYGROUND = ROOT / "site" / "playground"
TYPES = {
    "comment": (Comment.Single,), "string": (String,), "number": (Number,), "operator": (Operator,), "punctuation": (Punctuation, Operator),
    "statement": (Keyword.Declaration,), "control": (Keyword,), "word": (Operator.Word,), "constant": (Keyword.Constant,),
    "current": (Name.Builtin.Pseudo,), "layer": (Name.Builtin,), "function": (Name.Function,), "model": (Name.Class,),
    "property": (Name.Property,), "argument": (Name.Attribute,), "option": (Name.Constant,), "name": (Name,),
}  # fmt: skip


def test_colours_are_those_of_the_lexer() -> None:
    node = shutil.which("node")
    if node is None or not (PLAYGROUND / "node_modules").exists() or not (PLAYGROUND / "src" / "generated").exists():
        pytest.skip("the playground is not built: make playground")
    files = [*COLOURED, FORMS]
    texts = [file.read_text(encoding="utf-8") for file in files]
    done = subprocess.run(
        [node, str(ROOT / "tests" / "browser" / "colours.mjs"), str(PLAYGROUND)],
        input=json.dumps(texts), capture_output=True, text=True, check=True,
    )  # fmt: skip
    answers = json.loads(done.stdout)
    found = [f"{file.name}:{one}" for file, text, answer in zip(files, texts, answers, strict=True) for one in find_differences(text, answer, TYPES)]  # fmt: skip
    assert not found, "\n".join(found[:40])
