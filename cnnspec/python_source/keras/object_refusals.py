"""Arguments that Keras refuses when an optimizer, loss, regularizer or callback is made, where their values are known.

Source: measured on Keras 3.15 (tests/python_source/refused).
"""

from __future__ import annotations

from cnnspec.base.did_you_mean import find_proposals, write_question
from cnnspec.python_source.keras.problems import Mistake, list_words, show
from cnnspec.python_source.values import is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none")
MODEL_FILES = (".keras", ".h5")  # the endings that ModelCheckpoint takes
MODEL_SAVED = (".keras", ".h5", ".hdf5")  # those that model.save takes
WEIGHTS_SAVED = ".weights.h5"


def find_object_refusal(name: str, arguments: dict[str, Any]) -> Mistake | None:
    """The first argument that Keras refuses for an object of a class of this full name."""
    module, _, kind = name.removeprefix("keras.").rpartition(".")
    for key, value in arguments.items():
        message, help = _check(module, kind, key, value) if is_known(value) else ("", "")
        if message:
            return Mistake("E011", message, key, help)
    path, whole = arguments.get("filepath"), arguments.get("save_weights_only", False)
    if kind == "ModelCheckpoint" and isinstance(path, str) and isinstance(whole, bool):
        message = find_ending_mistake(path, (WEIGHTS_SAVED,) if whole else MODEL_FILES)
        return (
            Mistake("E011", message, "filepath", f'write "….{"weights.h5" if whole else "keras"}"') if message else None
        )
    return None


def find_ending_mistake(path: str, endings: tuple[str, ...]) -> str:
    """What is wrong with the name of a file that Keras is to write; "" where it has one of these endings."""
    if path.endswith(endings):
        return ""
    return f"Keras saves to a file whose name ends in {list_words(endings)}, and this is {show(path)}"


def _check(module: str, kind: str, key: str, value: Any) -> tuple[str, str]:
    """What is wrong with one argument, and what to do; "" where nothing is."""
    number = value if isinstance(value, (int, float)) else None
    if module == "optimizers" and key == "learning_rate" and not isinstance(value, (float, dict)):
        help = f"write {value}.0" if type(value) is int and value > 0 else ""
        return f"learning_rate is a float or a schedule, and is {show(value)}", help
    if (kind, key) == ("SGD", "momentum") and not (isinstance(value, float) and 0 <= value <= 1):
        help = f"write {float(value)}" if type(value) is int and value in (0, 1) else ""
        return f"momentum of SGD is a float from 0 to 1, and is {show(value)}", help
    if module == "losses" and key == "reduction" and value is not None and value not in REDUCTIONS:
        help = write_question(find_proposals(value, REDUCTIONS)) if isinstance(value, str) else ""
        return f"Keras knows no reduction {show(value)}", help
    if module == "regularizers" and key in ("l1", "l2") and (isinstance(value, str) or (number or 0) < 0):
        return f"{key} is a number from 0, and is {show(value)}", ""
    if (kind, key) == ("ReduceLROnPlateau", "factor") and (isinstance(value, str) or (number or 0) >= 1):
        return f"factor of ReduceLROnPlateau is a number below 1, and is {show(value)}", ""
    return "", ""
