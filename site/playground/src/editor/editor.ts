// The editor: CodeMirror with what it needs of it, and the language's own.

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, indentOnInput, indentUnit } from "@codemirror/language";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import {
  Decoration, drawSelection, dropCursor, EditorView, highlightActiveLine, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers,
  MatchDecorator, rectangularSelection, ViewPlugin, type ViewUpdate,
} from "@codemirror/view";
import type { Session } from "../session";
import { actionKeys, type Commands } from "./actions";
import { completion } from "./completion";
import { inlayHints, showHints } from "./hints";
import { specs } from "./language";
import { lint, showFindings } from "./lint";
import { tips } from "./tips";

// Tables in comments are not wrapped.
const aligned = new MatchDecorator({ regexp: /^[ \t]*#:.*/gm, decoration: Decoration.mark({ class: "aligned" }) });
const tables = ViewPlugin.define(
  (view) => ({
    shown: aligned.createDeco(view),
    update(update: ViewUpdate) {
      this.shown = aligned.updateDeco(update, this.shown);
    },
  }),
  { decorations: ({ shown }) => shown },
);

export interface Options {
  parent: HTMLElement;
  described: string; // the id of what says how the keyboard leaves the editor
  moved(): void; // the cursor went elsewhere
  edited(): void; // by the user or a command
}

export function makeEditor(session: Session, commands: Commands, { parent, described, moved, edited }: Options): EditorView {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      extensions: [
        lineNumbers(), highlightActiveLineGutter(), highlightSpecialChars(), history(), drawSelection(), dropCursor(), indentOnInput(),
        bracketMatching(), closeBrackets(), rectangularSelection(), highlightActiveLine(), highlightSelectionMatches(),
        indentUnit.of("  "), EditorState.allowMultipleSelections.of(true), EditorView.lineWrapping, tables,
        completion(session), lint(), tips(session), actionKeys(commands), inlayHints(), specs(),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab]),
        EditorView.contentAttributes.of({ "aria-label": "The network's text", "aria-describedby": described, spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) {
            edited();
          }
          if (update.selectionSet || update.docChanged) {
            moved();
          }
        }),
      ],
    }),
  });
  session.attach(view);
  session.listen({
    analysed: ({ findings, hints }) => {
      showFindings(view, findings, session);
      showHints(view, hints);
    },
  });
  return view;
}
