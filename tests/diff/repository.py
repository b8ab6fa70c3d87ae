"""A repository of two commits: networks that change, come, go, move, break, and change through a file that they use."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

SMALL = "input 28x28x1\nconv(8, 3x3, activation=relu) -> conv(16, 3x3, activation=relu)\ngap -> dense(10, softmax)\n"
DEEP = "input 32x32x3\nconv(8, 3x3) -> relu\nconv(8, 3x3) -> relu\ngap -> dense(10)\n"
USES = 'use "../lib/blocks.cnn" (b)\ninput 8x8x3\nb(8) -> gap -> dense(2)\n'
KEPT = "input 9x9x1\nconv(4, 3x3)\n"
BASE = {
    "nets/small.cnn": SMALL,
    "nets/gone.cnn": "input 28x28x1\nflatten -> dense(10)\n",
    "nets/before.cnn": DEEP,
    "nets/stays.cnn": KEPT.replace("9x9", "10x10"),
    "nets/was.cnn": KEPT.replace("9x9", "11x11"),
    "nets/comment.cnn": KEPT,
    "nets/broken.cnn": KEPT,
    "nets/mended.cnn": "input 9x9x1\nconv(4, 3x33)\n",
    "nets/uses.cnn": USES,
    "nets/two.cnn": "model Small { input 3 -> dense(2) }\nmodel Large { input 3 -> dense(9) }\nmodel Old { input 3 -> dense(1) }\n",
    "lib/blocks.cnn": "block b(n) { conv(n, 3x3, padding=same) -> relu }\n",
    ".hidden/x.cnn": "input 3\ndense(2)\n",
}
GONE = ("nets/gone.cnn", "nets/before.cnn", "nets/was.cnn")
HEAD = {name: text for name, text in BASE.items() if name not in GONE} | {
    "nets/small.cnn": SMALL.replace("conv(16", "conv(20"),
    "nets/after.cnn": DEEP.replace("dense(10)", "dense(11)"),
    "nets/moved.cnn": BASE["nets/was.cnn"],
    "nets/comment.cnn": f"# a comment\n{KEPT}",
    "nets/broken.cnn": "input 9x9x1\nconv(4, 13x13)\n",
    "nets/mended.cnn": KEPT,
    "nets/new.cnn": "input 28x28x1\nconv(3, 5x5) -> gap -> dense(10)\n",
    "nets/two.cnn": "model Small { input 3 -> dense(2) }\nmodel Large { input 3 -> dense(12) }\nmodel New { input 3 -> dense(1) }\n",
    "lib/blocks.cnn": "block b(n) { conv(n, 5x5, padding=same) -> relu }\n",
    ".hidden/x.cnn": "input 3\ndense(3)\n",
}


def git(folder: Path, *words: str) -> str:
    """What git answers; nobody's settings count."""
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    person = ["-c", "user.name=Anna", "-c", "user.email=anna@example.org"]
    done = subprocess.run(
        ["git", *person, *words], cwd=folder, env=os.environ | nobody, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def make_repository(folder: Path) -> Path:
    """The repository, in a folder that is empty."""
    git(folder, "init", "-q", "-b", "main")
    for files, message in ((BASE, "base"), (HEAD, "head")):
        for name in GONE if files is HEAD else ():
            (folder / name).unlink()
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", message)
    (folder / "nets" / "net.keras").write_bytes(b"PK")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--amend", "--no-edit")
    return folder
