"""What a call takes: the arguments of blocks, of this file or another, of layers, and of the words of Keras."""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.layers import find, first_line
from cnnspec.layers import words as layer_words
from cnnspec.layers.argument import NO_WORD, REQUIRED, Term, Unfit, takes
from cnnspec.lint.ignores import MARK
from cnnspec.server.specs import Specs
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cnnspec.layers.argument import Argument, Kind
    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents
    from cnnspec.server.specs import Spec

NONE = Term("none")
SAMPLES = {  # values of the arguments that must be given to a word
    "factor": "0.1", "height_factor": "0.1", "width_factor": "0.1", "initial_learning_rate": "0.01", "decay_steps": "1000", "first_decay_steps": "1000",
    "decay_rate": "0.9", "boundaries": "[1000]", "values": "[0.01, 0.001]", "recall": "0.5", "precision": "0.5",
    "specificity": "0.5", "sensitivity": "0.5", "num_classes": "2", "target_class_ids": "[0]", "inner_optimizer": "adam",
    "filename": '"log.csv"', "filepath": '"checkpoint.keras"', "backup_dir": '"backup"',
    "schedule": "cosine_decay(0.01, 1000)",
}  # fmt: skip


class Taken(Record):
    """An argument that a call takes: its name, its default, what it is, and the words that it takes. `given`: it must be."""

    name: str
    default: str
    about: str
    words: tuple[str, ...]
    given: bool

    def __str__(self) -> str:
        return f"{self.name}={self.default}" if self.default else self.name

    @property
    def detail(self) -> str:
        return f"default {self.default}" if self.default else "required" if self.given else "optional"


class Called(Record):
    """What is called: what it does, "" where nothing says so, and what it takes. `merges`: it takes tensors by place first;
    `free`: an argument may be anything that the language has."""

    about: str
    taken: tuple[Taken, ...]
    merges: bool = False
    free: bool = False


# ---- what is called ------------------------------------------------------------------------------------------
def find_called(word: str, document: Document, documents: Documents, modules: Iterable[str] = ()) -> Called | None:
    """What a word calls in an open file: a block, a layer, or a word of Keras; in a train section one of these modules."""
    for module in modules:
        called = describe_training(module, word)
        if called is not None:
            return called
    specs = Specs(documents)
    found = find_block(word, specs.of(document), specs)
    if found is not None:
        return describe_block(*found)
    layer = find(word)
    if layer is not None:
        taken = [describe_argument(name, argument) for name, argument in layer.arguments.items()]
        return Called(first_line(layer), tuple(taken), layer.merges, layer.merges)
    return describe_word(word)


def describe_argument(name: str, argument: Argument) -> Taken:
    required = argument.record_default is REQUIRED
    default = "" if required else argument.write(argument.record_default)
    return Taken(name, default, argument.about, list_words(argument.kind), required)


def describe_training(module: str, word: str) -> Called | None:
    """A word of a train section."""
    from cnnspec.train.section_values import list_word_arguments

    own = list_word_arguments(module, word)
    if own is None:
        return None
    taken = [Taken(name, "", clean(kind), list_words(kind), given) for name, (kind, given) in own.items()]
    return Called("", tuple(taken))


def clean(kind: Kind) -> str:
    """What a kind of value is, from its own words; "" where it has none."""
    return (kind.__doc__ or "").strip().rstrip(".")


# ---- blocks --------------------------------------------------------------------------------------------------
def find_block(word: str, spec: Spec, specs: Specs) -> tuple[Spec, tree.Block] | None:
    """The block of a name in a file, or of another file that it uses, and the file that it stands in."""
    name = spec.find_offered(word)
    home, name = specs.trace(spec, name) if name is not None else (spec, None)
    block = home.names.blocks.get(id(name))
    return None if block is None else (home, block)


