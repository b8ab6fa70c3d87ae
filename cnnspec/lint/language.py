"""What the language itself refuses, a sentence each: the codes that are no rules, and cannot be switched off."""

from __future__ import annotations

REFUSED = {
    "E001": "The text does not follow the grammar: a bracket is open, a word stands where none may.",
    "E002": "The file cannot be read, or is not UTF-8 text.",
    "E003": "A limit on nesting, layers, numbers, unknown sizes or mistakes is passed.",
    "E004": "Lines of pasted Python are passed over: they make no part of the network (a note, no mistake).",
    "E010": "Nothing is called by this name: no layer, block, tensor, constant or quantity.",
    "E011": "A layer, block or statement is given an argument that it does not have, or a value that it does not take.",
    "E012": "This kind of thing cannot stand here: a number where a layer belongs, a step outside a model.",
    "E013": "A name is given twice.",
    "E014": "A block uses itself, directly or through others.",
    "E015": "A `use` names a file that cannot be used, or a block that the file does not have.",
    "E016": "A layer stands before any input.",
    "E017": "A size that is needed as a number is not known.",
    "E020": "A tensor does not have the shape that an `expect(…)` promises.",
    "E030": "The train section asks for something that there is not, or gives a value that cannot be.",
    "E101": "A kernel does not fit into its input: there would be no output.",
    "E102": "Tensors that are merged have shapes that do not agree.",
    "E103": "Channels cannot be divided into so many groups.",
    "E104": "Stride and dilation above 1 stand in one convolution, which Keras refuses.",
    "E106": "A layer is given a tensor with more or fewer axes than it works on.",
    "E107": "A layer's weights would depend on a size that is not known.",
    "E108": "An output padding is one that no input size gives back.",
    "E109": "A pool's window could hold padding alone.",
    "E110": "A reshape has another number of elements than its input.",
}
NOTES = frozenset({"E004"})  # those that are no mistakes
