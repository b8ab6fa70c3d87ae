// Colours and indentation of specs, by the words and the terminals of the language: the rules are those of cnnspec/highlight/lexer.py.

import { HighlightStyle, StreamLanguage, type StreamParser, type StringStream, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tags } from "@lezer/highlight";
import { terminals, words } from "../generated/words";

// ---- words -----------------------------------------------------------------------------------------------------
const set = (name: keyof typeof words) => new Set(words[name]);
const STATEMENTS = set("statements");
const CONTROL = set("control");
const OPERATORS = set("word_operators");
const CONSTANTS = set("constants");
const LAYERS = set("layers");
const ALONE = set("layers_alone");
const NO_LAYERS = set("no_layers");
const FUNCTIONS = set("functions");
const BUDGETS = set("budgets");
const OPTIONS = set("options");

const pattern = (name: keyof typeof terminals) => new RegExp(terminals[name], "y");
const SPACE = pattern("SPACE");
const COMMENT = pattern("COMMENT");
const NAME = pattern("NAME");
const OPERATOR_TERMINALS = ["_ARROW", "TIMES", "COMPARE", "__ANON_0", "SIGN", "CIRCUMFLEX", "EQUAL"] as const;
// What has one colour wherever it stands, in the order in which it is looked for.
const ALIKE: [RegExp, Style][] = [
  [COMMENT, "comment"],
  [pattern("PASTED_INPUT"), "layer"],
  [pattern("STRING"), "string"],
  [pattern("SHAPE"), "number"],
  [pattern("RANGED"), "number"],
  [pattern("HOLE"), "number"],
  [pattern("NUMBER"), "number"],
  ...OPERATOR_TERMINALS.map((name): [RegExp, Style] => [pattern(name), "operator"]),
  [/[()[\]{},.;:]/y, "punctuation"],
];
const BEFORE_CALL = /\s*\(/y;
const BEFORE_COLON = /\s*:/y;
const BEFORE_EQUAL = /\s*=(?![=>])/y;

const STYLES = {
  comment: tags.comment,
  string: tags.string,
  number: tags.number,
  operator: tags.operator,
  punctuation: tags.punctuation,
  statement: tags.definitionKeyword,
  control: tags.controlKeyword,
  word: tags.operatorKeyword,
  constant: tags.bool,
  current: tags.self,
  layer: tags.standard(tags.function(tags.variableName)),
  function: tags.function(tags.variableName),
  model: tags.className,
  property: tags.propertyName,
  argument: tags.attributeName,
  option: tags.constant(tags.variableName),
  name: tags.variableName,
  unreadable: tags.invalid,
};
type Style = keyof typeof STYLES;

interface State {
  open: string[]; // the brackets that are open; "train" for the brace of a train section
  before: string; // the token before, "" where an item begins
  header: string; // the word whose statement gives words a meaning of their own
}

// ---- tokens ----------------------------------------------------------------------------------------------------
function readToken(stream: StringStream, state: State): Style | null {
  const inside = state.open.at(-1);
  if (stream.sol() && inside !== "(" && inside !== "[") {
    state.header = "";
  }
  if (take(stream, SPACE)) {
    return null;
  }
  for (const [regular, style] of ALIKE) {
    const found = take(stream, regular);
    if (found) {
      if (style === "punctuation") {
        readBracket(found, state);
      }
      if (style !== "comment") {
        state.before = found === ";" ? "" : found;
      }
      return style;
    }
  }
  const word = take(stream, NAME);
  if (!word) {
    stream.next();
    return "unreadable";
  }
  const called = sees(stream, BEFORE_CALL);
  const style = sees(stream, BEFORE_COLON) ? "argument" : findStyle(word, state, called, sees(stream, BEFORE_EQUAL));
  if (word === "for" || word === "use" || (word === "expect" && !called)) {
    state.header = word;
  } else if (word === "in" && state.header === "for") {
    state.header = "";
  }
  state.before = word;
  return style;
}

function readBracket(found: string, state: State): void {
  if ("([{".includes(found)) {
    state.open.push(state.before === "train" ? "train" : found);
  } else if (found === "}") {
    // a brace also ends what was left open inside it
    while (state.open.length && !["{", "train"].includes(state.open.pop() ?? "")) {}
  } else if (")]".includes(found)) {
    if (state.open.at(-1) === (found === ")" ? "(" : "[")) {
      state.open.pop();
    }
  } else if (found === ";") {
    state.header = "";
  }
}

function findStyle(word: string, { open, before, header }: State, called: boolean, assigned: boolean): Style {
  if (word === "in") {
    return header === "for" ? "control" : "current";
  }
  if (header === "expect" && BUDGETS.has(word)) {
    return "property";
  }
  if (STATEMENTS.has(word)) {
    return "statement";
  }
  if (CONTROL.has(word)) {
    return "control";
  }
  if (OPERATORS.has(word)) {
    return "word";
  }
  if (CONSTANTS.has(word)) {
    return "constant";
  }
  if (before === "model") {
    return "model";
  }
  if (before === "block" || before === "shared" || header === "use") {
    return "function";
  }
  if (assigned) {
    return ["(", "train"].includes(open.at(-1) ?? "") ? "argument" : "option";
  }
  const known = (layers: Set<string>) => !NO_LAYERS.has(word) && layers.has(word.toLowerCase());
  if (called) {
    return known(LAYERS) || FUNCTIONS.has(word) ? "layer" : "function";
  }
  if (before === ".") {
    return "property";
  }
  if ((before === "=" || before === ":") && OPTIONS.has(word)) {
    return "option";
  }
  return known(ALONE) ? "layer" : "name";
}

// The text that a pattern finds where the stream stands, and beyond which it then stands.
function take(stream: StringStream, regular: RegExp): string {
  regular.lastIndex = stream.pos;
  const found = regular.exec(stream.string)?.[0] ?? "";
  stream.pos += found.length;
  return found;
}

function sees(stream: StringStream, regular: RegExp): boolean {
  regular.lastIndex = stream.pos;
  return regular.test(stream.string);
}

// ---- the language ----------------------------------------------------------------------------------------------
export const parser: StreamParser<State> = {
  name: "cnnspec",
  startState: () => ({ open: [], before: "", header: "" }),
  copyState: (state) => ({ ...state, open: [...state.open] }),
  token: readToken,
  blankLine: (state) => void (state.open.length || (state.header = "")),
  indent: ({ open }, after, { unit }) => unit * Math.max(0, open.length - (/^\s*[)\]}]/.test(after) ? 1 : 0)),
  tokenTable: STYLES,
  languageData: {
    commentTokens: { line: "#" },
    closeBrackets: { brackets: ["(", "[", "{", '"', "'"] },
    indentOnInput: /^\s*[)\]}]$/,
  },
};

// Colours are variables of the page's styles, which has them light and dark.
const colours = HighlightStyle.define([
  { tag: tags.comment, color: "var(--comment)" },
  { tag: tags.string, color: "var(--string)" },
  { tag: tags.number, color: "var(--number)" },
  { tag: [tags.operator, tags.punctuation], color: "var(--operator)" },
  { tag: [tags.definitionKeyword, tags.controlKeyword, tags.operatorKeyword, tags.self], color: "var(--keyword)" },
  { tag: [tags.bool, tags.constant(tags.variableName)], color: "var(--constant)" },
  { tag: tags.standard(tags.function(tags.variableName)), color: "var(--layer)" },
  { tag: tags.function(tags.variableName), color: "var(--function)" },
  { tag: tags.className, color: "var(--function)", fontWeight: "600" },
  { tag: [tags.propertyName, tags.attributeName], color: "var(--argument)" },
  { tag: tags.invalid, color: "var(--error)" },
]);

export function specs(): Extension {
  return [StreamLanguage.define(parser), syntaxHighlighting(colours)];
}
