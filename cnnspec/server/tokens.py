"""What each word of a text is, for an editor's colours: a layer, a block, a parameter, a constant, a tensor, an argument.

The words are read without a tree, so that a mistake takes no colour away; the tree tells what names are bound to, and
where it has none, the names around do.
"""

from __future__ import annotations

from lsprotocol import types

from cnnspec.base.record import Record
from cnnspec.base.text_change import find_change
from cnnspec.layers import find
from cnnspec.server.names import Names
from cnnspec.server.words import KEYWORD_KINDS, Words
from cnnspec.syntax import tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import ClassVar

    from cnnspec.server.document import Document
    from cnnspec.server.documents import Documents
    from cnnspec.server.words import Word

KIND, MODIFIER = types.SemanticTokenTypes, types.SemanticTokenModifiers
KINDS = (
    KIND.Keyword, KIND.Function, KIND.Class, KIND.Parameter, KIND.Variable, KIND.Property, KIND.EnumMember, KIND.Namespace,
    KIND.String, KIND.Number, KIND.Operator, KIND.Comment,
)  # fmt: skip
MODIFIERS = (MODIFIER.Declaration, MODIFIER.Definition, MODIFIER.Readonly, MODIFIER.DefaultLibrary)
LEGEND = types.SemanticTokensLegend([kind.value for kind in KINDS], [modifier.value for modifier in MODIFIERS])
SIGNS = {
    "NUMBER": KIND.Number, "SHAPE": KIND.Number, "HOLE": KIND.Number, "RANGED": KIND.Number, "STRING": KIND.String, "PASTED_INPUT": KIND.Keyword,
} | dict.fromkeys(("COMPARE", "SIGN", "TIMES", "CIRCUMFLEX", "EQUAL", "_ARROW", "__ANON_0"), KIND.Operator)  # fmt: skip


class Role(Record):
    """What a word is, and what more is said of it."""

    kind: types.SemanticTokenTypes
    modifiers: tuple[types.SemanticTokenModifiers, ...] = ()


LAYER = Role(KIND.Function, (MODIFIER.DefaultLibrary,))
BLOCK, TENSOR, CONSTANT = Role(KIND.Function), Role(KIND.Variable), Role(KIND.Variable, (MODIFIER.Readonly,))
ARGUMENT, VALUE, PREFIX, SIZE = Role(KIND.Property), Role(KIND.EnumMember), Role(KIND.Namespace), Role(KIND.Number)
BINDING = {
    tree.Block: BLOCK, tree.Shared: BLOCK, tree.Model: Role(KIND.Class), tree.Parameter: Role(KIND.Parameter),
    tree.Assign: CONSTANT,
}  # fmt: skip


class Token(Record):
    """A word of a text with its role."""

    start: int
    end: int
    role: Role


# ---- requests ------------------------------------------------------------------------------------------------
def list_tokens(document: Document, documents: Documents) -> types.SemanticTokens:
    """The tokens of an open file, under an identity by which what changes can be asked."""
    data = encode(find_tokens(document, documents), document)
    identity = str(next(documents.identities))
    document.tokens_sent = identity, data
    return types.SemanticTokens(data, identity)


def list_changes(
    document: Document, documents: Documents, previous: str
) -> types.SemanticTokens | types.SemanticTokensDelta:
    """What has changed of them since those of an identity were sent; all of them where these are not the last."""
    last, old = document.tokens_sent
    made = list_tokens(document, documents)
    if previous != last:
        return made
    start, old_end, new_end = find_change(old, made.data)
    edits = [types.SemanticTokensEdit(start, old_end - start, made.data[start:new_end])] if old != made.data else []
    return types.SemanticTokensDelta(edits, made.result_id)


def list_tokens_in(document: Document, documents: Documents, place: types.Range) -> types.SemanticTokens:
    """The tokens in a range of an open file."""
    first, last = document.places.find_offset(place.start), document.places.find_offset(place.end)
    return types.SemanticTokens(
        encode([one for one in find_tokens(document, documents) if one.start < last and first < one.end], document)
    )


