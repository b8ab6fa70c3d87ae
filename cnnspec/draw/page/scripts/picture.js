// The picture of a network: it is zoomed, moved and folded, and its boxes are lit and chosen.

const CLICK = 4; // pixels that a pointer may move in a click
const STEP = 1.25; // of zooming
/** @type {Record<string, string>} */
const SIGNS = { added: "+", removed: "−", changed: "~" };
const MOST_ZOOM = 8; // pixels of the screen for one of the picture

class Picture {
  /**
   * @param {HTMLElement} pane holds .stage with the first picture, and the bar with the buttons
   * @param {View} view whose picture this is
   * @param {{open: string[][], levels: number[]}} pictures the open blocks of every picture, and those of all depths
   */
  constructor(pane, view, pictures) {
    this.pane = pane;
    this.view = view;
    this.states = pictures.open;
    this.levels = pictures.levels;
    this.state = 0;
    this.stage = find(pane, ".stage");
    this.svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (find(this.stage, "svg")));
    /** @type {Map<number, string>} the SVG of pictures other than the first */
    this.others = new Map();
    this.whole = { width: 1, height: 1 };
    /** @type {SVGGElement[]} */
    this.boxes = [];
    /** @type {Map<Element, number[]>} */
    this.layersOf = new Map();
    /** @type {Map<number, SVGGElement>} the box of every layer */
    this.boxOf = new Map();
    /** @type {Element[]} */
    this.edges = [];
    this.fitted = false;
    this.frame = { x: 0, y: 0, width: 1, height: 1 };
    /** @type {Map<number, {x: number, y: number}>} where pointers are down */
    this.pointers = new Map();
    this.moved = 0;
    this.begin();
    this.listen();
  }

  // ---- the picture that is shown
  begin() {
    const box = this.svg.viewBox.baseVal;
    this.whole = { width: box.width, height: box.height };
    this.svg.setAttribute("role", "group");
    this.svg.removeAttribute("width");
    this.svg.removeAttribute("height");
    const hint = "arrow keys go from box to box, Enter chooses one, Space opens or closes a block";
    this.svg.setAttribute("aria-label", `Picture of ${this.view.data.name}: ${hint}`);
    find(this.svg, ":scope > title")?.remove();
    this.boxes = [...this.svg.querySelectorAll("g.box")].map((box) => /** @type {SVGGElement} */ (box));
    this.layersOf = new Map(this.boxes.map((box) => [box, readIndices(box, "data-layers")]));
    this.edges = [...this.svg.querySelectorAll("g.edge")];
    this.boxOf = new Map();
    for (const box of this.boxes) {
      for (const layer of this.layersOf.get(box) || []) this.boxOf.set(layer, box);
      findFace(box)?.classList.add("face");
      box.setAttribute("role", "button");
      box.setAttribute("tabindex", "-1");
      box.setAttribute("aria-label", this.name(box));
      box.setAttribute("aria-pressed", "false");
    }
    this.boxes[0]?.setAttribute("tabindex", "0");
    for (const part of this.svg.querySelectorAll("g.fold, g.group")) this.addToggles(/** @type {SVGGElement} */ (part));
  }

  /** What a box is called by those who read it aloud. @param {Element} box */
  name(box) {
    const seen = [...box.querySelectorAll(":scope > text")].map((words) => words.textContent || "");
    const title = box.querySelector(":scope > title")?.textContent || "";
    return [seen.join(" "), ...title.split("\n")].join(", ");
  }

  /** Signs on a block that open or close it, or unfold its repeats. @param {SVGGElement} part */
  addToggles(part) {
    const path = part.getAttribute("data-path");
    const area = findFace(part);
    if (path === null || !area || !this.canFold()) return;
    const [x, y, width] = ["x", "y", "width"].map((name) => Number(area.getAttribute(name)));
    const box = part.classList.contains("box");
    const opens = part.classList.contains("fold");
    if (opens) this.addToggle(part, path, true, x + width - (box ? 0 : 20), y);
    if (!box) this.addToggle(part, path, false, x + width, y);
    part.addEventListener("dblclick", (event) => {
      event.stopPropagation();
      this.toggle(path, box);
    });
    if (box) part.setAttribute("aria-expanded", "false");
  }

  /** @param {SVGGElement} part @param {string} path @param {boolean} opens @param {number} x @param {number} y */
  addToggle(part, path, opens, x, y) {
    const title = opens ? (part.classList.contains("box") ? "Open" : "Show each of the repeats") : "Close";
    const sign = draw("path", { d: opens ? "M-4 0H4M0-4V4" : "M-4 0H4" });
    const toggle = draw("g", { class: "toggle", transform: `translate(${x} ${y})` }, draw("title", {}, title), draw("circle", { r: 13, class: "around" }), draw("circle", { r: 8 }), sign);
    toggle.addEventListener("click", (event) => {
      event.stopPropagation();
      if (this.moved <= CLICK) this.toggle(path, opens);
    });
    toggle.addEventListener("dblclick", (event) => event.stopPropagation());
    part.append(toggle);
  }

  canFold() {
    return this.states.length > 1 && "DecompressionStream" in window;
  }

  /** Open or close the block of a path. @param {string} path @param {boolean} opens */
  async toggle(path, opens) {
    const open = this.states[this.state];
    const wanted = opens ? [...open, path] : open.filter((one) => !isWithin(one, path));
    const found = this.nearest(wanted, path, opens);
    if (found === null) {
      announce("The page has no picture of this block open: cnnspec draw --expand makes one.");
      return;
    }
    await this.show(found, path);
    const now = this.states[found];
    const exact = wanted.every((one) => now.includes(one)) && now.every((one) => wanted.includes(one) || isWithin(path, one));
    announce(`The block is ${opens ? "open" : "closed"}${exact ? "" : "; others were changed too, as the page has no picture of these together"}.`);
  }

  /**
   * The picture whose open blocks are most like those that are wanted; null: none has the one asked for as it should be.
   * @param {string[]} wanted @param {string} path @param {boolean} opens @returns {number | null}
   */
  nearest(wanted, path, opens) {
    let best = null;
    let least = Infinity;
    this.states.forEach((open, number) => {
      if (opens ? !open.includes(path) : open.some((one) => isWithin(one, path))) return;
      const apart = open.filter((one) => !wanted.includes(one)).length * 2 + wanted.filter((one) => !open.includes(one)).length;
      if (apart < least) [best, least] = [number, apart];
    });
    return best;
  }

  /** Show the picture of the next depth at which there are more boxes, or fewer. @param {1 | -1} way */
  step(way) {
    const open = this.states[this.state].length;
    const levels = this.levels.filter((level) => way * (this.states[level].length - open) > 0);
    if (levels.length) this.show(way > 0 ? levels[0] : levels[levels.length - 1]).then(() => this.fit(true));
    else announce(`The page has no picture with ${way > 0 ? "more" : "fewer"} open blocks.`);
  }

  /** Show another picture, the first layer of a block staying in its place. @param {number} number @param {string} [path] */
  async show(number, path) {
    if (number === this.state) return;
    if (this.others.size === 0) this.others = await this.view.readPictures();
    const part = [...this.svg.querySelectorAll("[data-path]")].find((one) => one.getAttribute("data-path") === path);
    const [layer] = part ? readIndices(part, "data-layers") : [];
    const before = this.placeOf(layer);
    const focused = this.stage.contains(document.activeElement);
    const parsed = new DOMParser().parseFromString(this.others.get(number) || "", "image/svg+xml").documentElement;
    const shown = document.importNode(parsed, true);
    this.svg.replaceWith(shown);
    this.svg = /** @type {SVGSVGElement} */ (/** @type {unknown} */ (shown));
    this.state = number;
    this.begin();
    const after = this.placeOf(layer);
    if (before && after) {
      this.frame.x += after.x - before.x;
      this.frame.y += after.y - before.y;
      this.apply();
    } else this.fit(true);
    const box = this.boxOf.get(layer);
    if (focused && box) this.focus(box);
    this.view.relight();
  }

  /** Where the box of a layer stands in the picture. @param {number | undefined} layer */
  placeOf(layer) {
    const box = layer === undefined ? undefined : this.boxOf.get(layer);
    const area = box && findFace(box);
    return area ? { x: Number(area.getAttribute("x")) + Number(area.getAttribute("width")) / 2, y: Number(area.getAttribute("y")) } : null;
  }

  // ---- zoom
  get scale() {
    return this.stage.clientWidth / this.frame.width || 1;
  }

  apply() {
    const { x, y, width, height } = this.frame;
    this.svg.setAttribute("viewBox", `${x} ${y} ${width} ${height}`);
  }

  /** Show all of the picture, or, with `readable`, its top at a size at which its words can be read. @param {boolean} [readable] */
  fit(readable = false) {
    const { clientWidth: width, clientHeight: height } = this.stage;
    if (!width || !height || !this.whole.width) return;
    const across = width / this.whole.width;
    let scale = Math.min(across, height / this.whole.height, 1.5);
    if (readable && scale < 0.7) scale = Math.min(Math.max(across, scale), 1);
    const shown = { width: width / scale, height: height / scale };
    const top = this.whole.height * scale > height ? 0 : (this.whole.height - shown.height) / 2;
    this.frame = { x: (this.whole.width - shown.width) / 2, y: top, ...shown };
    this.apply();
  }

  /** Show all of the picture and nothing around it, as on paper. */
  showWhole() {
    this.frame = { x: 0, y: 0, ...this.whole };
    this.apply();
  }

  /** Zoom around a point of the screen. @param {number} factor @param {{x: number, y: number}} [point] */
  zoom(factor, point) {
    const box = this.stage.getBoundingClientRect();
    const at = point || { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    const bounded = Math.min(Math.max(this.scale * factor, 0.02), MOST_ZOOM) / this.scale;
    const [u, v] = [(at.x - box.left) / box.width, (at.y - box.top) / box.height];
    const width = this.frame.width / bounded;
    const height = this.frame.height / bounded;
    this.frame = { x: this.frame.x + u * (this.frame.width - width), y: this.frame.y + v * (this.frame.height - height), width, height };
    this.apply();
  }

  /** Move by pixels of the screen. @param {number} dx @param {number} dy */
  move(dx, dy) {
    this.frame.x -= dx / this.scale;
    this.frame.y -= dy / this.scale;
    this.apply();
  }

  /** Move the picture so that a box is seen. @param {Element} box */
  reveal(box) {
    const inner = box.getBoundingClientRect();
    const outer = this.stage.getBoundingClientRect();
    const out = inner.left < outer.left || inner.right > outer.right || inner.top < outer.top || inner.bottom > outer.bottom;
    if (!out || !outer.width) return;
    this.move(outer.left + outer.width / 2 - (inner.left + inner.width / 2), outer.top + outer.height / 2 - (inner.top + inner.height / 2));
  }

  // ---- light
  /** Give the boxes that hold some of the layers a class, and take it from the others. @param {string} name @param {Iterable<number>} layers */
  mark(name, layers) {
    const marked = new Set([...layers].map((layer) => this.boxOf.get(layer)));
    for (const box of this.boxes) box.classList.toggle(name, marked.has(box));
  }

  /** Mark the boxes that hold some of the layers, those that hold only some of theirs as such. @param {string} name @param {number[]} layers */
  markShare(name, layers) {
    this.mark(name, layers);
    const marked = new Set(layers);
    for (const [box, own] of this.layersOf) {
      const some = box.classList.contains(name) && own.some((layer) => !marked.has(layer));
      box.classList.toggle(`partly-${name}`, some);
    }
  }

  /** Mark the edges along a path of layers. @param {Set<string>} steps "from to" */
  markEdges(steps) {
    for (const edge of this.edges) {
      const readers = readIndices(edge, "data-to");
      const marked = readIndices(edge, "data-from").some((from) => readers.some((to) => steps.has(`${from} ${to}`)));
      edge.classList.toggle("way", marked);
    }
  }

  /** Signs at the boxes that hold marked layers. @param {{name: string, layers: number[]}[]} marks */
  sign(marks) {
    for (const old of this.svg.querySelectorAll(".sign")) old.remove();
    for (const { name, layers } of marks) {
      const sign = SIGNS[name];
      for (const box of sign ? new Set(layers.map((layer) => this.boxOf.get(layer))) : []) {
        const area = box && findFace(box);
        if (!box || !area) continue;
        const place = { x: Number(area.getAttribute("x")) - 13 - 11 * box.querySelectorAll(".sign").length, y: Number(area.getAttribute("y")) + 12 };
        box.append(draw("text", { class: `sign ${name}`, ...place }, sign));
      }
    }
  }

  // ---- pointers and keys
  listen() {
    const stage = this.stage;
    stage.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoom(Math.exp(-event.deltaY * (event.deltaMode ? 0.05 : 0.002)), event);
    }, { passive: false });
    stage.addEventListener("pointerdown", (event) => this.press(event));
    stage.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) {
      stage.addEventListener(name, (event) => this.pointers.delete(/** @type {PointerEvent} */ (event).pointerId));
    }
    stage.addEventListener("click", (event) => this.click(event));
    stage.addEventListener("pointerover", (event) => {
      const box = this.boxAt(event);
      if (hasMoved(event) && this.pointers.size === 0) this.hover(box);
    });
    stage.addEventListener("pointerleave", () => this.hover(null));
    stage.addEventListener("focusin", (event) => {
      const box = this.boxAt(event);
      if (box && box.matches(":focus-visible")) this.reveal(box);
      if (box) this.hover(box);
    });
    stage.addEventListener("focusout", () => this.hover(null));
    stage.addEventListener("keydown", (event) => this.pressKey(event));
    for (const [name, act] of Object.entries(this.actions())) {
      this.pane.querySelector(`[data-act="${name}"]`)?.addEventListener("click", act);
    }
    new ResizeObserver(() => (this.fitted ? undefined : this.fit(true))).observe(stage);
  }

  /** @returns {Record<string, () => void>} */
  actions() {
    return {
      in: () => this.zoom(STEP),
      out: () => this.zoom(1 / STEP),
      fit: () => this.fit(),
      first: () => this.show(0).then(() => this.fit(true)),
      more: () => this.step(1),
      less: () => this.step(-1),
    };
  }

  /** @param {SVGGElement | null} box */
  hover(box) {
    const layers = (box && this.layersOf.get(box)) || [];
    this.view.hover(layers, layers.length ? this.mainLayer(layers) : -1);
  }

  /** @param {Event} event @returns {SVGGElement | null} */
  boxAt(event) {
    return event.target instanceof Element ? event.target.closest("g.box") : null;
  }

  /** @param {PointerEvent} event */
  press(event) {
    this.fitted = true;
    if (this.pointers.size === 0) this.moved = 0;
    this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  }

  /** @param {PointerEvent} event */
  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    this.moved += Math.hypot(now.x - before.x, now.y - before.y);
    if (this.moved > CLICK && !this.stage.hasPointerCapture(event.pointerId)) this.stage.setPointerCapture(event.pointerId);
    this.move((now.x - before.x) / (1 + others.length), (now.y - before.y) / (1 + others.length));
    if (others.length) {
      const apart = (/** @type {{x: number, y: number}} */ at) => Math.hypot(at.x - others[0].x, at.y - others[0].y) || 1;
      this.zoom(apart(now) / apart(before), { x: (now.x + others[0].x) / 2, y: (now.y + others[0].y) / 2 });
    }
    this.pointers.set(event.pointerId, now);
  }

  /** @param {MouseEvent} event */
  click(event) {
    if (this.moved > CLICK) return;
    const box = this.boxAt(event);
    if (box) {
      this.focus(box);
      this.choose(box);
    }
  }

  /** @param {SVGGElement} box */
  choose(box) {
    const layers = this.layersOf.get(box) || [];
    if (layers.length) this.view.choose(this.mainLayer(layers), layers);
  }

  /** The layer that stands for those of a box: of a closed block its last, of others the first, which the rest follows. @param {number[]} layers */
  mainLayer(layers) {
    const closed = this.boxOf.get(layers[0])?.getAttribute("class")?.startsWith("box fold");
    return closed ? layers[layers.length - 1] : layers[0];
  }

  /** @param {SVGGElement} box */
  focus(box) {
    for (const other of this.boxes) other.setAttribute("tabindex", other === box ? "0" : "-1");
    box.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  pressKey(event) {
    const box = this.boxAt(event);
    const zooms = { "+": "in", "=": "in", "-": "out", 0: "fit" };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in zooms) this.actions()[zooms[/** @type {keyof typeof zooms} */ (event.key)]]();
    else if (box && event.key === "Enter") this.choose(box);
    else if (box && event.key === " ") this.fold(box);
    else if (box && event.key.startsWith("Arrow")) {
      const next = this.neighbour(box, event.key.slice(5));
      if (next) this.focus(next);
    } else return;
    event.preventDefault();
  }

  /** Open a closed block, or close the one that a box stands in. @param {SVGGElement} box */
  fold(box) {
    const group = box.classList.contains("fold") ? box : this.groupOf(box);
    const path = group?.getAttribute("data-path");
    if (path && this.canFold()) this.toggle(path, group === box);
    else this.choose(box);
  }

  /** The innermost open block that a box stands in. @param {SVGGElement} box @returns {Element | null} */
  groupOf(box) {
    const [layer] = this.layersOf.get(box) || [];
    const groups = [...this.svg.querySelectorAll("g.group")].map((group) => ({ group, layers: readIndices(group, "data-layers") }));
    const around = groups.filter(({ layers }) => layers.includes(layer)).sort((a, b) => a.layers.length - b.layers.length);
    return around.length ? around[0].group : null;
  }

  /** The nearest box in a direction. @param {SVGGElement} box @param {string} way @returns {SVGGElement | null} */
  neighbour(box, way) {
    const middle = (/** @type {Element} */ one) => {
      const area = one.getBoundingClientRect();
      return [area.left + area.width / 2, area.top + area.height / 2];
    };
    const [x, y] = middle(box);
    let best = null;
    let least = Infinity;
    for (const other of this.boxes) {
      const [dx, dy] = [middle(other)[0] - x, middle(other)[1] - y];
      const along = { Up: -dy, Down: dy, Left: -dx, Right: dx }[way] || 0;
      const aside = way === "Up" || way === "Down" ? Math.abs(dx) : Math.abs(dy);
      const far = along + 3 * aside;
      if (along > 1 && far < least) [best, least] = [other, far];
    }
    return best;
  }
}

/** Whether a block is another, or stands in it. @param {string} path @param {string} outer */
function isWithin(path, outer) {
  return path === outer || path.startsWith(`${outer}.`);
}

/** The rectangle of a box or a block: the second, where the first is a card behind it. @param {Element} part @returns {Element | null} */
function findFace(part) {
  const [first, second] = part.querySelectorAll(":scope > rect");
  const card = second && ["width", "height"].every((name) => first.getAttribute(name) === second.getAttribute(name));
  return card ? second : first || null;
}
