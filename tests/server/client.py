"""An editor, as far as the tests need one: it starts the server, speaks the protocol, keeps texts, and makes edits."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Timer
from typing import Any

Json = dict[str, Any]
SECONDS = 120.0  # after which a server that has not ended is killed


class Editor:
    """A running server, and what it has said unasked; `findings` are the last that it showed of each file."""

    def __init__(self, folder: Path) -> None:
        command = [sys.executable, "-m", "cnnspec", "server", "--stdio"]
        pipes: Json = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process = subprocess.Popen(command, cwd=folder, **pipes)
        assert self.process.stdin and self.process.stdout
        self.stdin, self.stdout = self.process.stdin, self.process.stdout
        self.watchdog = Timer(SECONDS, self.process.kill)
        self.watchdog.start()
        self.asked = 0
        self.said: list[Json] = []
        self.findings: dict[str, list[Json]] = {}

    def begin(self, capabilities: Json | None = None, **more: Any) -> Json:
        asked = {"processId": None, "rootUri": None, "capabilities": capabilities or {}, **more}
        result: Json = self.ask("initialize", **asked)
        self.tell("initialized")
        return result

    def end(self) -> int:
        """The server's exit status after it was told to go."""
        self.ask("shutdown")
        self.tell("exit")
        self.process.communicate(timeout=SECONDS)
        self.watchdog.cancel()
        return self.process.returncode

    # ---- messages ------------------------------------------------------------------------------------------
    def send(self, **message: Any) -> None:
        self.send_together(message)

    def send_together(self, *messages: Json) -> None:
        """Send messages of which the first is not read before all are there."""
        bodies = [json.dumps({"jsonrpc": "2.0", **message}).encode() for message in messages]
        self.stdin.write(b"".join([b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies]))
        self.stdin.flush()

    def tell(self, method: str, **params: Any) -> None:
        self.send(method=method, params=params)

    def ask(self, method: str, **params: Any) -> Any:
        """The result of a request."""
        answer = self.answer(method, **params)
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def answer(self, method: str, **params: Any) -> Json:
        self.asked += 1
        number = self.asked
        self.send(id=number, method=method, params=params or None)
        while True:
            message = self.receive()
            if message.get("id") == number and "method" not in message:
                return message

    def receive(self) -> Json:
        """The next message; what is shown of a file is noted."""
        size = 0
        while (line := self.stdout.readline()).strip():
            if line.lower().startswith(b"content-length"):
                size = int(line.split(b":")[1])
        assert size, "the server has ended"
        message: Json = json.loads(self.stdout.read(size))
        if message.get("method") == "textDocument/publishDiagnostics":
            self.findings[message["params"]["uri"]] = message["params"]["diagnostics"]
        elif "method" in message:
            self.said.append(message)
        return message

    # ---- files ---------------------------------------------------------------------------------------------
    def open(self, uri: str, text: str) -> None:
        self.tell(
            "textDocument/didOpen", textDocument={"uri": uri, "languageId": "cnnspec", "version": 1, "text": text}
        )

    def change(self, uri: str, text: str, place: Json | None = None, version: int = 2) -> None:
        change = {"text": text} if place is None else {"text": text, "range": place}
        self.tell("textDocument/didChange", textDocument={"uri": uri, "version": version}, contentChanges=[change])

    def close(self, uri: str) -> None:
        self.tell("textDocument/didClose", textDocument={"uri": uri})

    def wait(self, uri: str) -> list[Json]:
        """The findings that are shown next of a file."""
        while True:
            message = self.receive()
            if message.get("method") == "textDocument/publishDiagnostics" and message["params"]["uri"] == uri:
                return self.findings[uri]

    def codes(self, uri: str) -> list[str]:
        """The codes of what is shown next of a file."""
        return [found["code"] for found in self.wait(uri)]


def stretch(line: int, start: int, end: int) -> Json:
    """A range in one line."""
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def apply(text: str, edits: list[Json]) -> str:
    """A text of "\\n" lines with edits made, by positions in UTF-16 units."""
    lines = text.split("\n")

    def find(position: Json) -> int:
        line = lines[position["line"]]
        before = line.encode("utf-16-le")[: 2 * position["character"]].decode("utf-16-le")
        return sum(len(one) + 1 for one in lines[: position["line"]]) + len(before)

    placed = [(find(edit["range"]["start"]), find(edit["range"]["end"]), edit["newText"]) for edit in edits]
    for start, end, new in sorted(placed, reverse=True):
        text = text[:start] + new + text[end:]
    return text
