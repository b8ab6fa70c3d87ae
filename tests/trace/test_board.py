"""What a trace shows: maps a matrix for each channel, weights as they are drawn, a window marked in what enters."""

from __future__ import annotations

from typing import Any

import pytest

from tests.trace.boards import trace_text, write_board

# A spec, the layers and the place that are asked for, and the lines of the text at 80 columns.
BOARDS: dict[str, tuple[str, tuple[str, ...], Any, str]] = {
    "a map of two channels is two matrices": ("input 2x2x2", (), None, """
        input1 (InputLayer) 2x2x2
          channel 0   channel 1
           0  2        1  3
           4  6        5  7"""),
    "a signal is a row for each channel": ("input 3x2", (), None, """
        input1 (InputLayer) 3x2
           0  2  4
           1  3  5"""),
    "a filter is a matrix for each channel of the input": ("input 1x1x2\nconv(2, 1x2, padding=same)", ("conv1",), None, """
        conv1 (Conv2D) 1x1x2
          kernel, filter 0, channel 0   kernel, filter 0, channel 1
           1  5                          3  7
          kernel, filter 1, channel 0   kernel, filter 1, channel 1   bias
           2  6                          4  8                          1  2
          output, channel 0   output, channel 1
           4                   6
          conv1[0,0,0] = 0*1 + 1*3 + 1 = 4"""),
    "a dense layer has a row for each unit": ("input 2\ndense(3)", ("dense1",), None, """
        dense1 (Dense) 3
          kernel   bias        output
           1  4     1  2  3     5  7  9
           2  5
           3  6
          dense1[0] = 0*1 + 1*4 + 1 = 5"""),
    "a window is marked": ("input 4x4x1\nconv(1, 2x2, bias=false)", ("conv1",), (1, 2), """
        conv1 (Conv2D) 3x3x1
          input1             kernel   output
            0   1   2   3     1  2      34   44   54
            4   5 [ 6][ 7]    3  4      74   84 [ 94]
            8   9 [10][11]             114  124  134
           12  13  14  15
          conv1[1,2] = 6*1 + 7*2 + 10*3 + 11*4 = 94"""),
    "of a value only what makes its channel is shown": ("input 2x2x1\nconv(2, 2x2)", ("conv1",), (0, 0, 1), """
        conv1 (Conv2D) 1x1x2
          input1   kernel, filter 1   bias   output, channel 1
          [0][1]    2  4               2     [42]
          [2][3]    6  8
          conv1[0,0,1] = 0*2 + 1*4 + 2*6 + 3*8 + 2 = 42"""),
    "of a large map what is around the window is shown": ("input 20x20x1\nmaxpool(2)", ("maxpool1",), (4, 5), """
        maxpool1 (MaxPooling2D) 10x10x1
          input1, from 7,9       output
           149  150  151  152      21   23   25   27   29   31   33   35   37   39
           169 [170][171] 172      61   63   65   67   69   71   73   75   77   79
           189 [190][191] 192     101  103  105  107  109  111  113  115  117  119
           209  210  211  212     141  143  145  147  149  151  153  155  157  159
                                  181  183  185  187  189 [191] 193  195  197  199
                                  221  223  225  227  229  231  233  235  237  239
                                  261  263  265  267  269  271  273  275  277  279
                                  301  303  305  307  309  311  313  315  317  319
                                  341  343  345  347  349  351  353  355  357  359
                                  381  383  385  387  389  391  393  395  397  399
          maxpool1[4,5] = max(170, 171, 190, 191) = 191"""),
    "depthwise kernels are those of their channel": ("input 2x2x2\ndepthwise_conv(2x2, bias=false)", ("depthwise_conv1",), (0, 0, 1), """
        depthwise_conv1 (DepthwiseConv2D) 1x1x2
          input1, channel 1   kernel, channel 1   output, channel 1
          [1][3]               2  4               [100]
          [5][7]               6  8
          depthwise_conv1[0,0,1] = 1*2 + 3*4 + 5*6 + 7*8 = 100"""),
    "what hangs over the edge is told": ("input 2x2x1\nconv(1, 3x3, padding=1, bias=false)", ("conv1",), (0, 0), """
        conv1 (Conv2D) 2x2x1
          5 of the window's 9 cells lie in the padding
          input1   kernel      output
          [0][1]    1  2  3    [49] 43
          [2][3]    4  5  6     31  25
                    7  8  9
          conv1[0,0] = 0*5 + 1*6 + 2*8 + 3*9 = 49"""),
    "a standardised kernel reads its window, by other factors than its numbers": (
        "input 3x3x1\nconv(1, 2x2, standardized=true, bias=false)", ("conv1",), (1, 0), """
        conv1 (Conv) 2x2x1
          input1      kernel   output
           0  1  2     1  2     6.26099  6.26099
          [3][4] 5     3  4    [6.26099] 6.26099
          [6][7] 8
          conv1[1,0] = 3*(-1.34164) + 4*(-0.447213) + 6*0.447213 + 7*1.34164 = 6.26099"""),
    "a merge shows all that enters": ("input a 2\ninput b 2\nadd(a, b)", ("add1",), (1,), """
        add1 (Add) 2
          a        b        output
           0 [1]    0 [1]    0 [2]
          add1[1] = 1 + 1 = 2"""),
    "a gate multiplies what it stands beside": ("input a 2x2x2\ninput b 2\nmultiply(a, b)", ("multiply1",), (0, 1, 1), """
        multiply1 (Multiply) 2x2x2
          a, channel 1   b        output, channel 1
           1 [3]          0 [1]    1 [3]
           5  7                    5  7
          multiply1[0,1,1] = 3*1 = 3"""),
    "of a map that is repeated along its channels the one value is read": (
        "input a 1x2x2\ninput b 1x2x1\nminimum(a, b)", ("minimum1",), (0, 1, 1), """
        minimum1 (Minimum) 1x2x2
          a, channel 1   b        output, channel 1
           1 [3]          0 [1]    0 [1]
          minimum1[0,1,1] = min(3, 1) = 1"""),
    "a softmax takes all channels": ("input 2\nsoftmax", ("softmax1",), (1,), """
        softmax1 (Softmax) 2
          input1   output
          [0][1]    0.268941 [0.731059]
          softmax1[1] = softmax(0, 1)[1] = 0.731059"""),
    "a volume has slices": ("input 2x1x2x1", (), None, """
        input1 (InputLayer) 2x1x2x1
          slice 0   slice 1
           0  1      2  3"""),
}  # fmt: skip


@pytest.mark.parametrize("what", BOARDS)
def test_the_board_shows(what: str) -> None:
    text, layers, place, shown = BOARDS[what]
    lines = [line[8:] for line in shown.strip("\n").split("\n")]
    assert write_board(trace_text(text, None, layers, place)) == lines


@pytest.mark.parametrize("width", [40, 60, 80])
def test_what_is_too_wide_stands_in_pieces(width: int) -> None:
    """No line is wider, and every number is there."""
    trace = trace_text("input 2x40x1\nconv(2, 1x3, bias=false) -> relu")
    lines = write_board(trace, width=width)
    assert max([len(line) for line in lines]) <= width
    assert {*" ".join(lines).split()} >= {*map(str, range(80))}
    assert "columns 0 to" in " ".join(lines)
