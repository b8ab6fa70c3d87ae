"""Tables laid out for a width: words wrap, columns are left out and named, figures and names stand whole."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.wrapping import count_columns, split_words
from cnnspec.tables.page import BOLD, RED, Page, Table

WORDS = st.text(alphabet="abc_1網", min_size=1, max_size=12) | st.text(alphabet="xyz", min_size=40, max_size=70)
TEXTS = st.lists(WORDS, max_size=5).map(" ".join)
FIGURES = st.integers(0, 10**12).map("{:,}".format) | st.just("13.8 %") | st.just("1.50 MiB")
RULE = "─"


@st.composite
def tables(draw: st.DrawFn) -> Table:
    right = draw(st.lists(st.booleans(), min_size=1, max_size=7))
    right[0] = False
    rows = draw(st.lists(st.tuples(*[FIGURES if figures else TEXTS for figures in right]), min_size=1, max_size=6))
    names = [f"Head{number} of it" for number in range(len(right))]
    spare = draw(st.lists(st.sampled_from(names[1:]), unique=True)) if names[1:] else []
    return Table(names, rows, {i for i, figures in enumerate(right) if figures}, spare)


def lay_out(table: Table, width: int | None) -> list[str]:
    page = Page(width)
    page.add_table(table)
    return page.write().splitlines()


@given(tables(), st.integers(20, 130))
def test_any_table_at_any_width(table: Table, width: int) -> None:
    page = Page(width)
    page.add_table(table)
    left_out = page.tables[0].left_out
    lines = page.write().splitlines()
    for line in lines:
        assert count_columns(line) <= width or len(split_words(line.strip())) == 1
    shown = {i for i, heading in enumerate(table.headings) if heading not in left_out}
    assert 0 in shown
    words = [word for line in lines for word in split_words(line.strip()) if word]
    for row in table.rows:
        for i in shown:
            assert {word for word in split_words(row[i]) if word} <= set(words)  # whole, each of them
    if left_out:
        note = " ".join(" ".join(lines).split()).partition(f"Not shown in {width} columns: ")[2]
        assert note.startswith(", ".join(left_out) + "; --width ")
        wider = int(note.partition("; --width ")[2].split()[0])
        again = Page(wider)
        again.add_table(table)
        assert not again.tables[0].left_out, "the note is true"


@given(tables())
def test_into_a_pipe_every_row_is_a_line(table: Table) -> None:
    lines = lay_out(table, None)
    assert len(lines) == 2 + len(table.rows)
    for line, row in zip(lines[2:], table.rows, strict=True):
        assert line.split() == " ".join(row).split()


TABLE = Table(
    ("Layer", "Reads", "MACs", "Memory"),
    [
        ("conv1 (Conv2D)", "input1", "117,600", "18.38 KiB"),
        ("a_name_that_is_longer_than_half_of_it (Conv2D)", "conv1, conv2, conv3", "123,456,789,012", "1.00 MiB"),
    ],
    {2, 3},
    ("Memory",),
    (RED, ""),
)


def test_words_wrap_before_a_column_is_left_out() -> None:
    assert lay_out(TABLE, 60) == [
        " Layer           Reads                      MACs     Memory",
        f" {RULE * 58}",
        " conv1 (Conv2D)  input1                  117,600  18.38 KiB",
        " a_name_that_is_longer_than_half_of_it (Conv2D)",
        "                 conv1, conv2,   123,456,789,012   1.00 MiB",
        "                 conv3",
    ]  # fmt: skip


def test_what_is_left_out_is_named_in_the_last_line() -> None:
    lines = lay_out(TABLE, 44)
    assert lines[0].split() == ["Layer", "Reads", "MACs"]
    assert lines[-2:] == ["Not shown in 44 columns: Memory; --width 55", "shows all"]


def test_a_column_without_a_heading_is_not_named() -> None:
    table = Table((*TABLE.headings, ""), [(*row, "binds") for row in TABLE.rows], {2, 3}, ("Memory", ""))
    assert lay_out(table, 44)[-2:] == ["Not shown in 44 columns: Memory; --width 62", "shows all"]
    alone = Table(("Layer", ""), [("conv1", "binds"), ("conv2", "")], set(), ("",))
    assert "Not shown in 9 columns: what has no heading; --width 11" in " ".join(" ".join(lay_out(alone, 9)).split())


def test_rows_have_colors_where_they_are_wanted() -> None:
    page = Page(60, color=True)
    page.add_text("title", style=BOLD)
    page.add_table(TABLE)
    lines = page.write().splitlines()
    assert [line for line in lines if "\x1b" in line] == ["\x1b[1mtitle\x1b[0m", f"{RED}{lay_out(TABLE, 60)[2]}\x1b[0m"]


def test_what_moves_a_cursor_is_spelled_before_it_is_measured() -> None:
    lines = lay_out(Table(("a", "b"), [("\x1b[2J", "x"), ("n", "y")]), 60)
    assert lines[2:] == [r" \x1b[2J   x", " n         y"]
