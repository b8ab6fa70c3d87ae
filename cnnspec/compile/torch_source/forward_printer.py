"""`forward` of a class: one statement for each layer with weights, what follows it around it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cnnspec.compile.torch_source.call_text import OPERATORS, Expression, apply_function
from cnnspec.compile.torch_source.helpers import read_helpers
from cnnspec.compile.torch_source.names import VARIABLES_TAKEN, Names, spell_variable
from cnnspec.compile.torch_source.parts import LayerPart

if TYPE_CHECKING:
    from cnnspec.compile.torch_source.module_class import ModuleClass
    from cnnspec.compile.torch_source.optional_region import Region
    from cnnspec.compile.torch_source.outlines import Place
    from cnnspec.compile.torch_source.parts import Part

LONGEST = 72  # characters of an expression that stands inside another one
SHORT = 40  # of one beside an operator
LETTERS = ("x", "y", "z", "u", "v", "w")


class ForwardPrinter:
    """Prints the statements of `forward`. `attributes` are the names of what `__init__` makes, by place; `flag` is that of
    the attribute that says whether the class's region is there, "" where it always is."""

    def __init__(self, made: ModuleClass, attributes: dict[Place, str], is_network: bool, flag: str = "") -> None:
        self.flag, self.depth, self.entry = flag, 2, ""
        self.made, self.body, self.attributes, self.is_network = made, made.bodies[0], attributes, is_network
        self.graph = made.graph
        self.lines: list[tuple[int, str]] = []
        self.uses: dict[int, int] = {}
        for part in self.body.parts:
            for index in part.inputs:
                self.uses[index] = self.uses.get(index, 0) + 1
        for index in self.body.outputs:
            self.uses[index] = self.uses.get(index, 0) + 1
        self.variables: dict[int, str] = {}
        self.pending: dict[int, tuple[Expression, bool]] = {}  # not yet assigned, and whether it applies weights
        self.given: dict[int, str] = {}
        self.kept = {*VARIABLES_TAKEN, *read_helpers()}  # names that are no free variables
        self.owners = {
            part.owner: place
            for place, part in enumerate(self.body.parts)
            if isinstance(part, LayerPart) and part.owner == part.node.index
        }
        self.places = {id(part): place for place, part in enumerate(self.body.parts)}

    def print_forward(self) -> list[tuple[int, str]]:
        """The method, with its header."""
        self._name_inputs()
        header = f"def forward({', '.join(['self', *[self.variables[i] for i in self.body.inputs]])}):"
        region = self.made.region if self.flag else None
        for place, part in enumerate(self.body.parts):
            if region is not None and place == region.start:
                self._begin_region(region)
            self._print_part(place, part)
            if region is not None and place == region.stop - 1:
                self._end_region(part.output)
        ends = [self._take(index).text for index in self.body.outputs]
        return [(1, header), *self.lines, (2, f"return {', '.join(ends)}")]

    def _name_inputs(self) -> None:
        """Names for the tensors that enter, and those that the text gives to others."""
        names = Names(self.kept)
        letters = iter(LETTERS)
        for place, index in enumerate(self.body.inputs):
            given = self._find_given(index, place)
            self.variables[index] = (
                names.take(spell_variable(given)) if given else names.take(next(letters, f"x{place}"))
            )
            if given:
                self.given[index] = self.variables[index]
        for place, part in enumerate(self.body.parts):
            given = self._find_part_name(place)
            once = self.uses.get(part.output, 0) < 2 and any(key[0] == place for key in self.attributes)
            if given and not once:  # a tensor that is read once needs no name beside that of its attribute
                self.given[part.output] = names.take(spell_variable(given))
        self.kept |= set(self.given.values())

    def _find_given(self, index: int, place: int) -> str:
        """The name that the text gives to what enters."""
        if not self.is_network:
            return ""
        node = self.graph.nodes[index]
        return str(node.given or (node.name if len(self.body.inputs) > 1 else ""))

    def _find_part_name(self, place: int) -> str:
        """The name that the text gives to what a part makes, the same in all calls of the block."""
        given = set()
        for body, part in self.made.find_parts(place):
            given.add("" if part.output in body.outputs else self.graph.nodes[part.output].given)
        return given.pop() if len(given) == 1 else ""

    # ---- a region that some calls leave out ----------------------------------------------------------------
    def _begin_region(self, region: Region) -> None:
        """What stands for the region's result is assigned first; in the region it is replaced."""
        index = region.find_entry(self.body)
        self._store_pending(index)
        inside = sum(part.inputs.count(index) for part in self.body.parts[region.start : region.stop])
        self.entry = self.variables[index]
        if self.uses[index] > inside:  # it is still read behind the region
            self.entry = self._choose_variable()
            self.lines.append((2, f"{self.entry} = {self.variables[index]}"))
        self.lines.append((2, f"if self.{self.flag}:"))
        self.depth = 3

    def _end_region(self, index: int) -> None:
        text = self._take(index).text
        self.lines += [(3, f"{self.entry} = {text}")] if text != self.entry else []
        self.variables[index], self.depth = self.entry, 2

    # ---- statements ----------------------------------------------------------------------------------------
    def _print_part(self, place: int, part: Part) -> None:
        heavy_inside = any(self.pending[i][1] for i in part.inputs if i in self.pending)
        heavy = self._is_heavy(part)
        if heavy and heavy_inside or isinstance(part, LayerPart) and self._needs_names(part):
            for index in part.inputs:
                self._store_pending(index)
        tensors = [self._take(index) for index in part.inputs]
        for index in part.inputs:
            self.uses[index] -= 1
        if isinstance(part, LayerPart):
            text = self._apply_layer(place, part, tensors)
        else:
            owner = place if part.inputs and (place,) in self.attributes else self._find_twin(part)
            text = Expression(f"self.{self.attributes[(owner,)]}({', '.join([t.text for t in tensors])})")
        is_plain = any(text.text == tensor.text for tensor in tensors)
        self.pending[part.output] = (text, (heavy or heavy_inside) and not is_plain)
        if not self._may_wait(place, part, text):
            self._store(part.output, part.inputs)

    def _needs_names(self, part: LayerPart) -> bool:
        """Whether a layer's tensors are to be variables: what stands between operators is short."""
        if len(part.inputs) < 2:
            return False
        texts = [self.pending[i][0].text for i in part.inputs if i in self.pending]
        return len(texts) > 1 or any(len(text) > SHORT for text in texts)

    def _apply_layer(self, place: int, part: LayerPart, tensors: list[Expression]) -> Expression:
        owner = self.owners.get(part.owner, place)
        tensors = [self._align(part, i, t) for i, t in zip(part.inputs, tensors, strict=True)]
        for number, call in enumerate(part.calls):
            attribute = self.attributes.get((owner, number))
            if attribute is not None:
                tensors = [Expression(f"self.{attribute}({', '.join([t.text for t in tensors])})")]
            else:
                texts = {
                    key[2:]: self._read_parameters(text)
                    for key, text in self.made.texts.items()
                    if key[:2] == (place, number)
                }
                tensors = [apply_function(call, tensors, texts)]
        return tensors[0]

    def _align(self, part: LayerPart, index: int, tensor: Expression) -> Expression:
        """A vector that meets a map, value by value: with axes of size 1 behind its channels."""
        if len(part.inputs) < 2 or part.calls[0].name not in {*OPERATORS, "torch.maximum", "torch.minimum"}:
            return tensor
        ranks = [len(self.graph.nodes[i].shape or ()) for i in part.inputs]
        missing = max(ranks) - len(self.graph.nodes[index].shape or ())
        return Expression(f"{tensor.within(0)}[:, :{', None' * missing}]") if missing else tensor

    def _read_parameters(self, text: str) -> str:
        """An expression in parameters, as `forward` reads them."""
        return re.sub(r"\b([A-Za-z_]\w*)", r"self.\1", text)

    def _find_twin(self, part: Part) -> int:
        twin = getattr(part, "twin", None)
        while twin is not None and twin.twin is not None:
            twin = twin.twin
        return self.places[id(twin)]

    def _is_heavy(self, part: Part) -> bool:
        """Whether a part gets a statement of its own: a block, a sequence, a layer with a kernel."""
        return not isinstance(part, LayerPart) or any(len(w.order) > 1 for call in part.calls for w in call.weights)

    def _may_wait(self, place: int, part: Part, text: Expression) -> bool:
        """Whether an expression stands inside the next one, instead of a variable."""
        if self.uses.get(part.output, 0) != 1 or part.output in self.given:
            return False
        region = self.made.region
        if place + 1 == len(self.body.parts) or self.flag and region is not None and place + 1 == region.stop:
            return True
        if len(text.text) > LONGEST or part.output in self.body.outputs:
            return False
        after = self.body.parts[place + 1]
        return part.output in after.inputs

    # ---- variables -----------------------------------------------------------------------------------------
    def _take(self, index: int) -> Expression:
        """The expression of a tensor: its variable, or what it is made by."""
        if index in self.pending:
            return self.pending.pop(index)[0]
        return Expression(self.variables[index])

    def _store_pending(self, index: int) -> None:
        if index in self.pending:
            self._store(index, ())

    def _store(self, index: int, read: tuple[int, ...]) -> None:
        """Assign an expression that waits to a variable: one that is free."""
        text = self.pending.pop(index)[0].text
        name = self.given.get(index) or self._choose_variable()
        self.variables[index] = name
        if text != name:
            self.lines.append((self.depth, f"{name} = {text}"))

    def _choose_variable(self) -> str:
        """The first variable that holds nothing which is still read."""
        self.variables = {index: name for index, name in self.variables.items() if self.uses.get(index, 0) > 0}
        waiting = {word for text, _ in self.pending.values() for word in re.findall(r"\w+", text.text)}
        taken = {*self.variables.values(), *self.kept}
        number = 0
        while True:
            name = LETTERS[number] if number < len(LETTERS) else f"x{number}"
            if name not in taken and name not in waiting:
                return name
            number += 1
