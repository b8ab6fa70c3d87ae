"""How the house is built, read from the files: imports go one way, no pass knows a layer, nothing heavy is imported early."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cnnspec
from cnnspec.layers import CATALOGUE
from cnnspec.layers.activation import FUNCTIONS
from cnnspec.syntax.generate import MISTAKE_TABLE, TABLE

PACKAGE = Path(cnnspec.__file__).parent
FILES = sorted(PACKAGE.rglob("*.py"))

# What stands in one row may not import another part of that row; every part may import those above its own. A folder of
# a part may have a place of its own.
ORDER = [
    {"lint.index"},  # names alone: it imports nothing
    {"base"},
    {"syntax", "layers"},
    {"graph"},
    {"elaborate", "format"},
    {"facts"},
    {"network"},
    {"tables"},
    {"pictures"},
    {"explain", "summary"},
    {"rf", "cost", "sizes"},
    {"lost"},
    {"lint", "compile"},
    {"spec_writer", "model_files", "diff"},
    {"train"},
    {"python_source"},
    {"trace"},
    {"analysis"},
    {"pipeline"},
    {"sweep"},
    {"solve"},
    {"findings", "quiz", "look", "highlight", "compare"},
    {"draw"},
    {"api", "server"},
    {"search"},
    {"playground"},
    {"cli"},
    {"notebook"},
    {"__init__", "__main__"},
]
RANK = {part: rank for rank, row in enumerate(ORDER) for part in row}
HEAVY = ("numpy", "rich", "IPython", "keras", "tensorflow", "sklearn", "lark", "hypothesis")
SLOW = ("typing", "dataclasses", "json", "fractions")  # standard, but dear at every start (enum comes with re)


def place_of(module: str) -> str:
    """The part of the order that a module (its name without "cnnspec.") belongs to."""
    folder = ".".join(module.split(".")[:2])
    return folder if folder in RANK else module.split(".")[0]


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(PACKAGE).with_suffix("").parts)


def part_of(path: Path) -> str:
    return place_of(module_of(path))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes(path: Path) -> list[ast.AST]:
    """Every node of a file's tree, as `ast.walk` yields them."""
    return list(ast.walk(parsed(path)))


@cache
def imports(path: Path) -> list[tuple[str, bool]]:
    """Every module that a file imports, and whether for annotations alone (under `if TYPE_CHECKING`)."""
    typed = {
        id(inner)
        for node in nodes(path)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for statement in node.body
        for inner in ast.walk(statement)
    }
    found: list[tuple[str, bool]] = []
    for node in nodes(path):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in typed) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module
            names = [node.module, *[f"{node.module}.{alias.name}" for alias in node.names]]
            found += [
                (name, id(node) in typed) for name in names
            ]  # `from cnnspec import rules` imports cnnspec.lint.rules
    return found


def own(path: Path) -> Iterator[tuple[str, bool]]:
    """The parts of cnnspec that a file imports."""
    for module, typed in imports(path):
        first, _, rest = module.partition(".")
        part = place_of(rest)
        if first == "cnnspec" and part in RANK:
            yield part, typed


def test_every_part_has_its_place() -> None:
    assert {part_of(path) for path in FILES} == set(RANK)


def test_imports_go_one_way() -> None:
    for path in FILES:
        here = part_of(path)
        for part, typed in own(path):
            if part != here and not typed:
                assert RANK[part] < RANK[here], f"{path}: {here} imports {part}"


