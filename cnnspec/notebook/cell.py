"""%%cnnspec: a cell in the language. Its findings and its table are shown, and its network gets a name in the notebook.

The lines of the cell keep the numbers that its editor shows, the magic's own being the first.
"""

from __future__ import annotations

import os

from cnnspec.api.answer import Answer
from cnnspec.api.block_answers import make_blocks
from cnnspec.api.findings import Findings
from cnnspec.api.network import Network
from cnnspec.base.diagnostic import ERROR
from cnnspec.base.source import Source
from cnnspec.base.source_files import name_file
from cnnspec.cli.argument_parser import Help, Parser
from cnnspec.cli.blocks import add_block_options
from cnnspec.cli.load import add_model_options, analyse_as_asked, describe_no_network, place_in_file, read_question
from cnnspec.cli.messages import UsageError, print_message
from cnnspec.cli.results import add_repairs
from cnnspec.cli.setting_options import add_rule_arguments
from cnnspec.cli.settings import Lookup
from cnnspec.notebook.arguments import take_apart
from cnnspec.notebook.names import evaluate_sets, is_free
from cnnspec.notebook.shell import find_folder, refuse, show
from cnnspec.pipeline import BlockAnalysis
from cnnspec.syntax.tree import Model

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from cnnspec.base.diagnostic import Diagnostic
    from cnnspec.notebook.shell import Shell
    from cnnspec.pipeline import Analysis


class Cell(Source):
    """The text of a cell. `stem` is what its network is called that has no name in the text."""

    called: str

    @property
    def stem(self) -> str:
        return self.called


def run_cell(shell: Shell, words: Sequence[str], text: str) -> Answer | None:
    """Show what is known about a cell; the answer that it returns is shown by IPython."""
    options = take_apart(lambda: make_parser().parse_args(words))
    if options is None:
        return None
    if options.name is not None and not options.name.isidentifier():
        refuse(f'"{options.name}" is no name that a network can have in a notebook')
    evaluate_sets(options, shell.user_ns)
    source = make_source(shell, options, text)
    unbind(options.name, shell)
    try:
        analysis, found = analyse_cell(source, options)
        answers = find_answers(analysis, found, options)
    except UsageError as error:
        refuse(str(error))
    if found:
        show(Findings(found, source.name))
    if options.fail and any([one.severity == ERROR for one in found]):
        unbind_models(analysis, shell)
        refuse(f"{source.name} has errors, and --fail was given")
    bind(answers, analysis, options, shell)
    for answer in answers[:-1]:
        show(answer)
    return answers[-1] if answers else None


def make_parser() -> Parser:
    """The options of the line, those of the commands `check` and `summary` as far as a cell has a use for them."""
    parser = Parser(prog="%%cnnspec", description="Check a cell, and show its network.", formatter_class=Help)
    parser.add_argument("name", metavar="NAME", nargs="?", help="what the notebook calls the network")
    parser.add_argument("--fail", action="store_true", help="stop the notebook where there are errors")
    add_model_options(parser)
    add_block_options(parser)
    add_rule_arguments(parser)
    parser.set_defaults(statistics=False, output_format="full", unsafe_fixes=False)  # as check has them
    return parser


# ---- the cell ------------------------------------------------------------------------------------------------
def make_source(shell: Shell, options: argparse.Namespace, text: str) -> Cell:
    """The text as a source in the notebook's folder, where what it uses is looked for. IPython counts a cell before it runs."""
    name = name_file(os.path.join(find_folder(shell), f"In [{shell.execution_count - 1}]"))
    return Cell(name, "\n" + text.replace("\r\n", "\n").replace("\r", "\n"), options.name or "network")


def analyse_cell(source: Source, options: argparse.Namespace) -> tuple[Analysis, tuple[Diagnostic, ...]]:
    """What is known about a cell, and its findings as `check` tells them."""
    codes = Lookup(options).of(source.name).codes(source.name)
    analysis = analyse_as_asked(source, options, codes)
    return analysis, place_in_file(add_repairs(analysis, options, codes), analysis.tree, options)


def find_answers(analysis: Analysis, found: tuple[Diagnostic, ...], options: argparse.Namespace) -> list[Answer]:
    """What is to be shown: the networks, or what the blocks cost. UsageError where there are none, or several for one NAME."""
    if options.input and options.block is None:
        question = read_question(options)
        assert question is not None and isinstance(analysis, BlockAnalysis)
        return [make_blocks(analysis.replace(diagnostics=found), question)]
    networks = [made for made in analysis.networks if made.graph.nodes]
    if not networks and not found:
        raise UsageError(describe_no_network(analysis))
    if options.name is not None and len(networks) > 1:
        names = ", ".join([made.name for made in networks])
        raise UsageError(f"the cell holds several models ({names}): choose one with --model, or leave NAME out")
    told = dict(zip(analysis.diagnostics, found, strict=True))
    return [Network(network, lambda own: tuple([told.get(one, one) for one in own])) for network in networks]


# ---- names ---------------------------------------------------------------------------------------------------
def bind(answers: Sequence[Answer], analysis: Analysis, options: argparse.Namespace, shell: Shell) -> None:
    """Give NAME to the one answer, mistakes or not, or each model its own name, unless that would take it from something else.

    Where nothing comes of a name, it is nobody's any more, so that no later cell works on what an earlier run has left.
    """
    if options.name is not None:
        if answers:
            shell.user_ns[options.name] = answers[0]
        return
    unbind_models(analysis, shell)
    for answer in answers:
        item = answer.analysed.item if isinstance(answer, Network) else None
        if item is None:
            continue
        if is_free(item.name.text, shell.user_ns):
            shell.user_ns[item.name.text] = answer
        else:
            print_message(f"{item.name.text} is something else in this notebook: give a NAME to have the network")


def unbind_models(analysis: Analysis, shell: Shell) -> None:
    for item in analysis.tree.body.items:
        if isinstance(item, Model):
            unbind(item.name.text, shell)


def unbind(name: str | None, shell: Shell) -> None:
    """Take a name from the answer that an earlier run of a cell has bound it to."""
    if name is not None and isinstance(shell.user_ns.get(name), Answer):
        del shell.user_ns[name]
