"""What the page's editor asks about its text, answered by what the language server is made of."""

from __future__ import annotations

import re
from urllib.parse import quote

from lsprotocol import types

from cnnspec.playground.offsets import Offsets
from cnnspec.playground.refusal import Refused
from cnnspec.server.diagnostics import find_location, write_message
from cnnspec.server.documents import Documents
from cnnspec.server.hints import list_hints
from cnnspec.server.totals import list_figures, write_figures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Set
    from typing import Any

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.network import AnalysedNetwork
    from cnnspec.server.document import Document

WORD = re.compile(r"\w*\Z")
COMPLETIONS = {
    types.CompletionItemKind.Keyword: "keyword", types.CompletionItemKind.Function: "function",
    types.CompletionItemKind.Property: "property", types.CompletionItemKind.Field: "property",
    types.CompletionItemKind.Variable: "variable", types.CompletionItemKind.Constant: "constant",
    types.CompletionItemKind.EnumMember: "enum",
}  # fmt: skip
SYMBOLS = {
    types.SymbolKind.Class: "model", types.SymbolKind.Function: "block", types.SymbolKind.Namespace: "train",
    types.SymbolKind.Constant: "constant", types.SymbolKind.Variable: "tensor",
}  # fmt: skip


class Unconfigured:
    """What a configuration says where there is none: see `server.documents.Settings`."""

    def codes(self, path: str) -> Set[str] | None:
        return None

    def reports(self, code: str, path: str) -> bool:
        return True

    def excludes(self, path: str) -> bool:
        return False

    def find_specs(self, folder: str, most: int) -> list[str]:
        return []


