// Where the states of a state machine stand: in ranks from above, as in layered drawings (Sugiyama, Tagawa, Toda 1981).
//
// Edges that close a cycle are set aside; each state has the rank after the last of those before it. Then columns are
// placed one after the other, each where its edges are short and cross few others: first the main way, which follows the
// first edge of each state, then the other states, then the edges that pass through ranks.

const RANK_GAP = 26;
const GAP = 18;
const LINE = 18; // of text
const PADDING = 16;
const HEADER = 30;
const CHARACTER = 7.3;
const CROSSING = 60; // what a crossing costs, as the length of an edge
const BEND = 6; // half of the width that an edge needs in a rank
const LONGEST_LINE = 22;

/** The edges of a state: [{to, kind}], where kind is next, choice, default or catch. The first to a state counts. */
export function edgesOf(state) {
  const edges = [
    ...(state.Next ? [{ to: state.Next, kind: "next" }] : []),
    ...(state.Choices ?? []).filter((choice) => choice.Next).map((choice) => ({ to: choice.Next, kind: "choice" })),
    ...(state.Default ? [{ to: state.Default, kind: "default" }] : []),
    ...(state.Catch ?? []).filter((one) => one.Next).map((one) => ({ to: one.Next, kind: "catch" })),
  ];
  return edges.filter((edge, index) => edges.findIndex((other) => other.to === edge.to) === index);
}

/** The state machines inside a state: the branches of Parallel, the one of Map. */
export const partsOf = (state) => state.Branches ?? [state.ItemProcessor ?? state.Iterator].filter(Boolean);

/**
 * Lay out a state machine or a part of one.
 * Returns {width, height, nodes: [{name, state, lines, x, y, width, height, parts}], edges: [{from, to, kind, points}]};
 * a part is {x, y, layout}; `points` has kind (forward, back) and points. Catch edges have no points unless nothing else leads to their state.
 */
export function layOut(definition) {
  const nodes = new Map(Object.entries(definition.States ?? {}).map(([name, state]) => [name, makeNode(name, state)]));
  const edges = chooseEdges(definition, nodes);
  const drawn = edges.filter((edge) => edge.isDrawn && edge.from !== edge.to);
  rank(definition.StartAt, nodes, drawn);
  const reached = [...nodes.values()].filter((node) => node.rank !== undefined);
  const rows = placeRows(reached);
  const columns = makeColumns(reached, drawn, nodes);
  placeColumns(columns);
  const width = moveRight(columns);
  return {
    width,
    height: (rows.at(-1)?.bottom ?? 0) + PADDING,
    nodes: reached,
    edges: edges.map((edge) => ({ ...edge, points: drawn.includes(edge) ? pointsOf(edge, nodes, rows) : null })),
  };
}

function makeNode(name, state) {
  const lines = wrap(name);
  const parts = partsOf(state).map((part) => ({ layout: layOut(part) }));
  const margin = state.Type === "Choice" ? 48 : 34;
  const width = Math.max(92, ...lines.map((line) => line.length * CHARACTER + margin));
  const node = { name, state, lines, parts, width, height: lines.length * LINE + 14 };
  if (!parts.length) return node;
  let x = PADDING;
  for (const part of parts) {
    Object.assign(part, { x, y: HEADER + lines.length * LINE - LINE });
    x += part.layout.width + GAP;
  }
  node.width = Math.max(width, x - GAP + PADDING);
  node.height = HEADER + lines.length * LINE - LINE + Math.max(...parts.map((part) => part.layout.height)) + PADDING;
  const spare = (node.width - (x - GAP + PADDING)) / 2;
  parts.forEach((part) => (part.x += spare));
  return node;
}

function wrap(name) {
  const lines = [""];
  for (const word of name.split(/\s+/)) {
    const last = lines.at(-1);
    if (last && last.length + word.length >= LONGEST_LINE) lines.push(word);
    else lines[lines.length - 1] = last ? `${last} ${word}` : word;
  }
  return lines.map((line) => (line.length > 2 * LONGEST_LINE ? `${line.slice(0, 2 * LONGEST_LINE - 1)}…` : line));
}

