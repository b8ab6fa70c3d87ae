"""Python for the page as bytecode, compiled by the page's own Python; pack_bytecode.mjs runs it in Pyodide.

Line numbers go, which a third of bytecode is; of the standard library also docstrings and asserts, and the modules that nothing
can use in a page. cnnspec's own keeps the docstrings of modules and classes, which its commands print.
"""

import ast
import importlib.util
import json
import marshal
import re
import types
import zipfile
from pathlib import Path

HEADER = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8)  # by whose flag no source is looked for
# The entries of a table of lines (CPython's InternalDocs/code_objects.md) for 1 to 8 units of code that have no place.
NOWHERE = bytes([0x80 | 15 << 3 | units - 1 for units in range(1, 9)])

# Of the standard library: what is for processes, terminals, networks and servers, which a page has none of, and for developers;
# and how text was encoded before Unicode, but for what names in zip files are.
LEFT_OUT = re.compile(
    r"""(_pyio|_pyrepl|bdb|cProfile|cmd|code|compileall|configparser|ctypes|curses|dbm|doctest|ensurepip|ftplib|html|idlelib
    |imaplib|mailbox|modulefinder|multiprocessing|netrc|optparse|pdb|pickletools|plistlib|poplib|profile|profiling|pstats|pty|pyclbr|pydoc
    |pydoc_data|rlcompleter|sched|shelve|smtplib|socketserver|sqlite3|symtable|tabnanny|timeit|tkinter|trace|tracemalloc|turtle
    |turtledemo|unittest|uuid|venv|wave|webbrowser|wsgiref|xml/(dom|etree)|xmlrpc|zipapp
    |encodings/(?!__init__|aliases|ascii|cp437|idna|latin_1|punycode|(raw_)?unicode_escape|utf)\w+)[./]""",
    re.VERBOSE,
)
# Of cnnspec: what needs Keras, NumPy, an editor, a notebook or a shell; and, with it, what cannot be imported without that.
OWN_LEFT_OUT = re.compile(
    r"notebook/|look/|trace/|quiz/|sweep/|search/|solve/|api/(html/)?(solve|sweep)\.|playground/(local_server\.|site/)|train/(evaluation|runs)/(?!__init__)"
    r"|compile/(runtimes/|to_(header|litert|onnx)\.|quantize_onnx\.|trained_models\.)|train/(starting/(?!__init__|named_layers)|devices/(distribution|share|runtime|feed)|progress|throughput|offline|ending)"
    r"|train/data/(?!__init__|array_names|cells|columns|files|framing|given_names|table_lines|tables)|server/(language_server|protocol|results|requests)\."
    r"|cli/(look|trace|quiz|search|solve|sweep|train|resume|runs|evaluate|predict|server|play|completion)\."
)
ASKED = re.compile(
    r"(__init__|pipeline|api/(__init__|network)|cli/(__init__|check|summary|explain|rf|lost|cost|sizes|draw|import_model|fix|format|compile|rules|rule|layers|help)|train/(network_settings|data_check|data/tables|starting/named_layers)|playground/\w+)\.py"
)
READ_AS_SOURCE = ("compile/torch_source/helper_modules.py",)


class Unused(ast.NodeTransformer):
    """Leaves out of a module what nobody reads when it runs: functions' docstrings and annotations, imports for these."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
        node.returns = None
        given = node.args
        for one in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
            if one is not None:
                one.annotation = None
        return self.generic_visit(node)

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        self.generic_visit(node)
        typed = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return (node.orelse or ast.Pass()) if typed else node


def is_left_out(module: str) -> bool:
    return bool(LEFT_OUT.match(module) or OWN_LEFT_OUT.match(module.removeprefix("cnnspec/")))


def list_imports(tree: ast.Module) -> list[str]:
    """The modules that a module imports as soon as it is imported itself; a name out of a package may be one."""
    found = []
    for node in tree.body:
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module, *[f"{node.module}.{alias.name}" for alias in node.names]]
    return found


def strip_lines(code: types.CodeType) -> types.CodeType:
    """Code that does not know its lines, nor does any in it: a traceback names its functions alone."""
    inner = [strip_lines(one) if isinstance(one, types.CodeType) else one for one in code.co_consts]
    units = len(code.co_code) // 2
    return code.replace(
        co_linetable=NOWHERE[7:] * (units // 8) + NOWHERE[units % 8 - 1 :][:1] * (units % 8 > 0), co_consts=tuple(inner)
    )


def compile_library(text: bytes, name: str) -> bytes:
    return HEADER + marshal.dumps(strip_lines(compile(text, name, "exec", dont_inherit=True, optimize=2)))


def compile_own(tree: ast.Module, name: str) -> bytes:
    return HEADER + marshal.dumps(strip_lines(compile(tree, name, "exec", dont_inherit=True)))


def read_own(path: Path) -> ast.Module:
    return ast.fix_missing_locations(Unused().visit(ast.parse(path.read_text(encoding="utf-8"))))


def choose_own(trees: dict[str, ast.Module]) -> dict[str, ast.Module]:
    """The modules, by their files' names in the package, that the page has. ValueError where it would lack one that it asks."""
    imported = {
        name: [f"{module.replace('.', '/')}{end}" for module in list_imports(tree) for end in (".py", "/__init__.py")]
        for name, tree in trees.items()
    }
    lacking: set[str] = set()
    before = -1
    while len(lacking) > before:
        before = len(lacking)
        for name, modules in imported.items():
            for module in modules:
                if module in lacking or is_left_out(module):
                    lacking.add(f"cnnspec/{name}")
                    if ASKED.match(name):
                        raise ValueError(f"{name} imports {module}, which the page leaves out")
    return {name: tree for name, tree in trees.items() if f"cnnspec/{name}" not in lacking}


def pack_library(given: str, target: str) -> None:
    """Pyodide's standard library as a zip of bytecode."""
    with zipfile.ZipFile(given) as library, zipfile.ZipFile(target, "w") as out:
        for name in sorted(library.namelist()):
            if name.endswith(".py") and not LEFT_OUT.match(name):
                out.writestr(zipfile.ZipInfo(f"{name}c"), compile_library(library.read(name), name))


def pack_own(folder: str, typed: str, target: str) -> None:
    """The package of a folder, and the module `lsprotocol.types` of a text, as one file: the sizes of all files in it, as JSON with
    its own length in four bytes before it, then the files one behind the other."""
    files = {"lsprotocol/__init__.pyc": compile_own(ast.parse(""), "lsprotocol/__init__.py")}
    files["lsprotocol/types.pyc"] = compile_own(read_own(Path(typed)), "lsprotocol/types.py")
    found = {path.relative_to(folder).as_posix(): path for path in sorted(Path(folder).rglob("*")) if path.is_file()}
    paths = {name: path for name, path in found.items() if not OWN_LEFT_OUT.match(name)}
    trees = {name: read_own(path) for name, path in paths.items() if path.suffix == ".py"}
    files |= {f"cnnspec/{name}c": compile_own(tree, f"cnnspec/{name}") for name, tree in choose_own(trees).items()}
    data = [name for name, path in paths.items() if path.suffix in (".css", ".js") or name in READ_AS_SOURCE]
    files |= {f"cnnspec/{name}": paths[name].read_bytes() for name in data}
    sizes = json.dumps({name: len(data) for name, data in files.items()}).encode()
    Path(target).write_bytes(b"".join([len(sizes).to_bytes(4, "little"), sizes, *files.values()]))