class Editor:
    """The one text that is open in the page, and what was known of it before its mistakes."""

    def __init__(self) -> None:
        self.documents = Documents(Unconfigured)
        self.offsets = Offsets("")
        self._name = ""

    def open(self, name: str, text: str) -> Document:
        """The text as it is now; what is known of the one before stays, where it has the same name."""
        uri = f"untitled:{quote(name, safe='')}"
        document = self.documents.get(uri)
        if document is None:
            self.documents.close(f"untitled:{quote(self._name, safe='')}")
            document, self._name = self.documents.open(uri, text, None), name
            self.offsets = Offsets(text)
        elif document.edited.text != text:
            self.documents.edit(uri, [(None, text)], None)
            self.offsets = Offsets(text)
        self.documents.know(document)
        return document

    # ---- at each edit ----------------------------------------------------------------------------------------
    def analyse(self, name: str, text: str) -> dict[str, Any]:
        """Findings, hints and totals; figures that a mistake keeps from being known are those from before."""
        document = self.open(name, text)
        known = self.documents.know(document)
        hints = list_hints(document, self.documents, document.places.whole)
        return {
            "findings": self._write_findings(known.found, document),
            "hints": [{"at": self.offsets.find_offset(hint.position), "text": hint.label} for hint in hints],
            "networks": [write_network(one, document) for one in known.analysis.networks if one.graph.nodes],
        }

    def repair(self, name: str, text: str) -> list[dict[str, Any]]:
        """The findings, with the help that is made of their repairs, which takes longer to find."""
        document = self.open(name, text)
        return self._write_findings(self.documents.repair(document), document)

    def _write_findings(self, found: Iterable[Diagnostic], document: Document) -> list[dict[str, Any]]:
        return [
            {
                **self.offsets.write_range(find_location(one.span, document, self.documents).range),
                "severity": one.severity,
                "code": one.code,
                "rule": one.name,
                "message": write_message(one.replace(help="")),
                "help": one.help,
            }
            for one in found
        ]

    # ---- at the cursor ---------------------------------------------------------------------------------------
    def complete(self, name: str, text: str, at: int) -> list[dict[str, Any]]:
        from cnnspec.server.completion import list_completions

        document = self.open(name, text)
        position = self.offsets.find_position(at)
        before = document.source.text[: document.places.find_offset(position)]
        begun = len(WORD.search(before)[0])  # type: ignore[index]  # which may be empty
        return [
            {
                "label": item.label,
                "kind": COMPLETIONS.get(types.CompletionItemKind(item.kind), "text") if item.kind else "text",
                "detail": item.detail or "",
                "info": item.documentation or "",
                "edit": {"from": at - begun, "to": at, "insert": item.insert_text or item.label},
            }
            for item in list_completions(document, self.documents, position)
        ]

    def hover(self, name: str, text: str, at: int) -> dict[str, Any] | None:
        from cnnspec.playground.markdown import write_html
        from cnnspec.server.hover import find_hover

        document = self.open(name, text)
        found = find_hover(document, self.documents, self.offsets.find_position(at))
        if found is None or found.range is None:
            return None
        assert isinstance(found.contents, types.MarkupContent)
        return {**self.offsets.write_range(found.range), "html": write_html(found.contents.value)}

    def find_signature(self, name: str, text: str, at: int) -> dict[str, Any] | None:
        from cnnspec.server.signature import find_signature

        document = self.open(name, text)
        found = find_signature(document, self.documents, self.offsets.find_position(at))
        if found is None:
            return None
        (signature,) = found.signatures
        parameters, end = [], signature.label.index("(")
        for one in signature.parameters or ():
            start = signature.label.index(str(one.label), end)
            end = start + len(str(one.label))
            parameters.append({"from": start, "to": end, "about": one.documentation or ""})
        active = found.active_parameter
        known = active is not None and active < len(parameters)
        return {
            "label": signature.label,
            "about": signature.documentation or "",
            "parameters": parameters,
            "active": active if known else None,
        }

    def find_definition(self, name: str, text: str, at: int) -> dict[str, Any] | None:
        from cnnspec.server.references import find_definition

        document = self.open(name, text)
        found = find_definition(document, self.documents, self.offsets.find_position(at))
        return None if found is None or found.uri != document.uri else self.offsets.write_range(found.range)

    def list_symbols(self, name: str, text: str) -> list[dict[str, Any]]:
        from cnnspec.server.outline import find_symbols

        document = self.open(name, text)
        body = self.documents.know(document).analysis.tree.body
        return [self._write_symbol(one) for one in find_symbols(body, document.places)]

    def _write_symbol(self, symbol: types.DocumentSymbol) -> dict[str, Any]:
        return {
            "name": symbol.name,
            "kind": SYMBOLS[symbol.kind],
            **self.offsets.write_range(symbol.range),
            "children": [self._write_symbol(one) for one in symbol.children or ()],
        }

    # ---- edits -----------------------------------------------------------------------------------------------
    def list_actions(self, name: str, text: str, to: int, **start: int) -> list[dict[str, Any]]:
        """What can be done about the findings that touch a range, then about all of the text."""
        from cnnspec.server.actions import KINDS, list_actions

        document = self.open(name, text)
        place = types.Range(self.offsets.find_position(start["from"]), self.offsets.find_position(to))
        made = [self._write_action(one, document) for one in list_actions(document, self.documents, place, KINDS)]
        form = self.list_format_edits(document)
        whole = {"title": "Format the text", "kind": "source.format", "preferred": False, "edits": form}
        return [*made, *[whole] * bool(form)]

    def fix_all(self, name: str, text: str) -> list[dict[str, Any]]:
        """The edits of all safe repairs."""
        from cnnspec.server.actions import FIX_ALL, list_actions

        document = self.open(name, text)
        made = list_actions(document, self.documents, document.places.whole, [FIX_ALL])
        return [edit for action in made for edit in self._write_action(action, document)["edits"]]

    def _write_action(self, action: types.CodeAction, document: Document) -> dict[str, Any]:
        edits = action.edit.changes[document.uri] if action.edit and action.edit.changes else ()
        return {
            "title": action.title,
            "kind": "quickfix" if action.kind == types.CodeActionKind.QuickFix else "source.fixAll",
            "preferred": bool(action.is_preferred),
            "edits": [self.offsets.write_edit(edit) for edit in edits],
        }

    def format(self, name: str, text: str) -> list[dict[str, Any]]:
        """The edits that bring the text into its canonical form."""
        document = self.open(name, text)
        mistakes = self.documents.know(document).analysis.tree.diagnostics
        if document.refusal is not None or mistakes:
            first = document.refusal or mistakes[0]
            line = f"line {first.position[0]}: " if first.position else ""
            raise Refused(f"the text cannot be formatted before it can be read: {line}{first.message}")
        return self.list_format_edits(document)

    def list_format_edits(self, document: Document) -> list[dict[str, Any]]:
        from cnnspec.server.formatting import format_document

        return [self.offsets.write_edit(edit) for edit in format_document(document, self.documents)]


def write_network(network: AnalysedNetwork, document: Document) -> dict[str, Any]:
    return {
        "name": network.name,
        "layers": network.facts.total.layers,
        "totals": write_figures(network, document),
        "known": all(figure.whole for figure in list_figures(network)),
    }
