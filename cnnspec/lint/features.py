"""What a network has, in words by which rules say what they look at: a rule is imported where its network has it all.

Each is cheap to find out, and errs on the side of asking: a network without it gives the rule nothing to find.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cnnspec.lint.context import Context

TRAIN, COMMENTS = "a train section", "comments"


def has_train_section(context: Context) -> bool:
    return bool(context.train)


def has_unused_binding(context: Context) -> bool:
    return not all([binding.applied for binding in context.graph.bindings.values()])


def has_binding_used_twice(context: Context) -> bool:
    return any([len(binding.uses) > 1 for binding in context.graph.bindings.values()])


def has_comments(context: Context) -> bool:
    """No network has any: what is wrong with a file's comments, `lint/ignores.py` says."""
    return False


FEATURES: dict[str, Callable[[Context], bool]] = {
    TRAIN: has_train_section,
    "an unused binding": has_unused_binding,
    "a binding used twice": has_binding_used_twice,
    COMMENTS: has_comments,
}
