"""The built page on this machine alone, and one file of the user's that it may read and, where that was asked for, write.

Who asks for the file must know a token, which the page's address has behind its #, and must have been led here by this
address: another page of the same browser is no reader of it.
"""

from __future__ import annotations

import json
import os
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    class OpenFile(Protocol):
        """The file that the page opens. Its methods raise NotDone."""

        name: str
        writes: bool

        def read(self) -> str: ...
        def save(self, text: str) -> None: ...


HERE = "127.0.0.1"
TYPES = {
    ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".gz": "application/gzip",
    ".txt": "text/plain; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".json": "application/json",
}  # fmt: skip
HEADERS = {
    "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "frame-ancestors 'none'", "Cross-Origin-Resource-Policy": "same-origin",
}  # fmt: skip
TOKEN = "X-Cnnspec-Token"
MOST = 2**25  # bytes of a request: two texts as JSON


class NotDone(Exception):
    """A file that cannot be read or written; the message is a sentence."""


class LocalServer(ThreadingHTTPServer):
    """Serves the files of a folder, which were there at the start, and no other but `file`. OSError where the port is taken."""

    daemon_threads = True

    def __init__(self, folder: str, file: OpenFile | None = None, port: int = 0) -> None:
        self.folder, self.file, self.token = folder, file, secrets.token_urlsafe(24)
        self.names = frozenset([entry.name for entry in os.scandir(folder) if entry.is_file()])
        super().__init__((HERE, port), Handler)
        self.hosts = {f"{name}:{self.server_port}" for name in (HERE, "localhost")}

    @property
    def address(self) -> str:
        """Where the page is; with the token, where there is a file."""
        return f"http://{HERE}:{self.server_port}/" + (f"#play={self.token}" if self.file is not None else "")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that breaks off is no news."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: LocalServer
    server_version, sys_version = "cnnspec", ""
    timeout = 60  # seconds that a request may take to come

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        name = path.removeprefix("/") or "index.html"
        if not self._is_local():
            self._say(403, {"error": "this is for pages of this machine alone"})
        elif path == "/file":
            self._show_file()
        elif name in self.server.names:
            self._show_page(name)
        else:
            self._say(404, {"error": "there is no such file here"})

    def do_PUT(self) -> None:
        if not self._is_local() or self.path != "/file":
            self._say(403, {"error": "this is for pages of this machine alone"})
        elif (file := self._find_file()) is not None:
            if not file.writes:
                self._say(403, {"error": "the file is only read: start cnnspec play with --write to save it"})
                return
            try:
                asked = self._read_question()
                self._save(file, asked["text"], asked["before"], asked["overwrite"])
            except NotDone as error:
                self._say(500, {"error": str(error)})
            except (ValueError, KeyError, TypeError, RecursionError):
                self._say(400, {"error": "the request cannot be read"})

    def _show_page(self, name: str) -> None:
        """A file of the page, which may be built anew meanwhile."""
        try:
            with open(os.path.join(self.server.folder, name), "rb") as file:
                data = file.read()
        except OSError as error:
            self._say(404, {"error": f"{name} cannot be read any more: {error.strerror}"})
            return
        self._send(200, TYPES.get(os.path.splitext(name)[1], "application/octet-stream"), data)

    # ---- the file --------------------------------------------------------------------------------------------
    def _show_file(self) -> None:
        file = self._find_file()
        if file is None:
            return
        try:
            self._say(200, {"name": file.name, "text": file.read(), "writes": file.writes})
        except NotDone as error:
            self._say(500, {"error": str(error)})

    def _save(self, file: OpenFile, text: str, before: str, overwrite: bool) -> None:
        """Save a text; where the file holds another one than that before, its text is the answer."""
        if not (isinstance(text, str) and isinstance(before, str) and isinstance(overwrite, bool)):
            raise TypeError
        now = file.read()
        if now != before and not overwrite:
            self._say(409, {"conflict": now})
            return
        file.save(text)
        self._say(200, {})

    def _read_question(self) -> Any:
        size = int(self.headers.get("Content-Length") or "-1")
        if not 0 <= size <= MOST:
            raise ValueError
        return json.loads(self.rfile.read(size))

    # ---- who asks --------------------------------------------------------------------------------------------
    def _is_local(self) -> bool:
        """Whether the request names this server as a browser does that was led here, not by a name that only points here."""
        origin = self.headers.get("Origin")
        hosts = self.server.hosts
        return self.headers.get("Host") in hosts and origin in (None, *[f"http://{host}" for host in hosts])

    def _find_file(self) -> OpenFile | None:
        """The file, for who knows the token; the others have been answered."""
        given = self.headers.get(TOKEN, "")
        if self.server.file is not None and secrets.compare_digest(given.encode(), self.server.token.encode()):
            return self.server.file
        self._say(403, {"error": "cnnspec play was started anew: use the address that it tells"})
        return None

    # ---- answers ---------------------------------------------------------------------------------------------
    def _say(self, status: int, answer: dict[str, Any]) -> None:
        self._send(status, TYPES[".json"], json.dumps(answer).encode())

    def _send(self, status: int, kind: str, data: bytes) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **HEADERS}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Nothing: the terminal is the user's."""
