"""Drawings as files: what every picture of every room relies on."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
from pathlib import Path as File
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnspec.base.source import printable
from cnnspec.pictures.drawing import Drawing, Group, Look, Path, Rect, Text, draw_arrow, draw_line
from cnnspec.pictures.files import ENDINGS, write_picture
from cnnspec.pictures.palette import COLORS, LEVELS, name_ink, name_level, name_series
from cnnspec.pictures.text_width import measure_text, shorten_text, wrap_text

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = ["</text><script>alert(1)</script>", '"onload="alert(1)', "\\input{/etc/passwd}", "%\\end{document}", "$x_1$ & #~^{", "\u202egnp.exe",
           "\x00\x1b[31m", "漢字 → × ≤ é", "a\nb", "]]>&amp;", "--> <!--", "'`´-", "", " ", "‐\u200b", "😀"]  # fmt: skip


def draw(words: str) -> Drawing:
    shapes = (
        Rect(10, 20, 100, 30, Look(fill="convolution", opacity=0.5), radius=5),
        Group(
            (Rect(20, 30, 10, 10), Text(15, 40, words, 12)),
            title=words,
            id="box-1",
            classes=("box",),
            data=(("layers", words),),
        ),
        Text(60, 90, words, 10, "faint", "middle", bold=True, turn=45),
        *draw_arrow([(10, 60), (10, 80), (50, 80)], Look(stroke="line", width=1.5, dash=(3, 2)), radius=6),
        Path(((1, 2), (3, 4), (5, 6, 7, 8, 9, 10)), Look(fill="level-3", stroke=""), closed=True),
    )
    return Drawing(words, 200, 100, shapes)


# ---- SVG -----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("words", HOSTILE)
def test_words_stay_words_in_svg(words: str) -> None:
    root = ElementTree.fromstring(write_picture(draw(words), "svg"))
    shown = [text.text or "" for text in root.iter(f"{SVG}text")]
    assert shown == [printable(words)] * 2
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {
        "svg",
        "title",
        "style",
        "rect",
        "g",
        "text",
        "path",
    }
    names = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on") or name in ("href", "style")}


def test_an_svg_has_light_colors_in_attributes_and_dark_ones_in_its_style() -> None:
    root = ElementTree.fromstring(write_picture(draw("a"), "svg"))
    assert root.find(f"{SVG}rect").get("class") == "fill-paper"  # that it is drawn on
    style = root.findtext(f"{SVG}style") or ""
    for element in root.iter():
        for part in ("fill", "stroke"):
            assert (element.get(part, "none") == "none") == (f"{part}-" not in element.get("class", ""))
            for name in re.findall(rf"{part}-([a-z0-9-]+)", element.get("class", "")):
                assert element.get(part) == COLORS[name][0]
                for where in (':root:not([data-theme="light"])', ":root[data-theme=dark]"):
                    assert f"{where} .{part}-{name}{{{part}:{COLORS[name][1]}}}" in style


def test_words_of_an_svg_are_as_wide_as_planned() -> None:
    root = ElementTree.fromstring(write_picture(draw("conv 3x3, 64"), "svg"))
    for text in root.iter(f"{SVG}text"):
        planned = measure_text(text.text or "", float(text.get("font-size", "")), text.get("font-weight") == "bold")
        assert float(text.get("textLength", "")) == pytest.approx(planned, abs=0.06)


def test_a_group_says_what_it_is() -> None:
    group = next(ElementTree.fromstring(write_picture(draw("a b"), "svg")).iter(f"{SVG}g"))
    assert group.attrib == {"id": "box-1", "class": "box", "data-layers": "a b"}
    assert group.findtext(f"{SVG}title") == "a b"


# ---- all kinds --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("ending", ENDINGS)
def test_equal_drawings_give_equal_bytes(ending: str) -> None:
    assert write_picture(draw("a → b"), ending) == write_picture(draw("a → b"), ending)


def test_pdf_and_png_have_the_drawings_size_and_the_words_are_words() -> None:
    from PIL import Image

    drawing = draw("conv 3x3")
    image = Image.open(io.BytesIO(write_picture(drawing, "png"))).convert("RGB")
    assert image.size == (400, 200)
    assert (
        image.getpixel((200, 70)) == image.getpixel((150, 90)) != (255, 255, 255)
    )  # the first rectangle, half transparent
    pdf = write_picture(drawing, "pdf")
    assert pdf.startswith(b"%PDF-") and re.search(rb"/MediaBox \[ ?0 0 150 75 ?\]", pdf)
    assert b"/BaseFont" in pdf


@pytest.mark.parametrize("words", HOSTILE)
def test_any_words_can_be_drawn(words: str, recwarn: pytest.WarningsRecorder) -> None:
    for ending in ("pdf", "png"):
        assert write_picture(draw(words), ending)
    assert not list(recwarn)


def test_a_png_holds_the_pixels_that_were_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np
    from PIL import Image

    from cnnspec.pictures import raster

    monkeypatch.setattr(raster, "ROWS", 40)  # several pieces, the last of them shorter
    pixels = np.random.default_rng(0).integers(0, 256, (23, 17, 4), np.uint8)
    image = Image.open(io.BytesIO(raster.pack_png(pixels)))
    image.load()
    assert image.mode == "RGB" and np.array_equal(np.asarray(image), pixels[:, :, :3])


@pytest.mark.parametrize(
    ("anchor", "turn"), [("start", 0), ("middle", 0), ("end", 0), ("start", -90), ("end", -90), ("start", 90)]
)
def test_words_of_a_png_stand_at_their_point(anchor: str, turn: int) -> None:
    """The middle of the ink of a word of 20 pixels and more at (50, 55)."""
    import numpy as np
    from PIL import Image

    words = "hhhh"
    png = write_picture(Drawing("a", 100, 110, (Text(50, 55, words, 10, anchor=anchor, turn=turn),)), "png")
    rows, columns = np.nonzero(np.asarray(Image.open(io.BytesIO(png)).convert("L")) < 128)
    middle = (columns.min() + columns.max()) / 4, (rows.min() + rows.max()) / 4
    half = measure_text(words, 10) / 2
    along = {"start": half, "middle": 0.0, "end": -half}[anchor]
    wanted = {0: (50 + along, 51.5), -90: (46.5, 55 - along), 90: (53.5, 55 + along)}[turn]
    assert middle == pytest.approx(wanted, abs=1.5)


def test_a_huge_drawing_is_a_png_of_fewer_pixels() -> None:
    from PIL import Image

    image = Image.open(io.BytesIO(write_picture(Drawing("high", 20, 40_000, (Text(0, 9, "a"),)), "png")))
    assert image.size[1] == pytest.approx(32_000, abs=1)


def test_without_matplotlib_a_sentence_says_what_to_install() -> None:
    code = """
