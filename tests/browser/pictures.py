"""Draw the picture of the playground in the manual: `python -m tests.browser.pictures build/browser`, behind `make playground`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.browser.playground import SINGLE, Playground
from tests.browser.visit import Visit
from tests.docs.blocks import DOCS
from tests.editors.pictures import shrink
from tests.editors.window import browser

SIZE = {"width": 1240, "height": 600}
NETWORK = """# Residual blocks on small images

block residual(filters) {
  add(
    conv(filters, 3x3, padding=same, bias=false) -> bn -> relu
      -> conv(filters, 3x3, padding=same, bias=false) -> bn,
    in,
  ) -> relu
}

input 32x32x3
conv(16, 3x3, padding=same) -> relu
residual(16) * 2
maxpol(2x2)
conv(32, 3x3, padding=same) -> relu
gap -> dense(10, softmax)
"""


def main(tools: Path) -> None:
    sys.path.append(str(tools / "python"))
    with browser() as chrome:
        page = Playground(lambda *where, **options: Visit(chrome, tools, *where, **options), SINGLE, viewport=SIZE)
        page.page.add_style_tag(content="* { box-shadow: none !important; }")  # which takes many colours
        page.write(NETWORK)
        page.show("picture")
        page.page.locator(".cm-lintRange-error").first.hover()
        page.page.locator(".cm-tooltip .fixes button").first.wait_for()
        page.page.wait_for_timeout(500)
        file = DOCS / "playground.png"
        page.page.screenshot(path=str(file))
        shrink(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
