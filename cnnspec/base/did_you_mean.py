"""Names that several parts need (pasted modules, losses, data sets), and finding what a misspelt name meant."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

PASTED_MODULES = {
    "tf", "tensorflow", "keras", "layers", "nn", "math", "activations", "initializers", "regularizers", "constraints",
    "models", "optimizers", "losses", "metrics", "callbacks", "np", "K",
}  # fmt: skip

# PyTorch's layers whose arguments mean something else: told apart from Keras's by their case, and what to write.
_CONV = "PyTorch gives the input's channels first: leave them out, conv(64, 3x3, padding=1)"
_TRANSPOSED = "PyTorch gives the input's channels first: leave them out, conv_transpose(64, 2x2, stride=2)"
_NORM = "PyTorch gives the channels: leave them out, bn"
PYTORCH = {
    **dict.fromkeys(("Conv1d", "Conv2d", "Conv3d", "LazyConv2d"), _CONV),
    **dict.fromkeys(("ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"), _TRANSPOSED),
    **dict.fromkeys(("BatchNorm1d", "BatchNorm2d", "BatchNorm3d"), _NORM),
    "InstanceNorm2d": "PyTorch gives the channels: leave them out, instance_norm",
    "GroupNorm": "PyTorch gives the channels too: group_norm(groups)",
    "LayerNorm": "PyTorch gives the shape: leave it out, layer_norm",
    "Linear": "PyTorch gives the inputs first: leave them out, dense(10)",
    "AdaptiveAvgPool2d": "write gap for size 1, else adaptive_avgpool(7x7)",
    "Upsample": "write upsample(2)",
    "Dropout2d": "write spatial_dropout(0.5)",
}

# Keras's cross-entropies, without underscores, and the function that makes the probabilities that each expects.
CROSS_ENTROPIES = {
    "categoricalcrossentropy": "softmax",
    "sparsecategoricalcrossentropy": "softmax",
    "categoricalfocalcrossentropy": "softmax",
    "binarycrossentropy": "sigmoid",
    "binaryfocalcrossentropy": "sigmoid",
}

# Data sets by name: the shape of an image, and the number of classes.
GIVEN = "data given in Python"  # what data are called that a program gives
NAMED_DATA: dict[str, tuple[tuple[int, int, int], int]] = {
    "digits": ((8, 8, 1), 10),
    "mnist": ((28, 28, 1), 10),
    "fashion_mnist": ((28, 28, 1), 10),
    "cifar10": ((32, 32, 3), 10),
    "cifar100": ((32, 32, 3), 100),
}


def find_nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a person most likely meant: a synonym, else the nearest in letters, else None."""
    words = list(known)
    found = synonym(name, words)
    return found if found is not None else next(iter(near(name, words)), None)


MOST_NEAR = 3  # names that are told where several are equally near


