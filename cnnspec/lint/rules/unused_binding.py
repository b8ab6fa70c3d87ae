"""W213 unused-binding: a layer is bound to a name that nothing uses, so that it is not in the network.

In Python `x = conv(…)` makes a layer. Here it only gives a name to one: `name = …` is a constant, and the layer is made
where the name is used as a step. A step whose result is to have a name is written `conv(…) as x`. Of bindings that use
each other the last is told, with the others as notes. The blocks of a file that others use may be used there; a constant
cannot.

Bad:

    input 28x28x1
    c1 = conv(32, 3x3, activation=relu)
    flatten -> dense(10, softmax)

Good:

    input 28x28x1
    conv(32, 3x3, activation=relu) as c1
    flatten -> dense(10, softmax)
"""

from __future__ import annotations

from cnnspec.base.diagnostic import WARNING, Diagnostic, Note
from cnnspec.base.source import brief
from cnnspec.elaborate.report import trail
from cnnspec.lint.finding import MAX_PLACES, UNSAFE
from cnnspec.syntax.names_read import Unread
from cnnspec.syntax.tree import Assign, Chain, List, Naming, Ternary, Tuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.elaborate.values import Binding
    from cnnspec.lint.context import Context
    from cnnspec.lint.fix.proposal import Proposal
    from cnnspec.lint.fix.repair_context import RepairContext
    from cnnspec.syntax.tree import Node

CODE = "W213"
SEVERITY = WARNING
DEFAULT = True
LOOKS_AT = ("an unused binding",)
FIX = UNSAFE
OFFER = "where it is to act write {}"


def check(context: Context) -> Iterator[Diagnostic]:
    if context.broken:  # what could not be understood may be what uses it
        return
    by_body: dict[int, dict[str, Binding]] = {}
    for binding in context.graph.bindings.values():
        if not binding.applied:
            by_body.setdefault(id(binding.body), {})[binding.name] = binding
    for bindings in by_body.values():
        body = next(iter(bindings.values())).body
        for name, brought in Unread(body).ends().items() if body else ():
            if name in bindings:
                others = [bindings[other] for other in brought if other in bindings]
                yield finding(bindings[name], others)


def finding(binding: Binding, others: list[Binding]) -> Diagnostic:
    """The finding of one binding, with those that it alone uses."""
    site, step = binding.site, as_step(binding.site.source.text, binding.site.node)
    written = in_line(value_of(site.source.text, site.node))
    message = f"nothing uses {binding.name}: a binding is no step, so that {written} is not in the network"
    help = f"where it is to act write {in_line(step)}" if step else "use it as a step, or drop the line"
    notes = [
        Note(f"{other.name}, which leads there alone, is not in the network either", other.site.span)
        for other in others[:MAX_PLACES]
    ]
    return Diagnostic(CODE, message, site.span, help, (*notes, *trail(site)), SEVERITY)


def in_line(text: str) -> str:
    """A text in a sentence: of several lines the first and the last."""
    first, *rest = text.splitlines()
    return brief(f"{first} … {rest[-1].strip()}" if rest else first)


def value_of(text: str, item: Node) -> str:
    """What a binding gives a name to, as it is written."""
    return text[text.index("=", item.start) + 1 : item.end].lstrip()


def as_step(text: str, item: Node) -> str:
    """A binding as a step whose result has the name; "" for one that is no step: a list, or what is shared."""
    if not isinstance(item, Assign) or isinstance(item.value, (List, Tuple)):
        return ""
    value, written = item.value, value_of(text, item)
    last = value.stages[-1] if isinstance(value, Chain) else value
    if isinstance(last, Naming) and not written.startswith("("):  # it has a name
        return written
    bare = value.start == item.end - len(written)  # not in parentheses
    return (
        f"({written}) as {item.name.text}" if isinstance(value, Ternary) and bare else f"{written} as {item.name.text}"
    )


def fix(repair: RepairContext, found: Diagnostic) -> Iterator[Proposal]:
    """The layer where the binding stands, its result named."""
    from cnnspec.lint.fix.edits import Inexpressible

    binding = next((b for b in repair.graph.bindings.values() if b.site.span == found.span), None)
    step = as_step(binding.site.source.text, binding.site.node) if binding is not None else ""
    if binding is None or not step:
        raise Inexpressible
    node = binding.site.node
    yield repair.propose(
        f"write {in_line(step)}", [repair.editor(binding.site.source).edit(node.start, node.end, step)]
    )
