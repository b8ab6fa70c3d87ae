"""What every layer is: one class, in one place, that knows all about itself.

A subclass's fields are its arguments (`argument(kind, about, default, keras name, aliases)`); it states its output shape, weights,
MACs, reach and Keras calls. A shape has ints or `Size`s, channels last; formulas use + - * // and `maximum` only, and serve both.
"""

from __future__ import annotations

from cnnspec.base.diagnostic import Problem as Problem
from cnnspec.base.diagnostic import Remedy as Remedy
from cnnspec.base.record import Record
from cnnspec.base.recording import for_words
from cnnspec.layers.argument import REQUIRED, Argument, Unfit, argument, flag, shortest
from cnnspec.layers.operation import MOVE, NOTHING, Keeps, Operation
from cnnspec.layers.shape import Shape as Shape
from cnnspec.layers.shape import all_known as all_known
from cnnspec.layers.shape import from_the_end
from cnnspec.layers.shape import product as product
from cnnspec.layers.shape import show_shape as show_shape
from cnnspec.layers.weight import Weight as Weight
from cnnspec.layers.weight import holds_numbers
from cnnspec.layers.window import EACH, Reach
from cnnspec.layers.words import from_saved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar, Self

    from cnnspec.base.size import Dim
    from cnnspec.layers.array import Array
    from cnnspec.layers.kernel_trial import Trial
    from cnnspec.layers.sliding_window import SlidingWindow
    from cnnspec.layers.torch_call import NoTorch, TorchCall
    from cnnspec.layers.window import Window, Working


class KerasCall(Record):
    """A Keras layer as plain data: printed into source, or called. `arguments` hold only what differs from Keras's defaults;
    values are numbers, words, tuples, lists, None or a `Term` with a module. `helper` says what it does for the layer proper where
    it is not that itself ("pad"). A name "ops.…" is a function of keras.ops, no layer. `around`: the wrapper whose layer it is."""

    name: str
    arguments: dict[str, Any]
    helper: str = ""
    around: KerasCall | None = None


