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

# Of the standard library: for processes, terminals and servers, which a page has none of, and tools for developers.
LEFT_OUT = (
    "_pyrepl", "bdb", "cProfile", "cmd", "code", "compileall", "dbm", "doctest", "ensurepip", "ftplib", "idlelib", "imaplib", "mailbox", "modulefinder",
    "multiprocessing", "netrc", "pdb", "poplib", "profile", "profiling", "pstats", "pty", "pyclbr", "pydoc", "pydoc_data", "rlcompleter",
    "sched", "shelve", "smtplib", "socketserver", "sqlite3", "symtable", "tabnanny", "timeit", "tkinter", "trace", "tracemalloc", "turtle",
    "turtledemo", "unittest", "venv", "wave", "webbrowser", "wsgiref", "xmlrpc", "zipapp",
)  # fmt: skip
# Of cnnspec: what needs Keras, an editor, a notebook or a shell.
OWN_LEFT_OUT = (
    "notebook",
    "look",
    "train/evaluation",
    "server/language_server.py",
    "server/protocol.py",
    "server/results.py",
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


def strip_lines(code: types.CodeType) -> types.CodeType:
    """Code that does not know its lines, nor does any in it: a traceback names its functions alone."""
    inner = [strip_lines(one) if isinstance(one, types.CodeType) else one for one in code.co_consts]
    units = len(code.co_code) // 2
    return code.replace(
        co_linetable=NOWHERE[7:] * (units // 8) + NOWHERE[units % 8 - 1 :][:1] * (units % 8 > 0), co_consts=tuple(inner)
    )


def compile_library(text: bytes, name: str) -> bytes:
    return HEADER + marshal.dumps(strip_lines(compile(text, name, "exec", dont_inherit=True, optimize=2)))


def compile_own(text: str, name: str) -> bytes:
    tree = ast.fix_missing_locations(Unused().visit(ast.parse(text)))
    return HEADER + marshal.dumps(strip_lines(compile(tree, name, "exec", dont_inherit=True)))


def pack_library(given: str, target: str) -> None:
    """Pyodide's standard library as a zip of bytecode."""
    with zipfile.ZipFile(given) as library, zipfile.ZipFile(target, "w") as out:
        for name in sorted(library.namelist()):
            first = re.split(r"[/.]", name)[0]
            if name.endswith(".py") and first not in LEFT_OUT:
                out.writestr(zipfile.ZipInfo(f"{name}c"), compile_library(library.read(name), name))


def pack_own(folder: str, typed: str, target: str) -> None:
    """The package of a folder, and the module `lsprotocol.types` of a text, as one file: the sizes of all files in it, as JSON with
    its own length in four bytes before it, then the files one behind the other."""
    files = {"lsprotocol/__init__.pyc": compile_own("", "lsprotocol/__init__.py")}
    files["lsprotocol/types.pyc"] = compile_own(Path(typed).read_text(encoding="utf-8"), "lsprotocol/types.py")
    for path in sorted(Path(folder).rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or "__pycache__" in name or name.startswith(OWN_LEFT_OUT):
            continue
        if path.suffix == ".py":
            files[f"cnnspec/{name}c"] = compile_own(path.read_text(encoding="utf-8"), f"cnnspec/{name}")
        if path.suffix in (".css", ".js", ".lark") or name in READ_AS_SOURCE:
            files[f"cnnspec/{name}"] = path.read_bytes()
    sizes = json.dumps({name: len(data) for name, data in files.items()}).encode()
    Path(target).write_bytes(b"".join([len(sizes).to_bytes(4, "little"), sizes, *files.values()]))
