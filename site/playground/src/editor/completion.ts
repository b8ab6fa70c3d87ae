// Completion: what the engine proposes where the cursor stands.

import {
  acceptCompletion, autocompletion, closeCompletion, type Completion as Offer, type CompletionContext, completionKeymap, type CompletionResult,
  pickedCompletion, selectedCompletion,
} from "@codemirror/autocomplete";
import { type Extension, Prec } from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";
import type { Completion } from "../engine/types";
import type { Session } from "../session";

const OPENS = /[\w.(,="]$/; // behind which proposals come by themselves
const HIGHEST = 99; // what CodeMirror lets a proposal be lifted by

export function completion(session: Session): Extension {
  return [
    autocompletion({ override: [(context) => complete(context, session)], defaultKeymap: false, icons: false }),
    Prec.high(keymap.of([{ key: "Tab", run: acceptCompletion }, { key: "Enter", run: acceptChange }, ...completionKeymap.filter(({ key }) => key !== "Enter")])),
  ];
}

// Accepts what would change something: behind a word that is whole already, Enter ends the line.
function acceptChange(view: EditorView): boolean {
  const { head } = view.state.selection.main;
  const label = selectedCompletion(view.state)?.label ?? "";
  if (label && view.state.sliceDoc(Math.max(0, head - label.length), head) === label) {
    closeCompletion(view);
    return false;
  }
  return acceptCompletion(view);
}

async function complete(context: CompletionContext, session: Session): Promise<CompletionResult | null> {
  const { state, pos, explicit } = context;
  const before = state.sliceDoc(state.doc.lineAt(pos).from, pos);
  if (!explicit && (!OPENS.test(before) || /#/.test(before) || /(?:^|\W)\d[\w.]*$/.test(before))) {
    return null;
  }
  const found = await session.wonder("complete", { at: pos });
  if (!found?.length || context.aborted) {
    return null;
  }
  const from = Math.min(...found.map(({ edit }) => edit.from));
  return { from, options: found.map((one, at) => offer(one, from, pos, at / found.length)), validFor: /^\w*$/ };
}

// A proposal as CodeMirror has them, `rank` from 0, the likeliest, to 1; it sorts by itself, and is told the order by lifts.
function offer({ label, kind, detail, info, edit }: Completion, from: number, at: number, rank: number): Offer {
  return {
    label,
    detail,
    type: kind,
    boost: HIGHEST - Math.floor(2 * HIGHEST * rank),
    ...(info ? { info } : {}),
    apply: (view: EditorView, picked: Offer, start: number, end: number) => {
      const place = { from: start + edit.from - from, to: end + Math.max(0, edit.to - at) };
      view.dispatch({
        changes: { ...place, insert: edit.insert },
        selection: { anchor: place.from + edit.insert.length },
        userEvent: "input.complete",
        annotations: pickedCompletion.of(picked),
      });
    },
  };
}
