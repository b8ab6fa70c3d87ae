// The picture of the network: fitted to its pane at first, larger and smaller by buttons.

import type { Look } from "./engine/types";
import { button, element } from "./ui/dom";

const STEP = 1.25;
// What can be chosen of the picture: the words of `cnnspec draw`, the first where none is chosen.
const CHOICES: { name: keyof Look; label: string; words: [string, string][] }[] = [
  { name: "style", label: "Style", words: [["flow", "flow"], ["volumes", "volumes"]] },
  { name: "depth", label: "Depth", words: [["", "depth that fits"], ["0", "all closed"], ["1", "1 block deep"], ["2", "2 blocks deep"], ["all", "every layer"]] },
  { name: "color", label: "Colours", words: [["kind", "colours by kind"], ["cost", "by cost"], ["rf", "by receptive field"], ["lost", "by lost data"], ["none", "no colours"]] },
  { name: "direction", label: "Direction", words: [["down", "downwards"], ["right", "to the right"]] },
];

export class PictureFrame {
  look: Look = {};
  private zoom = 0; // 0: as wide as the pane, at most as wide as it is drawn
  private readonly frame = element("div", { class: "frame", tabindex: 0, role: "region", "aria-label": "The picture, which can be scrolled" });
  private readonly parts: HTMLElement[];

  // `changed` is called when another look is wanted.
  constructor(private readonly changed: () => void) {
    this.parts = [
      element("div", { class: "tools" }, ...CHOICES.map((choice) => this.choose(choice))),
      this.frame,
      element(
        "div", { class: "tools zoom" },
        button("−", () => this.scale(1 / STEP), { "aria-label": "Smaller", title: "Smaller" }),
        button("+", () => this.scale(STEP), { "aria-label": "Larger", title: "Larger" }),
        button("Fit", () => this.fit()),
      ),
    ];
  }

  private choose({ name, label, words }: (typeof CHOICES)[number]): HTMLElement {
    const chosen = (event: Event) => {
      const { value } = event.target as HTMLSelectElement;
      const { [name]: _, ...others } = this.look;
      this.look = value === words[0]?.[0] ? others : { ...others, [name]: name === "depth" && value !== "all" ? Number(value) : value };
      this.changed();
    };
    const options = words.map(([value, shown]) => element("option", { value }, shown));
    return element("select", { change: chosen, "aria-label": label, title: label }, ...options);
  }

  put(content: HTMLElement, html: string): void {
    this.frame.innerHTML = html;
    if (this.frame.parentElement !== content) {
      content.replaceChildren(...this.parts);
    }
    this.draw();
  }

  private scale(by: number): void {
    const svg = this.frame.querySelector("svg");
    if (svg) {
      this.zoom = (this.zoom || svg.getBoundingClientRect().width / natural(svg)) * by;
      this.draw();
    }
  }

  private fit(): void {
    this.zoom = 0;
    this.draw();
  }

  private draw(): void {
    const svg = this.frame.querySelector("svg");
    if (svg) {
      svg.style.width = this.zoom ? `${this.zoom * natural(svg)}px` : `${natural(svg)}px`;
      svg.style.maxWidth = this.zoom ? "none" : "100%";
      svg.style.height = "auto";
    }
  }
}

function natural(svg: SVGSVGElement): number {
  return svg.viewBox.baseVal?.width || svg.width.baseVal.value;
}
