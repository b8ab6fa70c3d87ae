// Tabs by the keyboard: arrows, Home and End go through those that are seen; the one that is chosen is shown.

export class Tabs {
  private readonly tabs: HTMLElement[];

  constructor(list: HTMLElement, private readonly chosen: (name: string) => void) {
    this.tabs = [...list.querySelectorAll<HTMLElement>("[role=tab]")];
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.choose(nameOf(tab)));
    }
    list.addEventListener("keydown", (event) => this.move(event));
  }

  get names(): string[] {
    return this.tabs.map(nameOf);
  }

  choose(name: string): void {
    for (const tab of this.tabs) {
      const selected = nameOf(tab) === name;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      if (selected) {
        tab.scrollIntoView({ block: "nearest", inline: "nearest" });
      }
    }
    this.chosen(name);
  }

  private move(event: KeyboardEvent): void {
    const seen = this.tabs.filter((tab) => tab.offsetParent !== null);
    const at = seen.findIndex((tab) => tab === document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (at < 0 || to === undefined) {
      return;
    }
    event.preventDefault();
    const next = seen.at(to % seen.length);
    if (next) {
      next.focus();
      this.choose(nameOf(next));
    }
  }
}

function nameOf(tab: HTMLElement): string {
  return tab.dataset["tab"] ?? "";
}
