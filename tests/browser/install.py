"""Install what the tests in a browser need: `python -m tests.browser.install build/browser` (`make browser-test`).

Playwright, which leads the system's Chromium, and axe, which finds what keeps people from using a page. What cannot be installed is
told in a sentence, and the tests that need it are skipped. Any Python does.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tests.editors.install import PLAYWRIGHT, find_packages, install

TOOLS = find_packages({"axe": "axe-core@4.14.1"}, {"python": PLAYWRIGHT})


if __name__ == "__main__":
    home = Path(sys.argv[1]).resolve()
    for name in TOOLS:
        install(name, home, TOOLS)
