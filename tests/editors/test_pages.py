"""The pages about editors show the files of editors/ as they are, and each of these can be read."""

from __future__ import annotations

import json
import plistlib
import re
import tomllib

import pytest

from tests.docs.blocks import DOCS, ROOT
from tests.editors.grammars import EDITORS

FENCE = re.compile(r"^```\w+ (editors/\S+)\n(.*?)^```$", re.M | re.S)
SHOWN = [
    (page, *found)
    for page in sorted((DOCS / "editors").glob("*.md"))
    for found in FENCE.findall(page.read_text(encoding="utf-8"))
]


def test_some_files_are_shown() -> None:
    assert len(SHOWN) >= 2


@pytest.mark.parametrize(("page", "name", "text"), SHOWN, ids=[name for _, name, _ in SHOWN])
def test_a_file_is_shown_as_it_is(page: object, name: str, text: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == text


def test_the_files_can_be_read() -> None:
    helix = tomllib.loads((EDITORS / "helix" / "languages.toml").read_text(encoding="utf-8"))
    (language,) = helix["language"]
    assert language["file-types"] == ["cnn"] and set(language["language-servers"]) == set(helix["language-server"])
    template = json.loads((EDITORS / "pycharm" / "template.json").read_text(encoding="utf-8"))
    assert template["fileTypeMappings"][0]["fileType"]["patterns"] == ["*.cnn"]
    sublime = (EDITORS / "sublime" / "LSP-cnnspec.sublime-settings").read_text(encoding="utf-8")
    client = json.loads(re.sub(r"^//.*", "", sublime))["clients"]["cnnspec"]
    assert client["selector"] == "source.cnnspec"
    comments = plistlib.loads((EDITORS / "sublime" / "Comments.tmPreferences").read_bytes())
    assert comments["scope"] == "source.cnnspec"
    commands = [template["programArgs"]["default"].split(), client["command"]]
    server = helix["language-server"]["cnnspec"]
    assert [*commands, [server["command"], *server["args"]]] == [["cnnspec", "server"]] * 3
    options = json.loads((EDITORS / "pycharm" / "initializationOptions.json").read_text(encoding="utf-8"))
    assert options == client["initializationOptions"] == server["config"]
