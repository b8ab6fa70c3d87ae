// The receptive field of one position, drawn on the inputs; the position is chosen on the layer's map, or with a slider an axis.

const MOST_RECTANGLES = 4000; // of what is read; more are shown by their hull
const AROUND = 0.8;
const MOST_RUNS = 4000;
const GRID = 40; // positions of an axis up to which each is drawn
const UNSIZED = 32; // positions that can be chosen of a map whose size is unknown
const POSITIONS = { 1: ["position"], 2: ["row", "column"], 3: ["slice", "row", "column"] };

class FieldView {
  /** @param {View} view */
  constructor(view) {
    this.view = view;
    this.root = make("div", { class: "field" });
    this.words = make("p", { class: "words" });
    this.layer = -1;
    /** @type {number[]} */
    this.at = [];
    /** @type {number[]} how many positions there are to choose along each axis */
    this.counts = [];
    /** @type {Axis[]} */
    this.axes = [];
    /** @type {{label: HTMLElement, input: HTMLInputElement, number: HTMLElement}[]} */
    this.sliders = [];
    /** @type {{figure: HTMLElement, update: (spans: (Span | null)[]) => void}[]} */
    this.inputs = [];
    this.spot = draw("rect");
  }

  /** Show the field of a layer, of its middle position at first. @param {number} layer */
  show(layer) {
    if (this.layer === layer) return;
    const space = this.view.data.reach.spaces[layer];
    const reach = this.view.data.reach.fields[layer];
    const rank = Array.isArray(reach) ? reach.length : 0;
    this.layer = layer;
    this.counts = Array.from({ length: rank }, (_, axis) => space?.[axis] ?? UNSIZED);
    this.at = this.counts.map((count) => Math.floor((count - 1) / 2));
    this.build();
  }

  build() {
    const { reach } = this.view.data;
    const field = reach.fields[this.layer];
    if (!Array.isArray(field) || field.length === 0) {
      this.words.textContent = this.sayWhole(field);
      this.root.replaceChildren(this.words, ...this.lostNotes());
      return;
    }
    const axes = field.map((axis) => reach.axes[axis]);
    if (axes.some((axis) => axis === null)) {
      this.words.textContent = "Where the field lies is not known: its padding depends on an unknown size, or it is too irregular to be drawn.";
      this.root.replaceChildren(this.words);
      return;
    }
    this.axes = /** @type {Axis[]} */ (axes);
    this.sliders = this.counts.map((count, axis) => this.makeSlider(axis, count));
    this.inputs = reach.seen[this.layer].map((input) => this.drawInput(input));
    const sliders = make("div", { class: "sliders" }, ...this.sliders.map((slider) => slider.label));
    this.root.replaceChildren(
      make("div", { class: "drawn" }, ...this.inputs.map((input) => input.figure)),
      make("div", { class: "chooser" }, ...this.drawOwnMap(), sliders),
      this.words,
      ...this.notes(),
    );
    this.update();
  }

  /** @param {unknown} field */
  sayWhole(field) {
    const whose = this.view.data.reach.seen[this.layer].map((input) => this.view.data.layers[input].name);
    if (field === null) return "Its receptive field is not known.";
    return `Every value of it sees all of ${joinWords(whose) || "the input"}.`;
  }

  notes() {
    const { reach, layers } = this.view.data;
    const made = [];
    if (reach.seen[this.layer].length > 1) made.push("The box holds what is seen of all inputs together.");
    if (reach.mixing.includes(this.layer)) made.push("What gates and statistics before it mix in from the whole map is left out.");
    if (layers[this.layer].unused) made.push("No output depends on this layer.");
    if ((reach.spaces[this.layer] || []).some((n) => n === null)) made.push(`Its size depends on the input's: positions below ${UNSIZED} can be chosen.`);
    return [...made.map((text) => make("p", { class: "note" }, text)), ...this.lostNotes()];
  }

  /** What is never read of the layer, and of the inputs. */
  lostNotes() {
    const { reach, layers, lost } = this.view.data;
    const shown = new Set([...reach.seen[this.layer], this.layer]);
    const made = [...shown].filter((layer) => lost.maps[layer]).map((layer) => `${layers[layer].name}: ${lost.maps[layer].words}`);
    return [...made, ...(made.length ? [] : lost.unknown)].map((text) => make("p", { class: "note lost" }, text));
  }

  /** @param {number} rank */
  names(rank) {
    return POSITIONS[/** @type {1 | 2 | 3} */ (rank)] || Array.from({ length: rank }, (_, axis) => `axis ${axis + 1}`);
  }

