// One sentence above the text at a time: what happened, what can be done about it, and a button that sends it away.

import { button, element, find, icon } from "./dom";

export interface Offer {
  words: string;
  act(): void;
}

export class Notices {
  private readonly place = find("notice");

  // Says a sentence until it is sent away, or another takes its place.
  say(sentence: string, ...offers: Offer[]): void {
    this.show("", sentence, offers);
  }

  // The same, of what went wrong.
  warn(sentence: string, ...offers: Offer[]): void {
    this.show("bad", sentence, offers);
  }

  // Takes a sentence away, where it still stands.
  withdraw(sentence: string): void {
    if (this.place.querySelector("p")?.textContent === sentence) {
      this.clear();
    }
  }

  private clear(): void {
    this.place.replaceChildren();
    this.place.className = "";
  }

  private show(kind: string, sentence: string, offers: Offer[]): void {
    this.place.className = `shown ${kind}`;
    this.place.replaceChildren(
      element("p", {}, sentence),
      ...offers.map(({ words, act }) => button(words, () => (this.clear(), act()))),
      button(icon("M4 4l8 8M12 4l-8 8"), () => this.clear(), { class: "close", "aria-label": "Close this notice" }),
    );
  }
}
