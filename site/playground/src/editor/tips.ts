// What is said beside the text: of what is under the mouse or at the cursor, and of the call that is being written.

import { type Extension, StateEffect, StateField } from "@codemirror/state";
import { EditorView, hoverTooltip, keymap, showTooltip, type Tooltip, type TooltipView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Hover, Signature } from "../engine/types";
import type { Session } from "../session";
import { element } from "../ui/dom";

// ---- one tip at a time -----------------------------------------------------------------------------------------
// A tip goes when the cursor moves or the text changes, unless it `stays`.
export type Tip = Tooltip & { stays?: boolean };

const setTip = StateEffect.define<Tip | null>();

const tip = StateField.define<Tip | null>({
  create: () => null,
  update: (shown, transaction) => {
    const gone = !shown?.stays && (transaction.docChanged || transaction.selection !== undefined);
    const kept = shown && !gone ? { ...shown, pos: transaction.changes.mapPos(shown.pos) } : null;
    const still = kept && shown && kept.pos === shown.pos ? shown : kept;
    return transaction.effects.reduce((last, effect) => (effect.is(setTip) ? effect.value : last), still);
  },
  provide: (field) => showTooltip.from(field),
});

export function showTip(view: EditorView, shown: Tip | null): void {
  if (view.state.field(tip) !== shown) {
    view.dispatch({ effects: setTip.of(shown) });
  }
}

function closeTip(view: EditorView): boolean {
  const open = view.state.field(tip) !== null;
  showTip(view, null);
  return open;
}

// ---- hover -----------------------------------------------------------------------------------------------------
function hoverView({ html }: Hover): TooltipView {
  const dom = element("div", { class: "tip hover" });
  dom.innerHTML = html;
  return { dom };
}

async function hoverAtCursor(view: EditorView, session: Session): Promise<void> {
  const found = await session.wonder("hover", { at: view.state.selection.main.head }, "hover at the cursor");
  if (found) {
    showTip(view, { pos: found.from, end: found.to, above: true, create: () => hoverView(found) });
  }
}

// ---- signature -------------------------------------------------------------------------------------------------
function signatureView({ label, about, parameters, active }: Signature): TooltipView {
  const now = active === null ? undefined : parameters[active];
  const words = now ? [label.slice(0, now.from), element("b", {}, label.slice(now.from, now.to)), label.slice(now.to)] : [label];
  return { dom: element("div", { class: "tip signature", role: "status" }, element("code", {}, ...words), element("p", {}, now?.about || about)) };
}

// Asks for the signature while a call is being written: from its bracket or comma on, or from the key, until the cursor leaves it.
class SignaturePlugin {
  private open = false;

  constructor(private readonly view: EditorView, private readonly session: Session) {}

  update(update: ViewUpdate): void {
    if (update.transactions.some((transaction) => transaction.effects.some((effect) => effect.is(setTip) && effect.value === null))) {
      this.open = false;
    }
    const typed = update.transactions.some((one) => one.isUserEvent("input.type") || one.isUserEvent("input.complete"));
    const { head } = update.state.selection.main;
    const before = update.state.sliceDoc(Math.max(0, head - 1), head);
    if ((typed && (before === "(" || before === ",")) || (this.open && (update.docChanged || update.selectionSet))) {
      void this.ask();
    }
  }

  async ask(): Promise<void> {
    this.open = true;
    const at = this.view.state.selection.main.head;
    const found = await this.session.wonder("signature", { at });
    if (!this.open || at !== this.view.state.selection.main.head) {
      return;
    }
    this.open = found !== null;
    showTip(this.view, found && { pos: at, above: true, stays: true, create: () => signatureView(found) });
  }
}

export function tips(session: Session): Extension {
  const signature = ViewPlugin.define((view) => new SignaturePlugin(view, session));
  return [
    tip,
    signature,
    hoverTooltip(async (_, at) => {
      const found = await session.wonder("hover", { at });
      return found && { pos: found.from, end: found.to, above: true, create: () => hoverView(found) };
    }),
    keymap.of([
      { key: "Mod-Shift-Space", run: (view) => (void view.plugin(signature)?.ask(), true) },
      { key: "Mod-k Mod-i", run: (view) => (void hoverAtCursor(view, session), true) },
      { key: "Escape", run: closeTip },
    ]),
    EditorView.domEventHandlers({ blur: (event, view) => {
      const inside = event.relatedTarget instanceof Node && view.dom.contains(event.relatedTarget);
      if (!inside) {
        queueMicrotask(() => closeTip(view));
      }
    } }),
  ];
}
