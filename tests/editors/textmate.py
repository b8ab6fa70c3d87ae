"""The TextMate grammar, for VS Code and the JetBrains IDEs: the forms of the language under the scopes that every theme colours.

Text is half-written most of the time: a bracket that nobody closed ends at the brace around it, or where a line begins a statement.
"""

from __future__ import annotations

from cnnspec.highlight import words
from cnnspec.lint.ignores import FILE, LINE, MARK
from cnnspec.syntax.grammar import TERMINALS

Rule = dict[str, object]


# ---- rules ---------------------------------------------------------------------------------------------------
def scopes(names: str) -> Rule:
    """The scopes of a pattern's groups by their order, "-" for a group without one."""
    return {str(at): scope(name) for at, name in enumerate(names.split(), 1) if name != "-"}


def scope(name: str) -> Rule:
    return {"name": f"{name}.cnnspec"}


def match(pattern: str, name: str) -> Rule:
    """What one scope colours."""
    return {**scope(name), "match": pattern}


def parts(pattern: str, names: str) -> Rule:
    """What has a scope for each group."""
    return {"match": pattern, "captures": scopes(names)}


def region(begin: str, begins: str, end: str, ends: str, inner: list[Rule], **more: object) -> Rule:
    """What stands between two patterns, each with the scopes of its groups."""
    return {**more, "begin": begin, "beginCaptures": scopes(begins), "end": end, "endCaptures": scopes(ends), "patterns": inner}  # fmt: skip


def include(names: str) -> list[Rule]:
    return [{"include": f"#{name}"} for name in names.split()]


def word(listed: tuple[str, ...]) -> str:
    """A pattern of whole words."""
    return rf"\b(?:{'|'.join(sorted(listed))})\b"


# ---- patterns ------------------------------------------------------------------------------------------------
NAME = "[A-Za-z_][A-Za-z0-9_]*"
KEYWORD = word((*words.STATEMENTS, *words.CONTROL, *words.WORD_OPERATORS, *words.CURRENT, *words.CONSTANTS))
LAYER = rf"(?!{word(words.NO_LAYERS)})(?i:{word(words.LAYERS)})"
LAYER_ALONE = rf"(?!{word(words.NO_LAYERS)})(?i:{word(words.LAYERS_ALONE)})"
VALUE = rf"(?:\s*({word(words.OPTIONS)})(?!\s*[(.=]))?"  # a word that stands for itself
KEY = rf"(?!{KEYWORD})\b({NAME})(?=\s*:)"
BOUND = rf"(?!{KEYWORD})\b({NAME})\s*(=)(?![=>]){VALUE}"
BROKEN_OFF = rf"""(?=[{{}}])|(?=^\s*{word((*words.STATEMENTS, "for"))}[ \t]+[A-Za-z0-9?"'{{])"""
PASTED_INPUT = TERMINALS["PASTED_INPUT"].replace("|\\\\\n", "")  # a pattern sees one line
BRACKET = "punctuation.section.brackets"

