"""What the fuzzer starts from: the specs that the project has, right ones and wrong ones, none of them long."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from cnnspec.layers import CATALOGUE
from cnnspec.lint.pages import pages
from cnnspec.syntax.mistakes import MISTAKES

ROOT = Path(__file__).parents[2]
LONGEST = 400  # characters
FENCED = re.compile(r"^```(?:cnn[^\n]*)?\n(.*?)^```", re.M | re.S)


@cache
def seeds() -> tuple[str, ...]:
    """Each text once, in an order that does not depend on the machine."""
    found = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "examples").rglob("*.cnn"))]
    for layer in CATALOGUE:
        found += [layer.example, *layer.more_examples]
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")), *sorted((ROOT / "tests").glob("*/*.md"))]:
        found += FENCED.findall(path.read_text(encoding="utf-8"))
    for page in pages():
        found += FENCED.findall(page.markdown())
    found += [f"input 8x8x3\n{snippet}\nrelu\n" for _, _, snippets in MISTAKES for snippet in snippets[:3]]
    return tuple(dict.fromkeys([text for text in found if 0 < len(text) <= LONGEST]))


@cache
def models() -> tuple[str, ...]:
    """Saved Keras models, as `model.to_json()` writes them."""
    return tuple(
        [path.read_text(encoding="utf-8") for path in sorted((Path(__file__).parent / "models").glob("*.json"))]
    )