class Layer(Record):
    """Base of all layers. The subclass's docstring is its page: a first line, then what there is to know."""

    names: ClassVar[tuple[str, ...]] = ()  # the canonical name, then other spellings (compared in lower case)
    example: ClassVar[str] = ""  # a whole spec; a test checks it against Keras
    more_examples: ClassVar[tuple[str, ...]] = ()
    merges: ClassVar[bool] = False  # whether it takes several tensors
    leading: ClassVar[int] = 0  # of such a layer, how many arguments stand before its tensors, without their names
    stated: ClassVar[bool] = False  # whether its output's shape is stated for its own inputs, unknown for others
    sums: ClassVar[bool] = False  # whether they ought to have one shape, though Keras would repeat axes of size 1
    unordered: ClassVar[bool] = False  # whether their order makes no difference
    associative: ClassVar[bool] = False  # whether its output, before other tensors, may stand for those it takes
    indexes: ClassVar[bool] = False  # whether its input's values are positions, which become an axis of the output
    in_place: ClassVar[bool] = False  # whether its output may stand in its input's memory
    multiplies: ClassVar[bool] = False  # whether it multiplies its tensors, so that one may gate or weigh another
    normalizes: ClassVar[bool] = False  # whether it brings its values to a common scale
    passes: ClassVar[bool] = False  # whether it acts while training only, and yields its input after
    keeps_moments: ClassVar[bool] = False  # whether mean and variance stay where it drops values
    takes_largest: ClassVar[bool] = False  # whether its outputs are maxima of windows
    channels_from: ClassVar[str] = ""  # the argument, if any, that is the number of its output's channels
    affine: ClassVar[bool] = False  # whether, once trained, it adds up its input's values with fixed factors
    counted: ClassVar[str] = ""  # what its MACs count, where it has any
    kind: ClassVar[str] = MOVE  # of its work, where it is one operation; see operation.py
    keeps: ClassVar[Keeps] = NOTHING  # what training keeps of that
    becomes: ClassVar[tuple[str, ...]] = ()  # Keras classes and functions that it becomes, apart from its spellings
    most_calls: ClassVar[int] = 1  # how many Keras layers, one behind another, it may become
    reduces: ClassVar[str] = ""  # the argument, if any, that names axes of its input, in an order of no matter
    needed_by: ClassVar[dict[str, tuple[str, ...]]] = {  # arguments that say nothing where another one is false
        "bias": ("bias_initializer", "bias_regularizer", "bias_constraint"),
        "center": ("beta_initializer", "beta_regularizer", "beta_constraint"),
        "scale": ("gamma_initializer", "gamma_regularizer", "gamma_constraint"),
        "renorm": ("renorm_momentum",),
        "pad_to_aspect_ratio": ("fill_value",),
    }
    spreads: ClassVar[tuple[str, ...]] = ()  # arguments where one number says what equal numbers for all axes say
    arguments: ClassVar[dict[str, Argument]] = {}
    presets: ClassVar[dict[str, dict[str, Any]]] = {}  # spelling → arguments that it fixes
    trainable = True  # an argument (TRAINABLE) of the layers that have weights

    def __init_subclass__(cls) -> None:
        cls.arguments = {**cls.arguments, **{n: a for n, a in cls._declared.items() if isinstance(a, Argument)}}

    @property
    def label(self) -> str:
        """The word for it where its arguments say it better than its class's name: gelu for activation(gelu)."""
        return ""

    # ---- what a layer states -------------------------------------------------------------------------------
    def problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        """Why it cannot be applied to these inputs, or None: it would have no output."""
        return None

    def keras_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        """Why Keras cannot compute what is well defined, or None; asked only when there is no problem."""
        return None

    def output(self, inputs: tuple[Shape, ...]) -> Shape:
        """The output's shape; called only when there is no problem."""
        return inputs[0]

    def agreements(self, inputs: tuple[Shape, ...]) -> tuple[tuple[Dim, Dim], ...]:
        """Pairs of sizes of its inputs that must be equal; of symbolic ones, `problem` asks only that they may be."""
        return ()

    def own_weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        """The weights of this layer, in Keras's order, where nothing freezes them."""
        return ()

    def weights(self, inputs: tuple[Shape, ...]) -> tuple[Weight, ...]:
        """The weights of this layer as they are counted: all of them frozen with trainable=false."""
        own = self.own_weights(inputs)
        return own if self.trainable else tuple([weight.replace(trainable=False) for weight in own])

    def numbers_problem(self, inputs: tuple[Shape, ...]) -> Problem | None:
        """Why numbers that are written down for its weights do not fill them, or None; asked when there is no problem."""
        if not holds_numbers(self):
            return None
        from cnnspec.layers.filling import unfilled

        return unfilled(self, inputs)

    def written_weights(self, inputs: tuple[Shape, ...]) -> dict[str, Array]:
        """The weights whose values are written down, by Keras's names: exact numbers, as they lie in Keras's tensors."""
        if not holds_numbers(self):
            return {}
        from cnnspec.layers.filling import lay_out_values

        return lay_out_values(self, inputs)

    def macs(self, inputs: tuple[Shape, ...]) -> Dim | None:
        """Multiply-accumulates of one forward pass of one example, without bias, norms and activation. None: unknown."""
        return 0

    def operations(self, inputs: tuple[Shape, ...]) -> tuple[Operation, ...] | None:
        """The primitive operations of the layer, in order; the first reads the inputs. None: unknown."""
        return (self.operation(inputs),)

    def operation(self, inputs: tuple[Shape, ...], **figures: Any) -> Operation:
        """The one operation of a layer that has no more; `figures` replace the usual ones."""
        read: Dim = 0
        for shape in inputs:
            read = read + product(shape)
        learned: Dim = 0
        for weight in self.own_weights(inputs):
            learned = learned + (product(weight.shape) if weight.trainable else 0)
        usual = {"kind": self.kind, "weights": learned, "rank": len(inputs[0]) - 1, "keeps": self.keeps}
        usual |= {"inputs": read, "outputs": product(self.output(inputs))}
        return Operation(**(usual | figures))

    def reach(self, inputs: tuple[Shape, ...]) -> tuple[Reach, ...] | None:
        """What an output position reads along each spatial axis; None: everything; UNTRACED: it is not followed."""
        return (EACH,) * (len(inputs[0]) - 1)

    def statistics(self, inputs: tuple[Shape, ...]) -> tuple[Dim, ...]:
        """Along each spatial axis, how many positions share one statistic (a mean) of them all; 1: none do."""
        return (1,) * (len(inputs[0]) - 1)

    def sliding(self) -> SlidingWindow | None:
        """The window that the layer slides over its input, made of its arguments; None where it slides none."""
        return None

    def written_window(self) -> tuple[Any, Any, Any] | None:
        """Kernel, stride and dilation of its window, as written, over the input or painting the output; None without one."""
        return (made.kernel, made.stride, made.dilation) if (made := self.sliding()) else None

    def windows(self, inputs: tuple[Shape, ...]) -> tuple[Window, ...] | None:
        """The sliding window of each spatial axis, for a layer that has one."""
        return None

    def working(self, inputs: tuple[Shape, ...]) -> tuple[Working, ...]:
        """Figures inside its formulas that a derivation works out first and then puts in as numbers."""
        return ()

    def zeros_around(self) -> Any:
        """The padding that the layer is, of zeros around its input, as it is written; None where it is none."""
        return None

    def acts_as_named(self) -> bool:
        """Whether the layer computes what the function that it ends in does, whatever its other arguments say."""
        return True

    def penalises_output(self) -> bool:
        """Whether the values of its output are a part of the loss."""
        return self.argument_values().get("activity_regularizer") is not None

    def ends_in(self) -> str | None:
        """The function that the output went through last, "linear" for none; None where the layer does not say."""
        return None

    def competing(self, inputs: tuple[Shape, ...]) -> Dim | None:
        """How many values a softmax of the layer brings to the sum 1; None without a softmax."""
        return self.output(inputs)[-1] if self.ends_in() in ("softmax", "log_softmax", "sparsemax") else None

    def drops(self) -> float:
        """The share of single values, or of channels, that become 0 while training."""
        return 0

    def batch_values(self, inputs: tuple[Shape, ...]) -> Dim | None:
        """How many values of one example go into each statistic of a batch; None for a layer that takes none."""
        return None

    def cancels_offset(self, inputs: tuple[Shape, ...]) -> bool:
        """Whether a constant added to a channel of its input changes nothing in its output."""
        return False

    def rounds_up(self) -> bool:
        """Whether the stride rounds the output's size up by definition, as with padding=same and with ceil."""
        return False

    def leaves_out_padding(self, inputs: tuple[Shape, ...]) -> bool:
        """Whether means at the border are over fewer values, because cells of padding do not count."""
        return False

    def idle(self, inputs: tuple[Shape, ...]) -> bool:
        """Whether the layer, with the arguments that it has, leaves every value where and as it is."""
        return False

    def keras(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        """The Keras layers, applied in turn, that do what this layer does."""
        raise NotImplementedError(type(self).__name__)

    def keras_calls(self, inputs: tuple[Shape, ...]) -> tuple[KerasCall, ...]:
        """The same, none where Keras cannot compute it."""
        return self.keras(inputs) if self.keras_problem(inputs) is None else ()

    def torch(self, inputs: tuple[Shape, ...]) -> tuple[TorchCall, ...] | NoTorch:
        """The PyTorch layers and functions, applied in turn, that do what this layer does; or why there are none."""
        from cnnspec.layers.torch_call import NoTorch

        return NoTorch("has no counterpart in PyTorch")

    def argument_values(self) -> dict[str, Any]:
        """The arguments of this layer by name, in the order in which they are written."""
        return {name: getattr(self, name) for name in self.arguments}

    def canonical(self, inputs: tuple[Shape, ...] | None) -> Layer:
        """The one form of all layers that compute the same from these inputs with the same weights, however written.

        Networks are compared by it: relu for activation(relu), axis=-1 for axis=3 of a map. `inputs` None: unknown.
        """
        made = {name: shortest(self.arguments[name], value) for name, value in self.argument_values().items()}
        for needed, others in self.needed_by.items():
            if needed in made and not made[needed]:
                made |= {name: self.arguments[name].record_default for name in others if name in made}
        if self.reduces and inputs is not None:
            made[self.reduces] = from_the_end(made[self.reduces], len(inputs[0]))
        if inputs is not None and holds_numbers(self):
            from cnnspec.layers.filling import draw_values

            made |= draw_values(self, inputs)
        return self.replace(**made)

    def joined(self, behind: Layer, inputs: tuple[Shape, ...]) -> Layer | None:
        """The one layer that this layer and the one behind it are together, where the language has one; else None."""
        return None

    def reshaped(self, behind: Layer, inputs: tuple[Shape, ...]) -> Layer | None:
        """The layer of this kind whose output has at once the shape that the layer behind gives it; else None."""

    def behind_zeros(self, padding: Any, inputs: tuple[Shape, ...]) -> Layer | None:
        """This layer with zeros around its input, where it has no padding and reads such zeros as the same; else None."""

    @for_words
    def find_remedies(self, inputs: tuple[Shape, ...], *changes: Mapping[str, Any]) -> tuple[Remedy, ...]:
        """Those of some changes of its arguments with which it takes the inputs, and does something."""
        found = []
        for change, made in [(change, self.replace(**change)) for change in changes]:
            taken = made != self and made.problem(inputs) is None and made.keras_problem(inputs) is None
            if taken and made.numbers_problem(inputs) is None and not made.idle(inputs):
                found.append(Remedy(tuple(change.items())))
        return tuple(found)

    def recentred(self, inputs: tuple[Shape, ...]) -> tuple[Layer, ...]:
        """This layer with other arguments, the gentlest first, whose positions might lie in the middle of what they read."""
        return ()

    def trials(self, inputs: tuple[Shape, ...]) -> tuple[Trial, ...]:
        """What the layer asks of a backend's kernels and some of them lack, each as its smallest case."""
        return ()

    # ---- and back ------------------------------------------------------------------------------------------
    @classmethod
    def from_keras(cls, calls: tuple[KerasCall, ...], inputs: tuple[Shape, ...]) -> Layer | None:
        """The layer that becomes these Keras calls, their arguments as Keras saves them; None for another's calls.

        What it makes need not be right: whoever asks compares its `keras` calls with those given. Raises Unfit for a
        value that no argument here can take.
        """
        return cls.of_call(calls[0]) if len(calls) == 1 and cls.called(calls[0]) else None

    @classmethod
    def called(cls, call: KerasCall) -> bool:
        """Whether a Keras class is a spelling of this layer, or one of those that it becomes."""
        return call.name.lower() in cls.names or call.name in cls.becomes

    @classmethod
    def of_call(cls, call: KerasCall, **values: Any) -> Self:
        """The layer of a saved call; `values` are arguments that the call has under other names."""
        config = call.arguments | (call.around.arguments if call.around else {})
        for name, declared in cls.arguments.items():
            key = declared.keras or name
            if name not in values and key in config:
                values[name] = from_saved(config[key], declared.kind, key, name in cls.spreads)
            elif name not in values and declared.record_default is REQUIRED:
                raise Unfit(f"its {key} is not given")
        return cls(**values)

    def completed(self, call: KerasCall, inputs: tuple[Shape, ...]) -> dict[str, Any]:
        """The arguments of one of this layer's calls with Keras's defaults filled in, as a built Keras layer has them."""
        if call.helper:
            return call.arguments
        return {a.keras or name: a.record_default for name, a in self.arguments.items()} | call.arguments

    # ---- helpers for subclasses ----------------------------------------------------------------------------
    def keras_arguments(self, *names: str) -> dict[str, Any]:
        """Keras's names and values of the arguments that differ from their defaults; all of them, or those named."""
        return {
            self.arguments[name].keras or name: getattr(self, name)
            for name in names or self.arguments
            if self.arguments[name].keras != "-" and getattr(self, name) != self.arguments[name].record_default
        }

    def keras_values(self, inputs: tuple[Shape, ...]) -> dict[str, Any]:
        """Keras's names and initialisers of the weights whose values are written down."""
        if not holds_numbers(self):
            return {}
        from cnnspec.layers.filling import begin_with_values

        return begin_with_values(self, inputs)


TRAINABLE = argument(flag, "whether training changes its weights; false for what was trained before", True)