def encode(tokens: Sequence[Token], document: Document) -> list[int]:
    """Tokens as the protocol has them: five numbers each, lines and columns from the token before."""
    kinds = {kind: number for number, kind in enumerate(KINDS)}
    bits = {modifier: 1 << number for number, modifier in enumerate(MODIFIERS)}
    data, line, column = list[int](), 0, 0
    for token in tokens:
        place = document.places.find_position(token.start)
        length = document.columns.count_units(document.source.text[token.start : token.end])
        before = column if place.line == line else 0
        role = token.role
        data += (
            place.line - line,
            place.character - before,
            length,
            kinds[role.kind],
            sum([bits[modifier] for modifier in role.modifiers]),
        )
        line, column = place.line, place.character
    return data


# ---- roles ---------------------------------------------------------------------------------------------------
def find_tokens(document: Document, documents: Documents) -> list[Token]:
    """The tokens of an open file, in order; signs that say nothing, and words that nothing is known of, have none."""
    words = Words(document.source.text)
    roles = Roles(documents.know(document).analysis.tree.body)
    comments = [Token(start, end, Role(KIND.Comment)) for start, end in words.comments]
    return sorted([*comments, *find_word_tokens(document.source.text, words, roles)], key=lambda token: token.start)


def find_word_tokens(text: str, words: Words, roles: Roles) -> Iterator[Token]:
    """The tokens of a text but for its comments."""
    for word, following in zip(words.all, [*words.all[1:], None], strict=False):
        role: Role | None
        if word.kind == "NAME":
            labels = following is not None and following.kind in ("EQUAL", "COLON")
            role = roles.find(text[word.start : word.end], word, labels)
        elif word.kind in KEYWORD_KINDS and text[word.start].isalpha():
            role = Role(KIND.Keyword)
        else:
            role = Role(SIGNS[word.kind]) if word.kind in SIGNS else None
        if role is not None:
            yield Token(word.start, word.end, role)


