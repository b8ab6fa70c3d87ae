"""Every verb on every kind of text without a network, or with half of one: a sentence, the right exit status, no inner form."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cnnspec.base.source import Source
from cnnspec.cli import VERBS, main
from cnnspec.pipeline import analyse

GOOD = "input 8x8x3\nconv(3, 3x3)\n"
NOTHING = {  # there is no network in it, and no block
    "nothing": "",
    "an empty line": "\n",
    "a comment": "# soon\n",
    "a constant": "n = 3\n",
    "a train section": "train { data = digits\n loss = mse }\n",
}
BLOCKS = {
    "a block": "block f(n) { conv(n, 3x3) }\n",
    "a block and a constant": "n = 3\nblock f() { conv(n, 3x3) }\n",
}
WRONG = {  # a network is meant, and something is wrong with it
    "no input": "relu\n",
    "no input, but a name": "relu as x\nx\n",
    "no input, but weights": "dense(10)\n",
    "no input, but a training": "relu\ntrain { data = digits\n loss = mse }\n",
    "no input, but an output": "output a\n",
    "no input, but a promise": "expect params < 5\n",
    "no input, but a contract": "expect(3x3)\n",
    "no input, but a budget of memory": "relu\nexpect peak_memory < 5MB, inference_memory < 5MB, depth < 3\n",
    "no input, but a loop": "for i in 0..3 { relu }\n",
    "a constant of no input": "c = in.channels\n",
    "an empty model": "model A { }\n",
    "a model without input": "model A { relu }\n",
    "an input alone": "input\n",
    "an input of a word": "input oops\n",
    "an input of words": "input 3xfoo\nconv(3, 3x3)\n",
    "an input of an unknown name": "input AxB\nconv(3, 3x3)\n",
    "an input of a text": 'input "a"\n',
    "an input of a list": "input [3, [4]]\n",
    "an input of a layer": "input relu\n",
    "an input of nothing": "input 0x0x3\nrelu\n",
    "an input of a fraction": "input 3.5x2\nrelu\n",
    "an input behind the layer": "conv(8, 3x3)\ninput 8x8x3\n",
    "two inputs, one of a word": "input a 3\ninput b oops\nadd(a, b)\n",
    "a parameter without value": "model A(n) { input nxnx3 -> conv(n, 3x3) }\n",
    "an unknown layer first": "foo(3)\ninput 8x8x3\nconv(8, 3x3)\n",
    "a number": "3\n",
    "an open bracket": "conv(3\n",
    "a use of nothing": 'use "no.cnn" (f)\n',
}
TEXTS = {**NOTHING, **BLOCKS, **WRONG}

# A verb with its options; FILE is the text, GOOD a network that is right, OUT the beginning of a path to write.
LINES = """
check FILE | check FILE --output-format json | check FILE --output-format sarif | check FILE --output-format junit
check FILE --unsafe-fixes --select ALL | check FILE --statistics
summary FILE | summary FILE --format markdown | summary FILE --format csv | summary FILE --format json
summary FILE --columns params,weights,trainable,macs,flops,values,memory,saved,rf,jump,im2col,intensity,line
explain FILE | explain FILE --format markdown | explain FILE --format latex | explain FILE --format json | explain FILE relu1
rf FILE | rf FILE --format json | rf FILE relu1 | rf FILE relu1 --at 0,0 | rf FILE --in relu1 | rf FILE --picture | rf FILE -o OUT.svg | rf FILE --effective relu1
draw FILE | draw FILE -o OUT.svg --depth all --show params,macs,rf,memory,shape,name --color cost | draw FILE --format dot --color rf | draw FILE --style volumes --show params
lost FILE | lost FILE --format json
cost FILE | cost FILE -o OUT.svg | cost FILE --format json | cost FILE --memory 1GiB --device v100 --flops-as tensorflow
cost FILE --batch 3 --dtype mixed_float16 --optimizer sgd(momentum=0.9) --flops-as fvcore --format json
sizes FILE | sizes FILE --format json | sizes FILE --near 7 | sizes FILE -o OUT.svg
trace FILE | trace FILE --layers relu1 --input random | trace FILE relu1 --at 0,0,0
quiz FILE | quiz FILE --format gift | quiz FILE --ask | quiz FILE --variant --kinds size --format json
compare FILE | compare FILE FILE --format latex | compare FILE --format json --device v100 | compare FILE --columns rf,macs --relative
diff FILE FILE | diff FILE GOOD | diff GOOD FILE --format json | diff GOOD FILE --format markdown --max-params +5% --budget lossless
sweep FILE --over n=1..3 | sweep FILE --over input=4..8 --by macs --pareto params,-coverage --histogram macs | sweep FILE --over n=1 -o OUT.csv --format json
search FILE --over n=1..3 | search FILE --over input=4..8 --format json
solve FILE --over n=1..3 --maximize macs | solve FILE --over input=4..8 --minimize params --subject "lossless" -o OUT.cnn --format json
compile FILE -o - | compile FILE -o OUT.py | compile FILE -o OUT.keras | compile FILE -o OUT.onnx
compile FILE -o OUT.tflite | compile FILE -o OUT/
train FILE --dry-run | train FILE --dry-run --data digits
fix FILE --check | fix FILE --unsafe-fixes --diff | format FILE --check | format FILE --diff
import FILE | export FILE -o OUT.onnx | evaluate FILE | predict FILE x.png | look FILE x.png | resume FILE | runs FILE
""".replace("\n", " | ").split(" | ")
VERB_LINES = [line.strip() for line in LINES if line.strip()]
TEXTLESS = {
    "rules",
    "rule",
    "layers",
    "server",
    "play",
    "help",
    "completion",
}  # which take no file, or show it elsewhere
FORMATTING = {"fix", "format"}  # which ask for no network
SAVED = {"import", "export", "evaluate", "predict", "look", "resume", "runs"}  # which take something else than a text
INNER = re.compile(
    r"Traceback|internal error|object at 0x|<cnnspec|<class|<function|UNKNOWN|NoneType|\b(?:Term|Size|Closure|Tensor|Span|"
    r"BlockFunction|SharedFunction|Setting|Scope|Call|Name|Number|Shape)\("
)


def expected(verb: str, what: str) -> set[int]:
    """The exit statuses that are right."""
    if verb in SAVED:
        return {2}
    if verb in FORMATTING:
        return {0, 1}
    if what in NOTHING or what in BLOCKS:
        return {0} if verb == "check" and what in BLOCKS else {2}
    return (
        {2} if verb in ("diff", "quiz") else {1, 2} if verb in ("explain", "rf", "sweep", "search", "solve") else {1}
    )  # 2 where the layer is not there


@pytest.mark.parametrize("line", VERB_LINES)
def test_a_text_without_a_network(line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, good = tmp_path / "a.cnn", tmp_path / "good.cnn"
    good.write_text(GOOD)
    words = {"FILE": str(file), "GOOD": str(good)}
    arguments = [words.get(word, word.replace("OUT", str(tmp_path / "out"))) for word in line.split()]
    before = set(tmp_path.iterdir())
    for what, text in TEXTS.items():
        file.write_text(text)
        status = main(arguments)
        shown = capsys.readouterr()
        assert status in expected(arguments[0], what), (what, shown)
        assert not INNER.search(shown.out + shown.err), (what, shown)
        assert status == 0 or arguments[0] == "check" or shown.err, what
        if what in NOTHING and status == 2:
            assert shown.err.count("\n") == 1 and (not shown.out or "--output-format" in line), (what, shown)
        assert file.read_text() == text
    drawn = {tmp_path / "out.svg"}  # what is known around a mistake
    assert set(tmp_path.iterdir()) - before <= {file} | drawn, "nothing else was written"


def test_every_verb_is_among_them() -> None:
    assert {line.split()[0] for line in VERB_LINES} == VERBS.keys() - TEXTLESS


# ---- no message shows how a value is kept --------------------------------------------------------------------
VALUES = """relu|sgd(momentum=0.9)|conv(3, 3x3)|f|t|a|-1|1.5|3x3|?|SxS|[1, 2]|[relu, 3]|[]|(1, relu)|(1,)|"x"|true|none|1..3
in|in.shape|f(3)|{ relu }|relu -> relu|add(in, in)|2^70|adam|[[a], f]|(t, a)"""
PLACES = """expect(@)|expect(@x3)|expect(channels=@)|conv(@, 3x3)|conv(3, @)|conv(3, 3x3, padding=@)|conv(3, 3x3, activation=@)
conv(3, 3x3, kernel_initializer=@)|conv(3, 3x3, kernel_regularizer=@)|dense(@)|dropout(@)|reshape(@)|concat(@, in)|@
(@) * 3|relu * (@)|f(@)|for i in @ { relu }|if @ { relu }|z = @ -> relu|expect params < @|expect @ < 3|expect output == @
expect peak_memory(batch=@) < 3|expect training_memory(optimizer=@) < 3|expect peak_memory(dtype=@) < 3|expect params(@) < 3
output @|input n @|relu if @ else relu|(@)[0]|len(@)|(@).channels
train { loss = @ }|train { optimizer = @ }|train { epochs = @ }|train { metrics = @ }|train { data = @ }|train { seed = @ }"""
HEAD = "block f(n) { conv(n, 1x1) }\nshared t = conv(3, 1x1)\ninput 8x8x3\nrelu as a\n"


@pytest.mark.parametrize("place", PLACES.replace("\n", "|").split("|"))
def test_no_message_shows_an_inner_form(place: str) -> None:
    for value in VALUES.replace("\n", "|").split("|"):
        text = HEAD + place.replace("@", value) + "\n"
        for found in analyse(Source("net.cnn", text)).diagnostics:
            for words in (found.message, found.help, *[note.message for note in found.notes]):
                assert not INNER.search(words), (text, words)
                assert "None" not in words and "True" not in words, (text, words)
