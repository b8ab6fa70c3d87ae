// The list of findings: a press goes to the place in the text, the repairs of each stand below it.

import type { EditorView } from "@codemirror/view";
import { goTo } from "./editor/edits";
import { offerFixes, writeFinding } from "./editor/lint";
import type { Finding } from "./engine/types";
import type { Session } from "./session";
import { button, count, element } from "./ui/dom";

const MOST = 100; // findings that are listed, and whose repairs are looked for
const KINDS = ["error", "warning", "info"] as const;

export class FindingList {
  private shown = "";
  private readonly seen = new IntersectionObserver((entries) => this.filled(entries));
  private readonly empty = new Map<Element, () => void>(); // places of repairs that were not seen yet

  constructor(private readonly panel: HTMLElement, private readonly session: Session, private readonly view: EditorView) {}

  show(findings: Finding[]): void {
    const shown = JSON.stringify([findings, this.session.text]);
    if (shown === this.shown) {
      return;
    }
    this.shown = shown;
    this.seen.disconnect();
    this.empty.clear();
    const items = findings.slice(0, MOST).map((finding) => element("li", { class: finding.severity }, this.write(finding)));
    const more = findings.length - items.length;
    this.panel.replaceChildren(
      items.length ? element("ol", { class: "findings" }, ...items) : element("p", { class: "sentence" }, "Nothing was found: the network is sound."),
      ...(more > 0 ? [element("p", { class: "sentence" }, `And ${count(more, "finding")} more.`)] : []),
    );
  }

  private write(finding: Finding): HTMLElement {
    const written = writeFinding(finding, (fixes) => {
      this.empty.set(fixes, () => void offerFixes(fixes, finding, this.view, this.session));
      this.seen.observe(fixes);
    });
    const line = this.view.state.doc.lineAt(Math.min(finding.from, this.view.state.doc.length)).number;
    const words = `${finding.severity}, line ${line}`;
    written.prepend(button(words, () => goTo(this.view, finding.from, finding.to), { class: "place", title: "Go to the place in the text" }));
    return written;
  }

  // Repairs are asked for once their place is seen.
  private filled(entries: IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) {
        this.seen.unobserve(target);
        this.empty.get(target)?.();
        this.empty.delete(target);
      }
    }
  }
}

// "2 errors, 1 warning"; "no findings".
export function countFindings(findings: Finding[]): string {
  const counts = KINDS.map((kind) => [findings.filter(({ severity }) => severity === kind).length, kind === "info" ? "remark" : kind] as const);
  return counts.filter(([number]) => number).map(([number, kind]) => count(number, kind)).join(", ") || "no findings";
}
