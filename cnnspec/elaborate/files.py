"""A file's definitions: its blocks, those it uses from other files, its models and its train section."""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Diagnostic, Note
from cnnspec.base.did_you_mean import find_proposals, write_question
from cnnspec.base.record import Record
from cnnspec.base.source import Source, Span
from cnnspec.base.source_files import find_used_file, is_inside, list_specs, name_file
from cnnspec.elaborate.values import UNKNOWN, BlockFunction, Scope
from cnnspec.syntax import tree
from cnnspec.syntax.parse import parse
from cnnspec.syntax.tree import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.elaborate.building import Building

    Read = Callable[[str], Source | Diagnostic]


class Definitions(Record):
    """What a file defines. `scope` binds its blocks and those it uses."""

    parsed: tree.Tree
    scope: Scope
    models: tuple[tree.Model, ...]
    train: tree.Train | None


class Files:
    """Reads files for `use`, each once. `read` gives the source of a path, or says why it cannot."""

    def __init__(self, read: Read, building: Building) -> None:
        self.read = read
        self.report = building.report
        self.assumptions = building.assumptions
        self.words = building.words
        self.evaluator = building.evaluator
        self.known: dict[str, Definitions | None] = {}
        self.reading: list[str] = []

    def define(self, parsed: tree.Tree) -> Definitions:
        """The definitions of a parsed file; what is wrong with them is reported."""
        scope = Scope(None, parsed.source)
        scope.body = parsed.body
        blocks: dict[str, BlockFunction] = {}
        models: list[tree.Model] = []
        train: tree.Train | None = None
        for item in parsed.body.items:
            if isinstance(item, (tree.Block, tree.Model)):
                place = scope.places.get(item.name.text)
                if place is not None:
                    line = parsed.source.position(place.start)[0]
                    self.report.error(
                        "E013",
                        item.name,
                        scope,
                        f'"{item.name.text}" is defined already, in line {line}',
                        "choose another name",
                    )
                    continue
                scope.places[item.name.text] = item.name
                self.parameters(item, scope)
                if isinstance(item, tree.Block):
                    blocks[item.name.text] = BlockFunction(item, scope)
                    scope.bind(item.name.text, blocks[item.name.text], False)
                else:
                    models.append(item)
            elif isinstance(item, tree.Train):
                if train is not None:
                    self.report.error("E013", item, scope, "there is a train section already", "keep one")
                train = item
            elif isinstance(item, tree.Use):
                self.use(item, scope)
        scope.unknown([name for item in parsed.body.items if isinstance(item, tree.Bad) for name in item.names])
        self.recursion(blocks, scope)
        return Definitions(parsed, scope, tuple(models), train)

    def parameters(self, item: tree.Block | tree.Model, scope: Scope) -> None:
        seen: set[str] = set()
        for parameter in item.parameters:
            if parameter.name.text in seen:
                self.report.error(
                    "E013", parameter.name, scope, f'the parameter "{parameter.name.text}" stands twice', "drop one"
                )
            seen.add(parameter.name.text)

    def recursion(self, blocks: dict[str, BlockFunction], scope: Scope) -> None:
        """Report every block that calls itself, directly or through others: it would never end."""
        calls = {name: calls_of(function.block) & blocks.keys() for name, function in blocks.items()}
        circles = {name: circle for circle in circles_of(calls) for name in circle}
        told: set[str] = set()
        for name, function in blocks.items():
            function.recursive = name in circles
            if function.recursive and name not in told:  # a circle is said once, where its first block stands
                circle = circles[name]
                told.update(circle)
                way = "itself" if circle == [name] else "itself through " + ", ".join(sorted(set(circle) - {name}))
                self.report.error(
                    "E014",
                    function.block.name,
                    scope,
                    f"the block {name} calls {way}, which no block may",
                    "repeat it with * n, or loop with for",
                )

    # ---- use -----------------------------------------------------------------------------------------------
    def use(self, item: tree.Use, scope: Scope) -> None:
        path = self.path(item, scope)
        found = self.load(path, item, scope) if path else None
        named = {} if found is None else found.scope.names
        blocks = tuple([name for name, value in named.items() if isinstance(value, BlockFunction)])
        has = f"it has {', '.join(blocks)}" if blocks else ""
        for name in item.names:
            value = UNKNOWN
            if found is not None:
                value = found.scope.names.get(name.text)
                if value is not UNKNOWN and not isinstance(value, BlockFunction):
                    message = f'"{item.path.value}" has no block "{name.text}"'
                    meant = self.words.report_misspelt("E015", name, scope, message, name.text, blocks, has)
                    value = UNKNOWN if meant is None else found.scope.names[meant]
                    if meant is not None and meant not in scope.places:
                        scope.bind(meant, value, True)  # by which it may be called below
            if name.text in scope.places:
                self.report.error(
                    "E013", name, scope, f'"{name.text}" is defined already', "use one of the two", sure=True
                )
            scope.places[name.text] = name
            scope.bind(name.text, value, self.assumptions.take_doubt())

    def path(self, item: tree.Use, scope: Scope) -> str | None:
        """The file that is meant, when it lies inside the project."""
        root, path = find_used_file(scope.source.name, item.path.value)
        if not is_inside(path, root) or "\0" in item.path.value:
            self.report.error(
                "E015",
                item.path,
                scope,
                f'"{item.path.value}" lies outside the project',
                f"only files below {root} can be used",
            )
            return None
        return path

    def load(self, path: str, item: tree.Use, scope: Scope) -> Definitions | None:
        if path in self.reading:
            self.report.error(
                "E015",
                item.path,
                scope,
                f'"{item.path.value}" uses this file, and this file uses it',
                "move the shared blocks into a third file",
            )
            return None
        if path not in self.known:
            source = self.read(path)
            if isinstance(source, Diagnostic):
                said = source.message.replace(path, item.path.value)  # as this spec calls it
                self.report.error("E015", item.path, scope, said, ask_for_path(path, item.path.value) or source.help)
                self.known[path] = None
                return None
            parsed = parse(source.replace(name=name_file(path)))
            note = Note("used here", Span(scope.source, item.path.start, item.path.end))
            self.report.include([d.replace(notes=(*d.notes, note)) for d in parsed.diagnostics])
            self.reading.append(path)
            self.known[path] = definitions = self.define(parsed)
            self.reading.pop()
            self.constants(definitions)
        return self.known[path]

    def constants(self, definitions: Definitions) -> None:
        """Bind the constants of a used file, for its blocks. One that has no value outside its network is left out."""
        scope = definitions.scope
        for item in definitions.parsed.body.items:
            if isinstance(item, tree.Assign) and item.name.text not in scope.places:
                errors, assumed = len(self.report.errors), len(self.assumptions.made)
                value = self.evaluator.evaluate(item.value, scope, None)
                if self.assumptions.take_doubt() or len(self.report.errors) > errors or value is UNKNOWN:
                    self.report.forget_from(errors)
                    self.assumptions.forget_from(assumed)
                    continue
                scope.names[item.name.text], scope.places[item.name.text] = value, item.name


