// Light, dark, or as the system has it.

import { set, setting } from "../kept";
import { find } from "./dom";

const THEMES = ["system", "light", "dark"] as const;

export function makeTheme(): void {
  const chooser = find<HTMLButtonElement>("theme");
  let now = Math.max(0, THEMES.findIndex((theme) => theme === setting("theme")));
  const show = () => {
    const theme = THEMES[now] ?? "system";
    if (theme === "system") {
      delete document.documentElement.dataset["theme"];
    } else {
      document.documentElement.dataset["theme"] = theme;
    }
    chooser.setAttribute("aria-label", `Colours: ${theme}`);
    chooser.title = `Colours: ${theme}`;
    chooser.dataset["shows"] = theme;
  };
  chooser.addEventListener("click", () => {
    now = (now + 1) % THEMES.length;
    set("theme", THEMES[now] ?? "system");
    show();
  });
  show();
}
