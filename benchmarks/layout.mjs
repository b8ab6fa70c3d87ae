// Layouts of graphs by Graphviz's dot (as wasm), ELK and dagre: benchmarks/layout.py runs this where they are installed.
// In: a JSON list of graphs. Out, for each, by tool: [seconds, width, height, the polylines of the edges].
import fs from "node:fs";
import * as dagre from "@dagrejs/dagre";
import ELK from "elkjs";
import { instance } from "@viz-js/viz";

const viz = await instance();
const elk = new ELK();
const { graphlib, layout } = dagre.default ?? dagre;

function bezier([p, q, r, s], pieces = 12) {
  return [...Array(pieces + 1).keys()].map((i) => {
    const t = i / pieces, u = 1 - t;
    return [0, 1].map((k) => u * u * u * p[k] + 3 * u * u * t * q[k] + 3 * u * t * t * r[k] + t * t * t * s[k]);
  });
}

function byDot({ boxes, groups, edges }, spacing) {
  const inch = (points) => points / 72;
  const room = ([w, h]) => `<<TABLE FIXEDSIZE="TRUE" BORDER="0" CELLPADDING="0" CELLSPACING="0" WIDTH="${w}" HEIGHT="${h}"><TR><TD></TD></TR></TABLE>>`;
  const inside = (group) => {
    let text = "";
    boxes.forEach(([w, h, g], i) => { if (g === group) text += `b${i}[width=${inch(w)},height=${inch(h)}];`; });
    groups.forEach(([w, h, parent], i) => {
      if (parent === group) text += `subgraph cluster_${i}{label=${room([w, h])};${inside(i)}}`;
    });
    return text;
  };
  const lines = edges.map(([a, b, label]) => `b${a}->b${b}${label ? `[label=${room(label)}]` : ""};`);
  const text = `digraph{graph[nodesep=${inch(spacing.boxes)},ranksep=${inch(spacing.layers)},margin=0,pad=0];subgraph{graph[margin=${spacing.padding}];}
    graph[margin=${spacing.padding}];node[shape=box,fixedsize=true,label=""];${inside(null)}${lines.join("")}}`;
  const made = viz.renderJSON(text);
  const [x0, y0, x1, y1] = made.bb.split(",").map(Number);
  const routes = (made.edges ?? []).map((edge) => {
    const words = edge.pos.split(" ");
    const end = words[0].startsWith("e,") ? words.shift().slice(2).split(",").map(Number) : null;
    const points = words.map((word) => word.split(",").map(Number));
    const line = [];
    for (let i = 0; i + 3 < points.length; i += 3) line.push(...bezier(points.slice(i, i + 4)));
    return end ? [...line, end] : line;
  });
  return [x1 - x0, y1 - y0, routes];
}

async function byElk({ boxes, groups, edges }, spacing) {
  const own = {
    "elk.algorithm": "layered", "elk.direction": "DOWN", "elk.hierarchyHandling": "INCLUDE_CHILDREN",
    "elk.edgeRouting": "ORTHOGONAL", "elk.layered.considerModelOrder.strategy": "NODES_AND_EDGES",
    "elk.spacing.nodeNode": `${spacing.boxes}`, "elk.layered.spacing.nodeNodeBetweenLayers": `${spacing.layers}`,
    "elk.spacing.edgeNode": `${spacing.lanes}`, "elk.padding": "[top=0,left=0,bottom=0,right=0]",
  };
  const padding = (top) => `[top=${top},left=${spacing.padding},bottom=${spacing.padding},right=${spacing.padding}]`;
  const root = { id: "whole", children: [], edges: [], layoutOptions: own };
  const nodes = groups.map(([w, h], i) => ({
    id: `g${i}`, children: [], labels: [{ text: "t", width: w, height: h }],
    layoutOptions: { "elk.padding": padding(h + 12), "elk.nodeLabels.placement": "INSIDE V_TOP H_LEFT" },
  }));
  groups.forEach(([, , parent], i) => (parent === null ? root : nodes[parent]).children.push(nodes[i]));
  boxes.forEach(([width, height, g], i) => (g === null ? root : nodes[g]).children.push({ id: `b${i}`, width, height }));
  edges.forEach(([a, b, label], i) => root.edges.push({
    id: `e${i}`, sources: [`b${a}`], targets: [`b${b}`],
    labels: label ? [{ text: "l", width: label[0], height: label[1] }] : [],
  }));
  const made = await elk.layout(root);
  const at = { whole: [0, 0] };
  const place = (node, [x, y]) => (node.children ?? []).forEach((child) => {
    at[child.id] = [x + child.x, y + child.y];
    place(child, at[child.id]);
  });
  place(made, [0, 0]);
  const routes = made.edges.map((edge) => edge.sections.flatMap((part) =>
    [part.startPoint, ...(part.bendPoints ?? []), part.endPoint].map(({ x, y }) => [x + at[edge.container][0], y + at[edge.container][1]])));
  return [made.width, made.height, routes];
}

function byDagre({ boxes, groups, edges }, spacing) {
  const graph = new graphlib.Graph({ compound: true, multigraph: true });
  graph.setGraph({ nodesep: spacing.boxes, ranksep: spacing.layers, edgesep: spacing.lanes });
  boxes.forEach(([width, height], i) => graph.setNode(`b${i}`, { width, height }));
  groups.forEach((_, i) => graph.setNode(`g${i}`, {}));
  groups.forEach(([, , parent], i) => parent !== null && graph.setParent(`g${i}`, `g${parent}`));
  boxes.forEach(([, , g], i) => g !== null && graph.setParent(`b${i}`, `g${g}`));
  edges.forEach(([a, b, label], i) => graph.setEdge(`b${a}`, `b${b}`, label ? { width: label[0], height: label[1], labelpos: "r" } : {}, `${i}`));
  layout(graph);
  const routes = edges.map(([a, b], i) => graph.edge(`b${a}`, `b${b}`, `${i}`).points.map(({ x, y }) => [x, y]));
  return [graph.graph().width, graph.graph().height, routes];
}

const tools = { dot: byDot, elk: byElk, dagre: byDagre };
const { graphs, spacing } = JSON.parse(fs.readFileSync(0, "utf8"));
await byElk({ boxes: [[9, 9, null]], groups: [], edges: [] }, spacing); // its first run is its start
for (const graph of graphs) {
  const answer = {};
  for (const [name, tool] of Object.entries(tools)) {
    const before = process.cpuUsage();
    try {
      const made = await tool(graph, spacing);
      const { user, system } = process.cpuUsage(before);
      answer[name] = [(user + system) / 1e6, ...made];
    } catch (error) {
      answer[name] = `${error.message ?? error}`.split("\n")[0];
    }
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
