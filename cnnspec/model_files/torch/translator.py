"""The operators of a torch program in their order, each by its translation.

An operator without one, or one that asks for what the language has no layer for, stands as an opaque layer of the shape that
the file states, and is remarked. A shape that contradicts the file's refuses the model: one of the two is wrong.
"""

from __future__ import annotations

from itertools import zip_longest

from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.call import Call, Learned, find_tensors, need_tensor
from cnnspec.model_files.torch.elementwise import REPEATING
from cnnspec.model_files.torch.numbers import compute_number, computes_number
from cnnspec.model_files.torch.op_defaults import DEFAULTS
from cnnspec.model_files.torch.program import PARAMETER, Reference, Subprogram
from cnnspec.model_files.torch.remarks import OpaqueOperator
from cnnspec.model_files.torch.shapes import EXPANSIONS, SHAPES
from cnnspec.model_files.torch.translations import TRANSLATIONS, find_translated
from cnnspec.model_files.torch.typed_json import Damaged
from cnnspec.model_files.torch.value_uses import History, ValueUses
from cnnspec.model_files.torch.weight_views import follow_view
from cnnspec.model_files.views.atoms import OPEN_BATCH
from cnnspec.model_files.views.graph_builder import Place
from cnnspec.model_files.views.opaque_batch import add_opaque_batch
from cnnspec.model_files.views.tensor import Inexpressible, Tensor
from cnnspec.model_files.views.weight_ref import WeightRef

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.model_files.torch.program import Program, ProgramNode, Value
    from cnnspec.model_files.views.graph_builder import GraphBuilder

REPEAT = "aten.repeat.default"  # of a weight, as instance normalisation has it for each example
# Each calls the graph that it is given.
WRAPPERS = ("higher_order.wrap_with_set_grad_enabled", "higher_order.wrap_with_autocast")
CHECKS = (  # yield nothing
    "aten._assert_tensor_metadata.default", "aten._assert_scalar.default", "aten._assert_async.msg",
    "aten.sym_constrain_range.default", "aten.sym_constrain_range_for_size.default",
)  # fmt: skip


