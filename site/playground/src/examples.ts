// The menu of examples: the user's own texts, the networks of papers, the lectures'.

import type { Desk } from "./desk";
import { examples } from "./generated/examples";
import type { Kept } from "./kept";
import { button, element, find } from "./ui/dom";
import { makePopover } from "./ui/popover";

const LECTURE = /^lecture(\d+)_/;
// For whoever comes for the first time.
export const FIRST: Kept = {
  name: "mnist.cnn",
  text: `# Digits of 28x28 pixels. All figures are computed while you type.
# Point at the warning below, and try a kernel of 30x30.

input 28x28x1
conv(32, 3x3, activation=relu) -> maxpool(2x2)
conv(64, 3x3, activation=relu) -> maxpool(2x2)
flatten
dropout(0.5)
dense(10, softmax)
`,
};

// `chosen` is called once one of them is on the desk.
export function makeExamples(desk: Desk, chosen: () => void): void {
  const wanted = find<HTMLInputElement>("wanted");
  const list = find("example-list");
  const put = (text: Kept, own: boolean) => {
    desk.put(text, own);
    chosen();
  };
  const write = () => {
    const words = wanted.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (...said: string[]) => words.every((word) => said.join(" ").toLowerCase().includes(word));
    const own = desk.texts.all().filter(({ name, text }) => fits(name, text));
    const found = examples.filter(({ name, title }) => fits(name, title));
    const headings = new Set(found.map(headingOf));
    const groups = [
      ...writeGroup("Your texts", own.map((text) => item(text.name, firstWords(text.text), () => put(text, true)))),
      ...[...headings].flatMap((heading) =>
        writeGroup(heading, found.filter((one) => headingOf(one) === heading).map((one) => item(one.name, shortTitle(one.title), () => put(one, false)))),
      ),
    ];
    list.replaceChildren(...(groups.length ? groups : [element("p", { class: "quiet" }, "No example has these words.")]));
  };
  wanted.addEventListener("input", write);
  wanted.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault(); // the editor is where the key would arrive
      list.querySelector("button")?.click();
    }
  });
  makePopover("examples", () => {
    wanted.value = "";
    write();
  });
}

function writeGroup(heading: string, items: HTMLElement[]): HTMLElement[] {
  return items.length ? [element("h2", {}, heading), element("ul", {}, ...items.map((one) => element("li", {}, one)))] : [];
}

function item(name: string, title: string, chosen: () => void): HTMLElement {
  const made = button(element("b", {}, name.replace(/\.cnn$/, "").replace(LECTURE, "")), chosen);
  made.append(" ", element("span", {}, title));
  return made;
}

function headingOf({ name }: { name: string }): string {
  const number = LECTURE.exec(name)?.[1];
  return number === undefined ? "Networks of papers" : `Lecture ${number}`;
}

// Without the name of the lecture, under which it stands.
function shortTitle(title: string): string {
  return title.replace(/^Lectures? [\d and]+(?: \(.*?\))?: /, "");
}

function firstWords(text: string): string {
  return text.split("\n").map((line) => line.replace(/^[#:\s]+/, "")).find(Boolean)?.slice(0, 90) ?? "empty";
}