def ask_for_path(path: str, written: str) -> str:
    """The question whether another file of the same folder was meant by a path that leads to none, as it is written; "" where
    none is near."""
    folder, name = os.path.split(path)
    near = [] if os.path.lexists(path) else find_proposals(name, list_specs(folder))
    before = written[: written.rfind("/") + 1]
    return write_question(tuple([before + other for other in near]))


def circles_of(calls: dict[str, set[str]]) -> list[list[str]]:
    """The groups of names that reach one another through calls (Tarjan's strongly connected components)."""
    found: list[list[str]] = []
    number: dict[str, int] = {}  # in the order of discovery
    low: dict[str, int] = {}  # the earliest that is reached and still open
    opened: list[str] = []
    closed: set[str] = set()
    for start in calls:
        path = [] if start in number else [(start, iter(calls[start]))]
        while path:
            name, rest = path[-1]
            if name not in number:
                number[name] = low[name] = len(number)
                opened.append(name)
            called = next(rest, None)
            if called is not None:
                if called not in number:
                    path.append((called, iter(calls[called])))
                elif called not in closed:
                    low[name] = min(low[name], number[called])
                continue
            path.pop()
            if path:
                low[path[-1][0]] = min(low[path[-1][0]], low[name])
            if low[name] == number[name]:
                circle = [opened.pop()]
                while circle[-1] != name:
                    circle.append(opened.pop())
                closed.update(circle)
                if len(circle) > 1 or name in calls[name]:
                    found.append(circle)
    return found


def calls_of(block: tree.Block) -> set[str]:
    """The names that a block may call. Its parameters, what it binds itself, and names of arguments are left out."""
    used: set[str] = set()
    bound = {p.name.text for p in block.parameters}
    labels: set[int] = set()
    for part in (*[p.default for p in block.parameters if p.default is not None], block.body):
        for node in walk(part):  # what labels a name comes before the name
            if isinstance(node, (tree.Naming, tree.Assign, tree.Shared, tree.Input)) and node.name is not None:
                bound.add(node.name.text)
            elif isinstance(node, tree.Loop):
                bound.update([target.text for target in node.targets])
            elif isinstance(node, (tree.Argument, tree.Attribute)) and node.name is not None:
                labels.add(id(node.name))
            elif isinstance(node, tree.Name) and id(node) not in labels:
                used.add(node.text)
    return used - bound
