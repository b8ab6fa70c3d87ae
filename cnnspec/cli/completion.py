"""cnnspec completion SHELL: a script with which the shell completes commands, options, files, codes and names.

shtab writes it, from the parsers of all commands. What an argument takes is said here, by its name in them.
"""

from __future__ import annotations

from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.messages import CLEAN

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

SHELLS = ("bash", "zsh", "fish")
MODELS = ("*.keras", "*.onnx")  # files that are read as models; JSON is mostly something else
FILES = {  # by how their names end; folders are completed too, on the way to them
    **dict.fromkeys(("PATH", "play FILE"), ("*.cnn",)),
    **dict.fromkeys(("check PATH", "FILE", "A", "B", "NETWORK"), ("*.cnn", *MODELS)),
    **dict.fromkeys(("MODEL", "RUN|MODEL"), ("*.keras",)),
    **dict.fromkeys(("evaluate RUN|MODEL", "predict RUN|MODEL"), (*MODELS, "*.tflite")),
    "SOURCE": (*MODELS, "*.json"),
    "--weights": ("*.keras", "*.weights.h5"),
}
ANY_FILE = ("IMAGE", "--output", "--baseline", "--write-baseline", "--picture", "--data")
FOLDERS = ("RUN", "--run-dir", "--cache-dir")
LISTS = ("--select", "--extend-select", "--ignore")  # which take several rules, with commas between them

# bash takes a line apart at each "=" too, and completes only what stands behind it. shtab's function is given the words
# as cnnspec gets them, --to=onnx as two, and of a list what stands behind its last comma.
BASH = f"""
_cnnspec_words() {{
  local words=() last=-1 glued=0 word i list=
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word="${{COMP_WORDS[i]}}"
    if [[ $word == "=" && $glued = 0 && "${{words[last]}}" == --* ]]; then
      words[++last]="" glued=1
    elif [[ $word == "=" || $glued = 1 ]]; then
      words[last]+="$word"
      [[ $word == "=" ]]; glued=$((!$?))
    else
      words[++last]="$word"
    fi
  done
  if [[ " {" ".join(LISTS)} " == *" ${{words[last-1]}} "* && "${{words[last]}}" == *,* ]]; then
    list="${{words[last]%,*}},"
    words[last]="${{words[last]##*,}}"
  fi
  local COMP_WORDS=("${{words[@]}}") COMP_CWORD=$last
  _shtab_cnnspec
  COMPREPLY=("${{COMPREPLY[@]/#/$list}}")
}}
complete -o bashdefault -F _cnnspec_words cnnspec"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            'eval "$(cnnspec completion bash)"': "try it in this shell",
            "cnnspec completion bash > cnnspec.bash": "keep it, to source it in ~/.bashrc",
            "cnnspec completion fish > cnnspec.fish": "for ~/.config/fish/completions",
        },
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell that is to complete them")


def run(options: argparse.Namespace) -> int:
    import shtab

    from cnnspec.cli import VERBS, make_parser

    parser, verbs = make_parser(VERBS, VERBS)
    words = list_words()
    for verb, one in verbs.choices.items():
        for action in one._actions:
            name = action.option_strings[-1] if action.option_strings else str(action.metavar)
            if found := words.get(name, words.get(f"{verb} {name}")):
                action.choices = found
            elif globs := FILES.get(f"{verb} {name}", FILES.get(name)):
                action.complete = shtab.glob(*globs)
                if len(globs) == 1:  # which shtab puts in brackets, as if it were one of several: zsh matches nothing
                    action.complete["zsh"] = f"_files -g '{globs[0]}'"
            elif name in ANY_FILE:
                action.complete = shtab.FILE
            elif name in FOLDERS:
                action.complete = shtab.DIRECTORY
    print(shtab.complete(parser, options.shell))
    if options.shell == "bash":
        print(BASH)
    return CLEAN


def list_words() -> dict[str, Sequence[str]]:
    """The words that an argument takes where any other would be refused by the command alone, not by its parser."""
    from cnnspec.cli import VERBS
    from cnnspec.compare.cells import NAME
    from cnnspec.compare.columns import COLUMNS
    from cnnspec.compile.backend import BACKENDS
    from cnnspec.facts.devices import DEVICES
    from cnnspec.layers import CATALOGUE
    from cnnspec.lint.index import NAMES
    from cnnspec.lint.selection import TARGETS
    from cnnspec.train.devices.precision import PRECISIONS

    rules = [*NAMES, *NAMES.values()]
    return {
        "rule RULE": rules,
        "layers NAME": [layer.names[0] for layer in CATALOGUE],
        "help VERB": list(VERBS),
        **dict.fromkeys(LISTS, rules),
        "--sort": [NAME, *COLUMNS],
        "--target": list(TARGETS),
        "--device": list(DEVICES),
        "--backend": list(BACKENDS),
        "--precision": list(PRECISIONS),
    }