class Roles:
    """The roles of the names of a text: by what they are bound to, else by where they stand."""

    def __init__(self, body: tree.Body) -> None:
        self.names = Names(body)
        self.bound: dict[int, Role] = {}  # by where the binding name begins
        self.texts: set[str] = set()  # names that something is bound to
        self.fixed: dict[int, Role] = {}  # of words that mean nothing that is bound
        self.loose: dict[int, Role] = {}  # of words that do unless something of their name is bound
        self.known: set[int] = set()  # where names of the tree begin
        self.steps: set[int] = set()  # those of them that are called, or are steps
        for node in tree.walk(body):
            note = self._NOTES.get(type(node))
            if note is not None:
                note(self, node)

    def find(self, text: str, word: Word, labels: bool) -> Role | None:
        """The role of a name; `labels`: an equals sign or a colon follows it."""
        at = word.start
        if at in self.fixed:
            return self.fixed[at]
        bound = self.names.look_up(text, at) if text in self.texts else None
        if at in self.bound or bound is not None and bound.start in self.bound:
            role = self.bound[at if bound is None or at in self.bound else bound.start]
            declaring = bound is None or bound.start == at
            own = MODIFIER.Definition if role.kind in (KIND.Function, KIND.Class) else MODIFIER.Declaration
            return role.replace(modifiers=(own, *role.modifiers)) if declaring else role
        if labels:
            return ARGUMENT
        if at in self.loose or find(text) is not None:
            return self.loose.get(at, LAYER)
        return VALUE if at in self.known and at not in self.steps else None

    def _bind(self, role: Role, *names: tree.Name) -> None:
        self.bound |= {name.start: role for name in names}
        self.texts |= {name.text for name in names}

    def _note_name(self, node: tree.Name) -> None:
        self.known.add(node.start)

    def _note_binding(self, node: tree.Block | tree.Shared | tree.Model | tree.Parameter | tree.Assign) -> None:
        """What has a name, and is bound to it."""
        self._bind(BINDING[type(node)], node.name)

    def _note_loop(self, node: tree.Loop) -> None:
        self._bind(CONSTANT, *node.targets)

    def _note_use(self, node: tree.Use) -> None:
        self._bind(BLOCK, *node.names)

    def _note_tensor(self, node: tree.Naming | tree.Input) -> None:
        if node.name is not None:
            self._bind(TENSOR, node.name)
        if isinstance(node, tree.Input) and isinstance(node.shape, tree.Name):
            self.loose[node.shape.start] = SIZE

    def _note_limit(self, node: tree.Limit) -> None:
        self.fixed[node.quantity.start] = ARGUMENT

    def _note_step(self, node: tree.Step) -> None:
        self.steps.add(node.value.start)

    def _note_chain(self, node: tree.Chain) -> None:
        self.steps |= {stage.start for stage in node.stages}

    def _note_attribute(self, node: tree.Attribute) -> None:
        """in.channels, keras.layers.Conv2D: what stands before a layer is a module."""
        root = node.value
        while isinstance(root, tree.Attribute):
            root = root.value
        in_module = isinstance(root, tree.Name) and self.names.look_up(root.text, root.start) is None
        is_layer = in_module and find(node.name.text) is not None
        self.fixed.setdefault(node.name.start, LAYER if is_layer else ARGUMENT)
        if isinstance(node.value, tree.Name):
            self.loose[node.value.start] = PREFIX
        elif isinstance(node.value, tree.Attribute) and is_layer:
            self.fixed[node.value.name.start] = PREFIX

    def _note_call(self, node: tree.Call) -> None:
        """The names of arguments, and the words that a layer takes as their values."""
        self.steps.add(node.function.start)
        layer = find(node.function.text) if isinstance(node.function, tree.Name) else None
        for argument in node.arguments:
            if argument.name is not None:
                self.fixed[argument.name.start] = ARGUMENT
            if argument.name is not None or layer is not None and not layer.merges:
                self.loose |= {word.start: VALUE for word in list_value_words(argument.value)}

    def _note_entry(self, node: tree.Entry) -> None:
        self.fixed[node.key.start] = ARGUMENT

    def _note_train(self, node: tree.Train) -> None:
        """The keys of a train section, and its words: optimizers, losses, data."""
        keys = {id(item.name) for item in node.body.items if isinstance(item, tree.Assign)}
        for part in tree.walk(node.body):
            if isinstance(part, tree.Name) and id(part) in keys:
                self.fixed[part.start] = ARGUMENT
            elif isinstance(part, tree.Name):
                self.loose[part.start] = VALUE
        for part in tree.walk(node.body):
            if isinstance(part, tree.Call) and isinstance(part.function, tree.Name):
                self.loose[part.function.start] = LAYER

    _NOTES: ClassVar[dict[type, Callable[..., None]]] = {
        tree.Name: _note_name, tree.Loop: _note_loop, tree.Use: _note_use, tree.Limit: _note_limit, tree.Step: _note_step,
        tree.Entry: _note_entry,
        tree.Chain: _note_chain, tree.Attribute: _note_attribute, tree.Call: _note_call, tree.Train: _note_train,
        tree.Naming: _note_tensor, tree.Input: _note_tensor, **dict.fromkeys(BINDING, _note_binding),
    }  # fmt: skip


def list_value_words(value: tree.Node) -> list[tree.Name]:
    """The words that a value is, or may be: relu, leaky_relu(0.1), same if odd else valid."""
    if isinstance(value, tree.Ternary):
        return [*list_value_words(value.then), *list_value_words(value.otherwise)]
    word = value.function if isinstance(value, tree.Call) else value
    return [word] if isinstance(word, tree.Name) else []
