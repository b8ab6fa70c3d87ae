// What is shown beside the text: one view at a time is asked for, when it is seen and the text has been analysed; the answer of the text
// before stays, dimmed, while a new one is computed.

import type { EditorView } from "@codemirror/view";
import type { Analysis, View, ViewName } from "./engine/types";
import { FindingList } from "./findings";
import { PictureFrame } from "./picture";
import type { Session } from "./session";
import { asSentence, element, find, rested, sentenceOf } from "./ui/dom";

const MOVED = 200; // milliseconds that the cursor rests before the layer at it is explained

export class Panes {
  private shown = "";
  private readonly findings: FindingList;
  private readonly picture: PictureFrame;
  private readonly answered = new Map<string, string>(); // view → the question that its pane answers
  private readonly explainSoon = rested(MOVED, () => void (this.shown === "explain" && this.refresh()));

  constructor(private readonly session: Session, private readonly view: EditorView) {
    this.findings = new FindingList(find("findings"), session, view);
    this.picture = new PictureFrame(() => void this.refresh());
    session.listen({
      changed: () => this.dim(),
      analysed: (analysis) => this.analysed(analysis),
      failed: (sentence) => this.tell(this.shown, sentence),
    });
  }

  // A view, or "findings", is seen from now on; any other name: none is.
  show(name: string): void {
    this.shown = name;
    for (const panel of document.querySelectorAll<HTMLElement>("#answers [role=tabpanel]")) {
      panel.hidden = panel.id !== name;
    }
    if (isView(name) || this.session.analysis === null) {
      this.dim();
    }
    void this.refresh();
  }

  moved(): void {
    this.explainSoon();
  }

  // Asks for what is seen, where it is not there already.
  async refresh(): Promise<void> {
    const { shown, session } = this;
    if (session.analysis === null || !isView(shown)) {
      return;
    }
    const besides = {
      view: shown,
      ...(session.model ? { model: session.model } : {}),
      ...(shown === "explain" ? { at: this.view.state.selection.main.head } : {}),
      ...(shown === "picture" ? { look: this.picture.look } : {}),
    };
    const question = JSON.stringify([besides, session.name, session.text]);
    if (this.answered.get(shown) === question) {
      this.settle(shown);
      return;
    }
    find(shown).setAttribute("aria-busy", "true");
    try {
      const answer = await session.ask("view", besides, "view");
      if (answer !== null) {
        this.put(shown, answer);
        this.answered.set(shown, question);
        this.settle(shown);
      }
    } catch (error) {
      this.tell(shown, sentenceOf(error));
    }
  }

  private analysed(analysis: Analysis): void {
    this.findings.show(analysis.findings);
    this.settle("findings");
    void this.refresh();
  }

  private put(name: ViewName, answer: View): void {
    const content = contentOf(name);
    if ("sentence" in answer) {
      content.replaceChildren(element("p", { class: "sentence" }, asSentence(answer.sentence)));
    } else if (name === "picture") {
      this.picture.put(content, answer.html);
    } else {
      keepFolds(content, () => (content.innerHTML = answer.html));
      requestAnimationFrame(() => reachByKeys(content));
    }
  }

  // A sentence above what was answered before.
  private tell(name: string, sentence: string): void {
    const panel = document.getElementById(name);
    panel?.querySelector(".failed")?.remove();
    panel?.prepend(element("p", { class: "sentence failed" }, sentence));
    panel?.setAttribute("aria-busy", "false");
  }

  private dim(): void {
    if (this.shown && document.getElementById(this.shown)) {
      find(this.shown).setAttribute("aria-busy", "true");
    }
  }

  private settle(name: string): void {
    const panel = find(name);
    panel.querySelector(".failed")?.remove();
    panel.setAttribute("aria-busy", "false");
  }
}

const VIEWS: readonly string[] = ["summary", "picture", "rf", "sizes", "lost", "explain", "cost"] satisfies ViewName[];

function isView(name: string): name is ViewName {
  return VIEWS.includes(name);
}

function contentOf(name: string): HTMLElement {
  const panel = find(name);
  return panel.querySelector<HTMLElement>(".content") ?? panel.appendChild(element("div", { class: "content" }));
}

// What the user folded or unfolded is so again in the new answer, where it has as many folds.
function keepFolds(content: HTMLElement, change: () => void): void {
  const before = [...content.querySelectorAll("details")].map((one) => one.open);
  change();
  const after = [...content.querySelectorAll("details")];
  if (after.length === before.length) {
    after.forEach((one, at) => (one.open = before[at] ?? one.open));
  }
}

// What is wider than its pane can be scrolled by keys, too.
function reachByKeys(content: HTMLElement): void {
  for (const wide of content.querySelectorAll<HTMLElement>(".wide, pre")) {
    if (wide.scrollWidth > wide.clientWidth) {
      wide.tabIndex = 0;
      wide.setAttribute("role", "region");
      wide.setAttribute("aria-label", "Table, which can be scrolled");
    }
  }
}
