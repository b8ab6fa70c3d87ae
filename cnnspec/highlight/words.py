"""The words of the language by what they are, taken from the grammar, the catalogue of layers and the tables of train sections.

The Pygments lexer takes them from here, and so do the editors' grammars, which `python -m tests.editors` writes. The server's
colours by meaning come from the tree instead (`server/tokens.py`).
"""

from __future__ import annotations

from cnnspec.base.did_you_mean import PYTORCH
from cnnspec.elaborate.arithmetic import BUILTINS
from cnnspec.layers import CATALOGUE, find_bare_layer
from cnnspec.lint.budget import QUANTITIES
from cnnspec.syntax.grammar import KEYWORDS
from cnnspec.train.section_words import MODULES, SHORT


def _spelled(*terminals: str) -> tuple[str, ...]:
    """Every spelling of some terminals of the grammar."""
    return tuple([word for word, terminal in KEYWORDS.items() if terminal in terminals])


# ---- keywords: the rest begin a statement --------------------------------------------------------------------
CONTROL = _spelled("FOR", "IF", "ELSE", "AS")
WORD_OPERATORS = _spelled("AND", "OR", "NOT")
CURRENT = _spelled("IN")  # the tensor that enters a step; behind "for" it belongs to that
CONSTANTS = _spelled("TRUE", "FALSE")
STATEMENTS = tuple([word for word in KEYWORDS if word not in (*CONTROL, *WORD_OPERATORS, *CURRENT, *CONSTANTS)])
DEFINITIONS = _spelled("BLOCK", "MODEL", "SHARED")  # the statements that are followed by the name of a function

# ---- names that the language knows ---------------------------------------------------------------------------
LAYERS = tuple([word for layer in CATALOGUE for word in layer.names])  # in any case, except NO_LAYERS
LAYERS_ALONE = tuple([word for word in LAYERS if find_bare_layer(word)])  # those that need no arguments: relu, flatten
NO_LAYERS = tuple(PYTORCH)  # what PyTorch means otherwise: Conv2d
FUNCTIONS = tuple(BUILTINS)
BUDGETS = tuple(QUANTITIES)
OPTIONS = tuple(  # what stands for itself behind "=" or ":": padding=same, {mask: dice}
    dict.fromkeys(
        [
            *("none", "None"),
            *[
                word
                for layer in CATALOGUE
                for one in layer.arguments.values()
                for word in one.words
                if word not in LAYERS
            ],
            *[word for _, table in MODULES.values() for word in table if word not in LAYERS],
            *[word for word in SHORT if word not in LAYERS],
        ]
    )
)
