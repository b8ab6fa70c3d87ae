"""Functions of keras.ops, TensorFlow and the like on tensors, and operators between tensors."""

from __future__ import annotations

from functools import cache, partial
from math import prod

from cnnspec.layers.shape import product
from cnnspec.python_source.keras import function_table as table
from cnnspec.python_source.keras.arguments import Signature, bind, find_written, read_signature
from cnnspec.python_source.keras.function_shapes import find_function_shapes, has_rule
from cnnspec.python_source.keras.operation_shapes import SEVERAL, find_operation_shapes, is_scalar
from cnnspec.python_source.keras.placing import Placement
from cnnspec.python_source.keras.refusals import check_data_format
from cnnspec.python_source.keras.stated_layers import Stated
from cnnspec.python_source.keras.uses import make_use
from cnnspec.python_source.tape import TensorValue, find_tensors
from cnnspec.python_source.values import NOTHING, Unknown, Value, find_unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from typing import Any

    from cnnspec.graph import Site
    from cnnspec.python_source.libraries import Libraries
    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.values import Call

OPERATORS = {
    "+": "Add", "-": "Subtract", "*": "Multiply", "/": "TrueDivide", "**": "Power", "@": "Matmul", "//": "FloorDivide", "%": "Mod",
    "<": "Less", "<=": "LessEqual", ">": "Greater", ">=": "GreaterEqual", "&": "LogicalAnd", "|": "LogicalOr",
}  # fmt: skip
BATCH = Unknown("the size of a batch is not known", None)  # as a function of TensorFlow tells it


class Operation(Value):
    """An operation of Keras, with its settings: what keras.ops.mean(x, axis=1) is applied to x. `function`: the full name of
    one that is none of Keras's in the tables."""

    __slots__ = ("config", "function", "kind")

    def __init__(self, kind: str, config: dict[str, Any], function: str = "") -> None:
        self.kind, self.config, self.function = kind, config, function

    def describe(self) -> str:
        return f"the operation {self.kind}"

    def apply(
        self, arguments: tuple[Any, ...], keywords: dict[str, Any], machine: Machine, node: ast.AST, site: Site
    ) -> Any:
        """The tensor that it gives; its shape may be known where no layer is."""
        use = Placement(self.kind, arguments, keywords, machine, node, site)
        settings = fill_batch(self.kind, self.config, use)
        if find_unknown(settings) is not None:
            return use.give_up("")
        config = {key: list(value) if isinstance(value, tuple) else value for key, value in settings.items()}
        saved = {
            "module": "keras.src.ops.numpy",
            "class_name": self.kind,
            "config": config,
            "registered_name": self.kind,
        }
        made = use.find(saved)
        if use.mistake is not None:
            machine.report(use.mistake.code, use.mistake.message, site, None, use.mistake.help)
        elif made.node.shape is None and None not in use.shapes and is_clear((*arguments, *keywords.values())):
            return self.state(made, use)
        return made

    def state(self, made: TensorValue, use: Placement) -> Any:
        """The tensor, or the several, of an operation that has no layer here, with the shapes that are known."""
        shapes: Any = find_operation_shapes(self.kind, self.config, use.arguments)
        several = self.kind in SEVERAL
        if self.function:
            shapes = find_function_shapes(self.function, use.arguments, use.keywords)
            several = isinstance(shapes, list)
            shapes = shapes if several or shapes is None else [shapes]
        if not shapes:
            return made
        made.node.layer, made.node.shape = Stated(shapes[0], 0).make_layer(self.kind), shapes[0]
        if not several:
            return made
        inputs = use.list_inputs()
        others = [use.add(Stated(s, 0).make_layer(self.kind), inputs, s, part) for part, s in enumerate(shapes[1:], 1)]
        return [made, *others]


def is_clear(arguments: tuple[Any, ...]) -> bool:
    """Whether nothing is unknown of what an operation is applied to but the values of numbers."""
    return all([is_scalar(argument) or find_unknown(argument) is None for argument in arguments])


def fill_batch(kind: str, config: dict[str, Any], use: Placement) -> dict[str, Any]:
    """The settings with the shape of a reshape written out: the batch as -1, and what is left of the rest as a number."""
    shape = config.get("newshape")
    entering = use.shapes[0] if use.shapes else None
    if kind != "Reshape" or not isinstance(shape, (tuple, list)) or not shape or entering is None:
        return config
    first, *rest = shape
    if first is BATCH or first is None:
        first = -1
    known = [n for n in rest if type(n) is int and n > 0]
    total = product(entering)
    if first == -1 and rest.count(-1) == 1 and len(known) == len(rest) - 1 and isinstance(total, int):
        rest[rest.index(-1)] = total // prod(known)
    return {**config, "newshape": [first, *rest]}


