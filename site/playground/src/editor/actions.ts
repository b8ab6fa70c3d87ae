// Commands of the text: repairs at the cursor from a menu, fix all, format, the way to a definition. Keys are those of VS Code.

import { nextDiagnostic, previousDiagnostic } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";
import { type EditorView, keymap } from "@codemirror/view";
import { type Action, type Edit, EngineError } from "../engine/types";
import type { Session } from "../session";
import { button, element, sentenceOf } from "../ui/dom";
import { apply, goTo } from "./edits";
import { offerFixes, take, writeFinding, writeTitle } from "./lint";
import { showTip } from "./tips";

export type Say = (sentence: string) => void;

export class Commands {
  constructor(private readonly session: Session, private readonly say: Say) {}

  // Formats the text; says why it cannot.
  format(view: EditorView): Promise<void> {
    return this.rewrite(view, "format", "The text has its form already.");
  }

  fixAll(view: EditorView): Promise<void> {
    return this.rewrite(view, "fixAll", "Nothing here can be repaired without you.");
  }

  private async rewrite(view: EditorView, method: "format" | "fixAll", nothing: string): Promise<void> {
    const edits = await this.asked<Edit[]>(() => this.session.ask(method, {}));
    if (edits) {
      apply(view, edits, `input.${method}`);
      if (!edits.length) {
        this.say(nothing);
      }
    }
  }

  async goToDefinition(view: EditorView): Promise<void> {
    const found = await this.session.wonder("definition", { at: view.state.selection.main.head });
    if (found) {
      goTo(view, found.from, found.to);
    } else {
      this.say("What is at the cursor is defined nowhere in this text.");
    }
  }

  // Goes to a finding by CodeMirror's way, and says it.
  sayFinding(view: EditorView, go: (view: EditorView) => boolean): boolean {
    const went = go(view);
    const { from, to } = view.state.selection.main;
    const finding = this.session.analysis?.findings.find((one) => one.from === from && one.to === to);
    if (finding) {
      const dom = () => element("div", { class: "tip", role: "status" }, writeFinding(finding, (fixes) => void offerFixes(fixes, finding, view, this.session)));
      showTip(view, { pos: from, end: to, above: true, create: () => ({ dom: dom() }) });
    }
    return went;
  }

  // Opens a menu of what can be done at the cursor, repairs first.
  async openMenu(view: EditorView): Promise<void> {
    const { from, to } = view.state.selection.main;
    const actions = await this.asked(() => this.session.ask("actions", { from, to }, "menu"));
    if (actions?.length) {
      showTip(view, { pos: from, above: false, create: () => ({ dom: this.writeMenu(view, actions), mount: () => focusFirst(view) }) });
    } else if (actions) {
      this.say("There is nothing to repair at the cursor.");
    }
  }

  private writeMenu(view: EditorView, actions: Action[]): HTMLElement {
    const close = () => {
      showTip(view, null);
      view.focus();
    };
    const items = actions.map((action) =>
      button(writeTitle(action), () => (close(), take(view, this.session, action)), { role: "menuitem", tabindex: -1 }),
    );
    const menu = element("div", { class: "tip menu", role: "menu", "aria-label": "Repairs" }, ...items);
    menu.addEventListener("keydown", (event) => {
      const at = items.findIndex((item) => item === document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        items.at((at + step) % items.length)?.focus();
      } else if (event.key === "Escape" || event.key === "Tab") {
        close();
      } else {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    });
    return menu;
  }

  private async asked<T>(question: () => Promise<T | null>): Promise<T | null> {
    try {
      return await question();
    } catch (error) {
      if (!(error instanceof EngineError)) {
        throw error;
      }
      this.say(sentenceOf(error));
      return null;
    }
  }
}

function focusFirst(view: EditorView): void {
  setTimeout(() => view.dom.querySelector<HTMLElement>(".tip.menu button")?.focus());
}

export function actionKeys(commands: Commands): Extension {
  const run = (act: (view: EditorView) => Promise<void>) => (view: EditorView) => (void act(view), true);
  return keymap.of([
    { key: "Mod-.", run: run((view) => commands.openMenu(view)) },
    { key: "Shift-Alt-f", run: run((view) => commands.format(view)) },
    { key: "Mod-Shift-i", run: run((view) => commands.format(view)) },
    { key: "Shift-Alt-.", run: run((view) => commands.fixAll(view)) },
    { key: "F12", run: run((view) => commands.goToDefinition(view)) },
    { key: "F8", run: (view) => commands.sayFinding(view, nextDiagnostic), shift: (view) => commands.sayFinding(view, previousDiagnostic) },
  ]);
}
