"""Small immutable values with named fields.

A `Record` is what a dataclass is, for a tool that starts on every keystroke: defining one costs some 50
microseconds and needs no import, where `dataclasses` costs 8 ms to import and half a millisecond a class.
Fields are the class's annotations, in order, the parents' first; a value in the class body is the default (or what its
`record_default` says).
Two records are equal when they are of one class and every field compares equal, except those named in
`_uncompared` (a syntax tree does not compare positions).
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, ClassVar, Self, dataclass_transform
else:

    def dataclass_transform(**how):
        return lambda cls: cls


class _RecordType(type):
    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> Any:
        own = [n for n, kind in body.get("__annotations__", {}).items() if not str(kind).startswith("ClassVar")]
        declared = {n: body.pop(n) for n in own if n in body}
        defaults = {n: getattr(value, "record_default", value) for n, value in declared.items()}
        fields: tuple[str, ...] = ()
        for base in bases:
            fields += getattr(base, "_fields", ())
            defaults = {**getattr(base, "_defaults", {}), **defaults}
        fields += tuple(own)
        body["__slots__"] = tuple(own) + tuple(body.pop("__slots__", ()))
        body["_fields"], body["_defaults"], body["_declared"] = fields, defaults, declared
        made: Any = super().__new__(mcs, name, bases, body)
        if fields:
            made._key = Record._key
        if fields and "__init__" not in body:
            made.__init__ = _written_at_first_use(made)
        return made


def _written_at_first_use(cls: Any) -> Any:
    """An `__init__` that puts the real one in its place, and the real `_key`: most classes are never instantiated in one
    run, and compiling these costs more than the rest of the class."""

    def first(self: Any, *values: Any, **named: Any) -> None:
        defaults = cls._defaults
        parameters = ", ".join([f"{n}=_d[{n!r}]" if n in defaults else n for n in cls._fields])
        lines = "".join([f"\n self.{n} = {n}" for n in cls._fields])
        scope: dict[str, Any] = {"_d": defaults}
        key = "".join([f"self.{n}, " for n in cls._fields if n not in cls._uncompared])
        exec(f"def __init__(self, {parameters}):{lines}\ndef _key(self): return ({key})", scope)
        cls.__init__, cls._key = scope["__init__"], scope["_key"]
        cls.__init__(self, *values, **named)

    return first


def compared_values(record: Record) -> tuple[Any, ...]:
    """The values of the fields that two equal records agree in, in order."""
    return record._key()


@dataclass_transform(frozen_default=True)
class Record(metaclass=_RecordType):
    """Base of all records; see the module."""

    _fields: ClassVar[tuple[str, ...]]
    _defaults: ClassVar[dict[str, Any]]
    _declared: ClassVar[dict[str, Any]]  # of this class alone, as written
    _uncompared: ClassVar[frozenset[str]] = frozenset()

    def _key(self) -> tuple[Any, ...]:
        """The values of the compared fields; a class with fields gets a faster one at its first use."""
        return tuple([getattr(self, name) for name in self._fields if name not in self._uncompared])

    def __eq__(self, other: object) -> bool:
        return self is other or (type(self) is type(other) and self._key() == other._key())

    def __hash__(self) -> int:
        return hash((type(self), self._key()))

    def __repr__(self) -> str:
        fields = ", ".join(f"{n}={getattr(self, n)!r}" for n in self._fields if n not in self._uncompared)
        return f"{type(self).__name__}({fields})"

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return type(self)(**({name: getattr(self, name) for name in self._fields} | changes))
