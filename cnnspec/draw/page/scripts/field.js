// Receptive fields: what a position of a layer sees, from the axes that the page holds. Nothing here touches the document.

/** @typedef {{advance: number, spans: ([number, number] | null)[]}} Axis how the spans of positions repeat */
/** @typedef {[number, number]} Span first and last position */

/**
 * First and last input position that a position of a layer sees, whether inside the input or not; null: it sees nothing.
 * @param {Axis} axis @param {number} position @returns {Span | null}
 */
function findSpan(axis, position) {
  const period = axis.spans.length;
  const span = axis.spans[position % period];
  const turns = Math.floor(position / period);
  return span && [span[0] + turns * axis.advance, span[1] + turns * axis.advance];
}

/**
 * The part of a span that lies inside a map of a size; null: nothing of it.
 * @param {Span | null} span @param {number} size @returns {Span | null}
 */
function clipSpan(span, size) {
  if (!span || span[1] < 0 || span[0] >= size) return null;
  return [Math.max(span[0], 0), Math.min(span[1], size - 1)];
}

/**
 * Everything that the positions 0 to count - 1 see together.
 * @param {Axis} axis @param {number} count @returns {Span | null}
 */
function findExtent(axis, count) {
  const period = Math.min(axis.spans.length, count);
  /** @type {Span | null} */
  let extent = null;
  for (let i = 0; i < period; i += 1) {
    for (const position of [i, count - 1 - i]) {
      const span = findSpan(axis, position);
      if (span) extent = extent ? [Math.min(extent[0], span[0]), Math.max(extent[1], span[1])] : span;
    }
  }
  return extent;
}

/**
 * The runs of a set of positions, as first and last, in order; null where they are more than `most`.
 * @param {[number, number, number, [number, number][]][]} pieces first, end, period and pattern of each
 * @param {number} most @returns {Span[] | null}
 */
function listRuns(pieces, most) {
  /** @type {Span[]} */
  const runs = [];
  for (const [first, end, period, pattern] of pieces) {
    const inner = period === 1 ? [[0, end - first]] : pattern;
    for (let turn = first; turn < end; turn += period === 1 ? end - first : period) {
      for (const [from, to] of inner) {
        const run = [turn + from, Math.min(turn + to, end) - 1];
        if (run[0] >= end) break;
        const before = runs[runs.length - 1];
        if (before && before[1] + 1 === run[0]) before[1] = run[1];
        else runs.push(/** @type {Span} */ (run));
        if (runs.length > most) return null;
      }
    }
  }
  return runs;
}

/**
 * The layers on the path that makes a layer's field largest along one axis, the input first.
 * @param {(number | (number | null)[] | null)[]} via @param {number} layer @param {number} axis @returns {number[]}
 */
function listPath(via, layer, axis) {
  const path = [layer];
  for (;;) {
    const entry = via[path[0]];
    const before = Array.isArray(entry) ? entry[axis] : entry;
    if (before === null || before === undefined) return path;
    path.unshift(before);
  }
}