def describe_block(home: Spec, block: tree.Block) -> Called:
    text, about = home.source.text, find_comment(home, block.start)
    taken = []
    for parameter in block.parameters:
        default = parameter.default
        written = " ".join(text[default.start : default.end].split()) if default is not None else ""
        own = find_comment_behind(home, parameter)
        words = list_parameter_words(block, parameter.name.text)
        taken.append(Taken(parameter.name.text, written, own or about, words, default is None))
    return Called(about, tuple(taken), free=True)


def list_parameter_words(block: tree.Block, parameter: str) -> tuple[str, ...]:
    """The words that a parameter can be: those of the arguments of layers that it is given for in the block."""
    found: dict[str, None] = {}
    for call in tree.walk(block.body):
        if isinstance(call, tree.Call) and isinstance(call.function, tree.Name):
            layer = find(call.function.text)
            for number, one in enumerate(call.arguments if layer is not None else ()):
                if layer is not None and isinstance(one.value, tree.Name) and one.value.text == parameter:
                    names = [one.name.text] if one.name is not None else [*layer.arguments][number : number + 1]
                    for taken in [layer.arguments[name] for name in names if name in layer.arguments]:
                        found |= dict.fromkeys(list_words(taken.kind))
    return tuple(found)


def find_comment(home: Spec, at: int) -> str:
    """What the comments say that stand directly above a statement, but for those that speak to cnnspec; "" without any."""
    lines = []
    number = home.source.position(at)[0] - 1
    while number and home.source.line(number).lstrip().startswith("#"):
        lines.append(home.source.line(number).strip().lstrip("#").strip())
        number -= 1
    return "\n".join([line for line in reversed(lines) if not line.startswith(MARK)])


def find_comment_behind(home: Spec, parameter: tree.Parameter) -> str:
    """What a comment says behind a parameter that stands on a line of its own."""
    number = home.source.position(parameter.start)[0]
    first = home.source.offset(number)
    line = home.source.line(number)
    comment = next((one for one in home.parsed.comments if first <= one[0] <= first + len(line)), None)
    if comment is None or line[: parameter.start - first].strip():
        return ""
    behind = home.source.text[parameter.end : comment[0]]
    return home.source.text[slice(*comment)].lstrip("#").strip() if behind.strip() in ("", ",") else ""


# ---- words ---------------------------------------------------------------------------------------------------
def list_words(kind: Kind) -> tuple[str, ...]:
    """The words that a kind takes, as far as it takes words, with what must be given to each; true and false; none."""
    from cnnspec.train.section_values import WrongWord

    try:
        kind(NO_WORD)
    except (Unfit, WrongWord) as refused:
        words = [*refused.words]
        words += ["true", "false"] * takes_value(kind, True)
        words += ["none"] * takes_value(kind, NONE)
        return tuple([write_word(word, kind) for word in dict.fromkeys(words)])
    return ()  # any word at all


def takes_value(kind: Kind, value: object) -> bool:
    from cnnspec.train.section_values import WrongWord

    try:
        return takes(kind, value)
    except WrongWord:
        return False


def write_word(word: str, kind: Kind) -> str:
    """A word with samples of what must be given to it: cosine_decay(0.01, 1000)."""
    from cnnspec.train.section_values import list_word_arguments
    from cnnspec.train.section_words import MODULES

    if takes_value(kind, Term(word)):
        return word
    listed = [own for module in MODULES if (own := list_word_arguments(module, word)) is not None]
    given: list[str] = []
    for place, (name, (_, required)) in enumerate(listed[0].items() if listed else ()):
        if required:  # by its name behind one that need not be given
            given.append(SAMPLES[name] if place == len(given) else f"{name}={SAMPLES[name]}")
    return f"{word}({', '.join(given)})" if given else word


def describe_word(word: str) -> Called | None:
    """An initializer, a regularizer or a constraint."""
    own = layer_words.list_word_arguments(word)
    return (
        None
        if own is None
        else Called("", tuple([describe_argument(name, argument) for name, argument in own.items()]))
    )
