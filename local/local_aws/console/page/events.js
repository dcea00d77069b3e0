// Events: how many arrive, the latest, how far consumers are behind, and the path of one visitor.

import { byId, h, lastPart, parse, plural, pre, read, s, scalars, setText, shortNames, showList, time } from "./dom.js";

const SECONDS = 60;
const SHOWN = 40;
const VISITOR = /^(user|session|visitor)_?id$/i;
// Seconds with records: what was seen once stays, also when the server has removed the records meanwhile.
const arrivals = new Map();

export function showEvents(streams) {
  for (const stream of streams) {
    for (const [second, count] of Object.entries(stream.arrivals)) {
      const key = `${stream.arn} ${second}`;
      arrivals.set(key, Math.max(count, arrivals.get(key) ?? 0));
    }
  }
  const records = streams.flatMap((stream) => stream.records.map((record) => ({ ...record, stream: stream.name })));
  records.sort((one, other) => other.arrival - one.arrival);
  const keyOf = (record) => `${record.stream} ${record.shardId} ${record.sequence}`;
  showList(byId("latest"), records.slice(0, SHOWN), keyOf, eventRow, "No event has arrived yet.");
  total = streams.reduce((sum, stream) => sum + stream.total, 0);
  tickEvents();
}

let total = 0;

/** Draw the rate of the last minute. */
export function tickEvents() {
  const now = Math.floor(Date.now() / 1000);
  for (const key of arrivals.keys()) if (Number(lastWord(key)) < now - 2 * SECONDS) arrivals.delete(key);
  const bars = Array.from({ length: SECONDS }, (_, index) => countAt(now - SECONDS + 1 + index));
  const most = Math.max(...bars, 1);
  const sum = bars.reduce((one, other) => one + other, 0);
  const shapes = bars.map((count, index) =>
    count ? s("rect", { x: index * 6, y: 44 - (count / most) * 40, width: 4.5, height: (count / most) * 40, rx: 1 }) : null,
  );
  const label = `${plural(sum, "event")} in the last minute, at most ${most === 1 && !sum ? 0 : most} in a second`;
  byId("rate").replaceChildren(
    s("svg", { viewBox: "0 0 360 46", role: "img", "aria-label": label, preserveAspectRatio: "none" }, shapes,
      s("line", { x1: 0, x2: 360, y1: 45, y2: 45 })),
    h("p", { class: "muted" }, `${label} · ${total.toLocaleString()} since the start`),
  );
}

/** The mean of the last five complete seconds. */
export function ratePerSecond() {
  const now = Math.floor(Date.now() / 1000);
  const sum = [1, 2, 3, 4, 5].reduce((one, ago) => one + countAt(now - ago), 0);
  return sum % 5 ? (sum / 5).toFixed(1) : sum / 5;
}

export function showLanes(lanes) {
  const behind = new Map();
  for (const lane of lanes) {
    const name = lane.function.split(":function:")[1]?.split(":")[0] ?? lane.function;
    behind.set(name, (behind.get(name) ?? 0) + lane.behind);
  }
  const short = shortNames([...behind.keys()]);
  const facts = [...behind].map(([name, count]) =>
    h("span", { class: count > 100 ? "fact warn" : "fact" }, `${short.get(name)} `, h("strong", {}, count ? `${count} behind` : "up to date")),
  );
  byId("lanes").replaceChildren(...facts);
}

let visitor = "";
let watchVisitor;
// A slow answer must not replace a newer one.
let newestQuestion = 0;

/** Let the form show the path of a visitor. `watch(path)` makes what Personalize learns of them come in. */
export function startVisitor(watch) {
  watchVisitor = watch;
  byId("visitor-form").addEventListener("submit", (event) => {
    event.preventDefault();
    showVisitor(byId("visitor-id").value.trim());
  });
}

function showVisitor(id) {
  if (!id) return;
  visitor = id;
  watchVisitor(`personalize/interactions?id=${encodeURIComponent(id)}&limit=200`);
  void updateVisitor();
}

