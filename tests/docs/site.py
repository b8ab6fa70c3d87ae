"""The site: `python -m tests.docs.site` (`make docs`) builds docs/ with Zensical into build/site, and checks what it built.

The pages are copied first, so that what suits a code host suits a site: the README becomes the front page, the changelog
and SECURITY.md become pages, links to files that are no pages become code, and named specs get their names as titles.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import re
import shutil
import sys
import time
import tomllib
import zlib
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.docs.blocks import DOCS, LECTURES, README, ROOT
from tests.docs.built import find_faults, pages_of
from tests.docs.reference import generated_pages

BUILD, SITE = ROOT / "build" / "docs", ROOT / "build" / "site"
CONFIGURATION = ROOT / "zensical.toml"
OPEN, OPENED = "<!-- open -->", '<p class="open"><a href="playground/index.html">Open the playground</a></p>'
PLAYGROUND = ROOT / "build" / "playground"  # by make playground; it becomes a folder of the site
# Pages that stand outside of docs/, where a code host looks for them.
OUTSIDE = {
    README: "index.md", LECTURES: "lectures.md", ROOT / "CHANGELOG.md": "changelog.md", ROOT / "SECURITY.md": "security.md",
}  # fmt: skip
SHIM, WORKER = "https://unpkg.com/iframe-worker/shim", Path(__file__).with_name("folder_worker.js")
USES = re.compile(r"^\s*use\b", re.M)
FENCE = re.compile(r"^```(\w*)[ \t]*([^\n]*)\n(.*?)^```$", re.M | re.S)
ROW, CELL_CODE = re.compile(r"^\|.*\|$", re.M), re.compile(r"`[^`]+`")  # a bar in code is escaped on code hosts alone
LINK = re.compile(r"(!?)\[((?:[^\[\]]|`[^`]*`)*)\]\(([^)\s]+)\)")
ADDRESS = re.compile(r"""(["'`])(?:https?:)?//(?!www\.w3\.org)[\w.$-][^"'`\s]*""")


def copy_pages(source: Path) -> None:
    """Put every page of the site into a folder, as the site wants it."""
    for path in sorted(DOCS.rglob("*")):
        target = source / path.relative_to(DOCS)
        if path.suffix == ".md":
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(page_for_site(path, target.relative_to(source)), encoding="utf-8")
        elif path.suffix in (".svg", ".png", ".json"):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    for path, name in OUTSIDE.items():
        (source / name).write_text(page_for_site(path, Path(name)), encoding="utf-8")


def page_for_site(page: Path, place: Path) -> str:
    """The text of a page, for its place on the site."""
    text, parts, end = page.read_text(encoding="utf-8"), [], 0
    for found in FENCE.finditer(text):
        parts += [
            lead_links(text[end : found.start()], page, place),
            fence_for_site(found),
            link_to_playground(found, place),
        ]
        end = found.end()
    return "".join([*parts, lead_links(text[end:], page, place)]).replace(OPEN, OPENED * has_playground())


def fence_for_site(found: re.Match[str]) -> str:
    """A block with its name as its title. The mark of wrong specs is for tests alone."""
    name = found[2].strip().removesuffix("!").strip()
    title = f' title="{name}"' if name else ""
    return f"```{found[1] or 'text'}{title}\n{found[3]}```"


def link_to_playground(found: re.Match[str], place: Path) -> str:
    """A link that opens the spec of a block in the playground; nothing where the site has none, or the spec uses another file."""
    if found[1] != "cnn" or not can_open(found[3]):
        return ""
    link = write_link("Open in the playground", found[3], found[2].removesuffix("!").strip(), place)
    return f'\n\n<p class="open">{link}</p>\n'


def can_open(text: str) -> bool:
    """Whether the site has a playground, and a spec uses no other file."""
    return has_playground() and not USES.search(text)


def write_link(words: str, text: str, name: str, place: Path) -> str:
    """A link to a spec in the playground, from a page at a place. It is HTML, since the playground is no page of the manual."""
    address = f"{'../' * (len(place.parts) - 1)}playground/index.html{write_fragment(text, name)}"
    return f'<a href="{escape(address)}">{words}</a>'


def has_playground() -> bool:
    return (PLAYGROUND / "index.html").exists()


def write_fragment(text: str, name: str) -> str:
    """The part of a link that holds a text, as site/playground/src/share.ts writes and reads it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = base64.urlsafe_b64encode(packer.compress(text.encode()) + packer.flush()).decode().rstrip("=")
    return "#" + urlencode({"spec": packed, "name": name or "net.cnn"})


def lead_links(text: str, page: Path, place: Path) -> str:
    """Text whose links lead to pages of the site, those of specs to the playground; the name of what is not on it stands as code."""

    def led(found: re.Match[str]) -> str:
        mark, words, target = found.groups()
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        path, _, heading = target.partition("#")
        file = (page.parent / path).resolve()
        if file in OUTSIDE:
            on_site = Path(OUTSIDE[file])
        elif file.is_relative_to(DOCS) and file.is_file():
            on_site = file.relative_to(DOCS)
        elif file.suffix == ".cnn" and file.is_file() and can_open(text := file.read_text(encoding="utf-8")):
            return write_link(words, text, file.name, place)
        else:
            return words if "`" in words else f"`{words}`" if "/" in words else words
        up = "../" * (len(place.parts) - 1)
        return f"{mark}[{words}]({up}{on_site.as_posix()}{'#' + heading if heading else ''})"

    return ROW.sub(lambda row: CELL_CODE.sub(lambda code: code[0].replace("\\|", "|"), row[0]), LINK.sub(led, text))


def configuration() -> dict[str, Any]:
    """The configuration with the pages of each folder, for the copied pages."""
    settings: dict[str, Any] = tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))["project"]
    settings["nav"] = [expand(entry) for entry in settings["nav"]]
    settings |= {"docs_dir": "source", "site_dir": "site"}
    return settings


def expand(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of the navigation; of a folder, with its index first and its pages by name."""
    ((title, target),) = entry.items()
    if not isinstance(target, str) or target.endswith(".md"):
        return entry
    names = [path.stem for path in sorted((DOCS / target).glob("*.md")) if path.stem != "index"]
    return {title: [f"{target}/index.md", *[{title_of(DOCS / target / f"{n}.md"): f"{target}/{n}.md"} for n in names]]}


def title_of(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ").removeprefix("cnnspec ")


def register_lexer() -> None:
    """Let Pygments know the lexer of specs also where the installed cnnspec is an older one without it."""
    from pygments.lexers import LEXERS

    LEXERS["CnnspecLexer"] = ("cnnspec.highlight.lexer", "cnnspec", ("cnnspec", "cnn"), ("*.cnn",), ())


def build() -> list[str]:
    """Build the site, and say what is wrong with it."""
    from zensical import build as zensical

    missing = [
        str(page)
        for page, text in generated_pages().items()
        if not page.exists() or page.read_text(encoding="utf-8") != text
    ]
    if missing:
        return [f"{page} is not what the program says: run python -m tests.docs" for page in missing]
    register_lexer()
    for folder in (BUILD, SITE):
        shutil.rmtree(folder, ignore_errors=True)
    copy_pages(BUILD / "source")
    file = BUILD / "zensical.toml"
    file.write_text(in_toml({"project": configuration()}), encoding="utf-8")
    zensical(str(file), {"clean": True, "strict": True})
    shutil.move(BUILD / "site", SITE)
    seal(SITE)
    if has_playground():
        shutil.copytree(PLAYGROUND, SITE / "playground")
    return find_faults(SITE)


def in_toml(settings: dict[str, Any]) -> str:
    """Settings as TOML: strings, numbers, lists and inline tables are nearly JSON."""

    def value(of: Any) -> str:
        if isinstance(of, dict):
            return "{" + ", ".join(f"{json.dumps(key)} = {value(inner)}" for key, inner in of.items()) + "}"
        if isinstance(of, list):
            return "[" + ", ".join(map(value, of)) + "]"
        return json.dumps(of, ensure_ascii=False)

    return "\n".join(f"{json.dumps(key)} = {value(of)}" for key, of in settings.items()) + "\n"


def seal(site: Path) -> None:
    """Let nothing be loaded from elsewhere: the help that search needs in a folder is our own, and scripts lose the
    addresses of what no page of ours uses (diagrams, editors)."""
    shutil.copyfile(WORKER, site / "assets" / "javascripts" / WORKER.name)
    for page in pages_of(site):
        up = "../" * (len(page.relative_to(site).parts) - 1)
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace(SHIM, f"{up}assets/javascripts/{WORKER.name}"), encoding="utf-8")
    for script in [*site.glob("assets/**/*.js"), *site.glob("assets/**/*.css")]:
        text = script.read_text(encoding="utf-8")
        sealed = ADDRESS.sub(r"\1about:blank#", text)
        if sealed != text:
            script.write_text(sealed, encoding="utf-8")


def main() -> int:
    if importlib.util.find_spec("zensical") is None:
        print('the site is built by Zensical: pip install -e ".[docs]", or make docs', file=sys.stderr)
        return 2
    begin = time.process_time()
    faults = build()
    print(*faults, sep="\n", end="\n" * bool(faults), file=sys.stderr)
    if not has_playground():
        print(
            "the site has no playground, to which its examples could lead: make playground builds it", file=sys.stderr
        )
    print(
        f"build/site: {len(pages_of(SITE)) if SITE.exists() else 0} pages, {time.process_time() - begin:.1f} s of CPU time"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
