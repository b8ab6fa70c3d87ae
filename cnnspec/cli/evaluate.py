"""cnnspec evaluate RUN|MODEL: a trained model on data with known answers, class by class."""

from __future__ import annotations

import sys

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.asked_model import add_data_option, add_trained_argument, read_data, tell_reached
from cnnspec.cli.messages import CLEAN, UsageError, print_message
from cnnspec.cli.option_values import read_positive
from cnnspec.cli.plot_file import check_plot, write_plot
from cnnspec.cli.streams import find_width, fit_sentence
from cnnspec.cli.table_forms import add_format_option, print_form

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cnnspec.train.evaluation.evaluate import Evaluation
    from cnnspec.train.evaluation.worst import WorstExamples

SPLITS = ("test", "validation", "train")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec evaluate runs/net-1": "the best model, on what was held back",
            "cnnspec evaluate runs/net-1 --picture confusion.png": "draw which classes it confuses",
            "cnnspec evaluate net.keras --data digits": "a saved model on data of your own",
        },
    )
    add_trained_argument(parser)
    add_data_option(parser, "what to measure on (the run's data)")
    parser.add_argument(
        "--split",
        choices=SPLITS,
        default="test",
        type=lambda part: "validation" if part == "val" else part,
        help="the part to measure on, held back as in the training (test)",
    )
    parser.add_argument("--batch", type=read_positive, metavar="N", help="examples at once (the run's, else 32)")
    parser.add_argument("--last", action="store_true", help="of a run, its last model instead of its best")
    parser.add_argument("--backend", metavar="NAME", help="tensorflow, jax or torch (the run's, where it is installed)")
    parser.add_argument(
        "--picture",
        metavar="FILE",
        help="draw the confusion matrix, of several outputs side by side: .png, .svg or .pdf",
    )
    parser.add_argument(
        "--worst",
        metavar="FILE",
        help="draw what it gets worst: images taken for another class, or maps beside the truth",
    )
    add_format_option(parser)
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress")


def run(options: argparse.Namespace) -> int:
    for option in ("picture", "worst"):
        if (path := vars(options)[option]) is not None:
            check_plot(path, f"--{option}")
    data = None if options.data is None else read_data(options.data)
    from cnnspec.cli.kernel_warning import warn
    from cnnspec.compile.keras_model import MissingExtra
    from cnnspec.train.errors import TrainingFailed
    from cnnspec.train.evaluation.evaluate import evaluate
    from cnnspec.train.evaluation.opening import open_model
    from cnnspec.train.evaluation.worst import WorstExamples
    from cnnspec.train.progress import choose_display

    shown = choose_display(sys.stderr, options.quiet, fit_sentence)
    worst = None if options.worst is None else WorstExamples()
    try:
        trained, keras = open_model(options.trained, options.backend, options.last)
        shown.note(f"the model is {trained.saved.path}")
        if data is None:
            tell_reached(trained)
        warn(trained.saved.model, keras, "--backend jax")
        found = evaluate(keras, trained, data, options.split, options.batch, shown, worst)
    except (MissingExtra, TrainingFailed) as error:
        raise UsageError(str(error)) from None
    except MemoryError:
        raise UsageError("there is not enough memory; give a smaller --batch") from None
    finally:
        shown.close()
    _print_evaluation(found, options.format)
    if options.picture is not None:
        _draw_picture(found, options.picture)
    if worst is not None:
        _draw_worst(found, worst, options.worst)
    return CLEAN


def _print_evaluation(found: Evaluation, form: str) -> None:
    from cnnspec.train.evaluation.text import write_text

    if form != "text":
        from cnnspec.api.answer import make_answer
        from cnnspec.api.trained_models import Evaluation as Answer

        print_form(make_answer(Answer, found, ()), form)
    else:
        print(write_text(found, find_width(sys.stdout)), end="")
    sys.stdout.flush()


# ---- the picture ---------------------------------------------------------------------------------------------
def _draw_picture(found: Evaluation, path: str) -> None:
    from cnnspec.train.evaluation.confusion import draw_confusions
    from cnnspec.train.evaluation.text import write_headline, write_output_line

    several = len(found.outputs) > 1
    matrices = {
        write_output_line(name, found) if several else "": measured.scores
        for name, measured in found.outputs.items()
        if measured.scores is not None and measured.scores.confusions is not None
    }
    if not matrices:
        print_message(f"no picture: {found.model} does not choose one of several classes")
        return
    write_plot(path, lambda beside, ending: draw_confusions(matrices, write_headline(found), beside, ending))


def _draw_worst(found: Evaluation, worst: WorstExamples, path: str) -> None:
    from cnnspec.train.evaluation.text import write_headline, write_output_line

    if worst.missing:
        print_message(f"no picture of the worst: {found.model} {worst.missing}")
        return
    several = len(found.outputs) > 1
    title = write_headline(found) + (f"\n{write_output_line(worst.output, found)}" if several else "")
    write_plot(path, lambda beside, ending: worst.draw(title, beside, ending))
