// Small tools for building a page: elements, numbers, words. Words are set as text, never as HTML.

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element with attributes and contents; `undefined` and `false` leave an attribute out.
 * @param {string} tag @param {Record<string, unknown>} attributes @param {(Node | string)[]} contents @returns {HTMLElement}
 */
function make(tag, attributes = {}, ...contents) {
  return /** @type {HTMLElement} */ (fill(document.createElement(tag), attributes, contents));
}

/** @param {string} tag @param {Record<string, unknown>} attributes @param {(Node | string)[]} contents @returns {SVGElement} */
function draw(tag, attributes = {}, ...contents) {
  return /** @type {SVGElement} */ (fill(document.createElementNS(SVG, tag), attributes, contents));
}

/** @param {Element} element @param {Record<string, unknown>} attributes @param {(Node | string)[]} contents */
function fill(element, attributes, contents) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, /** @type {EventListener} */ (value));
    else if (value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  element.append(...contents);
  return element;
}

/** The one element within another that a selector finds. @param {ParentNode} root @param {string} selector */
function find(root, selector) {
  return /** @type {HTMLElement} */ (root.querySelector(selector));
}

/** The indices in an attribute: "3 4 5". @param {Element} element @param {string} name */
function readIndices(element, name) {
  const words = (element.getAttribute(name) || "").split(" ");
  return words.filter((word) => word !== "").map(Number);
}

/** A number with separators, as everywhere: 1,234. @param {number} value */
function showNumber(value) {
  return value.toLocaleString("en-US");
}

/** "1 layer", "3 layers". @param {number} count @param {string} noun */
function countNouns(count, noun) {
  return `${showNumber(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** "a, b and c". @param {string[]} words */
function joinWords(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

/** Say something to those who hear the page. @param {string} words */
function announce(words) {
  find(document, "#said").textContent = words;
}

/** Move an element's contents so that a part of it is seen, without moving the page. @param {HTMLElement} part @param {HTMLElement} frame */
function reveal(part, frame) {
  const inner = part.getBoundingClientRect();
  const outer = frame.getBoundingClientRect();
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    frame.scrollTop += inner.top - outer.top - (outer.height - inner.height) / 2;
  }
}

// ---- the mouse
const mouse = { x: -1, y: -1 };
document.addEventListener("pointermove", (event) => Object.assign(mouse, { x: event.clientX, y: event.clientY }), { capture: true });

/** Whether a mouse has moved to where an event is; what is scrolled under a mouse that rests is not pointed at. @param {PointerEvent} event */
function hasMoved(event) {
  return event.pointerType !== "touch" && (event.clientX !== mouse.x || event.clientY !== mouse.y);
}
