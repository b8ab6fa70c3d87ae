"""A question by its name, with what it is about as JSON, and its answer as JSON: {"answer": …} or {"error": a sentence}."""

from __future__ import annotations

import json

from cnnspec.base.source import printable
from cnnspec.playground.refusal import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.playground.editor import Editor


class Playground:
    """What a page asks of Python. `run_command` is the command line; it finds its files in the working folder, which is the
    page's own."""

    def __init__(self, run_command: Callable[[list[str]], int]) -> None:
        self.run_command = run_command
        self._editor: Editor | None = None

    def answer(self, name: str, question: str) -> str:
        """The answer to a question. What goes wrong in it is an answer too: the page goes on."""
        try:
            return json.dumps({"answer": self._ask(name, json.loads(question))})
        except Refused as refusal:
            return json.dumps({"error": str(refusal)})
        except Exception as error:
            return json.dumps({"error": f"internal error: {printable(f'{type(error).__name__}: {error}')}"})

    def _ask(self, name: str, about: dict[str, Any]) -> Any:
        if name in OF_EDITOR:
            return OF_EDITOR[name](self.editor, about)
        if name == "view":
            from cnnspec.playground.views import show_view

            return show_view(self.editor, **about)
        from cnnspec.playground import commands

        return commands.QUESTIONS[name](self.run_command, **about)

    @property
    def editor(self) -> Editor:
        if self._editor is None:
            from cnnspec.playground.editor import Editor

            self._editor = Editor()
        return self._editor


OF_EDITOR: dict[str, Callable[[Editor, dict[str, Any]], Any]] = {
    "analyse": lambda editor, about: editor.analyse(**about),
    "repair": lambda editor, about: editor.repair(**about),
    "complete": lambda editor, about: editor.complete(**about),
    "hover": lambda editor, about: editor.hover(**about),
    "signature": lambda editor, about: editor.find_signature(**about),
    "actions": lambda editor, about: editor.list_actions(**about),
    "format": lambda editor, about: editor.format(**about),
    "fixAll": lambda editor, about: editor.fix_all(**about),
    "definition": lambda editor, about: editor.find_definition(**about),
    "symbols": lambda editor, about: editor.list_symbols(**about),
}
