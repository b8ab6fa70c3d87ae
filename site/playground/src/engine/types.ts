// What the page asks of the engine, and what it is answered.
//
// Every offset is one of the text as JavaScript counts it (UTF-16 units), with "\n" as its line end. A text is sent whole
// with every request; the engine keeps what it knows of the last one, under the file's name. Of requests that wait under the same
// `slot` only the newest is answered: the promise of one that was overtaken comes to `null`, and is to be dropped. What
// cannot be answered rejects with an EngineError, whose message is a sentence for the user.

export interface Text {
  name: string; // of the file: "net.cnn"
  text: string;
}

export interface At extends Text {
  at: number;
}

export interface Edit {
  from: number;
  to: number;
  insert: string;
}

export interface Finding {
  from: number;
  to: number;
  severity: "error" | "warning" | "info";
  code: string; // "E010"
  rule: string; // its name: "unknown-name"
  message: string;
  help: string; // "" where there is none
}

export interface Hint {
  at: number; // behind which it stands
  text: string; // "26x26x16"; "was 26x26x16" of a step whose figures a mistake keeps from being known
}

export interface NetworkTotals {
  name: string; // of the model
  layers: number;
  totals: string; // "18,477 parameters · 709.6 k MACs · receptive field 5x5 · output 10"; "was …", the last known, while there is a mistake
  known: boolean; // whether the totals are those of the text as it is
}

export interface Analysis {
  findings: Finding[];
  hints: Hint[];
  networks: NetworkTotals[];
}

export interface Completion {
  label: string;
  kind: "function" | "keyword" | "property" | "variable" | "constant" | "enum" | "text";
  detail: string; // beside the label: "int = 1"
  info: string; // plain text, "" where there is none
  edit: Edit; // what choosing it does
}

export interface Hover {
  from: number;
  to: number;
  html: string; // safe: every name in it is escaped
}

export interface Signature {
  label: string; // "conv(filters, kernel, stride=1)"
  about: string; // the layer, in plain text
  parameters: { from: number; to: number; about: string }[]; // offsets in the label
  active: number | null;
}

export interface Action {
  title: string; // "write conv for cnov"
  kind: "quickfix" | "source.fixAll" | "source.format";
  preferred: boolean;
  edits: Edit[]; // in one step, of the text as it was sent
}

export interface Symbol_ {
  name: string;
  kind: "model" | "block" | "train" | "constant" | "tensor";
  from: number;
  to: number;
  children: Symbol_[];
}

// What a tab shows. `html` is safe to be put into the page; `sentence` says why there is nothing to show.
export type View = { html: string } | { sentence: string };

export type ViewName = "summary" | "picture" | "rf" | "sizes" | "lost" | "explain" | "cost";

// How the picture is drawn; what is not said is as `cnnspec draw` has it.
export interface Look {
  style?: string; // flow, volumes
  color?: string; // kind, cost, rf, lost, none
  direction?: string; // down, right
  depth?: number | "all";
}

export interface ViewQuestion extends Text {
  view: ViewName;
  look?: Look; // picture
  model?: string; // the first where none is named
  at?: number; // explain: the layer at the cursor; without it, or where no layer stands there, the last layer
}

// As the command line has it: `out` is byte for byte what `cnnspec ARGUMENTS` prints beside the file.
export interface Answer {
  status: number; // 0 clean, 1 findings, 2 usage, input or output
  out: string;
  err: string;
}

export interface Requests {
  analyse: [Text, Analysis]; // at each edit
  repair: [Text, Finding[]]; // the same findings, with help that is made of repairs which were tried: ask when the user rests
  complete: [At, Completion[]]; // the likeliest first
  hover: [At, Hover | null];
  signature: [At, Signature | null];
  actions: [Text & { from: number; to: number }, Action[]]; // of a range; fix all and format are among those of any range
  format: [Text, Edit[]]; // none where it has its form already; rejects with the reason where it cannot be formatted
  fixAll: [Text, Edit[]];
  definition: [At, { from: number; to: number } | null];
  symbols: [Text, Symbol_[]];
  view: [ViewQuestion, View];
  answer: [Text & { arguments: string[] }, Answer]; // {name: "net.cnn", text, arguments: ["check", "--output-format", "json", "net.cnn"]}
  toPython: [Text & { model?: string; target: "keras" | "torch" }, string]; // the source that `cnnspec compile` writes
  importModel: [{ name: string; bytes: Uint8Array }, { name: string; text: string; notes: string[] }]; // .keras .onnx .pt2; "net.keras" comes to "net.cnn"; the bytes are given away
  about: [Record<string, never>, { version: string; python: string }];
}

export type Method = keyof Requests;

export interface Progress {
  stage: "loading" | "starting" | "ready" | "restarting" | "failed";
  sentence: string; // "loading Python: 4 of 7 MB"
  loaded: number; // bytes, where stage is "loading"
  total: number;
}

export interface Engine {
  // `slot`: the method's name where none is given. The order in which what waits is answered: analyse, complete, signature, hover,
  // actions, then the others as they came.
  ask<M extends Method>(method: M, question: Requests[M][0], slot?: string): Promise<Requests[M][1] | null>;
  // Called with each change, and at once with the present one.
  onProgress(told: (progress: Progress) => void): void;
  stop(): void;
}

export class EngineError extends Error {}

export interface EngineOptions {
  limit?: number; // seconds that one answer may take, 10 where none is given; then Python is started anew, and the answer rejects
}

// ---- engine.ts: export function startEngine(options?: EngineOptions): Engine ----------------------------------
// Finds its parts by itself: beside the page, or in it where the page is one file. Stands at window.cnnspec.engine, too.

// ---- `cnnspec play FILE` opens the page at #play=TOKEN -------------------------------------------------------
export interface ServedFile {
  name: string;
  text: string;
  writes: boolean; // whether --write was given, and it can be saved
  // Writes it; "conflict": the file has changed on the disk since it was read or written, and holds the text given; save again
  // with overwrite: true to write all the same. Rejects with an EngineError where the server is gone or cannot write.
  save(text: string, overwrite?: boolean): Promise<{ saved: true } | { saved: false; conflict: string }>;
}
// served.ts: export function findServedFile(): Promise<ServedFile | null>; null where the page was not opened by `cnnspec play FILE`