# ---- functions -------------------------------------------------------------------------------------------------
@cache
def find_function(name: str) -> tuple[str, Signature, tuple[str, ...]] | None:
    """The operation's class of a function by its full name, its signature, and Keras's names of its parameters."""
    for beginning, functions in ((("tensorflow."), table.TENSORFLOW), ("keras.backend.", table.BACKEND)):
        if name.startswith(beginning) and name[len(beginning) :] in functions:
            other, text = functions[name[len(beginning) :]]
            kind, own = table.OPERATIONS[other]
            return kind, read_signature(text), read_signature(own).positional
    short = (
        name.removeprefix("keras.ops.").removeprefix("nn.").removeprefix("numpy.").removeprefix("keras.activations.")
    )
    if name.startswith("keras.activations.") and short in table.ACTIVATIONS:
        signature = read_signature(table.ACTIVATIONS[short])
        kind = {"exponential": "Exp", "linear": "Linear", "mish": "Mish"}.get(short) or table.OPERATIONS[short][0]
        return kind, signature, signature.positional
    if name.startswith("keras.ops.") and short in table.OPERATIONS:
        kind, text = table.OPERATIONS[short]
        signature = read_signature(text)
        return kind, signature, signature.positional
    return None


def call_on_tensors(name: str, call: Call) -> Any:
    """What a function gives for tensors; NotImplemented for arrays, which know it themselves (arrays/)."""
    given = [*call.arguments, call.keywords]
    if not find_tensors(given):
        return NotImplemented
    if not name.startswith("keras.ops.") and not name.startswith("keras.activations.") and not call.machine.tracing:
        return refuse(name, call)
    found = find_function(name)
    if found is None or not (
        name.startswith("keras.") and not name.startswith("keras.backend.") or fits(name, found[1], call)
    ):
        return use_unknown(name, call)
    kind, signature, own = found
    call = call.replace(
        keywords={
            key: value for key, value in call.keywords.items() if key not in ("name", "dtype") or signature.takes(key)
        }
    )
    bound = bind(call, signature, name)
    if bound is None:
        return call.make_unknown(f"this call of {name} is refused")
    values = {
        own[i]: bound.arguments.get(key, signature.defaults.get(key))
        for i, key in enumerate(signature.positional)
        if i < len(own)
    }
    tensors = tuple([value for key, value in values.items() if key in table.TENSORS])
    config = {key: adapt(key, value) for key, value in values.items() if key not in table.TENSORS}
    return apply_operation(kind, config, tensors, call.machine, call.node, call.site)


def fits(name: str, signature: Signature, call: Call) -> bool:
    """Whether the arguments of a call are those that a table knows of a function: TensorFlow's have more, and its split takes
    sizes where Keras's takes places."""
    if name == "tensorflow.split" and isinstance(call.find(1, "num_or_size_splits"), (list, tuple)):
        return False
    names = [key for key in call.keywords if key not in ("name", "dtype")]
    return len(call.arguments) <= len(signature.positional) and all(map(signature.takes, names))


def adapt(key: str, value: Any) -> Any:
    """A setting as Keras writes it: TensorFlow has some words in upper case."""
    return value.lower() if key == "mode" and isinstance(value, str) else None if value == "euclidean" else value


def apply_operation(
    kind: str, config: dict[str, Any], tensors: tuple[Any, ...], machine: Machine, node: ast.AST, site: Site
) -> Any:
    if kind in ("Linear", "StopGradient", "Cast"):  # which change no value
        return tensors[0]
    if kind == "Pad" and config.get("mode") != "constant":
        config = {**config, "constant_values": None}
    if kind == "Relu" and config:
        plain = config == {"negative_slope": 0.0, "max_value": None, "threshold": 0.0}
        config = {} if plain else config
    return make_use(machine, Operation(kind, config), tensors, {}, node, site)


def use_unknown(name: str, call: Call) -> Any:
    """A node for a function of which nothing is known; NotImplemented where it is given no tensors."""
    if not find_tensors([call.arguments, call.keywords]):
        return NotImplemented
    if not call.machine.tracing and has_rule(name) and not name.startswith("keras.ops."):
        return refuse(name, call)
    kind = name.rpartition(".")[2]
    if kind == "convert_to_tensor" and isinstance(call.find(0), TensorValue):
        return call.find(0)
    arguments, keywords = hide_batch(call.arguments), hide_batch(call.keywords)
    return make_use(call.machine, Operation(kind, {}, name), arguments, keywords, call.node, call.site)