class ProgramTranslator:
    """Walks a program's nodes. A value is a Tensor, Learned, a number, or None where nothing of it is known.

    `computed` are the names of weights that are computed of others before a layer uses them; `opaque` are the operators
    without a layer.
    """

    def __init__(self, program: Program, builder: GraphBuilder) -> None:
        self.program = program
        self.builder = builder
        self.computed: set[str] = set()
        self.opaque: list[OpaqueOperator] = []

    def translate(self) -> list[Tensor]:
        """The outputs. Raises Damaged, Inexpressible, ModelRefused."""
        values: dict[str, Any] = dict(self.program.constants)
        for name, weight in self.program.weights.items():
            shape = find_shape(weight.value)
            values[name] = Learned(
                shape, (weight,), view=WeightRef(weight.name, shape, weight.name, (), weight.is_trained)
            )
        modules = {node.module for node in self.program.nodes}
        for value in self.program.inputs:
            made = values[value.name] = self.builder.add_input(value.sizes)
            if len(self.program.inputs) > 1 and value.name not in modules:  # else there is nothing to tell apart
                self.builder.graph.nodes[made.node].name = value.name
        self._translate_nodes(self.program.nodes, values, self.program.outputs)
        outputs = [values[name] for name in self.program.outputs]
        computed = [value for value in outputs if find_tensors([value])]
        if not computed:
            raise ModelRefused(f"{self.builder.source.name}: no output of the model depends on its input")
        return [need_tensor(self.builder, value, "it") for value in computed]

    def _translate_nodes(self, nodes: Sequence[ProgramNode], values: dict[str, Any], outputs: Sequence[str]) -> None:
        """Add to `values` what the nodes of a graph yield."""
        uses = ValueUses(nodes, outputs)
        for index, node in enumerate(nodes):
            line = node.place
            self.builder.place = Place(node.module, line.file if line else "", line.line if line else 0)
            arguments = {name: resolve(value, values) for name, value in node.arguments.items()}
            made = self._translate(node, arguments, History(uses, values))
            results = made if isinstance(made, tuple) else (made,)
            if len(results) < len(node.names):
                raise Damaged(f"{node.target} has {len(node.names)} outputs, and {len(results)} are made")
            for name, value, result in zip(node.names, node.outputs, results, strict=False):
                self._need_stated(node, value, result)
                values[name] = result
            for overwritten in uses.find_overwritten(index, node):
                values[overwritten] = self._overwrite(node, values[overwritten], [*results, *list_values(arguments)])

    def _translate(self, node: ProgramNode, arguments: dict[str, Any], history: History) -> Any:
        if node.target in WRAPPERS:
            return self._call_graph(node, arguments)
        if node.target in CHECKS:
            return tuple([None] * len(node.names))
        if computes_number(node):
            return compute_number(node, arguments)
        if not find_tensors(list_values(arguments)) or makes_constant(node):
            return compute_learned(node, arguments)
        target = find_translated(node.target)
        try:
            if target is None:
                raise Inexpressible("no layer is this operator")
            repeated = all([find_translated(reader) in REPEATING for reader in history.uses.find_readers(node.names)])
            call = Call(self.builder, node, DEFAULTS[target] | arguments, history, repeated)
            made = TRANSLATIONS[target](call)
        except Inexpressible as error:
            return self._add_opaque(node, list_values(arguments), str(error), history.uses)
        self.computed.update([weight.name for weight in call.computed])
        return made

    def _call_graph(self, node: ProgramNode, arguments: dict[str, Any]) -> tuple[Any, ...]:
        """What a graph within yields: its inputs are the arguments behind it."""
        given = list(arguments.values())
        place = next((i for i, value in enumerate(given) if isinstance(value, Subprogram)), None)
        if place is None:
            raise Damaged(f"{node.target} has no graph")
        inner = given[place]
        values = dict(zip(inner.inputs, given[place + 1 :], strict=False))
        if len(values) < len(inner.inputs):
            raise Damaged(f"{node.target} has fewer arguments than its graph has inputs")
        self._translate_nodes(inner.nodes, values, inner.outputs)
        return tuple([values[name] for name in inner.outputs])

    # ---- what has no layer -----------------------------------------------------------------------------------
    def _add_opaque(self, node: ProgramNode, given: Sequence[Any], why: str, uses: ValueUses) -> Any:
        """An opaque layer for each output that is read; the weights that nothing has used before are the first one's."""
        tensors = find_tensors(given)
        sources = {
            source.name: source
            for value in given
            if isinstance(value, Learned)
            for source in value.sources
            if source.kind == PARAMETER and source.name not in self.builder.used_weights
        }
        weights = [
            WeightRef(source.name, find_shape(source.value), trainable=source.is_trained) for source in sources.values()
        ]
        made: list[Tensor | None] = []
        for value in node.outputs:
            if value is None or not uses.find_readers([value.name]):
                made.append(None)
                continue
            made.append(self._make_opaque(node, tensors, value.sizes, why, weights))
            weights = []
        self._note_opaque(node, why, made)
        return tuple(made)

    def _overwrite(self, node: ProgramNode, value: Any, given: Sequence[Any]) -> Any:
        """What a value is after a part of it was changed in place: of it and what was written, nobody knows what."""
        tensors = find_tensors([value, *given])
        if not tensors or not isinstance(value, (Tensor, Learned)):
            return value
        made = self._make_opaque(node, tensors, value.shape, "it changes a part of a tensor in place", [])
        self._note_opaque(node, "a part of a tensor is changed in place", [made])
        return made

    def _make_opaque(
        self,
        node: ProgramNode,
        tensors: Sequence[Tensor],
        sizes: Sequence[int | None],
        why: str,
        weights: list[WeightRef],
    ) -> Tensor:
        operator = name_operator(node)
        shape = [OPEN_BATCH if size is None else size for size in sizes]  # a size that the batch is in, or its multiple
        try:
            return add_opaque_batch(self.builder, operator, tensors, shape, weights)
        except Inexpressible as error:
            raise self._refuse(node, f"{why}, and {error}") from error

    def _note_opaque(self, node: ProgramNode, why: str, made: Sequence[Tensor | None]) -> None:
        layers = tuple([self.builder.graph.nodes[x.node] for x in made if x is not None])
        line = f"{node.place.file}:{node.place.line}" if node.place else ""
        place = ", ".join(filter(None, (node.module, line)))
        self.opaque.append(OpaqueOperator(name_operator(node), why, place, layers))

    def _refuse(self, node: ProgramNode, why: str) -> ModelRefused:
        return ModelRefused(f"{self.builder.source.name} cannot be read:", f"{describe_node(node)}: {why}")

    def _need_stated(self, node: ProgramNode, stated: Value | None, made: Any) -> None:
        """Refuses where the file states another shape than comes out here."""
        if stated is None or not isinstance(made, Tensor) or node.target.removeprefix("aten.") in EXPANSIONS:
            return
        ours, theirs = made.shape, stated.sizes
        if len(ours) != len(theirs) or any([b is not None and a != b for a, b in zip(ours, theirs, strict=True)]):
            shown = ["x".join(["?" if n is None else str(n) for n in sizes]) for sizes in (ours, theirs)]
            raise self._refuse(
                node, f"its output is {shown[0]} by our formula and {shown[1]} in the file: one is wrong"
            )


