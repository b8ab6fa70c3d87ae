// The picture of the network: fitted to its pane at first, larger and smaller by buttons.

import { download } from "./files";
import type { Session } from "./session";
import { button, element } from "./ui/dom";

const STEP = 1.25;

export class PictureFrame {
  private zoom = 0; // 0: as wide as the pane, at most as wide as it is drawn
  private svg = "";
  private readonly frame = element("div", { class: "frame", tabindex: 0, role: "region", "aria-label": "The picture, which can be scrolled" });
  private readonly tools: HTMLElement;

  constructor(session: Session) {
    this.tools = element(
      "div", { class: "tools" },
      button("−", () => this.scale(1 / STEP), { "aria-label": "Smaller" }),
      button("+", () => this.scale(STEP), { "aria-label": "Larger" }),
      button("Fit", () => this.fit()),
      button("Download SVG", () => download(`${session.name.replace(/\.\w+$/, "")}.svg`, this.svg, "image/svg+xml")),
    );
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
