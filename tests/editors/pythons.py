"""Scripts that stand for Pythons in which an editor looks for cnnspec, and for the Python extension of VS Code."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from zipfile import ZipFile

from tests.docs.blocks import ROOT

# A Python whose cnnspec is that of this checkout. It notes how it is called, and trains and installs nothing.
SCRIPT = """#!/bin/sh
printf '%s\\n' "$*" >> {log}
case "$*" in
  "-m pip "*) touch {installed}; exit 0;;
  "-m cnnspec train "*) exit 0;;
esac
{refusal}
PYTHONPATH={root} exec {python} "$@"
"""
REFUSAL = """test -e {installed} || {{ cat >&2 <<END
{said}
END
exit {status}; }}"""
# What a Python says until something was installed into it, and its exit status: cnnspec is missing, or a part of it.
Refusal = tuple[str, int]
MISSING: Refusal = "$0: No module named cnnspec", 1
LACKING: Refusal = 'cnnspec: pygls is not installed; this command needs it: $0 -m pip install "/my specs[lsp]"', 2

EXTENSION = {
    "name": "python", "publisher": "ms-python", "version": "2030.1.0", "main": "./main.js", "activationEvents": [],
    "engines": {"vscode": "^1.91.0"},
}  # fmt: skip
INTERFACE = """
const vscode = require("vscode");
exports.activate = () => ({ environments: {
  getActiveEnvironmentPath: () => ({ id: "chosen", path: PYTHON }),
  resolveEnvironment: async ({ path }) => ({ executable: { uri: vscode.Uri.file(path) } }),
  onDidChangeActiveEnvironmentPath: new vscode.EventEmitter().event,
} });
"""


class Python:
    """A script that stands for a Python, and what it was called with."""

    def __init__(self, file: Path, refusal: Refusal | None = None) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file, self.log = file, file.with_suffix(".log")
        installed = quoted(file.with_suffix(".installed"))
        refused = REFUSAL.format(installed=installed, said=refusal[0], status=refusal[1]) if refusal else ""
        names = {"log": quoted(self.log), "root": quoted(ROOT), "python": quoted(Path(sys.executable))}
        self.file.write_text(SCRIPT.format(installed=installed, refusal=refused, **names), encoding="utf-8")
        self.file.chmod(0o755)

    @property
    def calls(self) -> list[str]:
        return self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []


def quoted(path: Path) -> str:
    """A path for the shell."""
    return shlex.quote(str(path))


def write_python_extension(file: Path, chosen: Python) -> Path:
    """A package of what stands for the Python extension, as far as its interface is used, with the interpreter that is chosen in it."""
    with ZipFile(file, "w") as archive:
        archive.writestr("extension/package.json", json.dumps(EXTENSION))
        archive.writestr("extension/main.js", INTERFACE.replace("PYTHON", json.dumps(str(chosen.file))))
    return file
