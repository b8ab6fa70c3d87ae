"""Draw the picture of the playground in the manual: `python -m tests.browser.pictures build/browser`, behind `make playground`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.browser.playground import SINGLE, Playground
from tests.browser.visit import Visit
from tests.docs.blocks import DOCS, ROOT
from tests.editors.pictures import shrink
from tests.editors.window import browser

SIZE = {"width": 1120, "height": 640}


def main(tools: Path) -> None:
    sys.path.append(str(tools / "python"))
    with browser() as chrome:
        page = Playground(lambda *where, **options: Visit(chrome, tools, *where, **options), SINGLE, viewport=SIZE)
        text = (ROOT / "examples" / "resnet18.cnn").read_text(encoding="utf-8")
        page.write("\n".join([line for line in text.splitlines() if not line.startswith("#")]).strip())
        page.page.locator(".cm-line", has_text="maxpool").click()
        page.type(" -> maxpol(2x2)")
        page.press("Escape")
        page.wait()
        page.show("picture")
        page.page.locator(".cm-lintRange-error").first.hover()
        page.page.locator(".cm-tooltip .fixes button").first.wait_for()
        page.page.wait_for_timeout(500)
        file = DOCS / "playground.png"
        page.page.screenshot(path=str(file))
        shrink(file)


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
