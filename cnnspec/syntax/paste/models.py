"""Keras's models as a paste makes them: Sequential, to which layers are added, and Model(inputs, outputs)."""

from __future__ import annotations

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.syntax.paste import python
from cnnspec.syntax.paste.expressions import find_argument
from cnnspec.syntax.paste.names import Names, Unreadable
from cnnspec.syntax.paste.tensors import Tensors
from cnnspec.syntax.paste.values import Functional, Sequence
from cnnspec.syntax.tree import Call, Text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.syntax.paste.statements import Statement

_MODELS = ("Sequential", "Model", "Input")


class Models:
    """Makes the models of a paste from their calls."""

    def __init__(self, names: Names, tensors: Tensors) -> None:
        self.names = names
        self.tensors = tensors

    def sequence(self, statement: Statement, target: str, call: Call) -> Sequence:
        made = Sequence(statement, self.names.unique(target), _title(call))
        made.steps.append((statement, self.names.written(call)))
        return made

    def functional(self, statement: Statement, target: str, call: Call) -> Functional:
        places = [argument.value for argument in call.arguments if argument.name is None]
        ends = []
        for number, words in enumerate((("inputs", "input"), ("outputs", "output"))):
            node = find_argument(call, *words) or (places[number] if len(places) > number else None)
            found = self.tensors.of(node, statement) if node is not None else None
            if node is None or found is None:
                what = f"the {words[0]} of this Model are no tensors that were made here"
                raise Unreadable(
                    node or call, what, "write keras.Model(inputs, outputs) of tensors that lines above make"
                )
            ends.append(found if isinstance(found, list) else [found])
        inputs, outputs = ends
        return Functional(statement, self.names.unique(target), inputs, outputs, _title(call))

    def add(self, statement: Statement, owner: str, call: Call) -> Sequence | None:
        """cnn.add(…); a model that the paste does not make begins with its first add(…), and is returned."""
        network = self.names.values.get(owner)
        begun = Sequence(statement, self.names.unique(owner)) if network is None else None
        network = begun or network
        assert isinstance(network, Sequence)
        network.steps.append((statement, self.names.written(call.arguments[0].value)))
        return begun

    def refuse(self, call: Call, called: str) -> None:
        """Refuse what would be a model, had it another name, and a model whose layers stand elsewhere."""
        *modules, word = called.split(".")
        if not modules or modules[0] not in python.FRAMEWORKS:
            return
        if "applications" in modules:
            message = f"the layers of {word}, a model of keras.applications, do not stand in this text"
            raise Unreadable(call.function, message, f"`cnnspec import --application {word}` writes them as a spec")
        if modules[-1] in ("models", *python.FRAMEWORKS):
            hint = write_suggestion(word, _MODELS).removeprefix("; ") or "a saved model is read by `cnnspec import`"
            raise Unreadable(call.function, f'nothing is called "{called}"', hint, "E010")


def _title(call: Call) -> str:
    value = find_argument(call, "name")
    return value.value if isinstance(value, Text) and value.value.isidentifier() else ""
