"""A class of a module as text: `__init__`, which makes its layers, and `forward`, which applies them."""

from __future__ import annotations

import re
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from cnnspec.compile.torch_source.call_text import needs_layer, print_layer, print_value
from cnnspec.compile.torch_source.forward_printer import ForwardPrinter
from cnnspec.compile.torch_source.names import MODULE_NAMES, Names, spell_variable
from cnnspec.compile.torch_source.outlines import complete_arguments, is_default
from cnnspec.compile.torch_source.parts import BlockPart, LayerPart, SequencePart

if TYPE_CHECKING:
    from cnnspec.compile.torch_source.module_class import ModuleClass
    from cnnspec.compile.torch_source.outlines import Place
    from cnnspec.compile.torch_source.parts import Part
    from cnnspec.layers.torch_call import TorchCall

Lines = list[tuple[int, str]]


class ClassPrinter:
    """Prints one class, by the first of the calls that it serves."""

    def __init__(self, made: ModuleClass, is_network: bool) -> None:
        self.made, self.body, self.is_network = made, made.bodies[0], is_network
        self.flag = self._name_flag()
        self.attributes = self._name_attributes()

    def print_class(self, about: list[str]) -> Lines:
        """The class with its docstring."""
        lines: Lines = [(0, f"class {self.made.name}(nn.Module):")]
        lines += [(1, line) for line in about]
        inits = self._print_parts()
        forward = ForwardPrinter(self.made, self.attributes, self.is_network, self.flag).print_forward()
        kept = [
            p.name for p in self.made.parameters if any(re.search(rf"self\.{p.name}\b", text) for _, text in forward)
        ]
        if inits or kept:
            given = [
                p.name + (f"={print_value((), p.default, {})}" if p.has_default else "") for p in self.made.parameters
            ]
            lines += [(0, "")] * bool(about) + [(1, f"def __init__({', '.join(['self', *given])}):")]
            lines += [(2, "super().__init__()"), *[(2, f"self.{name} = {name}") for name in kept], *inits]
        return [*lines, (0, ""), *forward]

    def _print_parts(self) -> Lines:
        """The lines of `__init__` that make all parts, those of a region under its condition."""
        lines: Lines = []
        region, any_under = self.made.region, False
        for place, part in enumerate(self.body.parts):
            made = self._print_part((place,), part)
            if region is None or not region.start <= place < region.stop:
                lines += made
            elif region.is_step(self.body):
                name = self.attributes.get((place,)) or self.attributes[(place, 0)]
                lines += [(2, f"self.{name} = nn.Identity()"), (2, f"if {self.made.condition}:")]
                lines += [(depth + 1, text) for depth, text in made]
            else:
                if place == region.start and self.flag != self.made.condition:
                    lines.append((2, f"self.{self.flag} = {self.made.condition}"))
                under = [(depth + 1, text) for depth, text in made]
                lines += [(2, f"if self.{self.flag}:")] * (bool(under) and not any_under) + under
                any_under = any_under or bool(under)
        return lines

    # ---- names ---------------------------------------------------------------------------------------------
    def _name_flag(self) -> str:
        """The attribute that says whether the region is there, "" where nn.Identity takes its place."""
        region, condition = self.made.region, self.made.condition
        if region is None or region.is_step(self.body):
            return ""
        last = self.body.parts[region.stop - 1]
        return condition if condition.isidentifier() else "residual" if len(last.inputs) > 1 else f"with_{last.label}"

    def _name_attributes(self) -> dict[Place, str]:
        """The attributes by the place of what they hold: a part, or one of the calls of a layer."""
        names = Names(MODULE_NAMES | {parameter.name for parameter in self.made.parameters} | {self.flag})
        wanted: list[tuple[Place, str, bool]] = []
        for place, part in enumerate(self.body.parts):
            if isinstance(part, LayerPart):
                if part.owner != part.node.index:
                    continue
                held = [number for number, call in enumerate(part.calls) if self.is_held((place, number), call)]
                for number in held:
                    helper = part.calls[number].helper
                    name, is_own = self._choose_name(place, part)
                    apart = len(held) > 1 and helper or helper == "activation"
                    wanted.append(((place, number), f"{name}_{helper}" if apart else name, is_own))
            elif not isinstance(part, BlockPart) or part.twin is None:
                wanted.append(((place,), *self._choose_name(place, part)))
        own = {name for _, name, is_own in wanted if is_own} | MODULE_NAMES
        times = Counter([name for _, name, _ in wanted])
        last: dict[str, int] = {}
        found: dict[Place, str] = {}
        for place_, name, is_own in wanted:
            if not is_own and (times[name] > 1 or name in own):
                number = last.get(name, 0) + 1
                while f"{name}{number}" in own or f"{name}{number}" in names.taken:
                    number += 1
                last[name] = number
                name = f"{name}{number}"
            found[place_] = names.take(name)
        return found

    def _choose_name(self, place: int, part: Part) -> tuple[str, bool]:
        """What an attribute is called, and whether the text says so; else it is the kind of layer or block, perhaps numbered."""
        if isinstance(part, LayerPart) and self.is_network:
            return spell_variable(part.node.name), True
        given = {self._find_given(other, body.outputs) for body, other in self.made.find_parts(place)}
        name = given.pop() if len(given) == 1 else ""
        return (spell_variable(name), True) if name else (spell_variable(part.label.lower()), False)

    def _find_given(self, part: Part, outputs: tuple[int, ...]) -> str:
        """The name that the text gives to what a part makes; that of a block's output is the name of its call."""
        if isinstance(part, SequencePart) or part.output in outputs and not self.is_network:
            return ""
        while isinstance(part, BlockPart):
            part = next(p for p in part.body.parts if p.output == part.output)
        return part.node.given if isinstance(part, LayerPart) else ""

    def is_held(self, place: Place, call: TorchCall) -> bool:
        """Whether a call is made in `__init__`: one with weights, one that acts while training, one that nn.Identity may stand
        for."""
        region = self.made.region
        return needs_layer(call) or region is not None and not self.flag and region.start == place[0]

    # ---- what is made --------------------------------------------------------------------------------------
    def _print_part(self, place: Place, part: Part) -> Lines:
        """The lines of `__init__` that make a part."""
        if isinstance(part, LayerPart):
            lines: Lines = []
            for number, call in enumerate(part.calls):
                if (*place, number) in self.attributes:
                    text = self._print_call((*place, number), call, part.frozen)
                    lines.append((2, f"self.{self.attributes[(*place, number)]} = {text}"))
            remarks = {other.remark for _, other in self.made.find_parts(place[0]) if isinstance(other, LayerPart)}
            return (
                [(2, f"# in Keras: {remarks.pop()}"), *lines]
                if remarks != {""} and len(remarks) == 1 and lines
                else lines
            )
        if place not in self.attributes:
            return []
        (text,) = self._print_made(place, part)
        return [(2, f"self.{self.attributes[place]} = {text}")]

    def _print_made(self, place: Place, part: Part) -> list[str]:
        """The modules that a part is, made."""
        if isinstance(part, LayerPart):
            return [self._print_call((*place, number), call, part.frozen) for number, call in enumerate(part.calls)]
        if isinstance(part, BlockPart):
            return [self._print_block(place, part)]
        items = [text for number, item in enumerate(part.items) for text in self._print_made((*place, number), item)]
        written: list[str] = []
        for text, alike in groupby(items):
            times = len(list(alike))
            written += [f"*[{text} for _ in range({times})]"] if times > 2 else [text] * times
        return [f"nn.Sequential({', '.join(written)})"]

    def _print_call(self, place: Place, call: TorchCall, frozen: bool) -> str:
        texts = self.find_texts(place)
        given = {
            name: value
            for name, value in complete_arguments(call).items()
            if (name,) in texts or not is_default(call, name, value)
        }
        return print_layer(call.replace(arguments=given), texts, frozen)

    def _print_block(self, place: Place, part: BlockPart) -> str:
        inner = self.made.classes[id(part.body)]
        texts = self.find_texts(place)
        parts: list[str] = []
        named = False
        for name, value in inner.find_values(part.body).items():
            text = print_value((name,), value, texts)
            if (name,) not in texts and not inner.is_given(name, value):
                named = True
                continue
            named = named or len(parts) > 1
            parts.append(f"{name}={text}" if named else text)
        return f"{inner.name}({', '.join(parts)})"

    def find_texts(self, place: Place) -> dict[Place, str]:
        """The expressions of the values below a place, by their way from there."""
        size = len(place)
        return {key[size:]: text for key, text in self.made.texts.items() if key[:size] == place}
