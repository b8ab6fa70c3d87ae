"""cnnspec compile FILE -o model.keras | model.py: the live model saved, or Keras source."""

from __future__ import annotations

import os
import sys

from cnnspec.cli.common import (
    CLEAN,
    FINDINGS,
    UsageError,
    add_model_options,
    beside_of,
    load_one,
    say,
    write_whole,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cnnspec.pipeline import Checked


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="a spec, or - for stdin")
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        required=True,
        help="model.keras for a saved model, model.py for source, - for source on stdout",
    )
    add_model_options(parser)


def run(options: argparse.Namespace) -> int:
    target: str = options.output
    suffix = ".py" if target == "-" else os.path.splitext(target)[1]
    if suffix not in (".py", ".keras"):
        raise UsageError(f'cannot tell what "{target}" is to be: name it model.keras or model.py')
    if os.path.isdir(target):
        raise UsageError(f"cannot write {target}: it is a folder")
    if target != "-" and not os.path.isdir(os.path.dirname(os.path.abspath(target))):
        raise UsageError(f"cannot write {target}: its folder does not exist")
    network = load_one(options)
    if network is None:
        return FINDINGS
    if suffix == ".py":
        from cnnspec.compile.source import to_source

        source = to_source(network)
        if target == "-":
            sys.stdout.write(source)
        else:
            write_whole(target, source)
            say(f"wrote {target}")
    else:
        save(network, target)
        say(f"wrote {target}")
    return CLEAN


def save(network: Checked, target: str) -> None:
    """Save the live model, whole or not at all."""
    from cnnspec.compile.live import MissingExtra, to_keras

    beside = beside_of(target, ".keras")
    try:
        to_keras(network.graph).save(beside)
        os.replace(beside, target)
    except MissingExtra as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror or error}") from None
    finally:
        if os.path.exists(beside):
            os.unlink(beside)
