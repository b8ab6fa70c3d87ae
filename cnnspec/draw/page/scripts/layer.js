// What is known about the layer that is chosen, or under the mouse: its figures, its findings, its field, its derivation.

const MOST_MATES = 24; // layers of a box that are listed

class LayerPane {
  /** @param {HTMLElement} pane @param {View} view */
  constructor(pane, view) {
    this.pane = pane;
    this.view = view;
    this.field = new FieldView(view);
    this.shown = -1;
    this.open = false;
  }

  /** Show a layer; `mates` are those that stand in one box with it. @param {number} index @param {number[]} mates */
  show(index, mates) {
    const same = this.shown === index && this.mates === mates.join();
    if (same) return;
    this.shown = index;
    this.mates = mates.join();
    const { layers, findings, rows, figures: names } = this.view.data;
    const layer = layers[index];
    const figures = rows[index].slice(0, names.length).map((words, column) => [names[column], words]).slice(1);
    const about = findings.filter((found) => found.layers.includes(index));
    this.field.show(index);
    this.pane.replaceChildren(
      make("h2", {}, layer.name),
      ...this.describe(layer),
      ...(mates.length > 1 ? [this.listMates(index, mates)] : []),
      ...about.map((found) => make("p", { class: `finding ${found.severity}` }, make("b", {}, `${found.severity} ${found.code}`), ` ${found.says}`)),
      make("dl", {}, ...figures.flatMap(([name, words]) => [make("dt", {}, name), make("dd", {}, words)])),
      make("h3", {}, "Receptive field"),
      this.field.root,
      this.makePathButton(index),
      this.makeDerivation(index),
    );
  }

  /** How a layer is written, and the calls that lead to it. @param {Layer} layer */
  describe(layer) {
    const made = [];
    if (layer.written) made.push(make("p", { class: "written" }, make("code", {}, layer.written)));
    const steps = (layer.path || []).map(([words, at]) =>
      at ? make("button", { type: "button", class: "plain", click: () => this.view.showLine(at) }, words) : make("span", {}, words),
    );
    if (steps.length) made.push(make("p", { class: "path" }, "in ", ...steps.flatMap((step, i) => (i ? [" → ", step] : [step]))));
    if (layer.refused) made.push(make("p", { class: "note" }, "A mistake here, or in a layer before it, keeps its figures unknown."));
    if (layer.assumed) made.push(make("p", { class: "note" }, "Its figures rest on a word that was taken for the one that is misspelt."));
    return made;
  }

  /** The layers that stand in the same box. @param {number} index @param {number[]} mates */
  listMates(index, mates) {
    const shown = mates.length > MOST_MATES ? [...mates.slice(0, MOST_MATES / 2), ...mates.slice(-MOST_MATES / 2)] : mates;
    const buttons = shown.map((mate) =>
      make("button", { type: "button", "aria-pressed": String(mate === index), click: () => this.view.choose(mate, mates) }, this.view.data.layers[mate].name),
    );
    const more = mates.length - shown.length;
    if (more) buttons.splice(MOST_MATES / 2, 0, make("span", {}, `… ${more} more …`));
    return make("div", { class: "mates", role: "group", "aria-label": "Layers in this box" }, ...buttons);
  }

  /** @param {number} index */
  makePathButton(index) {
    const path = this.view.largestPath(index);
    const pressed = this.view.way;
    const button = make("button", { type: "button", "aria-pressed": String(pressed) }, "Show the path that makes it largest");
    button.addEventListener("click", () => {
      this.view.setWay(!this.view.way);
      button.setAttribute("aria-pressed", String(this.view.way));
    });
    if (path.size < 2) button.hidden = true;
    return button;
  }

  /** The arithmetic behind every figure. @param {number} index */
  makeDerivation(index) {
    const { derivations, steps } = this.view.data;
    const numbers = derivations[index];
    const details = /** @type {HTMLDetailsElement} */ (make("details", { class: "derivation" }, make("summary", {}, "Where the figures come from")));
    details.open = this.open;
    details.addEventListener("toggle", () => {
      this.open = details.open;
    });
    if (!numbers || numbers.length === 0) {
      const why = numbers ? "There is nothing to derive." : "It is left out, as the page would be too large: cnnspec explain prints it.";
      details.append(make("p", { class: "note" }, this.view.data.layers[index].refused ? `It is unknown: this layer, or one before it, ${this.view.data.whole ? "has a mistake" : "could not be known"}.` : why));
      return details;
    }
    const body = make("tbody", {});
    let section = "";
    for (const number of numbers) {
      const [title, name, words] = steps[number];
      if (title !== section) body.append(make("tr", {}, make("th", { colspan: 2, scope: "colgroup" }, title)));
      section = title;
      body.append(make("tr", {}, make("td", {}, name), make("td", {}, words)));
    }
    details.append(make("table", {}, body));
    return details;
  }
}
