"use strict";
// Each layer steps through its values: the page says which cells are marked and what is written; nothing is computed here.

const PAUSE = 700; // milliseconds between two values while it plays
const MANY = 600; // numbers of which, in several grids, only those in marked grids are shown
const layers = JSON.parse(document.getElementById("layers").textContent);
for (const section of document.querySelectorAll("section.steps")) stepThrough(section, layers[section.dataset.layer]);

function stepThrough(section, layer) {
  const find = (role) => [...section.querySelectorAll(`.${role} table`)];
  const entering = find("entering"), weights = find("weight"), output = find("output");
  const play = section.querySelector("button"), lines = section.querySelector(".lines");
  const position = section.querySelector(".position input"), channel = section.querySelector(".channel input");
  const all = section.querySelector(".all"), crowded = [entering, output].filter(isCrowded);
  const stepOf = new Map(layer.cells.map((cell, step) => [cell.join(), step]));
  const last = layer.cells.length - 1;
  let now = layer.start, marked = [...section.querySelectorAll("td.marked")], timer = 0;

  function show(step) {
    now = step;
    for (const cell of marked) { cell.classList.remove("marked"); cell.removeAttribute("data-factor"); }
    marked = [];
    const reads = layer.reads[step];
    for (let i = 0; i < reads.length; i += 4) {
      mark(entering[reads[i]], reads[i + 1], reads[i + 2], reads[i + 3] < 0 ? null : layer.factors[reads[i + 3]]);
    }
    const [grid, row, column] = layer.cells[step];
    mark(output[grid], row, column, null);
    const at = Math.floor(step / layer.positions.length);
    crowded.forEach(setAside);
    showParts(layer.parts[layer.channels.length ? layer.channels[at] : column]);
    describe(position, layer.positions, step % layer.positions.length, "");
    describe(channel, layer.channels, at, "channel ");
    lines.replaceChildren(...layer.lines[step].map((line) => write(line, "code")), ...layer.notes[step].map((note) => write(note, "span")));
    marked.forEach(reveal);
  }

  function mark(table, row, column, factor) {
    const cell = table.rows[row].cells[column];
    cell.classList.add("marked");
    if (factor !== null) cell.dataset.factor = factor;
    marked.push(cell);
  }

  function showParts(parts) {
    if (!parts) return;
    for (const table of weights) table.parentElement.classList.add("aside");
    for (const [first, grids, row, column] of parts) {
      for (let grid = first; grid < first + grids; grid++) weights[grid].parentElement.classList.remove("aside");
      if (row === null) continue;
      const cells = weights[first].rows[row].cells;
      for (let at = 0; at < cells.length; at++) if (column === null || at === column) mark(weights[first], row, at, null);
    }
  }

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
    lines.setAttribute("aria-live", "polite");
  }

  function go(step) { stop(); show(step); }

  play.addEventListener("click", () => {
    if (timer) { stop(); return; }
    if (now === last) show(0);
    play.textContent = "Pause";
    lines.setAttribute("aria-live", "off");
    timer = setInterval(() => { if (now < last) show(now + 1); else stop(); }, PAUSE);
  });
  const read = () => go(Number(channel.value) * layer.positions.length + Number(position.value));
  position.addEventListener("input", read);
  channel.addEventListener("input", read);

  output.forEach((table, grid) => {
    table.tabIndex = 0;
    table.setAttribute("aria-label", `${table.caption ? table.caption.textContent : "output"}: arrow keys choose a value`);
    const at = (row, column) => stepOf.get(`${grid},${row},${column}`);
    for (const cell of table.querySelectorAll("td")) {
      if (at(cell.parentElement.rowIndex, cell.cellIndex) !== undefined) cell.classList.add("step");
    }
    table.addEventListener("click", (event) => {
      const cell = event.target.closest("td");
      const step = cell && at(cell.parentElement.rowIndex, cell.cellIndex);
      if (step !== null && step !== undefined) go(step);
    });
    table.addEventListener("keydown", (event) => {
      const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
      if (!down && !right) return;
      event.preventDefault();
      const [of, row, column] = layer.cells[now];
      const step = of === grid ? at(row + down, column + right) : at(row, column);
      if (step !== undefined) go(step);
    });
  });

  position.max = layer.positions.length - 1;
  channel.max = Math.max(0, layer.channels.length - 1);
  position.closest("label").hidden = layer.positions.length < 2;
  channel.closest("label").hidden = layer.channels.length < 2;
  play.hidden = last === 0;
  all.addEventListener("change", (event) => section.classList.toggle("whole", event.target.checked));
  section.querySelector(".controls").hidden = last === 0;
  show(now);
  all.hidden = !section.querySelector(".aside");
}

// A slider at a place, and in words what is there.
function describe(slider, names, place, before) {
  slider.value = place;
  const words = names.length ? before + names[place] : "";
  slider.setAttribute("aria-valuetext", words);
  slider.previousElementSibling.textContent = words;
}

function write(words, tag) {
  const paragraph = document.createElement("p"), inside = document.createElement(tag);
  words.split(" ").forEach((word, at) => {  // a line ends between terms, not within one
    const part = document.createElement("span");
    part.textContent = word;
    inside.append(at ? " " : "", part);
  });
  paragraph.append(inside);
  return paragraph;
}

function isCrowded(tables) {
  return tables.length > 1 && tables.length * tables[0].querySelectorAll("td").length > MANY;
}

function setAside(tables) {
  for (const table of tables) table.parentElement.classList.toggle("aside", !table.querySelector(".marked"));
}

// Within its own box, if that is scrolled: the page itself stays where it is.
function reveal(cell) {
  const box = cell.closest(".grid");
  box.scrollLeft = clamp(box.scrollLeft, cell.offsetLeft + cell.offsetWidth - box.clientWidth, cell.offsetLeft);
  box.scrollTop = clamp(box.scrollTop, cell.offsetTop + cell.offsetHeight - box.clientHeight, cell.offsetTop);
}

function clamp(value, low, high) {
  return Math.max(low, Math.min(value, high));
}