function chooseEdges(definition, nodes) {
  const edges = [...nodes.values()].flatMap((node) =>
    edgesOf(node.state).filter((edge) => nodes.has(edge.to)).map((edge) => ({ ...edge, from: node.name })));
  const reached = new Set([definition.StartAt, ...edges.filter((edge) => edge.kind !== "catch").map((edge) => edge.to)]);
  return edges.map((edge) => ({ ...edge, isDrawn: edge.kind !== "catch" || !reached.has(edge.to) }));
}

/** Mark the edges that go back, and give each node that can be reached its rank. */
function rank(start, nodes, edges) {
  const leaving = (name) => edges.filter((edge) => edge.from === name);
  const [open, finished] = [new Set(), []];
  const visit = (name) => {
    open.add(name);
    for (const edge of leaving(name)) {
      if (open.has(edge.to)) edge.back = true;
      else if (!finished.includes(edge.to)) visit(edge.to);
    }
    open.delete(name);
    finished.push(name);
  };
  if (nodes.has(start)) visit(start);
  for (const name of finished.reverse()) {
    const node = nodes.get(name);
    node.rank ??= 0;
    for (const edge of leaving(name)) {
      if (!edge.back) nodes.get(edge.to).rank = Math.max(nodes.get(edge.to).rank ?? 0, node.rank + 1);
    }
  }
}

/** Give each state its y. Returns top and bottom of each rank. */
function placeRows(reached) {
  const rows = [];
  for (const node of reached) (rows[node.rank] ??= { height: 0 }).height = Math.max(rows[node.rank]?.height ?? 0, node.height);
  let y = PADDING;
  for (const row of rows) {
    row.top = y;
    row.bottom = y + row.height;
    y = row.bottom + RANK_GAP;
  }
  for (const node of reached) node.y = (rows[node.rank].top + rows[node.rank].bottom) / 2;
  return rows;
}

/**
 * The columns in the order in which they are placed. What stands in one column has the same x: `slots` has half of the
 * width by rank, `states` the states in it. An edge that no column of states contains has a column of its own.
 */
function makeColumns(reached, edges, nodes) {
  const columns = [];
  for (const start of [...reached].sort((one, other) => one.rank - other.rank)) {
    if (start.column) continue;
    const column = { states: [], slots: new Map() };
    for (let node = start; node && !node.column; ) {
      column.states.push(node);
      column.slots.set(node.rank, node.width / 2);
      node.column = column;
      const edge = edges.find((one) => one.from === node.name && !one.back);
      const next = edge && nodes.get(edge.to);
      if (!next || next.column) break;
      addSlots(column, node.rank + 1, next.rank - 1);
      edge.column = column;
      node = next;
    }
    columns.push(column);
  }
  const rest = edges.filter((edge) => !edge.column && !joinsNeighbours(edge, nodes));
  rest.sort((one, other) => length(one, nodes) - length(other, nodes));
  for (const edge of rest) {
    edge.column = { edge, states: [], slots: new Map() };
    const [upper, lower] = ends(edge, nodes);
    addSlots(edge.column, edge.back ? upper.rank : upper.rank + 1, edge.back ? lower.rank : lower.rank - 1);
    columns.push(edge.column);
  }
  for (const edge of edges) connect(edge, nodes);
  return columns;
}

function addSlots(column, first, last) {
  for (let rankOf = first; rankOf <= last; rankOf += 1) column.slots.set(rankOf, BEND);
}

const ends = (edge, nodes) => (edge.back ? [edge.to, edge.from] : [edge.from, edge.to]).map((name) => nodes.get(name));
const length = (edge, nodes) => Math.abs(nodes.get(edge.from).rank - nodes.get(edge.to).rank);
const joinsNeighbours = (edge, nodes) => !edge.back && length(edge, nodes) === 1;

