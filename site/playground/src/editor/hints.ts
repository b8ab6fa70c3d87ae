// Hints behind the steps: the shape that each comes to.

import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";
import type { Hint } from "../engine/types";
import { element } from "../ui/dom";

class HintWidget extends WidgetType {
  constructor(private readonly words: string) {
    super();
  }

  override eq(other: HintWidget): boolean {
    return other.words === this.words;
  }

  override toDOM(): HTMLElement {
    return element("span", { class: "hint", "aria-hidden": "true" }, this.words);
  }

  override ignoreEvent(): boolean {
    return false;
  }
}

const setHints = StateEffect.define<DecorationSet>();

const hints = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update: (shown, transaction) =>
    transaction.effects.reduce(
      (last, effect) => (effect.is(setHints) ? effect.value : last),
      shown.map(transaction.changes),
    ),
  provide: (field) => EditorView.decorations.from(field),
});

export function showHints(view: EditorView, told: Hint[]): void {
  const end = view.state.doc.length;
  const placed = told
    .filter((hint) => hint.at <= end)
    .map((hint) => Decoration.widget({ widget: new HintWidget(hint.text), side: 1 }).range(hint.at));
  view.dispatch({ effects: setHints.of(Decoration.set(placed, true)) });
}

export function inlayHints(): Extension {
  return hints;
}
