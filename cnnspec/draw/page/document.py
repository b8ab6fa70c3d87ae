"""The frame of a page: one HTML document that loads nothing, with its style and its script inside.

A content security policy lets nothing run or load but that one script and that one style, which it knows by their sums.
"""

from __future__ import annotations

from functools import cache

from cnnspec.tables.escape import json_in_script, xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

SCRIPTS = ("field", "elements", "picture", "text", "fieldview", "layer", "table", "view", "page")  # in order


def write_document(title: str, body: str, style: str) -> str:
    """The document; `style` are rules that the page's own style goes before."""
    css, script = read_asset("page.css") + style, read_script()
    policy = (
        f"default-src 'none'; script-src '{sum_for_policy(script)}'; style-src '{sum_for_policy(css)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="generator" content="cnnspec">\n'
        f"<title>{xml(title)}</title>\n<style>{css}</style>\n</head>\n<body>\n{body}\n"
        f'<div id="said" class="heard" role="status"></div>\n<script>{script}</script>\n</body>\n</html>\n'
    )


def merge_styles(styles: Sequence[str]) -> str:
    """The rules of all pictures, each once."""
    return "\n".join(dict.fromkeys(styles))


@cache
def read_script() -> str:
    """All of the page's script."""
    parts = "\n".join([read_asset(f"scripts/{name}.js") for name in SCRIPTS])
    return f'"use strict";\n(() => {{\n{parts}\n}})();\n'


@cache
def read_asset(name: str) -> str:
    from importlib.resources import files

    return files("cnnspec.draw.page").joinpath(*name.split("/")).read_text(encoding="utf-8")


def sum_for_policy(text: str) -> str:
    from base64 import b64encode
    from hashlib import sha256

    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def write_data(data: Any) -> str:
    """Data within a page, which a script reads: no character of it ends the element that it stands in."""
    return f'<script type="application/json">{json_in_script(data)}</script>'
