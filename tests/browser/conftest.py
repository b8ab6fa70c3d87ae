"""A browser, a server of folders, and pages whose requests, errors and barriers are known."""

from __future__ import annotations

import functools
import http.server
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.playground import SINGLE, Playground, find_site
from tests.browser.visit import Visit
from tests.editors.tools import find_chromium, tools
from tests.editors.window import browser as start_browser

NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"  # no test leans on what is elsewhere


@pytest.fixture(scope="session")
def installed() -> Path:
    """The folder of what `make browser-test` installs; skips where it, or a browser, is not there."""
    folder = tools("CNNSPEC_BROWSER", "Playwright and axe: make browser-test")
    pytest.importorskip("playwright", reason="Playwright is not installed: make browser-test says why")
    if find_chromium() is None:
        pytest.skip("there is no Chromium; CHROMIUM can name one")
    return folder


@pytest.fixture(scope="session")
def browser(installed: Path) -> Iterator[Any]:
    with start_browser(NOWHERE) as running:
        yield running


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, and says nothing of it."""

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def serve() -> Iterator[Callable[[Path], str]]:
    """Serves a folder, and says where: http://127.0.0.1:PORT."""
    running: list[http.server.ThreadingHTTPServer] = []

    def start(folder: Path) -> str:
        server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), functools.partial(Quiet, directory=os.fspath(folder))
        )
        running.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def visit(browser: Any, installed: Path) -> Iterator[Callable[..., Visit]]:
    """Opens an address, or a file, as who has never been there; see Visit. All is closed behind the test."""
    opened: list[Visit] = []

    def start(address: str | Path, **options: Any) -> Visit:
        opened.append(Visit(browser, installed, address, **options))
        return opened[-1]

    yield start
    for one in opened:
        one.close()


# ---- the playground -------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def address(serve: Callable[[Path], str]) -> str:
    return serve(find_site())


@pytest.fixture
def opened(visit: Callable[..., Visit], address: str) -> Iterator[Callable[..., Playground]]:
    """Opens the playground, by default over http. Whatever is done on it, nothing is asked of elsewhere, and nothing goes wrong."""
    pages: list[Playground] = []

    def start(where: str | Path = address, **options: Any) -> Playground:
        pages.append(Playground(visit, where, **options))
        return pages[-1]

    yield start
    for page in pages:
        assert page.visit.left == [] and page.visit.errors == []


@pytest.fixture
def page(opened: Callable[..., Playground]) -> Playground:
    return opened()


@pytest.fixture(params=["http", "file"])
def either(request: pytest.FixtureRequest, opened: Callable[..., Playground]) -> Playground:
    """The page over http, and the one file."""
    return opened() if request.param == "http" else opened(SINGLE)