  /** @param {number} axis @param {number} count */
  makeSlider(axis, count) {
    const name = this.names(this.counts.length)[axis];
    const number = make("output", {});
    const input = /** @type {HTMLInputElement} */ (make("input", { type: "range", min: 0, max: Math.max(count - 1, 0), step: 1 }));
    input.addEventListener("input", () => {
      this.at[axis] = Number(input.value);
      this.update();
    });
    const label = make("label", {}, make("span", {}, name), input, number);
    return { label, input, number };
  }

  // ---- the layer's own map
  drawOwnMap() {
    const space = this.counts;
    if (space.length > 2) return [];
    const [height, width] = space.length === 2 ? space : [Math.max(space[0] / 12, 1), space[0]];
    const svg = draw("svg", { class: "map", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", preserveAspectRatio: "none" });
    const shown = Math.max(width, height);
    svg.style.width = `${(132 * width) / shown}px`;
    svg.style.height = `${Math.max((132 * height) / shown, 12)}px`;
    svg.append(draw("rect", { width, height, class: "plane" }), ...this.shade(this.layer, space, height));
    this.spot = draw("rect", { class: "spot", width: 1, height: space.length === 2 ? 1 : height });
    svg.append(this.spot);
    const choose = (/** @type {PointerEvent} */ event) => {
      const box = svg.getBoundingClientRect();
      const place = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
      const shares = space.length === 2 ? [place[1], place[0]] : [place[0]];
      this.at = shares.map((share, axis) => Math.min(Math.max(Math.floor(share * space[axis]), 0), space[axis] - 1));
      this.update();
    };
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      choose(event);
    });
    svg.addEventListener("pointermove", (event) => {
      if (event.buttons || event.pointerType === "mouse") choose(event);
    });
    return [make("figure", {}, make("figcaption", {}, `${this.view.data.layers[this.layer].name}, ${space.join("x")}`), svg)];
  }

  // ---- the inputs
  /** @param {number} input */
  drawInput(input) {
    const { layers, reach } = this.view.data;
    const sizes = reach.spaces[input] || [];
    const name = layers[input].name;
    const axes = this.axes;
    if (sizes.length !== axes.length || sizes.some((n) => n === null)) {
      const why = sizes.length !== axes.length ? "it has other axes" : "its size is unknown";
      return { figure: make("p", { class: "note" }, `${name} is not drawn: ${why}.`), update: () => {} };
    }
    const known = /** @type {number[]} */ (sizes);
    const around = known.map((size, axis) => this.findAround(axes[axis], this.counts[axis], size));
    const planes = known.length === 2 ? [[0, 1]] : known.map((_, axis) => [axis]);
    const drawn = planes.map((plane) => this.drawPlane(input, known, plane, around));
    const caption = make("figcaption", {}, `${name}, ${known.join("x")}`);
    return {
      figure: make("figure", {}, caption, ...drawn.map((one) => one.element)),
      update: (/** @type {(Span | null)[]} */ spans) => drawn.forEach((one) => one.update(spans)),
    };
  }

  /** How far around an input the fields of a layer reach, not more than a share of its own size on either side. @param {Axis} axis @param {number} count @param {number} size */
  findAround(axis, count, size) {
    const extent = findExtent(axis, count) || [0, size - 1];
    return [Math.max(Math.min(extent[0], 0), -AROUND * size), Math.min(Math.max(extent[1] + 1, size), (1 + AROUND) * size)];
  }

  /**
   * Two axes of an input as a plane, or one as a strip.
   * @param {number} input @param {number[]} sizes @param {number[]} plane @param {number[][]} around
   */
  drawPlane(input, sizes, plane, around) {
    const across = plane[plane.length - 1];
    const [left, right] = around[across];
    const flat = plane.length === 1;
    const thick = Math.max((right - left) / 14, 0.5);
    const [top, bottom] = flat ? [0, thick] : around[plane[0]];
    const [width, height] = [sizes[across], flat ? thick : sizes[plane[0]]];
    const svg = draw("svg", { class: "input", viewBox: `${left} ${top} ${right - left} ${bottom - top}`, role: "img" });
    svg.append(draw("rect", { x: left, y: top, width: right - left, height: bottom - top, class: "outside" }));
    svg.append(draw("rect", { width, height, class: "plane" }));
    if (flat ? sizes.length === 1 : true) svg.append(...this.shade(input, flat ? [width] : [height, width], height));
    if (width <= GRID && height <= GRID) svg.append(draw("path", { class: "grid", d: drawGrid(flat ? 0 : height, width, height) }));
    const whole = draw("rect", { class: "unclipped" });
    const inside = draw("rect", { class: "seen" });
    svg.append(draw("rect", { width, height, class: "border" }), whole, inside);
    return {
      element: flat && sizes.length > 1 ? make("div", { class: "strip" }, make("span", {}, this.names(sizes.length)[across]), svg) : svg,
      update: (/** @type {(Span | null)[]} */ spans) => {
        const own = plane.map((axis) => spans[axis]);
        const clipped = plane.map((axis) => clipSpan(spans[axis], sizes[axis]));
        placeBox(whole, flat ? [[0, thick - 1], ...own] : own);
        placeBox(inside, flat ? [[0, thick - 1], ...clipped] : clipped);
        const where = plane.map((axis) => `${this.names(sizes.length)[axis]}s ${(clipSpan(spans[axis], sizes[axis]) || ["none"]).join(" to ")}`);
        svg.setAttribute("aria-label", `The field on ${this.view.data.layers[input].name}: ${joinWords(where)}`);
      },
    };
  }

