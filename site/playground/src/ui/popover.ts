// A list of buttons that opens below the button that names it; arrows go through it, Escape and a press elsewhere close it.

import { find } from "./dom";

// `opened` is called before each opening, to fill the list.
export function makePopover(id: string, opened: (list: HTMLElement) => void = () => {}): void {
  const list = find(id);
  const opener = document.querySelector<HTMLElement>(`[popovertarget=${id}]`);
  if (opener === null) {
    throw new Error(`nothing opens #${id}`);
  }
  list.addEventListener("beforetoggle", (event) => {
    if ((event as ToggleEvent).newState === "open") {
      opened(list);
      const below = opener.getBoundingClientRect();
      list.style.top = `${below.bottom + 4}px`;
      list.style.left = `${Math.max(8, Math.min(below.left, innerWidth - Math.min(420, innerWidth - 16) - 8))}px`;
      list.style.maxHeight = `${innerHeight - below.bottom - 16}px`;
    }
  });
  list.addEventListener("toggle", (event) => {
    if ((event as ToggleEvent).newState === "open") {
      stops(list)[0]?.focus();
    }
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      const all = stops(list);
      all.at((all.findIndex((one) => one === document.activeElement) + step) % all.length)?.focus();
      event.preventDefault();
    }
  });
  list.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("button")) {
      list.hidePopover();
    }
  });
}

function stops(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>("input, button")].filter((one) => one.getClientRects().length > 0);
}
