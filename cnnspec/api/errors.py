"""What the API raises for a spec that cannot be used."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.base.diagnostic import Diagnostic


class SpecError(Exception):
    """A spec that cannot be used for what was asked. `diagnostics` say why; the message shows them."""

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        from cnnspec.findings.text import show_diagnostic

        super().__init__("\n\n".join([message, *[show_diagnostic(d) for d in diagnostics]]))
        self.diagnostics = diagnostics
