// The state machine: its runs, the diagram of one run, and its steps as a list.

import { badge, byId, duration, h, plural, pre, shortNames, showList, time } from "./dom.js";
import { draw } from "./diagram.js";

const STATUSES = { RUNNING: "busy", SUCCEEDED: "good", FAILED: "bad", TIMED_OUT: "bad", ABORTED: "warn", running: "busy", succeeded: "good", caught: "warn", failed: "bad", stopped: "quiet" };

export class Machine {
  #chosen = null; // ARN of the run that somebody has chosen; the newest one otherwise
  #execution = null;
  #iterations = new Map(); // of each Map (with the iteration around it): the path that somebody has chosen
  #active = "";

  /** `watch(path)` makes the document of a run come in. */
  constructor(watch) {
    this.watch = watch;
    this.select = h("select", { id: "run", on: { change: () => this.#choose(this.select.value) } });
    this.summary = h("div", { class: "facts" });
    this.choice = h("p", { class: "inline" }, h("label", { for: "run" }, "Run"), this.select);
    byId("executions").append(this.choice, this.summary);
  }

  showExecutions(machines) {
    const short = shortNames(machines.map((machine) => machine.name));
    const runs = machines.flatMap((machine) => machine.executions.map((one) => ({ ...one, machine: short.get(machine.name) })));
    runs.sort((one, other) => other.started.localeCompare(one.started));
    if (!runs.some((run) => run.arn === this.#chosen)) this.#chosen = null;
    const shown = this.#chosen ?? runs[0]?.arn ?? null;
    const options = runs.map((run) => h("option", { value: run.arn, selected: run.arn === shown }, `${run.machine}: ${run.name} (${run.status.toLowerCase()})`));
    if (this.select.textContent !== options.map((option) => option.textContent).join("") || this.select.value !== shown) this.select.replaceChildren(...options);
    this.choice.hidden = byId("diagram").parentElement.hidden = !runs.length;
    this.watch(shown === null ? null : `executions/${shown}`);
    if (shown === null) this.summary.replaceChildren(h("p", { class: "muted" }, "No run has started yet."));
  }

  #choose(arn) {
    this.#chosen = arn;
    this.watch(`executions/${arn}`);
  }

  showExecution(execution) {
    const isOther = execution.arn !== this.#execution?.arn;
    if (isOther) this.#iterations.clear();
    this.#execution = execution;
    this.#show();
    const box = byId("diagram");
    if (isOther && !this.#active) box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;
  }

  #show() {
    const { progress, definition } = this.#execution;
    const visits = new Map(progress.states.map((visit) => [`${visit.iteration} ${visit.name}`, visit]));
    const visitOf = (iteration, name) => visits.get(`${iteration} ${name}`);
    this.#showSummary();
    this.#showIterations(progress.iterations);
    const label = `State machine, ${this.#execution.status.toLowerCase()}. ${currentText(progress)}`;
    const diagram = draw(definition, visitOf, (map, around) => this.#iterationOf(map, around), (name) => this.#open(name), label);
    byId("diagram").replaceChildren(diagram);
    this.#showSteps(progress);
    this.#follow(diagram);
  }

  #showSummary() {
    const { status, started, stopped, error, cause } = this.#execution;
    const took = stopped ? `, ${duration((new Date(stopped) - new Date(started)) / 1000)}` : "";
    this.summary.replaceChildren(h("span", {}, badge(STATUSES[status] ?? "quiet", status), " started ", time(started), took),
      error ? h("p", { class: "denied" }, h("strong", {}, error), ` ${cause ?? ""}`) : "");
  }

  #iterationOf(map, around) {
    const all = this.#execution.progress.iterations.filter((one) => one.map === map && one.parent === around);
    const chosen = all.find((one) => one.path === this.#iterations.get(`${around} ${map}`));
    return (chosen ?? all.find((one) => one.status === "running") ?? all[0])?.path ?? `${map}:none`;
  }

  #showIterations(iterations) {
    const shown = iterations.map((one) => ({ ...one, pressed: this.#iterationOf(one.map, one.parent) === one.path }));
    showList(byId("iterations"), shown, (one) => one.path, (one) =>
      h("button", { type: "button", "aria-pressed": String(one.pressed), on: { click: () => this.#chooseIteration(one) } },
        badge(STATUSES[one.status] ?? "quiet", one.label || `${one.map} ${one.index + 1}`), h("span", { class: "muted" }, ` ${one.current}`)));
  }

  #chooseIteration(one) {
    this.#iterations.set(`${one.parent} ${one.map}`, one.path);
    this.#show();
  }

  #showSteps(progress) {
    const paths = new Set(["", ...progress.iterations.filter((one) => this.#iterationOf(one.map, one.parent) === one.path).map((one) => one.path)]);
    const steps = progress.states.filter((visit) => paths.has(visit.iteration));
    showList(byId("steps"), steps, (visit) => `${visit.iteration} ${visit.name}`, stepRow, "No step has begun.");
  }

  #open(name) {
    const row = [...byId("steps").children].find((child) => child.dataset.key.endsWith(` ${name}`));
    if (!row) return;
    row.querySelector("details").open = true;
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("summary").focus();
  }

  /** Keep the active state in view when it changes, inside of the diagram only. */
  #follow(diagram) {
    const active = [...diagram.querySelectorAll(".node.running:not(.frame)")].at(-1);
    const name = active?.dataset.state ?? "";
    const box = byId("diagram");
    if (active && name !== this.#active) {
      const [outer, inner] = [box.getBoundingClientRect(), active.getBoundingClientRect()];
      box.scrollTop += inner.top - outer.top - outer.height / 2 + inner.height / 2;
      box.scrollLeft += inner.left - outer.left - outer.width / 2 + inner.width / 2;
    }
    this.#active = name;
  }
}

function stepRow(visit) {
  const end = visit.exited ? duration((new Date(visit.exited) - new Date(visit.entered)) / 1000) : "";
  const next = visit.kind === "Choice" ? Object.keys(visit.next).at(-1) : null;
  return h("li", {},
    h("details", {},
      h("summary", { class: "row" }, badge(STATUSES[visit.status], visit.name),
        next ? h("span", { class: "tag" }, `→ ${next}`) : null,
        h("span", { class: "muted end" }, [end, visit.visits > 1 ? plural(visit.visits, "visit") : ""].filter(Boolean).join(", "))),
      h("div", { class: "inside" },
        h("p", { class: "muted" }, `${visit.kind}, entered `, time(visit.entered)),
        visit.error ? h("p", { class: "denied" }, h("strong", {}, visit.error.error), ` ${visit.error.cause}`) : null,
        visit.kind === "Choice" ? h("p", {}, Object.entries(visit.next).map(([name, count]) => `${count} × → ${name}`).join(", ")) : visit.result === null ? null : pre(visit.result))));
}

function currentText(progress) {
  const running = progress.states.filter((visit) => visit.status === "running" && !["Map", "Parallel"].includes(visit.kind));
  return running.length ? `Active: ${running.map((visit) => visit.name).join(", ")}.` : "Nothing is active.";
}
