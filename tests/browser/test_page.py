"""The interactive page as a person uses it, opened from disk: what is pointed at, chosen, folded, moved and sorted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnspec import load
from cnnspec.diff import find_difference
from cnnspec.draw.page import write_difference_page, write_page
from cnnspec.draw.question import DrawQuestion
from cnnspec.network import AnalysedNetwork
from tests.browser.visit import PHONE, Visit
from tests.draw.page_networks import (
    ANY_SIZE,
    BLOCKS,
    BROKEN,
    GATED,
    LOSSY,
    SEVERAL,
    SIAMESE,
    UP,
    VOLUME,
    WAVE,
    analyse_text,
)
from tests.example_files import EXAMPLES

Show = Callable[..., Visit]


def read(network: str) -> tuple[AnalysedNetwork, ...]:
    """The networks of a text, or the one of an example."""
    return analyse_text(network) if "\n" in network else (load(EXAMPLES / f"{network}.cnn").analysed,)


@pytest.fixture
def show(visit: Callable[..., Visit], tmp_path: Path) -> Show:
    """Opens the page of a text or an example, or that of two compared, from a file."""

    def start(first: str, second: str = "", **options: Any) -> Visit:
        html = (
            write_difference_page(
                find_difference(*read(first), *read(second)), *read(first), *read(second), DrawQuestion()
            )
            if second
            else write_page(read(first), DrawQuestion())
        )
        (tmp_path / "net.html").write_text(html, encoding="utf-8")
        return visit(tmp_path / "net.html", **options)

    return start


def count_boxes(seen: Visit) -> int:
    return seen.page.locator(".stage g.box").count()


def heading(seen: Visit) -> str:
    """The layer that is told about."""
    return str(seen.page.locator(".layer h2").inner_text())


# ---- as a page ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"viewport": PHONE}], ids=["light", "dark", "phone"])
@pytest.mark.parametrize("text", [BLOCKS, LOSSY, WAVE, VOLUME, SIAMESE, GATED, ANY_SIZE, BROKEN, SEVERAL, "resnet50"])
def test_nothing_bars_anybody_and_nothing_is_asked_for(show: Show, text: str, options: dict[str, Any]) -> None:
    seen = show(text, **options)
    assert seen.left == seen.errors == seen.barriers() == []
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("options", [{}, {"color_scheme": "dark"}, {"viewport": PHONE}], ids=["light", "dark", "phone"])
def test_nor_on_the_page_of_two(show: Show, options: dict[str, Any]) -> None:
    seen = show(BLOCKS, BLOCKS.replace("stage(16)", "stage(24)"), **options)
    assert seen.left == seen.errors == seen.barriers() == []
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_theme_can_be_chosen(show: Show) -> None:
    seen = show(BLOCKS)
    paper = "getComputedStyle(document.querySelector('.pane')).backgroundColor"
    before = seen.page.evaluate(paper)
    seen.page.click("#theme")
    assert seen.page.evaluate(paper) != before and seen.barriers() == []


# ---- the picture -------------------------------------------------------------------------------------------------
def test_a_block_opens_and_closes_by_a_click_and_by_a_key(show: Show) -> None:
    seen = show("resnet50")
    before = count_boxes(seen)
    seen.page.locator(".stage g.box.fold .toggle").first.click()
    seen.page.wait_for_function(f"document.querySelectorAll('.stage g.box').length > {before}")
    assert "is open" in seen.page.locator("#said").inner_text()
    seen.page.locator(".stage g.box:focus").press(" ")
    seen.page.wait_for_function(f"document.querySelectorAll('.stage g.box').length === {before}")
    assert seen.errors == seen.left == []


def test_all_is_unfolded_and_folded_step_by_step(show: Show) -> None:
    seen = show(BLOCKS)
    counts = [count_boxes(seen)]
    for button in ("Fold", "Fold", "Fold", "Unfold", "Unfold", "Unfold", "Reset"):
        seen.page.get_by_role("button", name=button, exact=True).click()
        seen.page.wait_for_timeout(50)
        counts.append(count_boxes(seen))
    assert min(counts) < max(counts) and counts[-1] == counts[0]
    assert max(counts) == 12  # every convolution with its activation, every other layer, the input


def test_wheel_buttons_and_keys_zoom(show: Show) -> None:
    seen = show("unet")
    width = "document.querySelector('.stage svg').viewBox.baseVal.width"
    first = seen.page.evaluate(width)
    seen.page.locator(".stage").hover()
    seen.page.mouse.wheel(0, -300)
    nearer = seen.page.evaluate(width)
    seen.page.get_by_role("button", name="Zoom out").click()
    back = seen.page.evaluate(width)
    seen.page.locator(".stage g.box").first.press("+")
    assert nearer < first and back > nearer and seen.page.evaluate(width) < back
    seen.page.mouse.down()
    seen.page.mouse.move(300, 300)
    seen.page.mouse.up()
    seen.page.get_by_role("button", name="Fit").click()
    assert seen.page.evaluate("document.querySelector('.stage svg').viewBox.baseVal.y <= 0")


def test_keys_go_from_box_to_box(show: Show) -> None:
    seen = show(LOSSY)
    first = seen.page.locator('.stage g.box[tabindex="0"]')
    assert first.count() == 1
    first.press("ArrowDown")
    seen.page.locator(".stage g.box:focus").press("Enter")
    assert heading(seen) == "first"
    assert seen.page.locator('.stage g.box[aria-pressed="true"]').count() == 1


# ---- linked ------------------------------------------------------------------------------------------------------
def test_a_box_lights_its_line_and_the_calls_that_lead_to_it(show: Show) -> None:
    seen = show(BLOCKS)
    seen.page.get_by_role("button", name="Unfold").click()
    seen.page.locator('.stage g.box[data-layers~="8"]').hover()
    assert seen.page.locator(".text li.lit").count() == 1
    assert {*seen.page.locator(".text li.lit-call").evaluate_all("all => all.map(one => one.dataset.line)")} == {
        "0 2",
        "0 4",
    }
    assert heading(seen) == "conv4"


def test_a_line_lights_its_boxes(show: Show) -> None:
    seen = show(BLOCKS)
    seen.page.locator('.text li[data-line="0 5"] code').hover()
    lit = seen.page.locator(".stage g.box.lit").evaluate_all("all => all.map(one => one.dataset.layers)")
    assert {int(layer) for one in lit for layer in one.split()} >= {16, 17}
    seen.page.locator('.text li[data-line="0 5"] code').click()
    assert heading(seen) == "dense1"


def test_lines_are_reached_by_keys(show: Show) -> None:
    seen = show(LOSSY)
    seen.page.locator('.text code[tabindex="0"]').press("ArrowDown")
    seen.page.locator(".text code:focus").press("Enter")
    assert heading(seen) == "second"
    assert seen.page.locator('.text code[aria-pressed="true"]').count() == 1


def test_a_finding_leads_to_its_place(show: Show) -> None:
    seen = show(LOSSY)
    seen.page.locator(".findings button").nth(2).click()
    assert heading(seen) == "second" and seen.page.locator(".layer .finding").count() >= 1
    assert seen.page.locator(".text code:focus").count() == 1


# ---- receptive fields --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", [BLOCKS, LOSSY, UP, WAVE, VOLUME, SIAMESE, GATED, ANY_SIZE])
def test_the_field_of_a_position_is_that_of_python(show: Show, text: str) -> None:
    """Of every layer with positions: the first, the last, and one between."""
    seen = show(text)
    (network,) = read(text)
    for node in network.graph.nodes:
        field = network.facts.fields[node.index]
        if not isinstance(field, tuple) or not field:
            continue
        seen.page.locator(f'.table tr[data-layer="{node.index}"] td').first.click()
        sizes = [n if isinstance(n, int) else 32 for n in (node.shape or ())[: len(field)]]
        for at in ([0] * len(field), [n - 1 for n in sizes], [(2 * n) // 3 for n in sizes]):
            for axis, position in enumerate(at):
                seen.page.locator(".sliders input").nth(axis).fill(str(position))
            told = seen.page.locator(".field").evaluate("field => JSON.parse(field.dataset.spans)")
            assert [span and tuple(span) for span in told] == [axis.at(i) for axis, i in zip(field, at, strict=True)]
    assert seen.errors == []


def test_the_mouse_chooses_a_position_on_the_map(show: Show) -> None:
    seen = show(LOSSY)
    seen.page.locator('.table tr[data-layer="1"] td').first.click()
    seen.page.locator("svg.map").hover(position={"x": 3, "y": 128})
    assert seen.page.locator(".field").get_attribute("data-at") == "9 0"
    assert "rows 27 to 29 and columns 0 to 2 of the input, 3x3." in seen.page.locator(".field .words").inner_text()
    seen.page.locator(".sliders input").first.press("ArrowLeft")
    assert seen.page.locator(".field").get_attribute("data-at") == "8 0"


def test_what_is_never_read_is_shaded(show: Show) -> None:
    seen = show(LOSSY)
    assert seen.page.locator("svg.input .unread").count() == 1
    assert "columns 24 to 28 are never read" in seen.page.locator(".note.lost").first.inner_text()
    assert show(UP).page.locator(".unread").count() == 0


def test_padding_is_told(show: Show) -> None:
    seen = show(BLOCKS)
    seen.page.locator('.table tr[data-layer="3"] td').first.click()
    for axis in (0, 1):
        seen.page.locator(".sliders input").nth(axis).fill("0")
    assert "; 2 rows and 2 columns of that lie in the padding." in seen.page.locator(".field .words").inner_text()


def test_the_path_that_makes_a_field_largest_lights_up(show: Show) -> None:
    seen = show("unet")
    assert seen.page.locator(".stage .way").count() == 0
    seen.page.get_by_role("button", name="Show the path that makes it largest").click()
    lit = seen.page.locator(".stage .box.way").count()
    assert 3 < lit < count_boxes(seen) + 1 and seen.page.locator(".stage .edge.way").count() >= lit - 3


def test_the_derivation_unfolds(show: Show) -> None:
    seen = show(UP)
    seen.page.locator('.table tr[data-layer="1"] td').first.click()
    seen.page.locator(".derivation summary").click()
    assert "ceil(12/2) = 6" in seen.page.locator(".derivation").inner_text()
    seen.page.locator('.table tr[data-layer="2"] td').first.click()
    assert seen.page.locator(".derivation").evaluate("one => one.open")


# ---- tables ------------------------------------------------------------------------------------------------------
def column(seen: Visit, number: int) -> list[str]:
    return list(seen.page.locator(f".table tbody tr:not([hidden]) > :nth-child({number})").all_inner_texts())


def test_the_table_sorts_numbers_as_numbers(show: Show) -> None:
    seen = show("lenet5")
    head = seen.page.locator(".table thead th").nth(3)
    first = column(seen, 4)
    orders = []
    for _ in range(3):
        head.locator("button").click()
        orders.append((head.get_attribute("aria-sort"), column(seen, 4)))
    numbers = sorted(first, key=lambda words: int(words.replace(",", "")))
    assert orders == [("ascending", numbers), ("descending", orders[1][1]), ("none", first)]
    assert [int(words.replace(",", "")) for words in orders[1][1]] == sorted(
        (int(w.replace(",", "")) for w in first), reverse=True
    )


def test_rows_are_found_and_choose_their_layer(show: Show) -> None:
    seen = show("lenet5")
    seen.page.get_by_label("Find layers").fill("dense")
    assert all(name.startswith("dense") for name in column(seen, 1)) and column(seen, 1)
    seen.page.locator(".table tbody tr:not([hidden]) button").first.click()
    assert heading(seen) == column(seen, 1)[0]
    assert seen.page.locator(".table .count").inner_text().endswith("rows")


# ---- several networks --------------------------------------------------------------------------------------------
def test_each_network_has_a_tab(show: Show) -> None:
    seen = show(SEVERAL)
    assert seen.page.locator(".network:visible").count() == 1
    seen.page.get_by_role("tab", name="Small").press("ArrowRight")
    assert seen.page.locator(".network:visible .table tbody tr").count() == 5
    assert seen.page.get_by_role("tab", name="Large").get_attribute("aria-selected") == "true"


def test_two_networks_are_marked_and_a_row_chooses_in_both(show: Show) -> None:
    seen = show(LOSSY, LOSSY.replace("4, 3x3", "8, 3x3").replace("flatten", "dropout(0.5) -> flatten"))
    assert seen.page.locator("#network-a .box.added").count() == 0
    assert seen.page.locator("#network-b .box.added .sign.added").all_text_contents() == ["+"]
    seen.page.locator(".difference tbody tr.changed button").first.click()
    assert seen.page.locator(".layer h2").all_inner_texts() == ["first", "first"]
    seen.page.locator('#network-a .table tr[data-layer="2"] td').first.click()
    assert seen.page.locator(".layer h2").all_inner_texts() == ["second", "second"]


HOSTILE = '</script><script>window.hit = 1</script><img src=x onerror="window.hit = 1">'


def test_names_run_nothing(show: Show, tmp_path: Path, visit: Callable[..., Visit]) -> None:
    text = BLOCKS + f"# {HOSTILE}\n"
    (tmp_path / "net.html").write_text(
        write_page(analyse_text(text, f"{HOSTILE}.cnn"), DrawQuestion()), encoding="utf-8"
    )
    seen = visit(tmp_path / "net.html")
    assert seen.page.evaluate("window.hit") is None and seen.errors == seen.left == []
    assert HOSTILE in seen.page.locator(".text").inner_text()