def test_no_pass_names_a_layer() -> None:
    """Neither by an import nor by its class's name nor by a word of the language in a comparison."""
    concrete = {layer.__module__ for layer in CATALOGUE} | {"cnnspec.layers.CATALOGUE", "cnnspec.layers.find"}
    classes = {layer.__name__ for layer in CATALOGUE}
    words = {
        name for layer in CATALOGUE for name in layer.names
    } - FUNCTIONS.keys()  # which activation, a layer may state
    passes = ("facts", "lint", "cost", "sizes", "lost", "rf", "diff", "compare", "explain", "quiz", "trace")
    for path in [path for path in FILES if part_of(path) in passes]:
        assert not {module for module, _ in imports(path)} & concrete, path
        for node in nodes(path):
            assert not (isinstance(node, ast.Name) and node.id in classes), path
            if isinstance(node, ast.Compare):
                literals = {n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
                assert not literals & (words | classes), (path, ast.unparse(node))


def test_only_the_catalogue_lists_the_layers() -> None:
    """Adding a layer touches its own file and the catalogue's list: nobody else imports a layer's class."""
    classes = {f"{layer.__module__}.{layer.__name__}" for layer in CATALOGUE}
    for path in FILES:
        if part_of(path) != "layers":
            assert not {module for module, _ in imports(path)} & classes, path


ROOMS = (
    "summary",
    "explain",
    "rf",
    "lost",
    "cost",
    "sizes",
    "diff",
    "compare",
    "quiz",
    "trace",
    "look",
)  # one for each question
WRITERS = (
    "text", "json", "markdown", "latex", "csv", "html", "drawing", "seen_text", "picture_text", "effective_text", "effective_drawing", "github", "gitlab", "junit", "sarif", "formats", "gift",
)  # fmt: skip
PRINTING = (
    "cli",
    "api",
    "server",
    "notebook",
)  # the verbs, the API, the language server and the magics show what they were answered; nobody else imports a writer,
PAGE = PACKAGE / "draw" / "page"  # but for the page, which shows what all rooms answer


def is_writer(module: str) -> bool:
    """Whether a module writes an answer in some form, or gives the forms of a room ("formats")."""
    folder, _, name = module.removeprefix("cnnspec.").partition(".")
    return folder in (*ROOMS, "findings") and name in WRITERS


def test_every_form_has_a_writer() -> None:
    there = {path.stem for path in FILES if is_writer(f"cnnspec.{module_of(path)}")}
    assert there == set(WRITERS)
    for room in ROOMS:
        assert {"__init__", "text", "json"} <= {path.stem for path in FILES if path.parent.name == room}


def test_no_computation_prints_or_imports_a_writer() -> None:
    """Apart from a room's `formats`, which knows the writers of its room."""
    for path in [path for path in FILES if part_of(path) not in PRINTING and PAGE not in path.parents]:
        own = f"cnnspec.{path.parent.name}."
        found = {module for module, typed in imports(path) if is_writer(module) and not typed}
        if path.stem == "formats":
            found = {module for module in found if not module.startswith(own)}
        assert not found, path
        if part_of(path) in (*ROOMS, "facts", "tables", "findings"):
            names = [n.func.id for n in nodes(path) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
            assert "print" not in names, path


def test_a_face_imports_nothing_until_it_is_asked() -> None:
    faces = [f"cnnspec.{room}" for room in ROOMS]
    code = (
        f"import sys, {', '.join(faces)}\nprint(' '.join(sorted(m for m in sys.modules if m.startswith('cnnspec.'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    assert done.stdout.split() == sorted(faces)


def loaded(script: str) -> set[str]:
    """The top-level modules that a fresh interpreter has after a script."""
    code = f"import sys\nbefore = set(sys.modules)\n{script}\nprint(' '.join(sorted({{m.split('.')[0] for m in set(sys.modules) - before}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PACKAGE.parent)
    return set(done.stdout.split("\n")[-2].split())


ELABORATE = """
from cnnspec.base.source import Source
from cnnspec.syntax.parse import parse
from cnnspec.elaborate import elaborate
text = '''block f(n) { add(in, conv(n, 3x3, padding=same, bias=false, kernel_initializer=he_normal) -> bn) -> relu }
model M { input ?x?x4
f(4) * 3 -> gap
for i in 1..2 { dropout(0.1) }
dense(10, softmax) }'''
(made,) = elaborate(parse(Source("net.cnn", text)), lambda path: None)
assert not made.errors and len(made.graph.nodes) == 17, made.graph.nodes
"""


def test_elaborating_imports_nothing_heavy() -> None:
    assert not loaded(ELABORATE) & {*HEAVY, *SLOW}


def test_checking_imports_nothing_heavy() -> None:
    script = (
        ELABORATE + "from cnnspec.pipeline import analyse\nassert not analyse(Source('net.cnn', text)).diagnostics\n"
    )
    assert not loaded(script) & {*HEAVY, *SLOW}


def test_a_notebook_loads_the_magics_without_anything_heavy() -> None:
    script = """
import cnnspec
class Shell:
    def register_magic_function(self, function, magic_kind, magic_name): print(magic_name)
    def set_hook(self, name, hook, str_key): print(str_key)
cnnspec.load_ipython_extension(Shell())
"""
    assert not loaded(script) & {*HEAVY, *SLOW}


def test_a_heavy_import_would_be_seen() -> None:
    assert loaded("import json, lark\n") >= {"json", "lark"}


def test_a_file_is_a_page_that_says_its_idea() -> None:
    for path in [path for path in FILES if path not in (TABLE, MISTAKE_TABLE)]:
        text = path.read_text(encoding="utf-8")
        if text.strip():
            assert ast.get_docstring(parsed(path)), f"{path}: a module docstring says the idea"
            assert len(text.splitlines()) <= 340, f"{path}: a file is a page or two"