  /** What of a map is never read, as shapes. @param {number} layer @param {(number | null)[]} sizes @param {number} height */
  shade(layer, sizes, height) {
    const lost = this.view.data.lost.maps[layer];
    if (!lost) return [];
    const width = sizes[sizes.length - 1];
    const shaded = draw("rect", { width: width || 0, height, class: "unread" });
    const boxes = (lost.read || []).map((box) => box.map((pieces) => listRuns(pieces, MOST_RUNS)));
    let count = 0;
    let path = "";
    for (const box of boxes) {
      if (box.some((runs) => runs === null)) return [];
      const columns = /** @type {Span[]} */ (box[box.length - 1]);
      const rows = box.length > 1 ? /** @type {Span[]} */ (box[0]) : [/** @type {Span} */ ([0, height - 1])];
      count += rows.length * columns.length;
      if (count > MOST_RECTANGLES) return [];
      for (const [top, bottom] of rows) {
        for (const [left, right] of columns) path += `M${left} ${top}H${right + 1}V${bottom + 1}H${left}z`;
      }
    }
    return lost.read ? [shaded, draw("path", { class: "plane", d: path })] : [];
  }

  // ---- a position
  update() {
    const spans = this.at.map((position, axis) => findSpan(this.axes[axis], position));
    this.sliders.forEach(({ input, number }, axis) => {
      input.value = String(this.at[axis]);
      number.textContent = String(this.at[axis]);
    });
    this.spot.setAttribute("x", String(this.at[this.at.length - 1]));
    this.spot.setAttribute("y", String(this.at.length === 2 ? this.at[0] : 0));
    this.inputs.forEach((input) => input.update(spans));
    this.words.textContent = this.say(spans);
    this.root.dataset.spans = JSON.stringify(spans);
    this.root.dataset.at = this.at.join(" ");
  }

  /** The position and its field in a sentence. @param {(Span | null)[]} spans */
  say(spans) {
    const names = this.names(spans.length);
    const { reach } = this.view.data;
    const head = `Position ${this.at.join(",")}`;
    if (spans.some((span) => span === null)) return `${head} sees nothing of the input.`;
    const known = /** @type {Span[]} */ (spans);
    const parts = known.map(([first, last], axis) => (first === last ? `${names[axis]} ${first}` : `${names[axis]}s ${first} to ${last}`));
    const size = known.map(([first, last]) => last - first + 1).join("x");
    const sizes = reach.spaces[reach.seen[this.layer][0]] || [];
    const padded = known.map(([first, last], axis) => {
      const n = sizes.length === known.length ? sizes[axis] : null;
      const inside = n === null ? [first, last] : clipSpan([first, last], n);
      return last - first + 1 - (inside ? inside[1] - inside[0] + 1 : 0);
    });
    const outside = padded.map((count, axis) => (count ? countNouns(count, names[axis]) : "")).filter((words) => words);
    const verb = padded.reduce((sum, count) => sum + count, 0) === 1 ? "lies" : "lie";
    const padding = outside.length ? `; ${joinWords(outside)} of that ${verb} in the padding` : "";
    return `${head} sees ${joinWords(parts)} of the input, ${size}${padding}.`;
  }
}

/** Lines between the positions of a map. @param {number} rows @param {number} columns @param {number} height */
function drawGrid(rows, columns, height) {
  let path = "";
  for (let x = 1; x < columns; x += 1) path += `M${x} 0V${height}`;
  for (let y = 1; y < rows; y += 1) path += `M0 ${y}H${columns}`;
  return path;
}

/** @param {SVGElement} rect @param {(Span | null)[]} spans rows, then columns; nothing is drawn where one sees nothing */
function placeBox(rect, spans) {
  const [rows, columns] = spans;
  rect.toggleAttribute("hidden", !rows || !columns);
  rect.setAttribute("display", rows && columns ? "inline" : "none");
  if (!rows || !columns) return;
  const place = { x: columns[0], y: rows[0], width: columns[1] - columns[0] + 1, height: rows[1] - rows[0] + 1 };
  for (const [name, value] of Object.entries(place)) rect.setAttribute(name, String(value));
}
