"""What all answers of the API have in common: their values have names, and they show themselves in every form."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from typing import Any, TypeVar

    from cnnspec.base.record import Record
    from cnnspec.tables.report import Report

    Made = TypeVar("Made")

DATA = "application/vnd.cnnspec+json"
MOST_KEPT = 100_000  # characters of JSON that a notebook keeps with an output


class Answer:
    """An answer: `print` shows it as its command does, a notebook as tables.

    `to_text`, `to_html`, `to_json` write it; `to_data` gives the fields of the JSON as Python values, and `to_rows` its
    rows (layers, axes, findings) as flat dictionaries, which pandas.DataFrame and csv.DictWriter take.
    """

    __slots__ = ()
    rows_are = "layers"  # the field of the JSON that holds the rows

    def to_text(self, format: str = "text") -> str:
        """What the command prints. `format`: text, markdown, csv, latex (each table a tabular that `\\input` takes) or json.
        ValueError for another."""
        if format == "text":
            return self._write_text()
        if format == "json":
            return self.to_json()
        if format == "csv":
            from cnnspec.tables.csv import write_records

            return write_records(self.to_rows())
        if format in ("markdown", "latex"):
            from cnnspec.tables.report import write_report

            return write_report(self._make_report(), format)
        raise ValueError(f'no format is called "{format}": text, markdown, csv, latex or json')

    def to_html(self) -> str:
        """The answer as HTML tables, which load nothing."""
        from cnnspec.tables.html import write_html

        return write_html(self._make_report())

    def _write_text(self) -> str:
        """The text for people."""
        raise NotImplementedError

    def _make_report(self) -> Report:
        """The tables of which the other forms for people are made."""
        raise NotImplementedError

    def to_data(self) -> Any:
        """The fields that the command prints with `--format json`, as Python values."""
        raise NotImplementedError

    def to_json(self) -> str:
        """What the command prints with `--format json`."""
        from cnnspec.tables.escape import json

        return json(self.to_data()) + "\n"

    def is_printable(self) -> bool:
        """Whether there is little enough of it to look at: a trace may be too large."""
        return True

    def to_rows(self) -> list[dict[str, Any]]:
        """A flat dictionary for each row, all with the same keys; a figure inside another field has both names:
        receptive_field_size. None is unknown, or nothing that the row has."""
        return flatten_rows(self.to_data()[self.rows_are])

    def __str__(self) -> str:
        return self.to_text().rstrip("\n")

    def __repr__(self) -> str:
        return f"<cnnspec.{type(self).__name__}: print shows it>"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What IPython shows in a terminal."""
        printer.text(write_plain(self))

    def _repr_html_(self) -> str:
        """What a page shows that knows no more than HTML."""
        return self.to_html()

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, Any]:
        """What a notebook shows and keeps: HTML, text, and the fields of the JSON for whoever reads its file."""
        wanted = [kind for kind in FORMS if (not include or kind in include) and kind not in (exclude or ())]
        made = {kind: FORMS[kind](self) for kind in wanted}
        return {kind: value for kind, value in made.items() if value is not None}


def write_plain(answer: Answer) -> str:
    """What `print` shows; of an answer that is too large, why there is nothing to see."""
    try:
        return str(answer)
    except ValueError as error:
        return str(error)


def find_kept_data(answer: Answer) -> Any:
    """The fields of the JSON; None where they are more than a notebook should keep."""
    from cnnspec.tables.escape import json

    data = answer.to_data() if answer.is_printable() else None
    return data if data is not None and len(json(data, None)) <= MOST_KEPT else None


# not application/json, which JupyterLab would show as a tree in the place of the HTML
FORMS: dict[str, Callable[[Answer], Any]] = {
    "text/html": lambda answer: answer.to_html(),
    "text/plain": write_plain,
    DATA: find_kept_data,
}


def flatten(row: dict[str, Any], before: str = "") -> dict[str, Any]:
    """A dictionary without dictionaries inside: {"a": {"b": 1}} is {"a_b": 1}."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        flat |= flatten(value, f"{before}{name}_") if isinstance(value, dict) else {before + name: value}
    return flat


def flatten_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Dictionaries without dictionaries inside, all with the same keys; None where a row has none such."""
    inner = {name for row in rows for name, value in row.items() if isinstance(value, dict)}
    flat = [flatten({n: {} if v is None and n in inner else v for n, v in row.items()}) for row in rows]
    names = dict.fromkeys([name for row in flat for name in row])
    return [{name: row.get(name) for name in names} for row in flat]


def make_answer(kind: Callable[..., Made], values: Record, *more: Any) -> Made:
    """The values that a room found, as an answer of some kind."""
    return kind(*[getattr(values, field) for field in values._fields], *more)
