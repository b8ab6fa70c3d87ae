"""Names of Python: for classes, for attributes of a module, for variables."""

from __future__ import annotations

import keyword
import re

# What an attribute of a module may not be called: methods of nn.Module (a test compares), and what `forward` itself uses.
MODULE_NAMES = frozenset(
    [
        "T_destination",
        "add_module",
        "apply",
        "bfloat16",
        "buffers",
        "call_super_init",
        "children",
        "compile",
        "cpu",
        "cuda",
        "double",
        "dump_patches",
        "eval",
        "extra_repr",
        "float",
        "forward",
        "get_buffer",
        "get_extra_state",
        "get_parameter",
        "get_submodule",
        "half",
        "ipu",
        "load_state_dict",
        "modules",
        "mtia",
        "named_buffers",
        "named_children",
        "named_modules",
        "named_parameters",
        "parameters",
        "register_backward_hook",
        "register_buffer",
        "register_forward_hook",
        "register_forward_pre_hook",
        "register_full_backward_hook",
        "register_full_backward_pre_hook",
        "register_load_state_dict_post_hook",
        "register_load_state_dict_pre_hook",
        "register_module",
        "register_parameter",
        "register_state_dict_post_hook",
        "register_state_dict_pre_hook",
        "requires_grad_",
        "set_extra_state",
        "set_submodule",
        "share_memory",
        "state_dict",
        "to",
        "to_empty",
        "train",
        "training",
        "type",
        "xpu",
        "zero_grad",
    ]
)
VARIABLES_TAKEN = frozenset({"self", "torch", "nn", "F", "math"})


def spell_class(name: str) -> str:
    """A name for a class: conv_norm becomes ConvNorm."""
    words = [word for word in re.split(r"[^A-Za-z0-9]+", name) if word]
    text = "".join([word[0].upper() + word[1:] for word in words]) or "Network"
    return f"Net{text}" if text[0].isdigit() else text


def spell_variable(name: str) -> str:
    """A name for a variable or an attribute, near to a name of the text."""
    text = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "layer"
    text = f"_{text}" if text[0].isdigit() else text
    return f"{text}_" if keyword.iskeyword(text) or keyword.issoftkeyword(text) else text


class Names:
    """Names that are taken, and new ones beside them."""

    def __init__(self, taken: frozenset[str] | set[str] = frozenset()) -> None:
        self.taken = set(taken)
        self._last: dict[str, int] = {}  # the last number given to each

    def take(self, name: str) -> str:
        """The name, or the first of its kin with a number behind it that is free."""
        found, number = name, self._last.get(name, 2)
        while found in self.taken:
            found, number = f"{name}{'_' * name[-1].isdigit()}{number}", number + 1
        self._last[name] = number
        self.taken.add(found)
        return found
