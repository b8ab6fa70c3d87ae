"""Imports: a module of the project is read as this one is, anything else is a library; and where a name is looked up."""

from __future__ import annotations

import builtins
import os
import sys

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import find_used_file, is_inside, name_file
from cnnspec.python_source.interpreter.scopes import ModuleValue, Scope
from cnnspec.python_source.interpreter.signals import Raised
from cnnspec.python_source.interpreter.targets import bind_name
from cnnspec.python_source.parts import Part, read_parts

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.elaborate.files import Read
    from cnnspec.python_source.interpreter.interpreter import Interpreter

BUILTINS = frozenset(dir(builtins))
MOST_MODULES = 200  # of a project, that are read for one source

OTHERS = (
    "torch",
    "torchvision",
    "pandas",
    "matplotlib",
    "seaborn",
    "sklearn",
    "scipy",
    "PIL",
    "cv2",
    "jax",
    "flax",
    "wandb",
)


class Modules:
    """The modules of the project, each read once. `helpers` are the sources that were read, apart from the main one."""

    def __init__(self, interpreter: Interpreter) -> None:
        self.interpreter = interpreter
        self.known: dict[str, ModuleValue | None] = {}  # by their dotted names
        self.files: dict[str, ModuleValue] = {}  # by their real paths
        self.helpers: list[Source] = []
        self.parts: list[Part] = []  # the texts of all that are followed
        self.read: Read | None = None
        self.root = self.main = ""
        self.folders: list[str] = []
        self.installed: dict[str, str] = {}  # packages of libraries that are read, too, and their folders
        self.roots: set[str] = set()  # the names of libraries

    def start(self, source: Source, read: Read) -> None:
        """Look for modules from where a source lies: in its folder, those around it up to the project's root, and `src`."""
        self.read = read
        self.root, path = find_used_file(source.name, os.path.basename(source.name))
        self.main = path
        folder = os.path.dirname(path)
        while is_inside(folder, self.root):
            self.folders.append(folder)
            if folder == self.root:
                break
            folder = os.path.dirname(folder)
        self.folders.append(os.path.join(self.root, "src"))

    # ---- import statements -------------------------------------------------------------------------------------
    def run_import(self, scope: Scope, node: ast.Import) -> None:
        for alias in node.names:
            found = self.find_module(alias.name, node)
            name, value = alias.asname, found
            if name is None:
                name = alias.name.split(".")[0]
                value = self.find_module(name, node) if found is not None else None
            if value is None:
                value = self.interpreter.machine.libraries.find(alias.name if alias.asname else name)
            bind_name(self.interpreter, scope.find_home(name), name, value)

    def run_import_from(self, scope: Scope, node: ast.ImportFrom) -> None:
        name = self.resolve(scope.module, node)
        module = self.find_module(name, node) if name else None
        for alias in node.names:
            if alias.name == "*":
                self.import_all(scope, name, module)
                continue
            bound = alias.asname or alias.name
            value = self.find_member(name, module, alias.name, alias)
            bind_name(self.interpreter, scope.find_home(bound), bound, value)

    def resolve(self, module: ModuleValue, node: ast.ImportFrom) -> str:
        """The dotted name of the module that is imported from."""
        if not node.level:
            return node.module or ""
        package = module.name if os.path.basename(module.file) == "__init__.py" else module.name.rpartition(".")[0]
        for _ in range(node.level - 1):
            package = package.rpartition(".")[0]
        return ".".join([part for part in (package, node.module) if part])

    def find_member(self, name: str, module: ModuleValue | None, member: str, node: ast.AST) -> Any:
        whole = f"{name}.{member}" if name else member
        if module is None:
            return self.find_module(whole, node) or self.interpreter.machine.find_of_library(whole, node, "ImportError")
        if member not in module.names:
            found = self.find_module(whole, node)
            if found is not None:
                return found
        return module.get_attribute(member, self.interpreter.machine, node)

    def import_all(self, scope: Scope, name: str, module: ModuleValue | None) -> None:
        """from … import *"""
        if module is None:
            scope.module.stars.append(name)
            return
        listed = module.names.get("__all__")
        names = [one for one in listed if isinstance(one, str)] if isinstance(listed, (list, tuple)) else None
        for one, value in list(module.names.items()):
            if one in names if names is not None else not one.startswith("_"):
                bind_name(self.interpreter, scope.names, one, value)
        scope.module.stars += module.stars
        scope.module.cause = scope.module.cause or module.cause

    # ---- names ------------------------------------------------------------------------------------------------
    def find_name(self, scope: Scope, name: str, node: ast.AST) -> Any:
        """The value of a name: of the scopes around, the module, what it imports with *, of Python's own."""
        names = scope.find(name)
        if names is not None:
            return names[name]
        libraries, stars = self.interpreter.machine.libraries, scope.module.stars
        for star in reversed(stars):
            if libraries.has(f"{star}.{name}"):
                return libraries.find(f"{star}.{name}")
        if name in BUILTINS:
            return libraries.find(f"builtins.{name}")
        if scope.module.cause is not None:
            return scope.module.cause
        if stars:
            return libraries.find(f"{([star for star in stars if 'keras' in star] or stars)[-1]}.{name}")
        return self.interpreter.fail("NameError", f"{name} is not defined", node)

    def find_submodule(self, module: ModuleValue, name: str) -> ModuleValue | None:
        """A module of a package that was imported."""
        return self.known.get(f"{module.name}.{name}")

    # ---- files ------------------------------------------------------------------------------------------------
    def find_module(self, name: str, node: ast.AST) -> ModuleValue | None:
        """The module of the project with a dotted name, read and followed; None: it is a library's."""
        package, _, _ = name.rpartition(".")
        if package and name not in self.known:
            self.find_module(package, node)
        if name not in self.known:
            self.known[name] = None  # while it is looked for
            self.known[name] = self.look_for(name, node)
        return self.known[name]

    def look_for(self, name: str, node: ast.AST) -> ModuleValue | None:
        for package, folder in self.installed.items():
            if name.startswith(f"{package}.") and self.read is not None:
                path = os.path.join(folder, *name.removeprefix(f"{package}.").split(".")) + ".py"
                found = self.read(path)
                return None if isinstance(found, Diagnostic) else self.follow_module(name, path, found, node)
        tail = os.path.join(*[part or "?" for part in name.split(".")])
        near = self.is_library(name.split(".")[0])  # Python has libraries before what lies in the folders around
        for folder in self.folders[:1] if near else self.folders:
            for path in (os.path.join(folder, f"{tail}.py"), os.path.join(folder, tail, "__init__.py")):
                real = os.path.realpath(path)
                if real in self.files:
                    return self.files[real]
                source = self.read_file(real)
                if source is not None:
                    return self.follow_module(name, real, source, node)
        return None

    def is_library(self, name: str) -> bool:
        """Whether a name is that of the standard library, or of one of which something is known."""
        libraries = self.interpreter.machine.libraries
        tables = (libraries.functions, libraries.constants, [beginning for beginning, _ in libraries.fallbacks])
        if not self.roots:
            self.roots = {*sys.stdlib_module_names, *OTHERS, *[one.split(".")[0] for table in tables for one in table]}
        return name in self.roots

    def read_file(self, path: str) -> Source | None:
        if self.read is None or len(self.files) >= MOST_MODULES or "\0" in path or not is_inside(path, self.root):
            return None
        found = self.read(path)
        return None if isinstance(found, Diagnostic) else found

    def follow_module(self, name: str, path: str, source: Source, node: ast.AST) -> ModuleValue:
        """Follow a module's statements, once."""
        module = ModuleValue(name, path)
        self.files[path] = self.known[name] = module
        source = source.replace(name=name_file(path))
        self.helpers.append(source)
        parts = self.read_parts(source)
        if isinstance(parts, Diagnostic):
            line = "" if parts.position is None else f" in line {parts.position[0]}"
            module.cause = self.interpreter.machine.make_unknown(
                f"{source.name} is not read: {parts.message}{line}", node
            )
            return module
        module.names.update(__name__=name, __file__=path, __doc__=None)
        raised = self.follow_parts(module, parts)
        if raised is not None:
            module.cause = self.interpreter.machine.make_unknown(f"{source.name} raises {raised.kinds[0]}", node)
        return module

    def read_parts(self, source: Source) -> list[Part] | Diagnostic:
        """The texts of a module. Python's parser, which has the stack of this process alone, may go as deep as it usually may."""
        limit = sys.getrecursionlimit()
        usual = 1_500 + 6 * self.interpreter.budget.levels
        try:
            sys.setrecursionlimit(min(limit, usual))
            return read_parts(source)
        except RecursionError:
            return Diagnostic("E001", f"{source.name} is imported from deeper than is followed", None)
        finally:
            sys.setrecursionlimit(limit)

    def follow_parts(self, module: ModuleValue, parts: list[Part]) -> Raised | None:
        """Follow the statements of a module; what it raises. Where a cell of a notebook raises, the next is followed."""
        it, machine = self.interpreter, self.interpreter.machine
        before = it.scope, machine.path
        written = getattr(machine, "written", None)
        found: Raised | None = None
        self.parts += parts
        for part in parts:
            it.scope, machine.written, machine.path = Scope(module, None, module.names), part.written, None
            try:
                it.run(part.tree.body)
            except Raised as raised:
                found = raised
        it.scope, machine.path = before
        if written is not None:
            machine.written = written
        return found