import sys
sys.modules["matplotlib"] = None
from cnnspec.pictures.drawing import Drawing
from cnnspec.pictures.files import write_picture
print(write_picture(Drawing("a", 1, 1, ()), "svg")[:4])
try:
    write_picture(Drawing("a", 1, 1, ()), "pdf")
except ImportError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    first, second = done.stdout.splitlines()
    assert first == "b'<svg'"
    assert re.fullmatch(r"PDF needs matplotlib: .+\[pictures\].*", second)


# ---- TikZ ------------------------------------------------------------------------------------------------------------------
def test_tikz_has_the_coordinates_of_the_svg() -> None:
    text = write_picture(draw("a"), "tex").decode()
    assert "(10,20) rectangle (110,50)" in text
    assert "(1,2) -- (3,4) .. controls (5,6) and (7,8) .. (9,10) -- cycle" in text
    assert "[x=0.7500bp,y=-0.7500bp" in text


@pytest.mark.parametrize("words", HOSTILE)
def test_words_stay_words_in_tikz(words: str) -> None:
    """No command but ours: what begins with a backslash is a sign's name, and braces pair up."""
    text = write_picture(draw(words), "tex").decode()
    commands = set(re.findall(r"\\([a-zA-Z]+)", text.split("\\begin{document}")[1]))
    signs = {"textbackslash", "textasciitilde", "textasciicircum", "char", "textquotesingle", "textasciigrave", "textless",
             "textgreater", "textbar", "textperiodcentered", "times", "to", "leq", "geq", "dots"}  # fmt: skip
    assert commands - signs <= {
        "begin",
        "end",
        "useasboundingbox",
        "path",
        "node",
        "fontsize",
        "selectfont",
        "bfseries",
    }
    assert text.count("\\begin{") == text.count("\\end{") == 2
    bare = text.replace(r"\{", "").replace(r"\}", "")
    assert bare.count("{") == bare.count("}")
    assert not re.search(r"(?<!\\)[#$&]", re.sub(r"\$(\\[a-z]+|-|\^2)\$", "", text.split("\\begin{document}")[1]))


@pytest.mark.skipif(not shutil.which("pdflatex") or not shutil.which("kpsewhich"), reason="pdflatex is not installed")
def test_what_pdftex_has_no_letter_for_is_as_wide_as_planned() -> None:
    text = write_picture(draw("漢ש"), "tex").decode()
    widths = dict(re.findall(r"DeclareUnicodeCharacter\{(\w+)\}.*resizebox\{([\d.]+)em\}", text))
    assert widths == {"6F22": "1.000", "05E9": "0.667"}
    assert "{,}{,}" in write_picture(draw("a,,b"), "tex").decode(), "two commas are no quotation mark"


