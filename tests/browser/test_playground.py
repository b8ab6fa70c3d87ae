"""The playground: the text checks itself while it is written, over http and as one file from the disk."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.browser.playground import VIEWS, Playground
from tests.browser.visit import PHONE
from tests.editors.window import wait_for

NET = "input 28x28x1\nconv(8, 3x3, activation=relu) -> maxpool(2x2)\nflatten\ndense(10, softmax)"
TYPO = NET.replace("conv(", "cnov(")
MODELS = "model A {\n  input 8x8x1\n  conv(2, 3x3)\n}\nmodel B {\n  input 9x9x1\n  conv(4, 3x3)\n}"


# ---- the text --------------------------------------------------------------------------------------------------
def test_a_text_is_checked_while_it_is_written(either: Playground) -> None:
    either.write(NET)
    assert either.hints == ["26x26x8", "13x13x8", "1352", "10"] and either.counts == "no findings"
    assert "13,610 parameters" in either.page.locator("#totals").inner_text()
    assert "13,610" in either.show("summary").inner_text()
    either.write(TYPO)
    assert either.squiggles("error") == ["cnov"] and either.counts == "1 error"
    assert "13,610" in either.page.locator("#totals").inner_text()  # as it was before the typo
    assert either.hints[1:] == ["13x13x8", "1352", "10"] or any("was" in hint for hint in either.hints)


def test_emoji_before_an_error_do_not_shift_its_line(page: Playground) -> None:
    page.write('input 28x28x1\nconv(8, 3x3, name="😀👩‍👩‍👧") -> cnov(8, 3x3)  # 😀\ncnov(4, 3x3)')
    assert page.squiggles("error") == ["cnov", "cnov"]


def test_a_repair_is_taken_from_what_is_said_of_a_finding(page: Playground) -> None:
    page.write(TYPO)
    page.page.locator(".cm-lintRange-error").hover()
    page.page.locator(".cm-tooltip .fixes button", has_text="conv").first.click()
    page.wait_for_text("conv(8")
    page.wait()
    assert page.counts == "no findings"


def test_a_repair_is_taken_from_the_menu_by_keys(page: Playground) -> None:
    page.write(TYPO)
    page.press("Control+Home", "ArrowDown", "ArrowRight", "Control+.")
    page.page.locator(".tip.menu button:focus").wait_for()
    page.press("Enter")
    page.wait_for_text("conv(8")
    assert page.page.evaluate("document.activeElement.className").startswith("cm-content")


def test_findings_are_visited_by_keys(page: Playground) -> None:
    page.write(f"{TYPO}\ncnov(3)")
    page.press("Control+Home", "F8", "F8")
    assert page.page.evaluate("getSelection().toString()") == "cnov"
    page.page.locator(".tip[role=status] .message", has_text="cnov").wait_for()
    page.press("Shift+F8", "ArrowLeft")
    page.page.locator(".tip").wait_for(state="detached")


def test_all_is_repaired_and_formatted(page: Playground) -> None:
    page.write("input   28x28x1\nconv( 8,3x3 )->relu")
    page.press("Shift+Alt+F")
    page.wait_for_text("conv(8, 3x3) -> relu")
    page.press_button("Format")
    page.wait_for_notice("has its form already")
    page.write("input 28x28x1 conv(")
    page.press_button("Format")
    page.wait_for_notice("cannot be formatted before it can be read")
    page.write(TYPO)
    page.press_button("Fix all")
    wait_for(lambda: page.page.locator("#notice p").inner_text() or None)


def test_what_can_be_written_is_proposed(page: Playground) -> None:
    page.write("input 28x28x1\n")
    page.type("maxp")
    page.page.locator(".cm-tooltip-autocomplete li[aria-selected]", has_text="maxpool").wait_for()
    page.page.wait_for_timeout(200)  # what opens under the fingers is not taken by chance
    page.press("Tab")
    page.wait_for_text("maxpool")
    page.type("(2x2, st")
    page.page.locator(".cm-tooltip-autocomplete li", has_text="strides").or_(
        page.page.locator(".cm-tooltip-autocomplete li", has_text="stride")
    ).first.wait_for()
    assert "maxpool(" in page.page.locator(".tip.signature code").inner_text()
    page.press("Escape", "Escape")
    page.page.locator(".tip.signature").wait_for(state="detached")


def test_what_is_under_the_mouse_is_explained(page: Playground) -> None:
    page.write(NET)
    page.page.locator(".cm-line span", has_text=re.compile("^maxpool$")).hover()
    page.page.locator(".tip.hover", has_text="13x13x8").wait_for()
    page.page.mouse.move(5, 5)
    page.page.locator(".tip.hover").wait_for(state="detached")
    page.press("Control+Home", "ArrowDown", "Control+k", "Control+i")
    page.page.locator(".tip.hover", has_text="26x26x8").wait_for()


def test_the_keyboard_leaves_the_editor(page: Playground) -> None:
    page.write("input 28x28x1\n")
    page.press("Tab")
    assert page.text.endswith("\n  ")
    page.press("Escape", "Tab")
    assert page.page.evaluate("document.activeElement.id") == "split"
    assert "Escape, then Tab" in page.page.locator(".cm-content").evaluate(
        "content => document.getElementById(content.getAttribute('aria-describedby')).textContent"
    )


# ---- the answers -----------------------------------------------------------------------------------------------
def test_each_tab_answers_once_it_is_seen(either: Playground) -> None:
    either.write(NET)
    either.show("summary")
    assert either.page.locator("#cost .content").count() == 0
    for view in VIEWS:
        assert either.show(view).inner_text().strip() and either.page.locator(f"#{view} .failed").count() == 0, view
    either.page.locator("#tab-picture").focus()
    for key, tab in (("ArrowRight", "rf"), ("End", "findings"), ("ArrowRight", "summary"), ("ArrowLeft", "findings"), ("Home", "summary")):  # fmt: skip
        either.press(key)
        assert either.page.evaluate("document.activeElement.id") == f"tab-{tab}"
        assert [one.get_attribute("id") for one in either.page.locator("[role=tabpanel]:visible").all()] == [tab]


def test_the_picture_is_drawn_and_sized_as_it_is_wanted(page: Playground) -> None:
    page.open_example("resnet18")
    page.show("picture")

    def measure() -> tuple[float, float]:
        box = "(({ width, height }) => [width, height])(document.querySelector('#picture svg').getBoundingClientRect())"
        width, height = page.page.evaluate(box)
        return width, height

    width, height = measure()
    boxes = page.page.locator("#picture svg .box").count()
    assert height > width and boxes > 5
    page.press_button("Larger")
    assert measure()[0] > width * 1.2
    page.press_button("Fit")
    frame = page.page.locator("#picture .frame").bounding_box()
    assert measure()[1] <= frame["height"]
    page.page.get_by_label("Direction").select_option("right")
    wait_for(lambda: measure()[0] > measure()[1] or None)
    page.page.get_by_label("Depth").select_option("all")
    wait_for(lambda: page.page.locator("#picture svg .box").count() > boxes or None)


def test_the_layer_at_the_cursor_is_explained(page: Playground) -> None:
    page.write(NET)
    pane = page.show("explain")
    pane.get_by_text("dense1 (Dense)").wait_for()
    page.page.locator(".cm-line", has_text="maxpool").click(position={"x": 10, "y": 5})
    pane.get_by_text("conv1 (Conv2D)").wait_for()


def test_the_network_is_chosen_where_a_text_has_several(page: Playground) -> None:
    page.write(MODELS)
    assert "6x6x2" in page.show("summary").inner_text()
    page.page.locator("#model").select_option("B")
    page.page.locator("#summary", has_text="7x7x4").wait_for()
    assert "40 parameters" in page.page.locator("#totals").inner_text()
    page.write(NET)
    assert not page.page.locator("#model").is_visible()


def test_findings_are_listed_with_their_repairs_and_said_aloud(page: Playground) -> None:
    page.write(TYPO)
    pane = page.show("findings")
    pane.locator(".fixes button").first.wait_for()
    page.page.locator("#live", has_text="1 error").wait_for(state="attached")
    pane.locator(".place").click()
    assert page.page.evaluate("getSelection().toString()") == "cnov"
    pane.locator(".fixes button").first.click()
    page.page.locator("#findings", has_text="Nothing was found").wait_for()
    page.page.locator("#live", has_text="no findings").wait_for(state="attached")


LIST_SCROLLS = 'scrollable-region-focusable: <ul id="cm-ac-'


# ---- how it looks ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [None, PHONE], ids=["wide", "phone"])
def test_nobody_is_kept_out(opened: Callable[..., Playground], scheme: str, size: dict[str, int] | None) -> None:
    """What axe finds, whatever is open."""
    page = opened(color_scheme=scheme, **({"viewport": size} if size else {}))
    page.write(TYPO.replace("maxpool(2x2)", "maxpool(5x5)"))
    found = page.visit.barriers()
    page.press("Control+Home", "F8")
    page.page.locator(".tip .fixes button").first.wait_for()
    found += [f"finding: {barrier}" for barrier in page.visit.barriers()]
    page.press("Control+.")
    page.page.locator(".tip.menu").wait_for()
    found += [f"menu: {barrier}" for barrier in page.visit.barriers()]
    page.press("Escape", "Control+End", "Enter")
    page.type("conv(")
    page.page.locator(".cm-tooltip-autocomplete li").first.wait_for()
    page.page.locator(".tip.signature").wait_for()
    # the list is gone through from the editor, which names the proposal that is chosen: axe asks for a stop of its own
    found += [f"proposals: {one}" for one in page.visit.barriers() if not one.startswith(LIST_SCROLLS)]
    chosen = page.page.locator(".cm-content").get_attribute("aria-activedescendant")
    assert page.page.locator(f"#{chosen}").get_attribute("aria-selected") == "true"
    page.press("Escape", "Escape")
    for view in (*VIEWS, "findings"):
        page.show(view)
        found += [f"{view}: {barrier}" for barrier in page.visit.barriers()]
    page.press_button("Examples")
    found += page.visit.barriers()
    page.press("Escape")
    page.press_button("Keys and help")
    found += page.visit.barriers()
    assert found == []


def test_a_narrow_page_is_one_column_with_tabs(opened: Callable[..., Playground]) -> None:
    page = opened(viewport=PHONE)
    page.page.set_viewport_size({"width": 320, "height": 600})
    assert page.page.locator("#text-side").is_visible() and not page.page.locator("#answers").is_visible()
    for view in VIEWS:
        page.show(view)
        assert not page.page.locator("#text-side").is_visible()
        assert page.page.evaluate("document.documentElement.scrollWidth") == 320, view
    page.page.evaluate("() => { navigator.clipboard.writeText = async () => {}; }")
    page.press_button("Share")
    page.wait_for_notice("in the clipboard")
    assert page.page.locator("#notice").is_visible()
    page.page.set_viewport_size({"width": 1000, "height": 600})
    assert page.page.locator("#text-side").is_visible() and page.page.locator("#answers").is_visible()


def test_the_border_and_the_colours_are_kept(page: Playground) -> None:
    page.page.locator("#split").focus()
    page.press("ArrowLeft", "ArrowLeft")
    page.page.locator("#theme").click()
    page.page.locator("#theme").click()
    page.page.reload()
    assert page.page.locator("#split").get_attribute("aria-valuenow") == "46"
    assert page.page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


# ---- what goes wrong -------------------------------------------------------------------------------------------
UNANSWERED = """const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...more) {
  if (!String(message.question).includes("endless")) { post.call(this, message, ...more); }
};"""


def test_an_endless_analysis_is_stopped_and_the_text_stays(page: Playground) -> None:
    page.page.add_init_script(UNANSWERED)  # a worker that never answers, as seen from the page
    page.page.reload()
    page.wait()
    page.page.locator(".cm-content").focus()
    page.press("Control+Home")
    page.type("# endless")
    page.wait_for_notice("was stopped")
    assert page.text.startswith("# endless")
    page.write(NET)
    assert page.counts == "no findings" and page.page.locator("#notice p").count() == 0


HANDLER = '<img src="data:," onerror="document.body.dataset.ran = 1">'


def test_what_is_put_into_the_page_does_not_run(either: Playground) -> None:
    """Were a name not escaped, the page's policy would still forbid it."""
    either.page.evaluate("html => { document.querySelector('#summary').innerHTML = html; }", HANDLER)
    wait_for(lambda: any("Content Security Policy" in error for error in either.visit.errors) or None)
    assert either.page.get_attribute("body", "data-ran") is None
    either.visit.errors.clear()


def test_a_page_without_its_parts_says_so(opened: Callable[..., Playground]) -> None:
    page = opened()
    page.page.context.route("**/*.gz", lambda route: route.abort())
    page.page.reload()
    page.wait_for_notice("Python")
    assert "28x28x1" in page.text and all("ERR_FAILED" in error for error in page.visit.errors)
    page.visit.errors.clear()
    page.page.context.unroute_all()
    page.press_button("Try again")
    page.wait()
