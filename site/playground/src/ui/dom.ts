// Elements, made and found.

type Child = Node | string;
type Attributes = Record<string, string | number | boolean | ((event: Event) => void)>;

// An element; an attribute that is a function listens to the event of its name, `true` is an attribute without a value.
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      made.addEventListener(name, value);
    } else if (value !== false) {
      made.setAttribute(name, value === true ? "" : String(value));
    }
  }
  made.append(...children);
  return made;
}

export function button(words: Child, pressed: () => void, attributes: Attributes = {}): HTMLButtonElement {
  return element("button", { type: "button", click: pressed, ...attributes }, words);
}

// The element of the page that has an id.
export function find<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (found === null) {
    throw new Error(`the page has no #${id}`);
  }
  return found as T;
}

// A drawing on a grid of 16, stroked in the colour of the words beside it.
export function icon(path: string): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

// Calls `act` with the last words said, once nothing was said for some milliseconds.
export function rested<T extends unknown[]>(milliseconds: number, act: (...said: T) => void): (...said: T) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (...said) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...said), milliseconds);
  };
}

// ---- words -----------------------------------------------------------------------------------------------------
export function count(number: number, one: string): string {
  return `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;
}

// Words as a sentence: with a capital and a full stop.
export function asSentence(words: string): string {
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?:…]$/.test(begun) ? begun : `${begun}.`;
}

// What an error says, as a sentence.
export function sentenceOf(error: unknown): string {
  return asSentence(error instanceof Error ? error.message : String(error));
}
