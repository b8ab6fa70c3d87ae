// The picture of the network: fitted to its pane at first, larger and smaller by buttons.

import { download } from "./files";
import type { Look } from "./engine/types";
import type { Session } from "./session";
import { button, element } from "./ui/dom";

const STEP = 1.25;
// What can be chosen of the picture: the words of `cnnspec draw`, the first where none is chosen.
const CHOICES: { name: keyof Look; label: string; words: Record<string, string> }[] = [
  { name: "style", label: "Style", words: { flow: "flow", volumes: "volumes" } },
  { name: "depth", label: "Depth", words: { "": "what fits", "0": "closed", "1": "1 block", "2": "2 blocks", all: "every layer" } },
  { name: "color", label: "Colours", words: { kind: "kind of layer", cost: "cost", rf: "receptive field", lost: "lost data", none: "none" } },
  { name: "direction", label: "Direction", words: { down: "down", right: "right" } },
];

export class PictureFrame {
  look: Look = {};
  private zoom = 0; // 0: as wide as the pane, at most as wide as it is drawn
  private svg = "";
  private readonly frame = element("div", { class: "frame", tabindex: 0, role: "region", "aria-label": "The picture, which can be scrolled" });
  private readonly tools: HTMLElement;

  // `changed` is called when another look is wanted.
  constructor(session: Session, private readonly changed: () => void) {
    this.tools = element(
      "div", { class: "tools" },
      ...CHOICES.map((choice) => this.choose(choice)),
      element(
        "span", {},
        button("−", () => this.scale(1 / STEP), { "aria-label": "Smaller", title: "Smaller" }),
        button("+", () => this.scale(STEP), { "aria-label": "Larger", title: "Larger" }),
        button("Fit", () => this.fit()),
        button("SVG", () => download(`${session.name.replace(/\.\w+$/, "")}.svg`, this.svg, "image/svg+xml"), { "aria-label": "Download the picture as SVG", title: "Download the picture as SVG" }),
      ),
    );
  }

  private choose({ name, label, words }: (typeof CHOICES)[number]): HTMLElement {
    const chosen = (event: Event) => {
      const { value } = event.target as HTMLSelectElement;
      const { [name]: _, ...others } = this.look;
      this.look = value === Object.keys(words)[0] ? others : { ...others, [name]: name === "depth" && value !== "all" ? Number(value) : value };
      this.changed();
    };
    const options = Object.entries(words).map(([value, shown]) => element("option", { value }, shown));
    return element("label", {}, `${label} `, element("select", { change: chosen }, ...options));
  }

  put(content: HTMLElement, html: string): void {
    this.svg = html.slice(html.indexOf("<svg"));
    this.frame.innerHTML = html;
    if (this.frame.parentElement !== content) {
      content.replaceChildren(this.tools, this.frame);
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
