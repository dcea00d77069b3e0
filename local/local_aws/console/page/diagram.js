// The diagram of a state machine as SVG: what is active, done or failed, and which way an iteration has taken.

import { s } from "./dom.js";
import { layOut } from "./layout.js";

const SYMBOLS = { running: "●", succeeded: "✓", caught: "!", failed: "✕", stopped: "■" };

/**
 * Draw a definition.
 * `visitOf(iteration, name)` is what happened to a state, `iterationOf(map)` the path of the iteration to show of a Map;
 * `choose(name)` is called for a state that is clicked.
 */
export function draw(definition, visitOf, iterationOf, choose, label) {
  const layout = knownLayout(definition);
  const context = { visitOf, iterationOf, choose };
  return s("svg", { width: layout.width, height: layout.height, viewBox: `0 0 ${layout.width} ${layout.height}`, role: "img", "aria-label": label },
    s("defs", {}, ["edge", "edge-taken"].map(arrow)),
    drawPart(layout, 0, 0, "", context));
}

// The layout of the definition that was drawn last: a run is drawn again with each step.
let known = { text: "", layout: null };

function knownLayout(definition) {
  const text = JSON.stringify(definition);
  if (known.text !== text) known = { text, layout: layOut(definition) };
  return known.layout;
}

const arrow = (name) =>
  s("marker", { id: name, class: name, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 8, markerHeight: 8, markerUnits: "userSpaceOnUse", orient: "auto" },
    s("path", { d: "M0 0.5 8 4 0 7.5z" }));

function drawPart(layout, x, y, iteration, context) {
  const places = new Map(layout.nodes.map((node) => [node.name, node]));
  const edges = layout.edges.map((edge) => ({ ...edge, taken: context.visitOf(iteration, edge.from)?.next[edge.to] ?? 0 }));
  edges.sort((one, other) => one.taken - other.taken);
  return s("g", { transform: `translate(${x} ${y})` },
    edges.map((edge) => drawEdge(edge, places)),
    layout.nodes.map((node) => drawNode(node, iteration, context)));
}

function drawEdge(edge, places) {
  const isCaught = !edge.points && edge.taken;
  const points = edge.points ?? (isCaught ? straight(places.get(edge.from), places.get(edge.to)) : null);
  if (!points) return null;
  const d = points.kind === "back" ? around(points.points) : curve(points.points);
  const kind = ["edge", edge.taken ? "taken" : "", edge.kind === "catch" ? "catch" : "", edge.kind === "default" ? "default" : ""].join(" ");
  return s("path", { class: kind, d, "marker-end": `url(#${edge.taken ? "edge-taken" : "edge"})` });
}

function straight(from, to) {
  if (!from || !to || from === to) return null;
  const side = from.x < to.x ? 1 : -1;
  return { kind: "forward", points: [[from.x + (side * from.width) / 2, from.y], [to.x, to.y - to.height / 2]] };
}

/** Out of a side, up in a column, and into a side, with round corners. */
function around([[x, y], [lane, low], [, high], [endX, endY]]) {
  const turn = Math.min(10, Math.abs(lane - x), Math.abs(lane - endX), Math.abs(low - high) / 2);
  const [out, back] = [Math.sign(lane - x), Math.sign(endX - lane)];
  return `M${x} ${y}H${lane - out * turn}Q${lane} ${low} ${lane} ${low - turn}V${high + turn}Q${lane} ${high} ${lane + back * turn} ${high}H${endX}`;
}

function curve(points) {
  let [x, y] = points[0];
  let d = `M${x} ${y}`;
  for (const [nextX, nextY] of points.slice(1)) {
    const middle = (y + nextY) / 2;
    d += nextX === x ? `L${nextX} ${nextY}` : `C${x} ${middle} ${nextX} ${middle} ${nextX} ${nextY}`;
    [x, y] = [nextX, nextY];
  }
  return d;
}

function drawNode(node, iteration, context) {
  const visit = context.visitOf(iteration, node.name);
  const status = visit?.status ?? "idle";
  const [left, top] = [node.x - node.width / 2, node.y - node.height / 2];
  const symbol = SYMBOLS[status];
  const first = node.parts.length ? top + 20 : node.y - ((node.lines.length - 1) * 18) / 2 + 4;
  return s("g", { class: `node ${status} ${node.parts.length ? "frame" : node.state.Type.toLowerCase()}`, "data-state": node.name, on: { click: (event) => chosen(event, node.name, context) } },
    s("title", {}, `${node.name}: ${status}${visit?.visits > 1 ? `, ${visit.visits} visits` : ""}`),
    shape(node, left, top),
    node.lines.map((line, index) => s("text", { x: node.x, y: first + index * 18 }, index === 0 && symbol ? `${symbol} ${line}` : line)),
    visit?.visits > 1 && !node.parts.length ? s("text", { class: "visits", x: left + node.width - 4, y: top - 4 }, `×${visit.visits}`) : null,
    node.parts.map((part) => drawPart(part.layout, left + part.x, top + part.y, node.state.Type === "Map" ? context.iterationOf(node.name, iteration) : iteration, context)));
}

function chosen(event, name, context) {
  event.stopPropagation();
  context.choose(name);
}

function shape(node, left, top) {
  if (node.state.Type !== "Choice") return s("rect", { x: left, y: top, width: node.width, height: node.height, rx: node.parts.length ? 12 : 8 });
  const [right, bottom, cut] = [left + node.width, top + node.height, 12];
  return s("path", { d: `M${left + cut} ${top}H${right - cut}L${right} ${node.y}L${right - cut} ${bottom}H${left + cut}L${left} ${node.y}Z` });
}
