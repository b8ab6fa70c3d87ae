"""Statements of a paste, one after the other → what they make: models, layers, tensors, constants, settings.

A statement that is neither Python around the network nor makes a part of it is `left` to the language's own parser.
"""

from __future__ import annotations

import re

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.source import Source, Span, brief
from cnnspec.syntax.grammar import KEYWORDS
from cnnspec.syntax.paste import bodies, python
from cnnspec.syntax.paste.expressions import find_callee, last_word, parse_statement, write_path
from cnnspec.syntax.paste.models import Models
from cnnspec.syntax.paste.names import Lost, Names, Unreadable
from cnnspec.syntax.paste.statements import balanced
from cnnspec.syntax.paste.tensors import Tensors
from cnnspec.syntax.paste.training import MODULES, Training
from cnnspec.syntax.paste.values import Constant, Layer, Network, Python, Sequence, Tensor, Value, Word
from cnnspec.syntax.tree import Assign, Attribute, Bad, Call, Chain, Name, Node, Step, Text, Tuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.paste.statements import Statement

# What only Python has, so that a line which the language cannot read is no misspelt line of its own.
_PYTHONIC = re.compile(
    r"\blambda\b|\bfor\b.+\bin\b|\[[^\]\n]*:|[{@&|~]|\b[rfbRFB]+[\"']|\bis\b|\bnot in\b|[-+*/]=|:=|^[\w.]+\[", re.S
)
_TRAINS = re.compile(r"(?:\w+\s*=\s*)?[\w.]+\.(?:compile|fit)\s*\(")
_GIVEN = re.compile(r"([^=\n\"'#]*?)[ \t]*(?:[-+*/%|&@^]|//|\*\*)?=(?!=)")
_LOOKED_AT = 2000  # characters of a statement that the language cannot read: its beginning tells what it is
_CALLED = "what is called with a model or a tensor is a Keras layer, or a method of a Keras model"
_MAKES_LAYERS = re.compile(r"\b(?:layers|nn|L)\.[A-Za-z]|\b(?:Sequential|Model|Input)\b|\bmodel\w*\.add\(")


