// A table that sorts by any column and hides the rows that do not hold what is looked for.

class SortedTable {
  /** @param {HTMLElement} pane holds a table, and perhaps a field to look for rows @param {(row: HTMLElement) => void} choose */
  constructor(pane, choose) {
    this.body = find(pane, "tbody");
    this.rows = /** @type {HTMLTableRowElement[]} */ ([...this.body.querySelectorAll("tr")]);
    this.heads = [...pane.querySelectorAll("thead th")];
    this.heads.forEach((head, column) => head.querySelector("button")?.addEventListener("click", () => this.sort(column)));
    this.body.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest("tr") : null;
      if (row) choose(/** @type {HTMLElement} */ (row));
    });
    const field = /** @type {HTMLInputElement | null} */ (pane.querySelector("input[type=search]"));
    field?.addEventListener("input", () => this.filter(field.value, find(pane, ".count")));
  }

  /** Sort by a column, upwards at first, then downwards, then as the text has it. @param {number} column */
  sort(column) {
    const head = this.heads[column];
    const next = { none: "ascending", ascending: "descending", descending: "none" }[head.getAttribute("aria-sort") || "none"] || "none";
    for (const other of this.heads) if (other.hasAttribute("aria-sort")) other.setAttribute("aria-sort", "none");
    head.setAttribute("aria-sort", next);
    const sign = next === "descending" ? -1 : 1;
    const keys = new Map(this.rows.map((row) => [row, readKey(row.cells[column])]));
    const sorted = next === "none" ? this.rows : [...this.rows].sort((a, b) => compareKeys(keys.get(a), keys.get(b), sign));
    this.body.append(...sorted);
  }

  /** @param {string} words @param {HTMLElement} count */
  filter(words, count) {
    const wanted = words.toLowerCase().split(" ").filter((word) => word);
    let shown = 0;
    for (const row of this.rows) {
      const text = (row.textContent || "").toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = wanted.length ? `${showNumber(shown)} of ${countNouns(this.rows.length, "row")}` : "";
  }
}

/** What a cell is sorted by: its number, else its words. @param {HTMLTableCellElement} cell @returns {number | string} */
function readKey(cell) {
  const words = (cell.textContent || "").trim();
  const number = cell.dataset.number ?? (/^[-+]?[\d,]+(\.\d+)?$/.test(words) ? words.replaceAll(",", "") : "");
  return number === "" ? words : Number(number);
}

/** Numbers before words, what is unknown last whichever the direction. @param {number | string | undefined} a @param {number | string | undefined} b @param {number} sign */
function compareKeys(a, b, sign) {
  if (typeof a === "number" && typeof b === "number") return sign * (a - b);
  if (typeof a === "number") return -1;
  if (typeof b === "number") return 1;
  if (a === "?" || b === "?") return a === b ? 0 : a === "?" ? 1 : -1;
  return sign * String(a).localeCompare(String(b), "en", { numeric: true });
}
