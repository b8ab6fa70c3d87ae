"""cnnspec play [FILE]: the playground, a page on which a spec is checked while it is written, in the browser of this machine."""

from __future__ import annotations

import argparse
import os
from contextlib import suppress

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.source_files import decode_source, is_stream, read
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.inputs import leads_to_model
from cnnspec.cli.messages import CLEAN, UsageError, print_message
from cnnspec.cli.write_file import rewrite_source

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CHECKOUT = os.path.dirname(PACKAGE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec play": "the page, with an example to begin with",
            "cnnspec play net.cnn": "the page with the text of a file, which stays as it is",
            "cnnspec play net.cnn --write": "the same, and the page may save the file",
        },
    )
    parser.add_argument("file", metavar="FILE", nargs="?", help="the spec that the page opens")
    parser.add_argument("--write", action="store_true", help="let the page save FILE, when you say so there")
    parser.add_argument(
        "--port", type=read_port, default=0, metavar="N", help="the port of 127.0.0.1 (one that is free)"
    )
    parser.add_argument("--no-browser", action="store_true", help="only say where the page is")


def read_port(text: str) -> int:
    """A port for argparse."""
    if not (text.isdecimal() and len(text) < 6 and int(text) < 65_536):
        raise argparse.ArgumentTypeError("must be a whole number from 0 to 65535; 0 takes one that is free")
    return int(text)


def run(options: argparse.Namespace) -> int:
    from cnnspec.playground.local_server import LocalServer

    if options.write and options.file is None:
        raise UsageError("--write needs a file to save: cnnspec play net.cnn --write")
    file = None if options.file is None else SpecFile(options.file, options.write)
    if file is not None:
        check_readable(file)
    folder = find_site()
    try:
        server = LocalServer(folder, file, options.port)
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else None
        raise UsageError(f"port {options.port} cannot be used: {why or error}; leave --port out") from None
    with server:
        print(server.address, flush=True)
        print_message("the playground is there until Ctrl-C is pressed here")
        if not options.no_browser:
            import webbrowser

            webbrowser.open(server.address)
        with suppress(KeyboardInterrupt):
            server.serve_forever()
    return CLEAN


def find_site() -> str:
    """The folder of the built page: in the package, as releases have it, or where a checkout builds it. UsageError."""
    for folder in (os.path.join(PACKAGE, "playground", "site"), os.path.join(CHECKOUT, "build", "playground")):
        if os.path.isfile(os.path.join(folder, "index.html")):
            return folder
    raise UsageError("the page of the playground is not built yet: run make playground in the checkout of cnnspec")


class SpecFile:
    """The file that the page opens; see `local_server.OpenFile`."""

    def __init__(self, path: str, writes: bool) -> None:
        self.path, self.name, self.writes = path, os.path.basename(path), writes

    def read(self) -> str:
        from cnnspec.playground.local_server import NotDone

        source = read(self.path)
        if isinstance(source, Diagnostic):
            raise NotDone(source.message)
        return source.text

    def save(self, text: str) -> None:
        from cnnspec.playground.local_server import NotDone

        source, given = read(self.path), decode_source(text.encode(), "the text of the page")
        try:
            if isinstance(source, Diagnostic):
                raise UsageError(source.message)
            if isinstance(given, Diagnostic):  # the file could not be read again
                raise UsageError(given.message)
            rewrite_source(source, given.text)
        except UsageError as error:
            raise NotDone(str(error)) from None


def check_readable(file: SpecFile) -> None:
    """UsageError for what the page cannot open."""
    from cnnspec.playground.local_server import NotDone

    if leads_to_model(file.path):
        raise UsageError(f"{file.path} is a saved model, no text: start cnnspec play alone, and drop it into the page")
    if file.path == "-" or is_stream(file.path):
        raise UsageError(f"{file.path} is no file that a page can open: give the path of one")
    try:
        file.read()
    except NotDone as error:
        raise UsageError(str(error)) from None
