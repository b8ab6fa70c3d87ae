// The page: its networks, one shown at a time, and what holds for all of it.

/** @type {View[]} */
const views = [];

function begin() {
  const parts = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".network")]);
  for (const root of parts) {
    const data = JSON.parse(find(root, 'script[type="application/json"]').textContent || "{}");
    const cells = [...root.querySelectorAll(".table tbody tr")].map((row) => [...row.querySelectorAll("th, td")]);
    data.rows = cells.map((row) => row.map((cell) => (cell.textContent || "").trim()));
    views.push(new View(root, data));
  }
  const difference = document.querySelector(".difference");
  if (difference) compare(/** @type {HTMLElement} */ (difference), views[0], views[1]);
  const tabs = /** @type {HTMLElement[]} */ ([...document.querySelectorAll('[role="tab"]')]);
  tabs.forEach((tab, number) => {
    tab.addEventListener("click", () => showNetwork(parts, tabs, number));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) showNetwork(parts, tabs, (number + step + tabs.length) % tabs.length).focus();
    });
  });
  if (tabs.length) showNetwork(parts, tabs, 0);
  addEventListener("beforeprint", () => views.forEach((view) => view.picture.showWhole()));
  addEventListener("afterprint", () => views.forEach((view) => view.picture.fit(true)));
  find(document, "#theme").addEventListener("click", switchTheme);
}

/** @param {HTMLElement[]} parts @param {HTMLElement[]} tabs @param {number} shown */
function showNetwork(parts, tabs, shown) {
  parts.forEach((part, number) => {
    part.hidden = number !== shown;
    tabs[number].setAttribute("aria-selected", String(number === shown));
    tabs[number].setAttribute("tabindex", number === shown ? "0" : "-1");
  });
  views[shown].picture.fit(true);
  return tabs[shown];
}

/** Dark where it is light, light where it is dark. */
function switchTheme() {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

// ---- two networks beside one another
/**
 * Mark what two networks do not have in common, and let a row of the table choose it in both.
 * @param {HTMLElement} root @param {View} a @param {View} b
 */
function compare(root, a, b) {
  const data = JSON.parse(find(root, 'script[type="application/json"]').textContent || "{}");
  for (const [view, side] of /** @type {[View, "a" | "b"][]} */ ([[a, "a"], [b, "b"]])) {
    view.marks = Object.entries(data.marks[side]).map(([name, layers]) => ({ name, layers: /** @type {number[]} */ (layers) }));
    for (const { name, layers } of view.marks) view.text.mark(name, layers);
    view.relight();
  }
  /** @type {Map<number, number>} */
  const forth = new Map(data.pairs);
  const back = new Map([...forth].map(([x, y]) => [y, x]));
  const follow = (/** @type {View} */ other, /** @type {Map<number, number>} */ pairs) => (/** @type {number} */ layer) => {
    const partner = pairs.get(layer);
    if (partner !== undefined && other.chosen !== partner) other.choose(partner);
  };
  a.followers.push(follow(b, forth));
  b.followers.push(follow(a, back));
  new SortedTable(find(root, ".table"), (row) => {
    for (const [view, name] of /** @type {[View, string][]} */ ([[a, "data-a"], [b, "data-b"]])) {
      const layers = readIndices(row, name);
      if (layers.length) view.choose(layers[0]);
      view.picture.mark("lit", layers);
    }
  });
}

begin();
