"""Tree → canonical text.

Everything is printed on one line if it may be and fits. Otherwise brackets open, outermost first, to one element a line;
a chain breaks before its arrows, unless only the brackets of some stage are too long: then these open and the
arrows stay. Whatever the source fixes (a comment, a comma before a closing bracket, a body or a table over several
lines) counts as "does not fit", and what is broken for its length is printed so that it is fixed the next time:
so a second formatting changes nothing. Decisions look at widths of code only, never at a comment's.
"""

from __future__ import annotations

from cnnspec.format.columns import aligned, rows
from cnnspec.format.comments import SPACE, Attacher, Comment, new_line
from cnnspec.format.measure import Heads, width
from cnnspec.format.pieces import CONDITION, EXPR, VALUE, Bracket, head_of_input, needs_group, pieces, segments
from cnnspec.syntax.tree import Argument, Assign, Body, Braces, Branch, Input, List, Step, Train

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cnnspec.format.pieces import Piece
    from cnnspec.syntax.tree import Node, Tree

WIDTH = 100
INDENT = 2


def print_tree(tree: Tree) -> str:
    """The canonical text of a tree, with its comments."""
    text = _Printer(tree).items(tree.body, 0)
    return text + "\n" if text else ""


class _Printer:
    """Lays out one tree. What was laid out is kept by node, place and width, so that no node is laid out twice."""

    def __init__(self, tree: Tree) -> None:
        attacher = Attacher(tree)
        self.text, self.comments, self.closing = tree.source.text, attacher.attached, attacher.closing
        self.before = {end: start for start, end in tree.comments}
        self.flats: dict[int, str | None] = {}
        self.laid: dict[tuple[int, int, int, int, int], str] = {}
        self.widths: dict[int, int] = {}
        self.heads = Heads()

    # ---- on one line ---------------------------------------------------------------------------------------
    def flat(self, node: Node, place: int) -> str | None:
        """A node on one line; None where it may not stand on one."""
        if needs_group(node, place):
            inner = self.flat(node, VALUE)
            return None if inner is None else f"({inner})"
        if id(node) not in self.flats:
            self.flats[id(node)] = self.flat_body(node) if isinstance(node, Body) else self.flat_node(node, place)
        return self.flats[id(node)]

    def flat_node(self, node: Node, place: int) -> str | None:
        parts = segments(node)
        for key, _ in parts:
            if self.around(key) != ((), ()):
                return None
        lines = [self.flat_pieces(part) for _, part in parts] or [self.flat_pieces(self.pieces(node, place))]
        return None if None in lines else " ".join(filter(None, lines))

    def flat_pieces(self, parts: Sequence[Piece]) -> str | None:
        out = ""
        for piece in parts:
            if isinstance(piece, str):
                out += piece
                continue
            text = self.flat_bracket(piece) if isinstance(piece, Bracket) else self.flat(piece[0], piece[1])
            if text is None:
                return None
            out += text
        return out

    def flat_bracket(self, bracket: Bracket) -> str | None:
        if self.comments.any(bracket.holder, bracket.elements) or self.fixed(bracket):
            return None
        inner = [
            self.flat_pieces(head_of_input(element, True)) if isinstance(element, Input) else self.flat(element, EXPR)
            for element in bracket.elements
        ]
        if None in inner:
            return None
        return bracket.opening + ", ".join(filter(None, inner)) + "," * bracket.lone + bracket.closing

    def flat_body(self, body: Body) -> str | None:
        if not body.items:
            return None if self.comments.any(body, ()) else "{}"
        stands = self.text[self.text.rfind("{", 0, body.start + 1) : self.closing(body.end)]
        if len(body.items) > 1 or "\n" in stands or self.comments.any(body, body.items):
            return None
        inner = self.flat(body.items[0], EXPR)
        return None if inner is None else f"{{ {inner} }}"

    def fixed(self, bracket: Bracket) -> bool:
        """Whether the source says that these brackets stay open: a comma before the closing one, a table over lines."""
        close = self.closing(bracket.close) if bracket.close >= 0 else len(self.text)
        if not bracket.elements or self.text[close : close + 1] != bracket.closing:
            return False
        over_lines = isinstance(bracket.holder, List) and "\n" in self.text[bracket.holder.start : close]
        if over_lines and rows(bracket.elements, self.comments):
            return True
        while self.text[close - 1] in SPACE + "\n\\" or close in self.before:
            close = self.before.get(close, close - 1)
        return self.text[close - 1] == "," and bracket.commas and not bracket.lone

    # ---- over several lines --------------------------------------------------------------------------------
    def lay(self, node: Node, place: int, indent: int, used: int, after: int) -> str:
        """A node that begins in column `used` of a line indented by `indent`, with `after` characters behind it."""
        flat = self.flat(node, place)
        if flat is not None and used + len(flat) + after <= WIDTH:
            return flat
        key = id(node), place, indent, used, after
        if key not in self.laid:
            self.laid[key] = self.lay_open(node, place, indent, used, after)
        return self.laid[key]

    def lay_open(self, node: Node, place: int, indent: int, used: int, after: int) -> str:
        if needs_group(node, place):
            flat = self.flat(node, place)
            if flat is not None and not self.heads.of([(node, VALUE)], 0)[1]:
                return flat  # parentheses around what cannot break do not break either
            inner = indent + INDENT
            return f"({new_line(inner)}{self.lay(node, VALUE, inner, inner, 0)}{new_line(indent)})"
        if isinstance(node, Body):
            return self.block(node, indent)
        if isinstance(node, Braces):
            return self.block(node.body, indent)
        if isinstance(node, Branch):
            return self.branch(node, indent, used)
        parts = segments(node)
        if len(parts) > 1:
            return self.spread(parts, indent, used, after)
        return self.sequence(parts[0][1] if parts else self.pieces(node, place), indent, used, after)

    def sequence(self, parts: Sequence[Piece], indent: int, used: int, after: int) -> str:
        """Pieces one behind the other, each broken where it does not fit."""
        out, column = "", used
        for piece, rest in zip(parts, self.heads.behind(parts, after), strict=True):
            if isinstance(piece, str):
                text = piece
            elif isinstance(piece, Bracket):
                text = self.bracket(piece, indent, column, rest)
            else:
                text = self.lay(piece[0], piece[1], indent, column, rest)
            out += text
            column = len(text) - text.rfind("\n") - 1 if "\n" in text else column + len(text)
        return out

    def spread(self, parts: list[tuple[Node, list[Piece]]], indent: int, used: int, after: int) -> str:
        """The stages of a chain, or the two lines of a ternary."""
        around = [self.around(key) for key, _ in parts]
        inner, last = indent + INDENT, len(parts) - 1
        if all(comments == ((), ()) for comments in around):
            flats = [self.flat_pieces(part) for _, part in parts]
            room = [WIDTH - (inner if n else used) - (after if n == last else 0) for n in range(len(parts))]
            opened = [flat is None or len(flat) > most for flat, most in zip(flats, room, strict=True)]
            if any(opened[:2]):  # further on, an arrow before it reads better
                joined: list[Piece] = []
                for number, (_, part) in enumerate(parts):
                    joined += [" "] * (number > 0) + part
                text = self.sequence(joined, indent, used, after)
                if all(width(line) <= WIDTH for line in ("_" * used + text + "_" * after).split("\n")):
                    return text
        out = ""
        for number, (leading, trailing) in enumerate(around):
            if number:
                out += self.comments.lines(leading, inner) + new_line(inner)
            here = (inner, inner) if number else (indent, used)
            out += self.sequence(parts[number][1], *here, after if number == last else 0)
            out += self.comments.behind(trailing, inner)
        return out

    def bracket(self, bracket: Bracket, indent: int, used: int, after: int) -> str:
        flat = self.flat_bracket(bracket)
        if flat is not None and (used + len(flat) + after <= WIDTH or not bracket.elements):
            return flat
        inner, holder = indent + INDENT, id(bracket.holder)
        out = bracket.opening + self.comments.behind(self.comments.opening.get(holder, ()), inner)
        table = rows(bracket.elements, self.comments) if isinstance(bracket.holder, List) else None
        if table and inner + max(map(len, table)) + 1 > WIDTH:
            table = None
        for number, element in enumerate(bracket.elements):
            out += self.comments.above(element, inner, number > 0) + new_line(inner)
            value = element.value if isinstance(element, Argument) and element.name is None else element
            if isinstance(value, Input):
                out += self.sequence(head_of_input(value, True), inner, inner, 1)
            else:
                out += table[number] if table else self.lay(value, EXPR, inner, inner, 1)
            out += "," * (bracket.commas or number + 1 < len(bracket.elements))
            out += self.comments.behind(self.comments.trailing.get(id(element), ()), inner)
        out += self.comments.lines(self.comments.dangling.get(holder, ()), inner, bool(bracket.elements))
        return out + new_line(indent) + bracket.closing

    def branch(self, node: Branch, indent: int, used: int) -> str:
        """if … else …: either all on one line, or no body is."""
        head = "if " + self.lay(node.condition, CONDITION, indent, used + 3, 2)
        out = head + " " + self.block(node.body, indent)
        if isinstance(node.otherwise, Branch):
            return out + " else " + self.branch(node.otherwise, indent, indent + 7)
        return out + " else " + self.block(node.otherwise, indent) if node.otherwise else out

    def block(self, body: Body, indent: int) -> str:
        inner = indent + INDENT
        out = "{" + self.comments.behind(self.comments.opening.get(id(body), ()), inner)
        items = self.items(body, inner)
        return out + (new_line(0) + items if items else "") + new_line(indent) + "}"

    def items(self, body: Body, indent: int) -> str:
        """The items of a body, one a line."""
        out = ""
        for number, item in enumerate(body.items):
            out += self.comments.above(item, indent, number > 0) + new_line(indent)
            out += self.lay(item.value if isinstance(item, Step) else item, EXPR, indent, indent, 0)
            out += self.comments.behind(self.comments.trailing.get(id(item), ()), indent)
        out += self.comments.lines(self.comments.dangling.get(id(body), ()), indent, bool(body.items))
        return out[1:]

    # ---- pieces and comments -------------------------------------------------------------------------------
    def pieces(self, node: Node, place: int) -> list[Piece]:
        if isinstance(node, Assign) and id(node) in self.widths:
            return [node.name.text.ljust(self.widths[id(node)]) + " = ", (node.value, VALUE)]
        if isinstance(node, Train):
            self.widths |= aligned(node.body, self.comments)
        return pieces(node, place)

    def around(self, key: Node) -> tuple[Sequence[Comment], Sequence[Comment]]:
        """The comments before and behind a segment."""
        if isinstance(key, Input):
            return (), self.comments.opening.get(id(key), ())
        return self.comments.leading.get(id(key), ()), self.comments.trailing.get(id(key), ())