@pytest.mark.skipif(not shutil.which("pdflatex") or not shutil.which("kpsewhich"), reason="pdflatex is not installed")
def test_tikz_compiles(tmp_path: File) -> None:
    if not subprocess.run(["kpsewhich", "tikz.sty"], capture_output=True).stdout:
        pytest.skip("TikZ is not installed")
    shapes = tuple([shape for words in HOSTILE for shape in draw(words).shapes])
    (tmp_path / "a.tex").write_bytes(write_picture(Drawing("all", 200, 100, shapes), "tex"))
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "a.tex"],
        cwd=tmp_path,
        capture_output=True,
        timeout=100,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert b"Output written on a.pdf (1 page" in done.stdout


# ---- widths and colors -------------------------------------------------------------------------------------------------------
def test_widths_are_those_of_helvetica() -> None:
    """The font metrics that Adobe published, as matplotlib brings them."""
    import matplotlib

    path = File(matplotlib.__file__).parent / "mpl-data/fonts/pdfcorefonts/Helvetica.afm"
    widths = {int(c): int(w) for c, w in re.findall(r"^C (\d+) ; WX (\d+)", path.read_text("latin1"), re.MULTILINE)}
    for code in range(32, 127):
        if chr(code) not in "'`":  # quoteright and quoteleft in that encoding
            assert measure_text(chr(code), 1000) == widths[code], chr(code)


@given(st.text(max_size=40), st.floats(1, 200))
def test_shortened_words_fit(words: str, room: float) -> None:
    short = shorten_text(words, room)
    assert measure_text(short) <= max(room, measure_text("…"))
    assert short == words or (short.endswith("…") and words.startswith(short[:-1].rstrip()))


@given(st.text(max_size=60), st.floats(20, 200))
def test_wrapped_words_fit(words: str, room: float) -> None:
    lines = wrap_text(words, room)
    assert [word for line in lines for word in line.split()] == words.split()
    assert all(measure_text(line) <= room or len(line.split()) == 1 for line in lines)


def measure_contrast(first: str, second: str) -> float:
    """The contrast of two colors (WCAG 2.2)."""

    def find_luminance(color: str) -> float:
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((find_luminance(first), find_luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


WORDS_ON = [("ink", name) for name in ("paper", "group", "fold", "input", "convolution", "upsampling", "pooling", "dense", "normalization",
            "activation", "merge", "reshape", "other", "error-area", "warning-area", "added-area")] + [
            (name, "paper") for name in ("faint", "error", "warning", "note", "added", *map(name_series, range(7)))] + [
            ("faint", "group"), *[(name_ink(level), level) for level in map(name_level, [i / LEVELS for i in range(LEVELS)])]]  # fmt: skip


@pytest.mark.parametrize(("words", "area"), WORDS_ON)
@pytest.mark.parametrize("paper", [0, 1])
def test_words_can_be_read(words: str, area: str, paper: int) -> None:
    """At least 4.5 : 1, on light and on dark paper."""
    assert measure_contrast(COLORS[words][paper], COLORS[area][paper]) >= 4.5


def test_kinds_differ_in_black_and_white() -> None:
    """Those that stand beside one another in most networks differ by lightness."""
    white = [
        measure_contrast(COLORS[name][0], "#000000")
        for name in ("pooling", "dense", "convolution", "activation", "input")
    ]
    assert all(abs(a - b) > 0.4 for i, a in enumerate(white) for b in white[i + 1 :]), white


# ---- lines -------------------------------------------------------------------------------------------------------------------
def test_a_rounded_line_keeps_its_ends_and_its_straight_parts() -> None:
    line = draw_line([(0, 0), (0, 10), (20, 10)], Look(), radius=4)
    assert line.steps == ((0, 0), (0, 6), (0, pytest.approx(8.2), pytest.approx(1.8), 10, 4, 10), (20, 10))
    assert draw_line([(0, 0), (0, 2), (20, 2)], Look(), radius=4).steps[1] == (
        0,
        1,
    )  # not beyond the middle of a short part


@pytest.mark.parametrize("end", [(10, 0), (0, 10), (-10, 0), (0, -10), (6, 8)])
def test_an_arrow_ends_where_it_points(end: tuple[float, float]) -> None:
    shaft, head = draw_arrow([(0, 0), end], Look(stroke="line"))
    assert head.steps[0] == end and head.closed and head.look.fill == "line"
    assert sum(x * end[0] + y * end[1] for x, y in head.steps[1:]) > 0  # in front of its start
    assert shaft.steps[0] == (0, 0)
