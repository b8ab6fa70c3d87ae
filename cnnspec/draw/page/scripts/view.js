// One network of the page: its picture, its text, the layer that is chosen, its table, all linked.

/** @typedef {[number, number, number]} Place the number of a text, the first line and the last */
/**
 * @typedef {{name: string, inputs: number[], at: Place | null, path?: [string, Place | null][], written?: string,
 *   unused?: boolean, assumed?: boolean, refused?: boolean}} Layer
 */
/**
 * @typedef {{name: string, layers: Layer[], rows: string[][], figures: string[], steps: [string, string, string][],
 *   derivations: (number[] | null)[], first: number, findings: {code: string, severity: string, says: string, layers: number[], at: Place | null}[],
 *   reach: {axes: (Axis | null)[], fields: (number[] | "whole" | null)[], via: (number | (number | null)[] | null)[],
 *     spaces: ((number | null)[] | null)[], seen: number[][], mixing: number[]},
 *   lost: {maps: Record<number, {words: string, read: any[][] | null}>, unknown: string[]},
 *   pictures: {open: string[][], levels: number[], packed: string}}} NetworkData
 */

class View {
  /** @param {HTMLElement} root the network's part of the page @param {NetworkData} data */
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.chosen = -1;
    /** @type {number[]} */
    this.mates = [];
    this.hovered = -1;
    this.way = false;
    /** @type {((layer: number) => void)[]} */
    this.followers = [];
    /** @type {{name: string, layers: number[]}[]} layers that always have a class */
    this.marks = [];
    this.text = new TextPane(find(root, ".text"), this);
    const layer = root.querySelector(".layer");
    this.pane = layer ? new LayerPane(/** @type {HTMLElement} */ (layer), this) : null;
    const table = root.querySelector(".table");
    this.table = table ? new SortedTable(/** @type {HTMLElement} */ (table), (row) => this.choose(Number(row.dataset.layer))) : null;
    this.picture = new Picture(find(root, ".picture"), this, data.pictures);
    this.picture.fit(true);
    for (const button of root.querySelectorAll("button[data-finding]")) {
      button.addEventListener("click", () => this.showFinding(Number(button.getAttribute("data-finding"))));
    }
    if (data.first < 0) return;
    this.choose(data.first, undefined, root, false);
    this.text.reveal(data.first);
  }

  /** The pictures, by their numbers. */
  async readPictures() {
    const bytes = Uint8Array.from(atob(this.data.pictures.packed), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    /** @type {string[]} */
    const pictures = JSON.parse(await new Response(stream).text());
    return new Map(pictures.map((svg, number) => [number, svg]));
  }

  // ---- what is lit
  /**
   * Light layers under the mouse, or none, and tell about one of them.
   * @param {number[]} layers @param {number} shown @param {HTMLElement | null} [line] where they are all led to from
   */
  hover(layers, shown, line = null) {
    if (layers.length === 0 && this.hovered < 0) return;
    this.hovered = shown;
    this.picture.mark("lit", layers);
    this.text.mark("lit", line && layers.length > 1 ? [] : layers);
    line?.classList.add("lit");
    if (shown >= 0) this.pane?.show(shown, layers);
    else if (this.chosen >= 0) this.pane?.show(this.chosen, this.mates);
    this.showWay();
  }

  /**
   * Choose a layer; `mates` are those of the same box or line.
   * @param {number} layer @param {number[]} [mates] @param {HTMLElement} [from] the pane that needs not move @param {boolean} [moves]
   */
  choose(layer, mates = undefined, from = undefined, moves = true) {
    const box = this.picture.boxOf.get(layer);
    this.chosen = layer;
    this.mates = mates || (box && this.picture.layersOf.get(box)) || [layer];
    this.relight();
    this.pane?.show(layer, this.mates);
    if (moves && box) this.picture.reveal(box);
    if (moves && from !== this.text.pane) this.text.reveal(layer);
    if (moves) for (const follow of this.followers) follow(layer);
    if (moves) announce(`${this.data.layers[layer].name} is chosen.`);
  }

  relight() {
    const chosen = this.chosen < 0 ? [] : [this.chosen];
    this.picture.mark("chosen", chosen);
    this.text.mark("chosen", chosen);
    for (const box of this.picture.boxes) box.setAttribute("aria-pressed", String(box.classList.contains("chosen")));
    for (const row of this.root.querySelectorAll("tr[data-layer]")) {
      row.toggleAttribute("data-chosen", Number(row.getAttribute("data-layer")) === this.chosen);
    }
    this.picture.mark("found", this.data.findings.flatMap((found) => found.layers));
    for (const mark of this.marks) this.picture.markShare(mark.name, mark.layers);
    this.picture.sign(this.marks);
    this.showWay();
  }

  // ---- the path that makes a field largest
  /** The steps "from to" of the paths of all axes. @param {number} layer @returns {Set<string>} */
  largestPath(layer) {
    const { fields, via } = this.data.reach;
    const field = fields[layer];
    const steps = new Set();
    for (let axis = 0; axis < (Array.isArray(field) ? field.length : 0); axis += 1) {
      const path = listPath(via, layer, axis);
      for (let i = 1; i < path.length; i += 1) steps.add(`${path[i - 1]} ${path[i]}`);
    }
    return steps;
  }

  /** @param {boolean} on */
  setWay(on) {
    this.way = on;
    this.showWay();
  }

  showWay() {
    const shown = this.hovered >= 0 ? this.hovered : this.chosen;
    const steps = this.way && shown >= 0 ? this.largestPath(shown) : new Set();
    this.picture.markEdges(steps);
    this.picture.mark("way", new Set([...steps].flatMap((step) => step.split(" ").map(Number))));
  }

  // ---- places
  /** @param {Place} at */
  showLine(at) {
    const [line] = this.text.linesOf(at);
    if (!line) return;
    reveal(line, this.text.pane);
    if (this.text.linked.includes(line)) this.text.focus(line);
  }

  /** @param {number} number */
  showFinding(number) {
    const found = this.data.findings[number];
    if (found.layers.length) this.choose(found.layers[0]);
    if (found.at) this.showLine(found.at);
  }
}
