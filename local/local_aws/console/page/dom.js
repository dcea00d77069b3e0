// Elements and texts. Whatever comes from the system becomes a text node: it may hold markup from anyone.

const SVG = "http://www.w3.org/2000/svg";

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name === "on") for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Make an HTML element: h("p", {class: "x"}, "text", child). */
export const h = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);

/** Make an SVG element. */
export const s = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);

export const byId = (id) => document.getElementById(id);

/** Show a text, without touching the page when it is there already: screen readers read every change aloud. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Show items in a list. An item that has not changed keeps its element, with focus and open details.
 * `create(item)` makes the element of an item; `empty` is the text when there are no items.
 */
export function showList(parent, items, keyOf, create, empty) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  const wanted = items.map((item) => {
    const key = String(keyOf(item));
    const content = JSON.stringify(item);
    const before = known.get(key);
    if (before && before.shownContent === content) return before;
    const made = create(item);
    made.dataset.key = key;
    made.shownContent = content;
    if (before) keepOpen(before, made);
    return made;
  });
  const isList = parent.matches("ol, ul");
  if (!items.length && empty) wanted.push(h(isList ? "li" : "p", { class: "muted" }, empty));
  const focused = parent.contains(document.activeElement) ? document.activeElement.closest("[data-key]") : null;
  wanted.forEach((element, index) => {
    if (parent.children[index] !== element) parent.insertBefore(element, parent.children[index] ?? null);
  });
  while (parent.children.length > wanted.length) parent.lastChild.remove();
  if (focused && !parent.contains(focused)) {
    const again = wanted.find((element) => element.dataset.key === focused.dataset.key);
    again?.querySelector("summary, button, a")?.focus();
  }
}

function keepOpen(before, made) {
  const opened = [...before.querySelectorAll("details")];
  [...made.querySelectorAll("details")].forEach((details, index) => {
    details.open = opened[index]?.open ?? details.open;
  });
}

/** The last part of an ARN or a path. */
export const lastPart = (text) => String(text ?? "").split(/[:/]/).pop();

/** Remove what all names have in common at the beginning, up to a hyphen. */
export function shortNames(names) {
  const first = names[0] ?? "";
  let end = names.length > 1 ? first.lastIndexOf("-") + 1 : 0;
  while (end > 0 && !names.every((name) => name.startsWith(first.slice(0, end)))) {
    end = first.lastIndexOf("-", end - 2) + 1;
  }
  return new Map(names.map((name) => [name, name.slice(end) || name]));
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

/** A time element; `value` is a date, ISO text, or a number of milliseconds. */
export function time(value) {
  const date = new Date(value);
  if (Number.isNaN(date.getTime())) return h("span", {}, "—");
  const today = date.toDateString() === new Date().toDateString();
  const text = today ? clock.format(date) : `${day.format(date)}, ${clock.format(date)}`;
  return h("time", { datetime: date.toISOString(), title: date.toString() }, text);
}

/** A duration in seconds as text. */
export function duration(seconds) {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

export const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const SYMBOLS = { good: "✓", bad: "✕", warn: "!", busy: "●", quiet: "–" };

/** A small label with a symbol, so that colour alone says nothing. */
export const badge = (kind, text) =>
  h("span", { class: `badge ${kind}` }, h("span", { "aria-hidden": "true" }, SYMBOLS[kind]), ` ${text}`);

/** JSON of a text, or undefined. */
export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text and number members inside a document, with the name of each: [["userId", "7"], …]. */
export function scalars(value, name = "", found = []) {
  if (Array.isArray(value)) value.forEach((member) => scalars(member, name, found));
  else if (value && typeof value === "object") for (const [key, member] of Object.entries(value)) scalars(member, key, found);
  else if (value !== null && value !== undefined && value !== "") found.push([name, String(value)]);
  return found;
}

/** A table that scrolls by itself where it is too wide, also with the keyboard. */
export const table = (label, heads, body) =>
  h("div", { class: "table", role: "group", "aria-label": label, tabindex: "0" },
    h("table", {}, h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name)))), body));

/** A text as it is, JSON indented. */
export function pre(text) {
  const document = typeof text === "string" ? parse(text) : text;
  const shown = document !== undefined && typeof document === "object" ? JSON.stringify(document, null, 2) : String(text);
  return h("pre", {}, shown);
}

/** The path of the console's API, relative to this page. */
export const api = (path) => new URL(path, new URL("/_local/", location.href));

/** Read a path below /_local/; a failure has the server's message. */
export async function read(path, options) {
  const response = await fetch(api(path), options);
  const document = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(document.message ?? `status ${response.status}`);
  return document;
}

/** Change something: a request that only a page of this origin may send. */
export const change = (path, document = {}, method = "POST") =>
  read(path, { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(document) });
