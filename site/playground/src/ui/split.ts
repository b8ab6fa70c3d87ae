// The border between the text and the answers: by the mouse, and by arrows.

import { set, setting } from "../kept";
import { find } from "./dom";

const LEAST = 25;
const MOST = 75;
const STEP = 2;

export function makeSplit(): void {
  const split = find("split");
  const main = find("main");
  const move = (percent: number) => {
    const whole = Math.round(Math.min(MOST, Math.max(LEAST, percent)));
    main.style.setProperty("--text-side", `${whole}%`);
    split.setAttribute("aria-valuenow", String(whole));
    set("split", String(whole));
  };
  split.addEventListener("pointerdown", (event) => {
    split.setPointerCapture(event.pointerId);
    event.preventDefault();
    split.focus();
  });
  split.addEventListener("pointermove", (event) => {
    if (split.hasPointerCapture(event.pointerId)) {
      const { left, width } = main.getBoundingClientRect();
      move((100 * (event.clientX - left)) / width);
    }
  });
  split.addEventListener("keydown", (event) => {
    const now = Number(split.getAttribute("aria-valuenow"));
    const to = { ArrowLeft: now - STEP, ArrowRight: now + STEP, Home: LEAST, End: MOST }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      move(to);
    }
  });
  split.addEventListener("dblclick", () => move(50));
  move(Number(setting("split")) || 50);
}