def hide_batch(value: Any) -> Any:
    """A value with None for the size of the batch, as a shape of Keras's has it."""
    if isinstance(value, dict):
        return {key: hide_batch(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)([None if item is BATCH else hide_batch(item) for item in value])
    return value


def refuse(name: str, call: Call) -> Any:
    """A function of TensorFlow on a tensor of Keras, which Keras refuses."""
    found = find_function(name)
    other = next((key for key, (kind, _) in table.OPERATIONS.items() if found is not None and kind == found[0]), "")
    short = name.replace("tensorflow.", "tf.").replace("keras.backend.", "K.")
    message = f"{short} takes no tensor of Keras: a function of TensorFlow must stand in a layer"
    help = f"write keras.ops.{other}" if other else "put it into the call of a layer of your own"
    call.machine.report("E012", message, call.site, None, help)
    return call.make_unknown(f"{short} is refused")


# ---- operators ---------------------------------------------------------------------------------------------------
def compute(tensor: TensorValue, operator: str, other: Any, swapped: bool, machine: Machine, node: ast.AST) -> Any:
    """See `Value.compute`."""
    if operator in ("==", "!=") and not isinstance(other, Value):
        return operator == "!="
    site = machine.make_site(node)
    if other is NOTHING:
        kind = {"-": "Negative", "+": "Linear"}.get(operator, "")
        return (
            apply_operation(kind, {}, (tensor,), machine, node, site)
            if kind
            else machine.make_unknown(f"what {operator} makes of a tensor is not known", node)
        )
    kind = OPERATORS.get(operator, operator)
    pair = (other, tensor) if swapped else (tensor, other)
    return make_use(machine, Operation(kind, {}), pair, {}, node, site)


def get_item(tensor: TensorValue, key: Any, machine: Machine, node: ast.AST) -> Any:
    return make_use(machine, Operation("GetItem", {}), (tensor, key), {}, node, machine.make_site(node))


# ---- what is asked of Keras's backend ------------------------------------------------------------------------------
def find_shape(call: Call) -> Any:
    """The shape of a tensor, the batch first."""
    given = call.find(0, "x", "input")
    if not isinstance(given, TensorValue):
        return NotImplemented
    sizes = given.list_sizes()
    return sizes if sizes is not None else call.make_unknown("the shape of this tensor is not known")


def find_traced_shape(call: Call) -> Any:
    """The shape of a tensor as a tensor, which only a layer's own function may ask for."""
    given = call.find(0, "x", "input")
    if not isinstance(given, TensorValue):
        return NotImplemented
    if not call.machine.tracing:
        return refuse("tensorflow.shape", call)
    sizes = given.list_sizes()
    if sizes is None:
        return call.make_unknown("the shape of this tensor is not known")
    return tuple([BATCH if size is None else size for size in sizes])


def set_data_format(call: Call) -> None:
    found = call.find(0, "data_format")
    call.machine.channels_first = found == "channels_first"
    mistake = check_data_format("", "data_format", found) if isinstance(found, str) else None
    if mistake is not None:
        call.machine.report("E011", mistake[0], call.site, find_written(call, 0), mistake[1])


def register(libraries: Libraries) -> None:
    names = [f"keras.ops.{name}" for name in table.OPERATIONS]
    names += [
        f"keras.ops.{module}.{name}" for name in table.OPERATIONS for module in ("nn", "numpy") if "." not in name
    ]
    names += [f"keras.activations.{name}" for name in table.ACTIVATIONS]
    names += [f"tensorflow.{name}" for name in (*table.TENSORFLOW, *table.OTHER_TENSORFLOW)]
    names += [f"keras.backend.{name}" for name in table.BACKEND]
    for library in ("tensorflow.", "keras.ops.", "keras.backend.", "numpy."):
        libraries.fallbacks.insert(0, (library, use_unknown))
    libraries.functions |= {name: partial(call_on_tensors, name) for name in names}
    libraries.functions |= {
        "keras.backend.image_data_format": lambda call: (
            "channels_first" if call.machine.channels_first else "channels_last"
        ),
        "keras.backend.image_dim_ordering": lambda call: "tf",
        "keras.backend.set_image_data_format": set_data_format,
        "keras.backend.clear_session": lambda call: None,
        "keras.utils.clear_session": lambda call: None,
        "keras.backend.backend": lambda call: "tensorflow",
        "keras.backend.floatx": lambda call: "float32",
        "keras.backend.epsilon": lambda call: 1e-7,
        "keras.backend.int_shape": find_shape,
        "keras.ops.shape": find_shape,
        "keras.backend.shape": find_traced_shape,
        "tensorflow.shape": find_traced_shape,
        "keras.backend.is_keras_tensor": lambda call: isinstance(call.find(0, "x"), TensorValue),
        "keras.utils.set_random_seed": lambda call: None,
        "tensorflow.random.set_seed": lambda call: None,
    }
