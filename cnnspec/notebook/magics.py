"""The magics as IPython calls them: a cell in the language, a line with a command."""

from __future__ import annotations

from cnnspec.notebook.arguments import split_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cnnspec.api.answer import Answer
    from cnnspec.notebook.shell import Shell


class Magics:
    """The magics of one IPython."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell

    def cnnspec(self, line: str, cell: str | None = None) -> Answer | None:
        """A cell in the language of cnnspec, or one of its commands about a network.

        %%cnnspec [NAME] [options]     the cell is a spec: shows its findings and its table, and binds NAME to
                                       the network; without NAME each model of the cell to its own name
            --set width=2*w            gives a parameter a value, which may be an expression of the notebook
            --model M                  takes one of several models
            --input 56x56x64           shows what each block costs on an input
            --fail                     stops the notebook where there are errors
            %%cnnspec --help           lists all of them

        %cnnspec VERB NAME [options]   a command about a network of the notebook:
        %cnnspec VERB FILE [options]   or about a file, as in a terminal
            %cnnspec rf net            receptive fields; rf net conv2 --picture draws them
            %cnnspec explain net conv1 where the figures of a layer come from
            %cnnspec cost net --batch 64 --device t4
            %cnnspec diff net other.cnn
            %cnnspec help              lists all commands, %cnnspec VERB --help their options
        """
        from cnnspec.notebook.cell import run_cell
        from cnnspec.notebook.line import run_line

        words = split_line(line)
        return run_line(self.shell, words) if cell is None else run_cell(self.shell, words, cell)
