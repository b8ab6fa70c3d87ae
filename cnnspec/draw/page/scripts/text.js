// The text beside the picture: lines light up with the layers that they make, and choose them.

class TextPane {
  /** @param {HTMLElement} pane @param {View} view */
  constructor(pane, view) {
    this.pane = pane;
    this.view = view;
    /** @type {Map<string, HTMLElement>} lines by "text line" */
    this.lines = new Map();
    for (const line of pane.querySelectorAll("li[data-line]")) {
      this.lines.set(line.getAttribute("data-line") || "", /** @type {HTMLElement} */ (line));
    }
    /** @type {Map<HTMLElement, number[]>} layers that are written in a line */
    this.own = new Map();
    /** @type {Map<HTMLElement, number[]>} and those that its calls lead to */
    this.led = new Map();
    view.data.layers.forEach((layer, index) => {
      this.add(this.own, layer.at, index);
      for (const [, at] of layer.path || []) this.add(this.led, at, index);
    });
    this.linked = [...this.lines.values()].filter((line) => this.own.has(line) || this.led.has(line));
    for (const line of this.linked) this.link(line, this.own.get(line) || this.led.get(line) || []);
    if (this.linked.length) find(this.linked[0], "code").setAttribute("tabindex", "0");
    else pane.setAttribute("tabindex", "0");
    this.listen();
  }

  /** @param {Map<HTMLElement, number[]>} map @param {Place | null | undefined} at @param {number} layer */
  add(map, at, layer) {
    for (const line of this.linesOf(at)) {
      const layers = map.get(line) || [];
      if (layers[layers.length - 1] !== layer) layers.push(layer);
      map.set(line, layers);
    }
  }

  /** @param {Place | null | undefined} at @returns {HTMLElement[]} */
  linesOf(at) {
    if (!at) return [];
    const [text, first, last] = at;
    const found = [];
    for (let line = first; line <= Math.min(last, first + 40); line += 1) {
      const element = this.lines.get(`${text} ${line}`);
      if (element) found.push(element);
    }
    return found;
  }

  /** Make a line one that can be chosen. @param {HTMLElement} line @param {number[]} layers */
  link(line, layers) {
    const number = (line.getAttribute("data-line") || "").split(" ")[1];
    const names = layers.slice(0, 3).map((layer) => this.view.data.layers[layer].name);
    if (layers.length > 3) names.push(`${layers.length - 3} more`);
    const words = find(line, "code");
    const label = `Line ${number}: ${words.textContent?.trim() || ""}: ${joinWords(names)}`;
    fill(words, { role: "button", "aria-pressed": "false", tabindex: "-1", "aria-label": label }, []);
  }

  /** Everything that a line leads to. @param {HTMLElement} line */
  layersAt(line) {
    return [...(this.own.get(line) || []), ...(this.led.get(line) || [])];
  }

  listen() {
    this.pane.addEventListener("pointerover", (event) => {
      const line = this.lineAt(event);
      if (hasMoved(event)) this.hover(line);
    });
    this.pane.addEventListener("pointerleave", () => this.hover(null));
    this.pane.addEventListener("focusin", (event) => {
      const line = this.lineAt(event);
      if (line) this.hover(line);
    });
    this.pane.addEventListener("focusout", () => this.hover(null));
    this.pane.addEventListener("click", (event) => this.choose(this.lineAt(event)));
    this.pane.addEventListener("keydown", (event) => {
      const line = this.lineAt(event);
      const at = line ? this.linked.indexOf(line) : -1;
      const step = { ArrowDown: 1, ArrowUp: -1, Home: -this.linked.length, End: this.linked.length }[event.key];
      if (line && (event.key === "Enter" || event.key === " ")) this.choose(line);
      else if (at >= 0 && step) this.focus(this.linked[Math.min(Math.max(at + step, 0), this.linked.length - 1)]);
      else return;
      event.preventDefault();
    });
  }

  /** @param {HTMLElement | null} line */
  hover(line) {
    const layers = line ? this.layersAt(line) : [];
    this.view.hover(layers, layers.length ? layers[layers.length - 1] : -1, line);
  }

  /** @param {Event} event @returns {HTMLElement | null} */
  lineAt(event) {
    const line = event.target instanceof Element ? /** @type {HTMLElement | null} */ (event.target.closest("li")) : null;
    return line && (this.own.has(line) || this.led.has(line)) ? line : null;
  }

  /** @param {HTMLElement} line */
  focus(line) {
    for (const other of this.linked) find(other, "code").setAttribute("tabindex", other === line ? "0" : "-1");
    find(line, "code").focus();
  }

  /** @param {HTMLElement | null} line */
  choose(line) {
    if (!line) return;
    const layers = this.own.get(line) || this.led.get(line) || [];
    if (layers.length) this.view.choose(layers[layers.length - 1], layers, this.pane);
  }

  /** Light the lines of layers, and those that call them. @param {string} name @param {Iterable<number>} layers */
  mark(name, layers) {
    for (const line of this.pane.querySelectorAll(`.${name}, .${name}-call`)) line.classList.remove(name, `${name}-call`);
    for (const index of layers) {
      const layer = this.view.data.layers[index];
      for (const line of this.linesOf(layer.at)) line.classList.add(name);
      for (const [, at] of layer.path || []) for (const line of this.linesOf(at)) line.classList.add(`${name}-call`);
    }
    if (name === "chosen") for (const line of this.linked) find(line, "code").setAttribute("aria-pressed", String(line.classList.contains(name)));
  }

  /** Move the text so that a layer's line is seen. @param {number} layer */
  reveal(layer) {
    const [line] = this.linesOf(this.view.data.layers[layer].at);
    if (line) reveal(line, this.pane);
  }
}
