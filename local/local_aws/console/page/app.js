// The console: documents of /_local/ come in, each section shows its part.

import { byId, h, plural, setText } from "./dom.js";
import { showAccess } from "./access.js";
import { showAlarms } from "./alarms.js";
import { showDeadLetters } from "./dead-letters.js";
import { ratePerSecond, showEvents, showLanes, startVisitor, tickEvents, updateVisitor } from "./events.js";
import { showExperiments } from "./experiments.js";
import { Machine } from "./machine.js";
import { activeFaults, showFaults, showSchedules } from "./faults.js";
import { Functions } from "./functions.js";
import { showMails } from "./mails.js";
import { Models } from "./models.js";
import { ChangeStream } from "./stream.js";

const WATCHED = {
  records: "records?limit=40",
  streams: "streams",
  letters: "dead-letters?limit=50",
  executions: "executions?limit=20",
  models: "personalize/models",
  experiments: "documents?prefix=experiments/&suffix=/verdict.json",
  alarms: "alarms",
  mails: "mails?limit=50",
  access: "access/summary",
  functions: "functions",
  faults: "faults",
  schedules: "schedules",
};
// What the sections wait for before they are shown, and no longer than this.
const missing = new Set(Object.keys(WATCHED));
const LONGEST_WAIT_MILLISECONDS = 3000;
const TILES = [
  ["events", "Events"],
  ["letters", "Dead letters"],
  ["machine", "Runs"],
  ["models", "Models"],
  ["experiments", "Experiments"],
  ["alarms", "Alarms"],
  ["faults", "Faults"],
  ["mails", "Mails"],
  ["roles", "Denied calls"],
  ["functions", "Functions"],
];

const stream = new ChangeStream(receive, (text) => {
  setText(byId("connection"), text);
  document.body.dataset.connection = text === "Live" ? "live" : "other";
});
const machine = new Machine((path) => {
  if (path) missing.add("execution");
  stream.watch("execution", path);
});
const functions = new Functions((path) => stream.watch("log", path));
const models = new Models();

const SECTIONS = {
  records: (document) => {
    showEvents(document.streams);
    void updateVisitor();
    tile("events", `${ratePerSecond()}/s`);
  },
  streams: (document) => showLanes(document.lanes),
  letters: (document) => {
    const count = showDeadLetters(document.queues);
    tile("letters", count, count ? "warn" : "");
  },
  executions: (document) => {
    machine.showExecutions(document.stateMachines);
    models.showExecutions(document.stateMachines);
    const running = document.stateMachines.flatMap((one) => one.executions).filter((one) => one.status === "RUNNING");
    tile("machine", running.length ? plural(running.length, "run") : "idle", running.length ? "busy" : "");
  },
  execution: (document) => {
    machine.showExecution(document);
    models.showExecution(document);
  },
  models: (document) => {
    models.showSolutions(document.solutions);
    models.showRecommenders(document.recommenders, document.actions);
    tile("models", document.solutions.reduce((sum, one) => sum + one.versions.length, 0) + document.recommenders.length);
  },
  experiments: (document) => {
    const broken = showExperiments(document.documents.map((one) => one.document));
    tile("experiments", broken ? `${broken} broken` : document.documents.length, broken ? "bad" : "");
  },
  alarms: (document) => {
    const on = showAlarms(document.alarms);
    tile("alarms", on ? `${on} on` : "none on", on ? "bad" : "");
  },
  mails: (document) => {
    showMails(document.mails);
    tile("mails", document.mails.length);
  },
  access: (document) => {
    const denied = showAccess(document.roles);
    tile("roles", denied, denied ? "warn" : "");
  },
  functions: (document) => {
    functions.show(document.functions, document.processes);
    tile("functions", document.functions.length);
  },
  visitor: () => void updateVisitor(),
  log: (document) => functions.showLog(document),
  faults: (document) => {
    showFaults(document);
    const active = activeFaults(document).length;
    tile("faults", active ? `${active} on` : "none", active ? "bad" : "");
  },
  schedules: (document) => showSchedules(document.schedules),
};

function receive(name, content, status) {
  if (status === 200) SECTIONS[name]?.(content);
  missing.delete(name);
  if (!missing.size) showSections();
}

/** Show the sections when they have their first contents, so that nothing moves while they come in. */
function showSections() {
  document.body.dataset.loaded = "";
}

function tile(id, value, kind = "") {
  const element = byId(`tile-${id}`);
  setText(element.querySelector(".value"), String(value));
  element.dataset.kind = kind;
}

function start() {
  const tiles = TILES.map(([id, name]) =>
    h("a", { href: `#${id}`, id: `tile-${id}` }, h("span", { class: "name" }, name), h("span", { class: "value" }, "…")),
  );
  byId("tiles").append(...tiles);
  setText(byId("address"), location.origin);
  startVisitor((path) => stream.watch("visitor", path));
  for (const [name, path] of Object.entries(WATCHED)) stream.watch(name, path);
  const pause = byId("pause");
  pause.addEventListener("click", () => {
    const paused = pause.getAttribute("aria-pressed") !== "true";
    pause.setAttribute("aria-pressed", String(paused));
    stream.pause(paused);
  });
  setTimeout(showSections, LONGEST_WAIT_MILLISECONDS);
  setInterval(() => {
    if (document.body.dataset.connection !== "live" || document.hidden) return;
    tickEvents();
    tile("events", `${ratePerSecond()}/s`);
  }, 1000);
}

start();
