"""Write anew what the editors' grammars take from the language: `python -m tests.editors`."""

from __future__ import annotations

from tests.editors.grammars import written

if __name__ == "__main__":
    for path, text in written().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