def find_proposals(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """The known names that a person may have meant: the synonym, else those nearest in letters. Every question "did you
    mean …?" and every assumption uses this function."""
    words = list(known)
    found = synonym(name, words)
    if found is not None:
        return (found,)
    spelt: dict[str, str] = {}  # max_pool is maxpool
    for other in near(name, words):
        spelt.setdefault(fold_spelling(other), other)
    # Of two beginnings the one that lacks less:
    more = {other: abs(len(other) - len(fold_spelling(name))) for other in spelt}
    return tuple([spelt[other] for other in spelt if more[other] == min(more.values())])[:MOST_NEAR]


def get_only(names: tuple[str, ...]) -> str | None:
    """The one proposed name; None where there are none or several."""
    return names[0] if len(names) == 1 else None


def write_question(names: tuple[str, ...]) -> str:
    """The question "did you mean …?" for the proposed names; "" for none."""
    listed = " or ".join([f'"{name}"' for name in names])
    return f"did you mean {listed}?" if names else ""


def read_question(help: str) -> tuple[str, ...]:
    """What a question "did you mean …?" proposes, () for another help: names, or arguments such as activation=relu."""
    asked = help.removeprefix("did you mean ")
    if asked == help or not asked.endswith("?"):
        return ()
    return tuple([name.strip('"') for name in asked[:-1].split(" or ")])


def write_suggestion(name: str, known: Iterable[str]) -> str:
    """The question as the end of a sentence, "; did you mean …?"; "" where no known name is near."""
    asked = write_question(find_proposals(name, known))
    return f"; {asked}" if asked else ""


# ---- what means the same -----------------------------------------------------------------------------------
def synonym(name: str, known: Iterable[str]) -> str | None:
    """The known name for a word from elsewhere: check for lint, dense for Linear; None where there is none."""
    from cnnspec.base.synonyms import TABLES

    word, words = fold_spelling(name), set(known)
    return next((table[word] for table in TABLES if table.get(word) in words), None)


# ---- what is near in letters -------------------------------------------------------------------------------
LONGEST = 40  # letters of a word that is still compared
EDIT, OTHER = (
    2,
    3,
)  # what a letter too many or too few, or two that change places, costs; and another letter in its place
ENDINGS = ("s", "es", "d", "ed", "er", "or", "ing", "ion", "1d", "2d", "3d", "layer")
FAR = 99


def near(name: str, known: Iterable[str]) -> list[str]:
    """The known names nearest in letters: several where they are equally near, none where all are far."""
    word, best, found = fold_spelling(name), FAR, []
    if len(word) > LONGEST:
        return []
    for other in dict.fromkeys(known):
        distance = measure_distance(word, fold_spelling(other))
        if distance < best:
            best, found = distance, [other]
        elif distance == best < FAR:
            found.append(other)
    return found


def fold_spelling(name: str) -> str:
    """A word without what people spell in different ways: case, "-" and "_"."""
    return name.lower().replace("_", "").replace("-", "")


def measure_distance(word: str, other: str) -> int:
    """How far a word is from another: the cost of the edits between them; FAR where it is a different word.

    One edit is near. Two edits are near from 6 letters on, three from 10, where both words begin alike. A word that is
    cut off, or that has an ending more than the other, is near too.
    """
    if word == other:
        return 0
    shorter = min(len(word), len(other))
    if shorter < 3:
        return FAR
    if other.startswith(word) and 2 * len(word) >= len(other) or word.startswith(other) and is_inflected(word, other):
        return EDIT
    allowed = EDIT if shorter < 4 else OTHER if shorter < 6 else 2 * EDIT if shorter < 10 else 3 * EDIT
    if abs(len(word) - len(other)) * EDIT > allowed or len(set(word) ^ set(other)) > allowed:
        return FAR
    if digits(word) and digits(other) and digits(word) != digits(other):  # W201 and W202, conv1 and conv9
        return FAR
    cost = edits(word, other)
    return cost if cost <= OTHER and cost <= allowed or cost <= allowed and word[0] == other[0] else FAR


def is_inflected(word: str, stem: str) -> bool:
    """Whether a word is another word with an ending, perhaps with a doubled letter: flattening, formatter, conv_layer."""
    rest = word[len(stem) :]
    return rest in ENDINGS or rest[:1] == stem[-1:] and rest[1:] in ENDINGS


def digits(word: str) -> list[str]:
    """The digits of a word. A letter O beside a digit counts as a zero: ResNet5O."""
    beside = [word[max(0, i - 1) : i + 2] for i in range(len(word))]
    zero = [letter == "o" and any(map(str.isdigit, part)) for letter, part in zip(word, beside, strict=True)]
    return ["0" if z else letter for letter, z in zip(word, zero, strict=True) if z or letter.isdigit()]


def edits(word: str, other: str) -> int:
    """The least cost of edits from one word to another (optimal string alignment)."""
    before: list[int] = []
    row = list(range(0, EDIT * len(other) + 1, EDIT))
    for i, letter in enumerate(word, 1):
        older, before, row = before, row, [EDIT * i]
        for j, theirs in enumerate(other, 1):
            cost = min(before[j] + EDIT, row[j - 1] + EDIT, before[j - 1] + OTHER * (letter != theirs))
            if i > 1 and j > 1 and letter == other[j - 2] and theirs == word[i - 2]:
                cost = min(cost, older[j - 2] + EDIT)
            row.append(cost)
    return row[-1]