/** Note the links between the columns of an edge: [column, other column, rank above the link]. */
function connect(edge, nodes) {
  const [upper, lower] = ends(edge, nodes);
  const through = edge.column?.edge ? edge.column : null;
  const add = (one, other, rankOf) => {
    for (const column of [one, other]) (column.links ??= []).push([one, other, rankOf]);
  };
  if (!through) add(upper.column, lower.column, upper.rank);
  else if (edge.back) [upper, lower].forEach((node) => add(node.column, through, node.rank - 0.5));
  else {
    add(upper.column, through, upper.rank);
    add(through, lower.column, lower.rank - 1);
  }
}

function placeColumns(columns) {
  const placed = [];
  const links = [];
  for (const column of columns) {
    const joined = (column.links ?? []).filter((link) => link.every((one) => typeof one === "number" || one === column || one.x !== undefined));
    column.x = bestPlace(column, placed, joined, links);
    placed.push(column);
    links.push(...joined.filter((link) => link[0] !== link[1]));
  }
}

function bestPlace(column, placed, joined, links) {
  const others = joined.map(([one, other]) => (one === column ? other : one)).filter((other) => other !== column);
  const wishes = others.map((other) => other.x);
  const beside = placed.flatMap((other) => {
    const distance = distanceOf(column, other);
    return distance ? [other.x - distance, other.x + distance] : [];
  });
  let best = { x: 0, cost: Infinity };
  for (const x of [...wishes, ...(wishes.length ? [mean(wishes)] : []), ...beside, 0]) {
    if (placed.some((other) => Math.abs(other.x - x) < distanceOf(column, other) - 0.01)) continue;
    const cost = wishes.reduce((sum, wish) => sum + Math.abs(wish - x), 0) + CROSSING * crossings(column, x, joined, links) + Math.abs(x) * 0.01;
    if (cost < best.cost) best = { x, cost };
  }
  return best.x;
}

/** How far from each other the middles of two columns must be; 0 if they have no rank in common. */
function distanceOf(column, other) {
  let distance = 0;
  for (const [rankOf, half] of column.slots) {
    if (other.slots.has(rankOf)) distance = Math.max(distance, half + other.slots.get(rankOf) + (half === BEND && other.slots.get(rankOf) === BEND ? 0 : GAP));
  }
  return distance;
}

function crossings(column, x, joined, links) {
  const at = (one) => (one === column ? x : one.x);
  return joined.reduce((sum, [one, other, rankOf]) =>
    sum + links.filter(([from, to, linkRank]) => linkRank === rankOf && (at(one) - from.x) * (at(other) - to.x) < 0).length, 0);
}

const mean = (numbers) => numbers.reduce((one, other) => one + other, 0) / numbers.length;

/** Move everything so that it begins at the padding, and give the states their x. Returns the width. */
function moveRight(columns) {
  if (!columns.length) return 2 * PADDING;
  const halves = columns.map((column) => Math.max(...column.slots.values()));
  const left = Math.min(...columns.map((column, index) => column.x - halves[index]));
  columns.forEach((column) => {
    column.x += PADDING - left;
    for (const node of column.states) node.x = column.x;
  });
  return Math.max(...columns.map((column, index) => column.x + halves[index])) + PADDING;
}

/** Points of an edge: down from state to state, and straight in its column; back up beside the states. */
function pointsOf(edge, nodes, rows) {
  const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
  const x = edge.column?.x;
  if (edge.back) {
    const side = (node) => [x > node.x ? node.x + node.width / 2 : node.x - node.width / 2, node.y];
    return { kind: "back", points: [side(from), [x, from.y], [x, to.y], side(to)] };
  }
  const middle = edge.column ? [[x, rows[from.rank + 1].top], [x, rows[to.rank - 1].bottom]] : [];
  const passes = to.rank - from.rank > 1 ? middle : [];
  return { kind: "forward", points: [[from.x, from.y + from.height / 2], ...passes, [to.x, to.y - to.height / 2]] };
}