REPOSITORY: dict[str, Rule] = {
    "body": {"patterns": include("use definition train loop budget input binding expression")},
    "expression": {
        "patterns": include("comment string pasted-input shape hole property keyword call layer name number operator bracket")
    },
    # ---- statements ------------------------------------------------------------------------------------------
    "use": region(
        r"""\b(use)\b\s*("[^"]*"|'[^']*')\s*(\()""", f"keyword.control.import string.quoted {BRACKET}.begin",
        rf"(\))|{BROKEN_OFF}", f"{BRACKET}.end",
        [*include("comment"), match(NAME, "entity.name.function"), match(",", "punctuation.separator")],
    ),
    "definition": {
        "patterns": [
            region(
                rf"\b(block)\s+(?!{KEYWORD})({NAME})\s*(\()", f"storage.type entity.name.function {BRACKET}.begin",
                rf"(\))|{BROKEN_OFF}", f"{BRACKET}.end", include("parameter"),
            ),
            region(
                rf"\b(model)\s+(?!{KEYWORD})({NAME})\s*(\()", f"storage.type entity.name.type.class {BRACKET}.begin",
                rf"(\))|{BROKEN_OFF}", f"{BRACKET}.end", include("parameter"),
            ),
            parts(rf"\b(block)\s+(?!{KEYWORD})({NAME})", "storage.type entity.name.function"),
            parts(rf"\b(model)\s+(?!{KEYWORD})({NAME})", "storage.type entity.name.type.class"),
            parts(rf"\b(shared)\s+(?!{KEYWORD})({NAME})", "storage.modifier entity.name.function"),
        ]
    },
    "parameter": {
        "patterns": [
            *include("comment"),
            region(f"(=){VALUE}", "keyword.operator.assignment support.constant", r"$|(?=[,){}])", "", include("expression")),
            match(rf"(?!{KEYWORD}){NAME}", "variable.parameter"),
            *include("expression"),
        ]
    },
    "train": region(
        r"\b(train)\s*(\{)", f"storage.type {BRACKET}.begin", r"(\})", f"{BRACKET}.end",
        [parts(BOUND, "support.type.property-name keyword.operator.assignment support.constant"), *include("expression")],
    ),
    "loop": region(
        r"\b(for)\b", "keyword.control", r"\b(in)\b|$|(?=[{}()\[\]#])", "keyword.control",
        [match(NAME, "variable.other.readwrite"), match(",", "punctuation.separator")],
    ),
    "budget": region(
        r"\b(expect)\b(?!\s*\()", "keyword.other", "$|(?=[;}#])", "",
        [match(word(words.BUDGETS), "support.variable"), *include("expression")],
    ),
    "input": parts(
        rf"\b({'|'.join(word_ for word_ in words.STATEMENTS if word_.lower() == 'input')})[ \t]+(?!{KEYWORD})({NAME})(?=[ \t]+[A-Za-z0-9?(\[])",
        "keyword.other variable.other.readwrite",
    ),
    "binding": parts(BOUND, "variable.other.constant keyword.operator.assignment support.constant"),
    "key": {
        "patterns": [
            parts(KEY, "support.type.property-name"),
            parts(rf"(:){VALUE}", "punctuation.separator.key-value support.constant"),
        ]
    },
    # ---- expressions -----------------------------------------------------------------------------------------
    "comment": {
        "patterns": [
            region(
                rf"(#)[#! \t]*({MARK})\s*({FILE}|{LINE})\s*\[([^\]]*)\]",
                "punctuation.definition.comment keyword.other.directive keyword.other.directive constant.other.rule",
                "$", "", [], **scope("comment.line.number-sign"),
            ),
            region("(#)", "punctuation.definition.comment", "$", "", [match(r"https?://[^\s<>\"]+", "markup.underline.link")], **scope("comment.line.number-sign")),
        ]
    },
    "string": {
        "patterns": [
            region('(")', "punctuation.definition.string.begin", '(")|$', "punctuation.definition.string.end", [], **scope("string.quoted.double")),
            region("(')", "punctuation.definition.string.begin", "(')|$", "punctuation.definition.string.end", [], **scope("string.quoted.single")),
            match("[“”„][^“”\"]*[“”]|[‘’‚][^‘’']*[‘’]", "string.quoted.other"),
        ]
    },
    "pasted-input": match(PASTED_INPUT, "support.function.layer"),
    "shape": match(TERMINALS["SHAPE"], "constant.numeric.shape"),
    "hole": match(f"{TERMINALS['RANGED']}|{TERMINALS['HOLE']}", "constant.numeric.hole"),
    "number": match(TERMINALS["NUMBER"], "constant.numeric"),
    "property": parts(rf"(?<!\.)(\.)({NAME})\b(?!\s*\()", "punctuation.accessor variable.other.property"),
    "keyword": {
        "patterns": [
            match(word(words.DEFINITIONS), "storage.type"),
            match(word(tuple([one for one in words.STATEMENTS if one not in words.DEFINITIONS])), "keyword.other"),
            parts(rf"\b(as)\b(?:\s+(?!{KEYWORD})({NAME}))?", "keyword.control variable.other.readwrite"),
            match(word(words.CONTROL), "keyword.control"),
            match(word(words.WORD_OPERATORS), "keyword.operator.logical"),
            match(word(words.CURRENT), "variable.language"),
            match(word(words.CONSTANTS), "constant.language"),
        ]
    },
    "call": {
        "patterns": [
            match(rf"{LAYER}(?=\s*\()", "support.function.layer"),
            match(rf"{word(words.FUNCTIONS)}(?=\s*\()", "support.function.builtin"),
            match(rf"{NAME}(?=\s*\()", "entity.name.function.call"),
        ]
    },
    "layer": match(LAYER_ALONE, "support.function.layer"),
    "name": match(NAME, "variable.other.readwrite"),
    "operator": {
        "patterns": [
            match(TERMINALS["_ARROW"], "keyword.operator.arrow"),
            match(TERMINALS["COMPARE"], "keyword.operator.comparison"),
            match(r"\.\.", "keyword.operator.range"),
            match(rf"{TERMINALS['TIMES']}|{TERMINALS['SIGN']}|\^", "keyword.operator.arithmetic"),
            match("=", "keyword.operator.assignment"),
            match(r"\.", "punctuation.accessor"),
            match("[,:]", "punctuation.separator"),
            match(";", "punctuation.terminator"),
        ]
    },
    "bracket": {
        "patterns": [
            region(
                r"(\()", f"{BRACKET}.begin", rf"(\))|(?=\])|{BROKEN_OFF.replace('[{}]', '[}]')}", f"{BRACKET}.end",
                [parts(BOUND, "variable.parameter keyword.operator.assignment support.constant"), *include("expression")],
            ),
            region(r"(\[)", f"{BRACKET}.begin", rf"(\])|(?=\))|{BROKEN_OFF.replace('[{}]', '[}]')}", f"{BRACKET}.end", include("expression")),
            region(r"(\{)", f"{BRACKET}.begin", r"(\})", f"{BRACKET}.end", include("key body")),
        ]
    },
}  # fmt: skip

GRAMMAR: Rule = {
    "information_for_contributors": [
        "Written by `python -m tests.editors` from the grammar and the catalogue of layers: do not edit."
    ],
    "name": "cnnspec",
    "scopeName": "source.cnnspec",
    "fileTypes": ["cnn"],
    "patterns": include("body"),
    "repository": REPOSITORY,
}
