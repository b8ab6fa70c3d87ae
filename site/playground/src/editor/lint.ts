// Findings under the text and in the gutter; their repairs are asked for when one is looked at.

import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import type { Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";
import type { Action, Finding } from "../engine/types";
import type { Session } from "../session";
import { button, element } from "../ui/dom";
import { apply } from "./edits";

export function showFindings(view: EditorView, findings: Finding[], session: Session): void {
  const end = view.state.doc.length;
  const diagnostics = findings.map((finding): Diagnostic => ({
    from: Math.min(finding.from, end),
    to: Math.min(finding.to, end),
    severity: finding.severity,
    message: finding.message,
    renderMessage: () => writeFinding(finding, (fixes) => void offerFixes(fixes, finding, view, session)),
  }));
  view.dispatch(setDiagnostics(view.state, diagnostics));
}

// A finding as it is read; `fill` gets the place for its repairs.
export function writeFinding(finding: Finding, fill: (fixes: HTMLElement) => void): HTMLElement {
  const fixes = element("div", { class: "fixes" });
  fill(fixes);
  return element(
    "div", { class: "finding" },
    element("p", { class: "message" }, finding.message, " ", element("code", { class: "rule" }, `${finding.code} ${finding.rule}`)),
    ...(finding.help ? [element("p", { class: "help" }, finding.help)] : []),
    fixes,
  );
}

// Puts a button for each repair of a finding into a place, once they are known.
export async function offerFixes(place: HTMLElement, finding: Finding, view: EditorView, session: Session): Promise<void> {
  const { from, to } = finding;
  const actions = await session.wonder("actions", { from, to }, `actions ${from} ${to}`);
  const fixes = (actions ?? []).filter(({ kind }) => kind === "quickfix");
  place.replaceChildren(...fixes.map((action) => button(writeTitle(action), () => take(view, session, action))));
}

// What an action does, and, smaller, what comes of it: "Write stride=1; parameters unchanged, …".
export function writeTitle({ title }: Action): HTMLElement {
  const [does = title, ...comes] = title.split("; ");
  return element("span", {}, does, ...(comes.length ? [" ", element("small", {}, comes.join("; "))] : []));
}

// Puts an action's edits into the text, where it is still the text that they are made for.
export function take(view: EditorView, session: Session, action: Action): void {
  if (session.analysis !== null) {
    apply(view, action.edits, "input.fix");
    view.focus();
  }
}

export function lint(): Extension {
  return lintGutter();
}
