"""Which statements of a paste are Python around the network: imports, data, training, plots."""

from __future__ import annotations

import re

KEYWORDS = ("assert", "del", "return", "pass", "global", "raise", "nonlocal", "yield", "await", "break", "continue")
FRAMEWORKS = {"keras", "tensorflow", "tf", "tf_keras"}
AROUND = {  # modules of Keras and TensorFlow that make no layers
    "utils", "datasets", "callbacks", "preprocessing", "random", "data", "config", "backend", "mixed_precision", "image",
    "io", "saving", "distribute", "summary", "debugging", "test", "train", "errors", "keras_tuner", "wrappers", "version",
    "optimizers", "losses", "metrics", "print", "function",
}  # fmt: skip
OTHERS = {"np", "numpy", "plt", "pd", "os", "sys", "time", "random", "math", "warnings", "logging", "json", "sns", "K"}
FUNCTIONS = {
    "print", "display", "plot_model", "set_random_seed", "clear_session", "set", "list", "dict", "tuple", "len", "range",
    "zip", "str", "float", "open", "sorted", "enumerate", "map", "filter", "isinstance", "type", "exit", "quit", "setattr",
}  # fmt: skip
METHODS = {  # of a Keras model: they change none of its layers
    "summary", "compile", "fit", "fit_generator", "train_on_batch", "evaluate", "evaluate_generator", "predict",
    "predict_generator", "predict_classes", "predict_on_batch", "test_on_batch", "save", "save_weights", "load_weights",
    "build", "get_layer", "get_weights", "set_weights", "get_config", "to_json", "count_params", "export", "call", "reset_states",
    "get_metrics_result", "add_loss", "add_metric", "compute_output_shape", "to_yaml",
}  # fmt: skip

_MODULE = re.compile(r"[A-Za-z_.][\w.]*")
_IMPORTED = re.compile(r"([A-Za-z_][\w.]*|\*)(?: as (\w+))?")
_TEXT = re.compile(r"""[rRbBuUfF]{0,2}(?:"{3}.*"{3}|'{3}.*'{3}|"[^"\n]*"|'[^'\n]*')""", re.S)
_CALLED = re.compile(r"([A-Za-z_][\w.]*)\s*\(")
_MAGIC = re.compile(r"[%!]{1,2}[A-Za-z]")


def imported(text: str) -> dict[str, str] | None:
    """What an import binds: name → where it comes from; None for a statement that is no import."""
    words = re.sub(r"#[^\n]*|\\\n", " ", text).split()
    if words[:1] == ["from"] and len(words) > 3 and words[2] == "import" and _MODULE.fullmatch(words[1]):
        listed, inside = " ".join(words[3:]).strip("() "), words[1] + "."
    elif words[:1] == ["import"] and len(words) > 1:
        listed, inside = " ".join(words[1:]), ""
    else:
        return None
    bound: dict[str, str] = {}
    for part in listed.rstrip(", ").split(","):
        found = _IMPORTED.fullmatch(part.strip())
        if found is None:
            return None
        name = found[2] or (found[1] if inside else found[1].partition(".")[0])
        bound[name] = inside + found[1] if inside or found[2] else name
    return bound


class Surroundings:
    """What is known to be Python: `imports` are the names that the paste imports."""

    def __init__(self) -> None:
        self.imports: dict[str, str] = {}

    def resolved(self, dotted: str) -> str:
        """A dotted name with what the paste imports under its first word."""
        root, dot, rest = dotted.partition(".")
        return self.imports.get(root, root) + dot + rest

    def is_around(self, dotted: str) -> bool:
        """Whether calling this makes no layer, whatever it does."""
        whole = self.resolved(dotted).split(".")
        if whole[0] in FRAMEWORKS or whole[0] in AROUND and dotted.partition(".")[0] in self.imports:
            return "layers" not in whole and not AROUND.isdisjoint(whole[:-1] or whole)
        root, dot, _ = dotted.partition(".")
        return root in self.imports or (root in OTHERS | AROUND and bool(dot)) or (not dot and root in FUNCTIONS)

    def passes(self, text: str) -> bool:
        """Whether a statement is Python around the network by its look alone."""
        bound = imported(text)
        if bound is not None:
            self.imports |= bound
            return True
        word = re.match(r"[A-Za-z_]\w*", text)
        if word and word[0] in KEYWORDS and not re.match(r"\w+\s*[(=.]", text):
            return True
        if word and word[0] == "assert" and re.match(r"assert\s*\(.*\)", text, re.S):
            return True
        called = _CALLED.match(text)
        if called and self.is_around(called[1]) and text.endswith(")") and "->" not in text:
            return True
        return bool(_TEXT.fullmatch(text) or _MAGIC.match(text) or text.startswith("@"))