class Reader:
    """Reads statement after statement, and sorts them: `read`, `passed` over, or left to the language."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.python = python.Surroundings()
        self.names = Names(source, self.python)
        self.tensors = Tensors(self.names)
        self.models = Models(self.names, self.tensors)
        self.training = Training(self.names)
        self.made: list[Value] = []  # all but tensors, in order
        self.passed: list[Statement] = []
        self.read: list[Statement] = []
        self.bad: list[Bad] = []
        self.own: list[Node] = []  # items as the paste writes them
        self.errors: list[Diagnostic] = []

    def run(self, found: list[Statement]) -> None:
        """Read statements. Unreadable, when a Python body makes layers: the paste cannot be read as a whole."""
        self.names.rebound = bodies.find_rebound_names(found)
        number = 0
        while number < len(found):
            statement = found[number]
            head = bodies.find_head(statement)
            if head:
                number = self.body(head, found, number)
                continue
            number += 1
            try:
                read = self.statement(statement)
            except Unreadable as unread:
                self.unread(statement, unread)
                read = self.read
            if read is not None:
                read.append(statement)

    def body(self, head: str, found: list[Statement], number: int) -> int:
        """Pass over a Python body, whose head is the statement of that number; where to go on."""
        statement = found[number]
        if bodies.runs_once(head, statement):
            self.passed.append(statement)
            return number + 1
        whole = bodies.take_body(found, number)
        if any(self.makes_layers(part.text) for part in whole):
            raise bodies.refuse_body(head, statement)
        name = bodies.find_defined_name(statement)
        if name:
            self.names.bind(name, Python(statement, name))
        self.passed += whole
        return number + len(whole)

    def makes_layers(self, text: str) -> bool:
        """Whether Python that is not read makes layers, adds some to a model, or gives a tensor's name a new value."""
        if _MAKES_LAYERS.search(text):
            return True
        layers = {name for name, whole in self.python.imports.items() if "layers" in whole.split(".")[:-1]}
        if not layers.isdisjoint(re.findall(r"\w+", text)):
            return True
        values = self.names.values
        adds = any(isinstance(values.get(owner), Sequence) for owner in re.findall(r"([\w.]+)\.add\s*\(", text))
        return adds or any(isinstance(values.get(name), Tensor) for name in re.findall(r"(\w+)\s*=(?!=)", text))

    def unread(self, statement: Statement, unread: Unreadable) -> None:
        if unread.message:
            at = Span(self.source, unread.node.start, unread.node.end)
            self.errors.append(Diagnostic(unread.code, brief(unread.message), at, brief(unread.help)))
        self.bad.append(Bad(statement.start, statement.end))
        said = parse_statement(self.source, statement)
        for name in [name for target in (said.targets if said else ()) for name in target]:
            self.names.bind(name, Lost(statement, name))

    # ---- statements ----------------------------------------------------------------------------------------
    def statement(self, statement: Statement) -> list[Statement] | None:
        """The list that a statement goes to: `passed`, `read`, or None where it is left to the language."""
        if self.python.passes(statement.text) and balanced(statement.text):
            return self.passed
        said = parse_statement(self.source, statement, self.trains(statement.text))
        if said is None:
            return self.unparsed(statement)
        if isinstance(said.value, Chain):  # a -> b
            return None
        if not said.targets:
            return self.expression(statement, said.value)
        names = said.targets[0]
        if all(len(target) == 1 for target in said.targets):
            read = self.assign(statement, [target[0] for target in said.targets], said.value)
        else:
            read = self.several(statement, names, said.value)
        if read is not None:
            return read
        for name in names:
            self.names.values.pop(name, None)
        if said.targets != ((names[0],),) or "." in names[0]:
            return None
        if names[0] in KEYWORDS:
            help = "begin with keras.Sequential() or keras.Model(inputs, outputs)"
            raise Unreadable(said.value, f"this is no model, layer or tensor that {names[0]} can stand for", help)
        target = Name(statement.start, statement.start + len(names[0]), names[0])
        self.own.append(Assign(statement.start, statement.end, target, self.names.written(said.value)))
        return self.read

    @staticmethod
    def trains(text: str) -> bool:
        """Whether a statement is a compile(…) or a fit(…), of which the arguments that can be read are."""
        return bool(_TRAINS.match(text)) and balanced(text)

    def unparsed(self, statement: Statement) -> list[Statement] | None:
        """A statement that the language has no words for: passed over where it can only be Python's."""
        if not balanced(statement.text):
            return None
        text = statement.text[:_LOOKED_AT]
        given = _GIVEN.match(text)
        target = given[1] if given and given[1].count("(") == given[1].count(")") else ""
        called = re.match(r"\s*([\w.]+)\s*\(", text[given.end() :] if given and target else text)
        owner, _, method = called[1].rpartition(".") if called else ("", "", "")
        around = called is not None and self.python.is_around(called[1])
        held = self.names.values.get(owner)
        around = around or (method in python.METHODS and (held is None or isinstance(held, (Network, Lost))))
        root = self.names.values.get(re.match(r"\(?(\w*)", text)[1])  # type: ignore[index]
        around = around or isinstance(root, Python) or (root is not None and bool(re.search(r"[.\[]", target)))
        if not around and not (target and _PYTHONIC.search(text) and not self.makes_layers(text)):
            return None
        for name in re.findall(r"[\w.]+", target) if "[" not in target else ():
            self.names.bind(name, Python(statement, name))
        return self.passed

    def expression(self, statement: Statement, value: Node) -> list[Statement] | None:
        if isinstance(value, Text):
            return self.passed
        owner, _, method = find_callee(value).rpartition(".")
        held = self.names.values.get(owner)
        if isinstance(value, Call) and (self.is_method(owner, method) or (method == "add" and owner and held is None)):
            return self.method(statement, owner, method, value)
        root = self.names.root(value.function if isinstance(value, Call) else value)
        if (
            method == "add"
            and isinstance(value, Call)
            and isinstance(held, (Layer, Python))
            and self.makes_layers(statement.text)
        ):
            message = f'"{owner}" is no model that layers can be added to'
            raise Unreadable(value.function, message, f"begin with {owner} = keras.Sequential()")
        if isinstance(root, Lost) and method not in python.METHODS:
            raise Unreadable(value)
        if isinstance(root, (Python, Lost)) or (root is not None and not isinstance(value, Call)):
            return self.passed
        if self.tensors.of(value, statement) is None:
            if not isinstance(value, Call) or find_callee(value) == "expect":
                return None
            if self.names.of_kind(value, Network, Tensor, list):
                raise Unreadable(value.function, f'nothing is called "{find_callee(value) or "this"}"', _CALLED, "E010")
            self.own.append(Step(statement.start, statement.end, self.names.written(value)))
        return self.read

    def method(self, statement: Statement, owner: str, method: str, call: Call) -> list[Statement]:
        """cnn.add(…), cnn.compile(…), …; a model that the paste does not make begins with its first add(…)."""
        network = self.names.values.get(owner)
        if method == "add" and (network is None or isinstance(network, Sequence)) and len(call.arguments) == 1:
            begun = self.models.add(statement, owner, call)
            if begun is not None:
                self.new(begun, owner)
            return self.read
        if method in ("compile", "fit", "fit_generator"):
            left = self.training.read(statement, "compile" if method == "compile" else "fit", call)
            self.passed += [part for part in left if part is not statement]
            return self.passed if statement in left else self.read
        if method == "build" and isinstance(network, Sequence) and len(call.arguments) == 1:
            network.built = self.names.written(call.arguments[0].value)
            return self.read
        if method not in python.METHODS:
            assert isinstance(call.function, Attribute)
            hint = (
                write_suggestion(method, [*python.METHODS, "add"]).removeprefix("; ") or "layers are added with add(…)"
            )
            raise Unreadable(call.function.name, f'a model has no method "{method}" that is read', hint, "E010")
        return self.passed

    def assign(self, statement: Statement, targets: list[str], value: Node) -> list[Statement] | None:
        names, word = self.names, last_word(self.python.resolved(find_callee(value)))
        owner, _, method = find_callee(value).rpartition(".")
        if word == "Sequential" and isinstance(value, Call):
            made: Value = self.new(self.models.sequence(statement, targets[0], value), targets[0])
        elif word == "Model" and isinstance(value, Call):
            made = self.new(self.models.functional(statement, targets[0], value), targets[0])
        elif isinstance(value, Call) and self.is_method(owner, method):
            read = self.method(statement, owner, method, value)
            self.bind(targets, Python(statement, targets[0]))
            return read
        elif write_path(value) and isinstance(names.values.get(write_path(value)), Value):
            made = names.values[write_path(value)]  # type: ignore[assignment]
        else:
            tensor = self.tensors.of(value, statement)
            if tensor is None:
                return self.other(statement, targets, value)
            if isinstance(tensor, Tensor):
                tensor.name = tensor.name or targets[0]
            for target in targets:
                names.bind(target, tensor)
            return self.read
        self.bind(targets, made)
        return self.passed if isinstance(made, Python) else self.read

    def is_method(self, owner: str, method: str) -> bool:
        """Whether this is a model's method, of one that the paste makes or of another."""
        held = self.names.values.get(owner)
        return isinstance(held, Network) or (held is None and bool(owner) and method in python.METHODS)

    def other(self, statement: Statement, targets: list[str], value: Node) -> list[Statement] | None:
        """An assignment of what is neither a model nor a tensor."""
        names = self.names
        called = find_callee(value)
        root = names.root(_target(targets[0])) if "." in targets[0] else None
        of_python = names.of_kind(value, Python, Lost)
        if not of_python and MODULES & set(self.python.resolved(called or write_path(value)).split(".")[:-1]):
            made = Word(statement, targets[0], value)
            self.made.append(made)
            self.bind(targets, made)
            return self.read
        around = bool(called) and self.python.is_around(called)
        asks = names.of_kind(value, Network, Tensor, list)
        if asks and isinstance(value, Call) and called and not around and names.root(value.function) is None:
            raise Unreadable(value.function, f'nothing is called "{called}"', _CALLED, "E010")
        if of_python or root is not None or around or asks:
            self.bind(targets, Python(statement, targets[0]))
            return self.passed
        if names.is_plain(value):
            self.bind(targets, self.constant(statement, targets[0], value))
            return self.read
        if isinstance(value, Call) and called:
            self.models.refuse(value, self.python.resolved(called))
            self.bind(targets, self.new(Layer(statement, names.unique(targets[0]), names.written(value)), targets[0]))
            return self.read
        return None

    def several(self, statement: Statement, targets: tuple[str, ...], value: Node) -> list[Statement] | None:
        """a, b = …"""
        if isinstance(value, Tuple) and len(value.items) == len(targets) and self.names.is_plain(value):
            for name, item in zip(targets, value.items, strict=True):
                self.constant(statement, name, item)
            return self.read
        called = find_callee(value)
        if self.names.of_kind(value, Python) or (called and self.python.is_around(called)):
            self.bind(list(targets), Python(statement, ""))
            return self.passed
        return None

    def constant(self, statement: Statement, target: str, node: Node) -> Value:
        """A constant; one that has several values is written out where it is asked for, and needs no name."""
        name = target if target in self.names.rebound else self.names.unique(target)
        return self.new(Constant(statement, name, self.names.written(node), self.names.folded(node)), target)

    def new(self, value: Value, target: str) -> Value:
        self.made.append(value)
        self.names.bind(target, value)
        return value

    def bind(self, targets: list[str], value: Value) -> None:
        for target in targets:
            self.names.bind(target, value)


def _target(dotted: str) -> Node:
    """A dotted name as an expression."""
    root, *rest = dotted.split(".")
    node: Node = Name(0, 0, root)
    for word in rest:
        node = Attribute(0, 0, node, Name(0, 0, word))
    return node
