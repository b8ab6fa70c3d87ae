"""Draw the pictures of VS Code, in the manual and in the extension: `python -m tests.editors.pictures build/editors`."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.docs.blocks import DOCS, ROOT
from tests.editors.install import PACKAGE, SOURCE
from tests.editors.window import CodeServer, Window, browser

NETWORK = """# Digits of 28x28 pixels

input 28x28x1
conv(32, 3x3, activation=relu) -> maxpool(2x2)
conv(64, 3x3, activation=relu) -> maxpool(2x2)
conv(64, 3x3, activation=relu)
flatten
dense(64, relu) -> dense(10, softmax)

train {
  data   = mnist
  loss   = sparse_categorical_crossentropy
  epochs = 5
}
"""
COLOURS = 128


def draw(window: Window) -> None:
    (window.folder / "mnist.cnn").write_text(NETWORK, encoding="utf-8")
    shutil.copy(ROOT / "examples" / "resnet18.cnn", window.folder)
    window.open("mnist.cnn")
    window.wait_for_squiggles("warning", "maxpool(2x2)")
    window.page.locator(".codelens-decoration").first.wait_for()
    window.page.wait_for_timeout(2000)
    keep(window, DOCS / "editors" / "vscode.png")
    window.run("View: Toggle Primary Side Bar Visibility")
    window.page.wait_for_timeout(1000)
    keep(window, SOURCE / "images" / "hints.png", x=52, y=64, width=700, height=300)
    window.put_cursor(5, 40)
    window.press("Control+.")
    window.page.locator(".action-widget .monaco-list-row").first.wait_for()
    window.page.wait_for_timeout(1000)
    keep(window, SOURCE / "images" / "fix.png", x=52, y=64, width=945, height=310)
    window.press("Escape")
    window.put_cursor(3, 1)
    window.page.set_viewport_size({"width": 1460, "height": 500})
    window.run("cnnspec: Show Summary")
    window.wait_for_other_line("Total params")
    window.page.wait_for_timeout(1000)
    keep(window, DOCS / "editors" / "vscode-summary.png")


def keep(window: Window, file: Path, **clip: int) -> None:
    """A picture of the window, or of a part of it."""
    window.picture(file, **({"clip": clip} if clip else {}))
    shrink(file)


def shrink(file: Path) -> None:
    """Write a picture in few colours."""
    from PIL import Image

    with Image.open(file) as picture:
        small: Any = picture.convert("RGB").quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    small.save(file, optimize=True)
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size / 1024:.0f} KiB")


def main(tools: Path) -> None:
    sys.path.append(str(tools / "python"))
    entry = tools / "code-server" / "node_modules" / "code-server" / "out" / "node" / "entry.js"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "networks"
        folder.mkdir()
        running = CodeServer(
            tools / "node" / "home" / "bin" / "node", entry, PACKAGE, Path(name) / "user", {**os.environ}
        )
        running.set(
            cnnspec__python=sys.executable,
            editor__fontSize=13,
            breadcrumbs__enabled=False,
            editor__scrollbar__vertical="hidden",
            editor__scrollbar__horizontal="hidden",
        )
        try:
            with browser() as chrome:
                draw(Window(chrome, running.address, folder, width=1000, height=620))
        finally:
            running.end()


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