/** Show the path again, if one is shown: something has happened. */
export async function updateVisitor() {
  if (!visitor) return;
  const [id, question] = [visitor, ++newestQuestion];
  const query = encodeURIComponent(id);
  try {
    const [kept, learned] = await Promise.all([
      read(`records?value=${query}&limit=200`),
      read(`personalize/interactions?id=${query}&limit=200`),
    ]);
    if (question !== newestQuestion) return;
    const steps = [
      ...kept.records.map((record) => ({ at: record.arrival * 1000, record })),
      ...learned.interactions.map((interaction) => ({ at: interaction.time * 1000, interaction })),
    ].sort((one, other) => other.at - one.at);
    const from = `${plural(kept.records.length, "record")} in the stream, ${plural(learned.interactions.length, "interaction")} in Personalize`;
    setText(byId("visitor-summary"), steps.length ? `${from}, newest first` : `Nothing is known of ${id}`);
    showList(byId("path"), steps, (step) => JSON.stringify(step), (step) => (step.record ? eventRow(step.record) : interactionRow(step.interaction)));
  } catch (error) {
    if (question === newestQuestion) setText(byId("visitor-summary"), error.message);
  }
}

function interactionRow(one) {
  const fields = [["type", one.type], ["item", one.item], ["value", one.value], ["user", one.user], ["session", one.session]];
  const known = fields.filter(([, value]) => value !== null);
  return h("li", { class: "row" }, time(one.time * 1000), h("span", { class: "tag" }, one.streamed ? "Personalize" : "imported"), chips(known));
}

function eventRow(record) {
  const documents = record.data.map(parse);
  const fields = mostTelling(distinct(scalars(documents))).slice(0, 12);
  const shown = fields.length ? chips(fields) : h("code", {}, record.data.join(" ").slice(0, 200));
  return h("li", {},
    h("details", {},
      h("summary", { class: "row" }, time(record.arrival * 1000), record.stream ? null : h("span", { class: "tag" }, "stream"), shown),
      h("div", { class: "inside" },
        visitorButtons(fields),
        h("p", { class: "muted" }, `${lastPart(record.shardId)}, number ${record.sequence}, key ${record.partitionKey}, ${record.bytes} bytes`),
        record.data.map(pre))));
}

/** What happened comes first, then who did it and to what; the record's own id and time tell least. */
function mostTelling(fields) {
  const rank = ([name]) => {
    if (/type$/i.test(name)) return 0;
    if (VISITOR.test(name)) return 1;
    return /^(event_?id|time(stamp)?)$/i.test(name) ? 3 : 2;
  };
  return fields.toSorted((one, other) => rank(one) - rank(other));
}

/** Without fields that repeat the value of a visitor's id, such as a partition key. */
function distinct(fields) {
  const ids = new Set(fields.filter(([name]) => VISITOR.test(name)).map(([, value]) => value));
  return fields.filter(([name, value]) => VISITOR.test(name) || !ids.has(value));
}

function visitorButtons(fields) {
  const buttons = fields.filter(([name]) => VISITOR.test(name)).map(([name, value]) =>
    h("button", { type: "button", class: "small", on: { click: () => openVisitor(value) } }, `Show the path of ${name} ${value}`));
  return buttons.length ? h("div", { class: "chips" }, buttons) : null;
}

function openVisitor(value) {
  byId("visitor-id").value = value;
  showVisitor(value);
  byId("visitor").scrollIntoView({ block: "nearest" });
  byId("visitor-id").focus();
}

const chips = (fields) =>
  h("span", { class: "fields" }, fields.map(([name, value]) => h("span", { class: "field" }, h("span", {}, `${name} `), value)));

const lastWord = (text) => text.slice(text.lastIndexOf(" ") + 1);

function countAt(second) {
  let count = 0;
  for (const [key, found] of arrivals) if (lastWord(key) === String(second)) count += found;
  return count;
}
