// Edits of the engine, put into the text in one step.

import type { EditorView } from "@codemirror/view";
import type { Edit } from "../engine/types";

export function apply(view: EditorView, edits: Edit[], event: string): void {
  if (edits.length) {
    view.dispatch({ changes: edits, userEvent: event, scrollIntoView: true });
  }
}

// Put another text in the place of all; undoing brings back what stood there.
export function replaceAll(view: EditorView, text: string): void {
  view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: 0 }, userEvent: "input.replace", scrollIntoView: true });
}

export function goTo(view: EditorView, from: number, to = from): void {
  const end = view.state.doc.length;
  view.dispatch({ selection: { anchor: Math.min(from, end), head: Math.min(to, end) }, scrollIntoView: true, userEvent: "select" });
  view.focus();
}
