"""Build the playground: `make playground` writes the folder build/playground and the file build/playground.html.

Node.js with npm is needed: it installs what package.json names, compiles Python for the page, and bundles the scripts.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
OUT, PARTS = ROOT / "build" / "playground", ROOT / "build" / "playground_parts"
GENERATED = HERE / "src" / "generated"
WORDS = (
    "statements", "control", "word_operators", "current", "constants", "definitions", "layers", "layers_alone", "no_layers", "functions", "budgets", "options",
)  # fmt: skip
NPM_INSTALL = ["npm", "install", "--ignore-scripts", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]


def run(*command: str | Path) -> None:
    """Run a command beside this file. Exits with a sentence where it fails."""
    program = shutil.which(str(command[0]))
    if program is None:
        sys.exit(f"the playground is built with Node.js, and there is no {command[0]}: install Node.js 20 or later")
    if subprocess.run([program, *map(str, command[1:])], cwd=HERE, check=False).returncode:
        sys.exit(f"the playground was not built: {' '.join(map(str, command[:3]))} failed")


def write_module(name: str, **declared: object) -> None:
    """A module of constants."""
    GENERATED.mkdir(exist_ok=True)
    lines = [
        f"export const {it} = {json.dumps(value, ensure_ascii=False, indent=2)};\n" for it, value in declared.items()
    ]
    (GENERATED / name).write_text("".join(["// Made by build.py.\n", *lines]), encoding="utf-8")


# ---- what the page takes from elsewhere ----------------------------------------------------------------------
def list_examples() -> list[dict[str, str]]:
    """The specs of examples/ and of the lectures, with what the first line of their comments says of them."""
    groups = {"examples": ROOT / "examples", "lectures": ROOT / "examples" / "lectures"}
    return [
        {"group": group, "name": path.name, "title": find_title(path), "text": path.read_text(encoding="utf-8")}
        for group, folder in groups.items()
        for path in sorted(folder.glob("*.cnn"))
    ]


def find_title(path: Path) -> str:
    first = path.read_text(encoding="utf-8").split("\n")[0]
    return first.removeprefix("#").strip() if first.startswith("#") else path.stem


def list_words() -> dict[str, list[str]]:
    """The words of the language by what they are."""
    from cnnspec.highlight import words

    return {name: [*getattr(words, name.upper())] for name in WORDS}


def list_terminals() -> dict[str, str]:
    """The patterns of the language's tokens, which JavaScript reads as Python does."""
    from cnnspec.syntax.grammar import TERMINALS

    return dict(TERMINALS)


def main() -> None:
    write_module("examples.ts", examples=list_examples())
    write_module("words.ts", words=list_words(), terminals=list_terminals())
    PARTS.mkdir(parents=True, exist_ok=True)
    run(*NPM_INSTALL)
    run(sys.executable, HERE / "slim_types.py", PARTS)
    run("node", "pack_bytecode.mjs", ROOT, PARTS, PARTS)
    run("npx", "--no-install", "tsc")
    run("node", "build.mjs", PARTS, OUT)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
