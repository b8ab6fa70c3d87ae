"""Values out of JSON that must be of a kind: whatever is missing or of another kind is damage, said with its place."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

WORDS = {
    dict: "an object",
    list: "a list",
    str: "a text",
    int: "a whole number",
    bool: "true or false",
    float: "a number",
}
MISSING = object()


class Damaged(Exception):
    """A file that contradicts its own format."""


def describe_json(value: Any) -> str:
    return "missing" if value is MISSING else "null" if value is None else WORDS.get(type(value), "something else")


def take(holder: dict[str, Any], key: str, kind: type, where: str) -> Any:
    """The entry of an object, which must be of a kind. A number is not true or false."""
    value = holder.get(key, MISSING)
    if type(value) is not kind:
        raise Damaged(f"{key} of {where} is {describe_json(value)}, not {WORDS[kind]}")
    return value


def take_objects(holder: dict[str, Any], key: str, where: str) -> list[dict[str, Any]]:
    """The entry of an object, which must be a list of objects."""
    items: list[dict[str, Any]] = take(holder, key, list, where)
    for item in items:
        if type(item) is not dict:
            raise Damaged(f"{key} of {where} holds {describe_json(item)}, not {WORDS[dict]}")
    return items


def take_union(holder: Any, where: str) -> tuple[str, Any]:
    """Torch's form of a value of one of several kinds: an object with one entry, whose key says which."""
    if type(holder) is not dict:
        raise Damaged(f"{where} is {describe_json(holder)}, not {WORDS[dict]}")
    items = [(key, value) for key, value in holder.items() if value is not None or len(holder) == 1]
    if len(items) != 1:
        raise Damaged(f"{where} has {len(items)} entries, and must have one that says its kind")
    return items[0]
