// Functions with what they did in the last hour, and the log of one of them, live.

import { badge, byId, h, parse, setText, shortNames, showList, table, time } from "./dom.js";

export class Functions {
  #opened = null;
  #scrolls = false;

  /** `watch(path)` makes the log at a path come in; null ends it. */
  constructor(watch) {
    this.watch = watch;
    this.table = h("tbody", {});
    const heads = ["Function", "Runs", "Errors", "Throttled", "Processes", "Log"];
    byId("function-table").append(table("List of functions", heads, this.table), h("p", { class: "muted" }, "Runs, errors and throttled calls of the last hour."));
  }

  show(functions, processes) {
    const short = shortNames(functions.map((one) => one.name));
    const rows = functions.map((one) => {
      const own = processes.filter((process) => process.function === one.name);
      const busy = own.filter((process) => process.state === "busy").length;
      return { ...one, short: short.get(one.name), processes: own.length, busy, opened: one.name === this.#opened };
    });
    showList(this.table, rows, (one) => one.name, (one) => this.#row(one));
  }

  #row(one) {
    const running = one.busy ? badge("busy", `${one.busy} of ${one.processes} busy`) : String(one.processes);
    const toggle = (event) => this.#toggle(one, event.currentTarget);
    return h("tr", {},
      h("th", { scope: "row" }, one.short, h("span", { class: "muted block" }, one.description)),
      h("td", { class: "number" }, String(one.invocations)),
      h("td", { class: "number" }, one.errors ? badge("bad", String(one.errors)) : "0"),
      h("td", { class: "number" }, one.throttles ? badge("warn", String(one.throttles)) : "0"),
      h("td", { class: "number" }, running),
      h("td", {}, h("button", { type: "button", class: "small", "aria-pressed": String(one.opened), "aria-label": `Log of ${one.short}`, on: { click: toggle } }, "Log")));
  }

  #toggle(one, button) {
    const opens = this.#opened !== one.name;
    this.#opened = opens ? one.name : null;
    for (const other of this.table.querySelectorAll("button")) other.setAttribute("aria-pressed", String(other === button && opens));
    byId("log").hidden = !opens;
    byId("log-lines").replaceChildren();
    this.watch(opens ? `logs?group=${encodeURIComponent(one.logGroup)}&limit=200` : null);
    if (opens) {
      setText(byId("log-title"), `Log of ${one.short}`);
      this.#scrolls = true;
      byId("log").scrollIntoView({ block: "start" });
    }
  }

  showLog({ events }) {
    const seen = new Map();
    const lines = events.map((event) => {
      const content = `${event.time} ${event.stream} ${event.message}`;
      seen.set(content, (seen.get(content) ?? 0) + 1);
      return { ...event, key: `${content} ${seen.get(content)}` };
    });
    const box = byId("log-lines").parentElement;
    const follows = box.scrollTop + box.clientHeight >= box.scrollHeight - 8;
    showList(byId("log-lines"), lines, (line) => line.key, logLine, "Nothing was logged yet.");
    if (follows) box.scrollTop = box.scrollHeight;
    // Again now: while the log was empty, the page may have been too short to bring it to the top.
    if (this.#scrolls) byId("log").scrollIntoView({ block: "start" });
    this.#scrolls = false;
  }
}

function logLine(line) {
  const document = parse(line.message);
  const level = String(document?.level ?? "");
  const bad = /^(ERROR|CRITICAL|FATAL)$/.test(level) || /^\[?ERROR|Traceback/.test(line.message);
  const kind = bad ? "bad" : /^WARN/.test(level) ? "warn" : "";
  return h("li", { class: `row ${kind}` }, time(line.time), h("code", {}, document ? structured(document) : line.message));
}

/** The message of a structured line first, the other members after it. */
function structured(document) {
  if (typeof document !== "object" || typeof document.message !== "string") return JSON.stringify(document);
  const { level, message, ...rest } = document;
  return [h("strong", {}, [level, message].filter(Boolean).join(" ")), " ", h("span", { class: "muted" }, JSON.stringify(rest))];
}
