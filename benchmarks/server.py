"""How fast the language server is while somebody types: python benchmarks/server.py [--edits 1000]

A server is spoken with as an editor does. Its own CPU time (user + system, Linux alone) is taken from an edit to the findings
that come of it, and for what an editor then asks, as medians; next to it, the CPU time of a whole `cnnspec check` of the same
text in the same run. Memory is that of the process before and after many edits.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from speed import RESNET, ROOT, chain, cpu_seconds

TEXTS = {"ResNet-50": RESNET.read_text(encoding="utf-8"), "1,000 lines": chain(3000), "5,000 lines": chain(15_000)}
WARMED = 2  # edits at first that are not timed
SHOWN_LINES = 50  # which an editor shows, and asks hints for


class Server:
    """A server and the one file that is open in it; what is written into it is taken back by the next edit."""

    def __init__(self, path: Path) -> None:
        command = [sys.executable, "-m", "cnnspec", "server"]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        self.asked, self.version, self.uri = 0, 1, path.as_uri()
        self.ask("initialize", processId=None, rootUri=None, capabilities={})
        self.send(method="initialized", params={})

    def send(self, **message: Any) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self.process.stdin.flush()

    def receive(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The next message of a kind."""
        assert self.process.stdout
        while True:
            size = 0
            while (line := self.process.stdout.readline()).strip():
                if line.startswith(b"Content-Length"):
                    size = int(line.split()[1])
            message: dict[str, Any] = json.loads(self.process.stdout.read(size))
            if wanted(message):
                return message

    def ask(self, method: str, **params: Any) -> Any:
        self.asked += 1
        self.send(id=self.asked, method=method, params=params)
        return self.receive(lambda message: message.get("id") == self.asked)["result"]

    def ask_at(self, method: str, line: int, character: int) -> Any:
        position = {"line": line, "character": character}
        return self.ask(f"textDocument/{method}", textDocument={"uri": self.uri}, position=position)

    def open(self, text: str) -> None:
        opened = {"uri": self.uri, "languageId": "cnnspec", "version": self.version, "text": text}
        self.send(method="textDocument/didOpen", params={"textDocument": opened})
        self.wait()

    def wait(self) -> None:
        """Wait for the findings of the text as it is."""
        self.receive(lambda message: message.get("params", {}).get("version") == self.version)

    def type(self, line: int) -> None:
        """Write a comment's first character behind a line, or take it away again, and wait for the findings."""
        self.version += 1
        start = {"line": line, "character": 0}
        end = {"line": line, "character": 0 if self.version % 2 == 0 else 1}
        change = {"range": {"start": start, "end": end}, "text": " " if self.version % 2 == 0 else ""}
        document = {"uri": self.uri, "version": self.version}
        self.send(method="textDocument/didChange", params={"textDocument": document, "contentChanges": [change]})
        self.wait()

    def hints(self, line: int) -> Any:
        stretch = {"start": {"line": line, "character": 0}, "end": {"line": line + SHOWN_LINES, "character": 0}}
        return self.ask("textDocument/inlayHint", textDocument={"uri": self.uri}, range=stretch)

    # ---- what it takes -------------------------------------------------------------------------------------
    @property
    def seconds(self) -> float:
        """CPU time of the process until now: Linux makes its clock's number of the process's."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    @property
    def mebibytes(self) -> float:
        """Memory that the process has now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024

    def measure(self, run: Callable[[], Any]) -> float:
        before = self.seconds
        run()
        return self.seconds - before


def measure_text(text: str, folder: Path, rounds: int) -> dict[str, float]:
    """Median CPU seconds for an edit and for what follows it, and of a whole check."""
    path = folder / "typed.cnn"
    path.write_text(text, encoding="utf-8")
    server = Server(path)
    server.open(text)
    lines = text.split("\n")
    calls = [number for number, line in enumerate(lines) if line.lstrip().startswith("conv(")]
    line = min(calls, key=lambda number: abs(number - len(lines) // 2))
    runs: dict[str, Callable[[], Any]] = {
        "edit → findings": lambda: server.type(line),
        "hints of what is shown": lambda: server.hints(line),
        "hover": lambda: server.ask_at("hover", line, lines[line].index("conv(") + 2),
        "completion": lambda: server.ask_at("completion", line, lines[line].index("conv(") + 5),
    }
    taken: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(WARMED + max(1, rounds)):
        for name, run in runs.items():
            taken[name].append(server.measure(run))
    server.process.kill()
    check = cpu_seconds([sys.executable, "-m", "cnnspec", "check", "--no-cache", str(path)], 5)
    return {name: statistics.median(times[WARMED:]) for name, times in taken.items()} | {"check": check}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20, help="edits of each text that are timed (20)")
    parser.add_argument("--edits", type=int, default=1000, help="edits between which memory is compared (1,000)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, text in TEXTS.items():
            taken = measure_text(text, folder, options.rounds)
            check = taken.pop("check")
            print(f"{title}: a whole check {check * 1e3:.0f} ms")
            for what, seconds in taken.items():
                print(f"  {what:24}{seconds * 1e3:8.1f} ms = {seconds / check:.2f} x check", flush=True)
        server = Server(folder / "typed.cnn")
        server.open(TEXTS["ResNet-50"])
        for edits in (options.edits // 10, options.edits):
            while server.version <= edits:
                server.type(20)
                server.hints(0)
            print(f"memory after {edits:,} edits of ResNet-50, with hints: {server.mebibytes:.0f} MiB", flush=True)
        server.process.kill()


if __name__ == "__main__":
    main()
