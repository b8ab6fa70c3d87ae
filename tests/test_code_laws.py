"""The laws of the house, read from the files: no circles, no towers of classes, nobody in another's private names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.test_import_order import FILES, imports, module_of, nodes, parsed

MODULES = {".".join(["cnnspec", *module_of(path).split(".")]).removesuffix(".__init__"): path for path in FILES}
CODE = {module: path for module, path in MODULES.items() if path.name != "table.py"}  # the parser's table is generated
MOST_METHODS = 25
FREE = {"Record", "Exception", "object", "Enum", "Protocol"}  # bases that are no level of our own
# Private names of libraries that are used all the same; tests/test_pinned.py holds that they are there.
PINNED = {
    "_ActionsContainer",
    "_parse_table",
    "_inbound_nodes",
    "_get_current_learning_rate",
    "_apply_weight_decay",
    "_keras_history",
    "_schema",
    "_negative_number_matcher",
    "_send_response",
    "_compile_loss",
    "_symbolic_build",
}
QUESTIONS = (
    "facts",
    "tables",
    "summary",
    "explain",
    "rf",
    "lost",
    "draw",
    "cost",
    "sizes",
    "diff",
    "compare",
    "trace",
    "quiz",
    "lint",
    "look",
)


def classes() -> Iterator[tuple[str, ast.ClassDef]]:
    for module, path in CODE.items():
        for node in nodes(path):
            if isinstance(node, ast.ClassDef):
                yield module, node


def circles() -> Iterator[list[str]]:
    """Groups of modules that import each other in a circle, imports inside functions included (Tarjan's algorithm)."""
    imported = {
        module: {other for other, typed in imports(path) if not typed and other in MODULES and other != module}
        for module, path in MODULES.items()
    }
    for module, path in MODULES.items():  # `from cnnspec.a import b` of a module b needs no more of a than b itself
        for node in nodes(path):
            if isinstance(node, ast.ImportFrom) and all(f"{node.module}.{a.name}" in MODULES for a in node.names):
                imported[module].discard(node.module or "")
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []

    def visit(module: str) -> Iterator[list[str]]:
        number[module] = low[module] = len(number)
        stack.append(module)
        for other in sorted(imported[module]):
            if other not in number:
                yield from visit(other)
                low[module] = min(low[module], low[other])
            elif other in stack:
                low[module] = min(low[module], number[other])
        if low[module] == number[module]:
            group = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(group) > 1:
                yield sorted(group)

    for module in imported:
        if module not in number:
            yield from visit(module)


def levels() -> Iterator[tuple[str, int]]:
    """Every class and how many levels of our own classes it stands on, itself included."""
    known: dict[str, list[tuple[str, ast.ClassDef]]] = {}
    for module, node in classes():
        known.setdefault(node.name, []).append((module, node))

    def depth(module: str, node: ast.ClassDef) -> int:
        found = [0]
        for base in node.bases:
            name = ast.unparse(base).split("[")[0].split(".")[-1]
            homes = [] if name in FREE else known.get(name, [])
            here = [pair for pair in homes if pair[0] == module and pair[1] is not node]
            found += [depth(*pair) for pair in (here or homes)[:1]]
        return 1 + max(found)

    for module, node in classes():
        yield f"{module}.{node.name}", depth(module, node)


def own_methods(node: ast.ClassDef) -> int:
    return sum(isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef)) for item in node.body)


def broken_laws() -> Iterator[str]:
    """Every breach, as a line: the law, and where it is broken."""
    for group in circles():
        yield f"circle: {' '.join(group)}"
    for name, depth in levels():
        if depth > (4 if name.startswith("cnnspec.layers.") else 2):  # three below the protocol `Layer`
            yield f"levels: {name}"
    for module, node in classes():
        if own_methods(node) > MOST_METHODS and node.name != "Layer":
            yield f"methods: {module}.{node.name}"
    for path in CODE.values():
        yield from asked_by_name(path)
        part = module_of(path).split(".")[0]
        for node in nodes(path):
            if isinstance(node, ast.Attribute) and private(node) and reaches_in(node, path):
                yield f"private: {module_of(path)} {ast.unparse(node)}"
            elif isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node):
                if part in ("elaborate", "compile", "spec_writer"):
                    yield f"stub: {module_of(path)}"
            elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                if any(isinstance(item, ast.FunctionDef) for item in node.body):
                    yield f"typed stub: {module_of(path)}"
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "getattr" and part in QUESTIONS:
                if "layer" in ast.unparse(node.args[0]):
                    yield f"getattr: {module_of(path)} {ast.unparse(node)}"


def asked_by_name(path: Path) -> Iterator[str]:
    """Where a pass takes one argument out of `Layer.argument_values()` by its name, instead of asking a method. What
    rewrites a text (`fix`, and what fixes share) reads the arguments that it writes."""
    module = module_of(path)
    if module.split(".")[0] not in QUESTIONS or module.startswith("lint.fix.") and module != "lint.fix.behaviour":
        return
    writing = {
        id(inner) for node in parsed(path).body if getattr(node, "name", "") == "fix" for inner in ast.walk(node)
    }
    held = {
        ast.unparse(node.targets[0])
        for node in nodes(path)
        if isinstance(node, ast.Assign) and ast.unparse(node.value).endswith("argument_values()")
    }
    for node in nodes(path):
        if isinstance(node, ast.Subscript):
            taken, name = node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            taken, name = node.func.value, node.args[0]
        else:
            continue
        if id(node) in writing or not isinstance(name, ast.Constant):
            continue
        if ast.unparse(taken).endswith("argument_values()") or ast.unparse(taken) in held:
            yield f"argument by name: {module} {ast.unparse(node)}"


def private(node: ast.Attribute) -> bool:
    return (
        node.attr.startswith("_")
        and not node.attr.startswith("__")
        and node.attr not in {"_fields", "_replace", *PINNED}
    )


def reaches_in(node: ast.Attribute, path: Path) -> bool:
    """Whether a private name is another's: no method of its class, nor of any in its file, sets or defines it."""
    if isinstance(node.value, ast.Name) and node.value.id in ("self", "cls"):
        return False
    text = path.read_text(encoding="utf-8")
    return f"self.{node.attr}" not in text and f"def {node.attr}(" not in text and f"{node.attr}:" not in text


def test_the_laws_hold() -> None:
    assert sorted(set(broken_laws())) == []


def test_a_breach_would_be_seen() -> None:
    """The finders find, so that an empty list means something: bases, methods and circles are there."""
    assert any(depth == 2 for _, depth in levels())
    assert max(own_methods(node) for _, node in classes()) > 15
    assert len(MODULES) > 300