def compute_learned(node: ProgramNode, arguments: dict[str, Any]) -> tuple[Learned | None, ...]:
    """What is computed of weights and numbers alone: no layer, but a weight of others. Views of a weight keep its name."""
    given = [value for value in list_values(arguments) if isinstance(value, Learned)]
    sources = {id(source): source for value in given for source in value.sources}
    moved = (find_translated(node.target) in SHAPES or node.target == REPEAT) and len(given) == 1
    operators = frozenset[str]().union(*[value.operators for value in given], () if moved else (name_operator(node),))
    seen: list[WeightRef | None] = []
    if moved and given[0].view is not None:
        seen = follow_view(node, given[0].view, given[0].shape, arguments)
    made: list[Learned | None] = []
    for value, view in zip_longest(node.outputs, seen[: len(node.outputs)]):
        made.append(Learned(find_shape(value), tuple(sources.values()), operators, view) if value else None)
    return tuple(made)


def makes_constant(node: ProgramNode) -> bool:
    """Whether an operator takes the shape of its input alone: zeros_like, new_zeros."""
    name = node.target.partition(".")[2].partition(".")[0]
    return name.endswith("_like") or name.startswith("new_")


def resolve(argument: Any, values: dict[str, Any]) -> Any:
    """An argument with values in the place of references."""
    if isinstance(argument, Reference):
        return values[argument.name]
    if isinstance(argument, tuple):
        return tuple([resolve(item, values) for item in argument])
    return argument


def list_values(arguments: dict[str, Any]) -> list[Any]:
    """The arguments, those in lists too."""
    return [item for value in arguments.values() for item in (value if isinstance(value, tuple) else (value,))]


def find_shape(value: Value) -> tuple[int, ...]:
    return tuple([size or 0 for size in value.sizes])


def name_operator(node: ProgramNode) -> str:
    """An operator's name without its namespace and overload: roll."""
    parts = node.target.split(".")
    return parts[1] if len(parts) > 1 else node.target


def describe_node(node: ProgramNode) -> str:
    """An operator by its name and place: layer1.0.conv1 (aten.conv2d.default, model.py:12)."""
    line = f", {node.place.file}:{node.place.line}" if node.place else ""
    return f"{node.module} ({node.target}{line})" if node.module else f"{node.target}{line}"
