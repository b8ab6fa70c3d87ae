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

const OF_FLOW: (keyof Look)[] = ["depth", "direction"]; // which volumes have not
const LEAST = 0.6; // of its size, to which a picture is shrunk by itself: below it words cannot be read

export class PictureFrame {
  private chosen: Look = {};
  private zoom = 0; // 0: as wide as the pane, where words can be read then
  private readonly selects = new Map<keyof Look, HTMLSelectElement>();
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
    new ResizeObserver(() => this.draw()).observe(this.frame);
  }

  get look(): Look {
    const { style, color } = this.chosen;
    return style === "volumes" ? { style, ...(color ? { color } : {}) } : this.chosen;
  }

  private choose({ name, label, words }: (typeof CHOICES)[number]): HTMLElement {
    const chosen = (event: Event) => {
      const { value } = event.target as HTMLSelectElement;
      const { [name]: _, ...others } = this.chosen;
      this.chosen = value === words[0]?.[0] ? others : { ...others, [name]: name === "depth" && value !== "all" ? Number(value) : value };
      for (const one of OF_FLOW) {
        this.selects.get(one)?.toggleAttribute("disabled", this.chosen.style === "volumes");
      }
      this.zoom = 0;
      this.changed();
    };
    const options = words.map(([value, shown]) => element("option", { value }, shown));
    const select = element("select", { change: chosen, "aria-label": label, title: label }, ...options);
    this.selects.set(name, select);
    return select;
  }

  put(content: HTMLElement, html: string): void {
    this.frame.innerHTML = html;
    if (this.frame.parentElement !== content) {
      content.replaceChildren(...this.parts);
    }
    this.draw();
  }

  private get svg(): SVGSVGElement | null {
    return this.frame.querySelector("svg");
  }

  private scale(by: number): void {
    const { svg } = this;
    if (svg) {
      this.zoom = (svg.getBoundingClientRect().width / natural(svg)) * by;
      this.draw();
    }
  }

  // All of it, however small.
  private fit(): void {
    const { svg, frame } = this;
    if (svg) {
      this.zoom = Math.min(1, frame.clientWidth / natural(svg), frame.clientHeight / svg.viewBox.baseVal.height);
      this.draw();
    }
  }

  private draw(): void {
    const { svg, frame } = this;
    if (svg) {
      const zoom = this.zoom || Math.min(1, Math.max(LEAST, frame.clientWidth / natural(svg)));
      svg.style.width = `${zoom * natural(svg)}px`;
      svg.style.height = "auto";
    }
  }
}

function natural(svg: SVGSVGElement): number {
  return svg.viewBox.baseVal.width;
}
