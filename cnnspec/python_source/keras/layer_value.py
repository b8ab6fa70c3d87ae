"""A Keras layer as a value: its class, its arguments, and what it gives on tensors."""

from __future__ import annotations

from cnnspec.base.diagnostic import Note
from cnnspec.python_source.keras.arguments import find_signature
from cnnspec.python_source.keras.augmentation import find_augmentation
from cnnspec.python_source.keras.layer_call_mistakes import refuse_call
from cnnspec.python_source.keras.misuses import find_misuse
from cnnspec.python_source.keras.on_data import use_on_data
from cnnspec.python_source.keras.placing import Placement
from cnnspec.python_source.keras.saved_form import save_layer, soften
from cnnspec.python_source.keras.signatures import ALIASES
from cnnspec.python_source.keras.uses import make_use
from cnnspec.python_source.keras.wrapping import SPECIAL
from cnnspec.python_source.tape import TensorValue, find_tensors
from cnnspec.python_source.values import Unknown, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.python_source.keras.problems import Mistake
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call


class LayerValue(Value):
    """A layer of Keras, of the class `kind` (without its module), with the arguments that it is given by Keras's names.

    `stretches`: where in its site's text those stand that are written there. `attributes`: those that the source sets, its
    name and trainable among them. `used`: what it was called on, and what it gave, in order.
    """

    __slots__ = ("arguments", "attributes", "kind", "site", "stretches", "used")

    def __init__(
        self, kind: str, arguments: dict[str, Any], site: Site, machine: Machine, stretches: dict[str, tuple[int, int]] | None = None
    ) -> None:  # fmt: skip
        self.kind, self.arguments, self.site = kind, dict(arguments), site
        self.stretches = stretches or {}
        self.attributes: dict[str, Any] = {}
        self.used: list[tuple[Any, Any]] = []

    @property
    def name(self) -> str:
        """The name that the source gives it, "" where Keras makes one up."""
        name = self.attributes.get("name", self.arguments.get("name"))
        return name if isinstance(name, str) else ""

    @property
    def trainable(self) -> Any:
        return self.attributes.get("trainable", self.arguments.get("trainable", True))

    def describe(self) -> str:
        return f"the {self.kind} layer{f' {self.name}' if self.name else ''}"

    def __repr__(self) -> str:
        return f"{self.kind}({self.arguments})"

    def complete_arguments(self) -> dict[str, Any]:
        """Its arguments with Keras's defaults."""
        signature = find_signature(f"keras.layers.{self.kind}")
        return {**(signature.defaults if signature is not None else {}), **self.arguments}

    # ---- what a source asks of it ------------------------------------------------------------------------------
    def call(self, call: Call) -> Any:
        return call_layer(call.machine, self, call)

    def get_attribute(self, name: str, machine: Machine, node: ast.AST) -> Any:
        from cnnspec.python_source.keras.layer_attributes import find_attribute

        return self.attributes[name] if name in self.attributes else find_attribute(self, name, machine, node)

    def set_attribute(self, name: str, value: Any, machine: Machine, node: ast.AST) -> None:
        machine.note_change(self.attributes)
        self.attributes["name" if name == "_name" else name] = value
        signature = find_signature(f"keras.layers.{self.kind}")
        if name not in ("name", "_name", "trainable") and signature is not None and signature.takes(name):
            machine.note_change(self.arguments)
            self.arguments[name] = value

    def is_instance(self, name: str) -> bool | None:
        base = name in ("keras.layers.Layer", "keras.Layer", "keras.Operation")
        return base or ALIASES.get(name, name) == f"keras.layers.{self.kind}"

    # ---- on tensors --------------------------------------------------------------------------------------------
    def apply(
        self, arguments: tuple[Any, ...], keywords: dict[str, Any], machine: Machine, node: ast.AST, site: Site
    ) -> Any:
        """What the layer gives on tensors: the tensor of the last node that it comes to."""
        result = self.place(arguments, keywords, machine, node, site)
        machine.note_change(self.used)
        self.used.append(((arguments, keywords), result))
        return result

    def place(
        self, arguments: tuple[Any, ...], keywords: dict[str, Any], machine: Machine, node: ast.AST, site: Site
    ) -> Any:
        training = keywords.get("training")
        keywords = {
            key: value for key, value in keywords.items() if key != "training" and (key != "mask" or value is not None)
        }
        if "inputs" in keywords and not arguments:
            arguments = (keywords.pop("inputs"),)
        use = Placement(self.kind, arguments, keywords, machine, node, site, self, self.name)
        given = find_unknown([use.arguments, use.keywords]) is None
        if given and (mistake := find_misuse(self.kind, self.arguments, use.arguments, use.shapes)):
            self.report(mistake, use)
            return use.give_up("")
        if self.kind in SPECIAL:
            return SPECIAL[self.kind](self, use)
        try:
            saved = save_layer(self.kind, {**self.arguments, "trainable": self.trainable})
        except ValueError as error:
            return use.give_up(f"{self.kind}: {error}")
        if saved.unknown:
            value = saved.config[saved.unknown]
            why = "" if isinstance(value, Unknown) else f"{saved.unknown} of {self.kind} is not known"
            return use.give_up(why)
        made = self.find_tensor(use, saved.config, saved.doubt or training not in (None, False))
        if use.mistake is not None:
            self.report(use.mistake, use)
        return made if saved.activation is None else self.activate(saved.activation, made, use)

    def find_tensor(self, use: Placement, config: dict[str, Any], doubt: bool) -> TensorValue:
        if len(use.shapes) == 1 and use.shapes[0] is not None and find_unknown(use.arguments) is None:
            augmentation = find_augmentation(self.kind, config, use.shapes[0])
            if augmentation is not None:
                return use.add_layer(augmentation)
            if self.kind == "GroupNormalization" and config.get("groups") == -1:  # one for each channel
                config = {**config, "groups": use.shapes[0][-1]}
        saved = {"module": "keras.layers", "class_name": self.kind, "config": config, "registered_name": None}
        return use.find(saved, doubt, soften(self.kind, config))

    def activate(self, activation: Any, tensor: TensorValue, use: Placement) -> TensorValue:
        """An activation that is no word, a function of the source's or a layer, behind the layer itself."""
        made = activation
        if isinstance(activation, LayerValue):
            made = make_use(use.machine, activation, (tensor,), {}, use.node, use.site)
        elif not isinstance(activation, Unknown):
            made = use.machine.call(activation, (tensor,), {}, use.node)
        if isinstance(made, TensorValue):
            return made
        node = use.machine.tape.add(None, (tensor.node.index,), tensor.node.shape, "activation", use.site, "Activation")
        return TensorValue(node)

    def report(self, mistake: Mistake, use: Placement) -> None:
        """Report a mistake where its cause stands: at an argument, or where the layer is used."""
        stretch = self.stretches.get(mistake.argument)
        if stretch is None:
            use.machine.report(mistake.code, mistake.message, use.site, None, mistake.help)
            return
        same = use.site.source is self.site.source and use.site.node.start <= self.site.node.start < use.site.node.end
        notes = () if same else (Note("it is called here", use.site.span),)
        site = self.site.replace(path=use.site.path or self.site.path)
        use.machine.report(mistake.code, mistake.message, site, stretch, mistake.help, notes)


def call_layer(machine: Machine, callee: Any, call: Call) -> Any:
    """What calling something like a layer gives: of tensors the result of its use, of data an array."""
    if isinstance(callee, LayerValue) and refuse_call(callee, call):
        return call.make_unknown(f"this call of {callee.describe()} is refused")
    if not find_tensors([*call.arguments, call.keywords]):
        return use_on_data(callee, callee.kind, call)
    return make_use(machine, callee, call.arguments, call.keywords, call.node, call.site)
