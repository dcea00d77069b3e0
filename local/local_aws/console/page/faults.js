// Buttons for faults, the faults that are on, and schedules that can be fired now.

import { badge, byId, change, h, lastPart, plural, setText, shortNames, showList, time } from "./dom.js";

const OPERATIONS = ["PutEvents", "GetRecommendations", "GetPersonalizedRanking", "*"];
const REASON = "A failure that was requested in the local console.";
const HOLDS = { holdCampaignUpdates: "Hold campaign updates", holdTrainings: "Hold trainings" };
const FAILURES = { failNextTraining: "Fail the next training", failNextCampaignUpdate: "Fail the next campaign update" };

let current = null;

/** The faults that are on, as texts. */
export function activeFaults(document) {
  const rules = Object.entries(document.operations).map(([name, rule]) => `${operationName(name)}: ${ruleText(rule)}`);
  const failures = Object.keys(FAILURES).flatMap((kind) => Object.keys(document[kind]).map((name) => `${FAILURES[kind]} of ${target(name)}`));
  const holds = Object.keys(HOLDS).flatMap((kind) => Object.entries(document[kind]).filter(([, on]) => on).map(([name]) => `${HOLDS[kind]} of ${target(name)}`));
  return [...rules, ...failures, ...holds];
}

export function showFaults(document) {
  current = document;
  const parent = byId("fault-buttons");
  if (!parent.children.length) build(parent);
  const active = activeFaults(document);
  showList(byId("active-faults"), active, (text) => text, (text) => h("li", {}, badge("bad", text)), "No fault is on.");
  for (const button of parent.querySelectorAll("button[data-hold]")) {
    button.setAttribute("aria-pressed", String(document[button.dataset.hold]["*"] === true));
  }
  byId("reset-faults").disabled = !active.length;
}

function build(parent) {
  const options = OPERATIONS.map((name) => h("option", { value: name }, operationName(name)));
  parent.append(
    h("ul", { id: "active-faults", class: "plain" }),
    h("form", { class: "inline", on: { submit: throttle } },
      h("label", { for: "operation" }, "Throttle"), h("select", { id: "operation" }, options),
      h("label", { for: "share" }, "share"), h("select", { id: "share" }, [0.2, 0.5, 1].map((share) => h("option", { value: share, selected: share === 0.5 }, `${share * 100} %`))),
      h("button", { type: "submit", id: "throttle" }, "Throttle")),
    h("div", { class: "chips" },
      Object.entries(FAILURES).map(([kind, text]) => h("button", { type: "button", id: kind, on: { click: () => send("faults", { [kind]: { "*": REASON } }, text) } }, text)),
      Object.entries(HOLDS).map(([kind, text]) => h("button", { type: "button", "data-hold": kind, "aria-pressed": "false", on: { click: () => toggle(kind, text) } }, text)),
      h("button", { type: "button", id: "reset-faults", on: { click: () => send("faults", {}, "All faults are removed", "PUT") } }, "Remove all faults")));
}

function throttle(event) {
  event.preventDefault();
  const [operation, share] = [byId("operation").value, Number(byId("share").value)];
  send("faults", { operations: { [operation]: { throttleRate: share } } }, `Throttling ${operationName(operation)}`);
}

function toggle(kind, text) {
  const on = current[kind]["*"] !== true;
  send("faults", { [kind]: { "*": on } }, `${text}: ${on ? "on" : "off"}`);
}

async function send(path, document, done, method = "POST") {
  try {
    const answer = await change(path, document, method);
    setText(byId("fault-message"), done);
    if (path === "faults") showFaults(answer);
  } catch (error) {
    setText(byId("fault-message"), error.message);
  }
}

export function showSchedules(schedules) {
  const short = shortNames(schedules.map((one) => one.name));
  const shown = schedules.map((one) => ({ ...one, short: short.get(one.name) }));
  showList(byId("schedules"), shown, (one) => one.arn, scheduleRow, "There is no schedule.");
}

function scheduleRow(one) {
  const fire = () => send(`schedules/${one.name}`, {}, `${one.name} was fired`);
  return h("li", { class: "row" },
    h("span", { class: "name" }, one.short), h("code", {}, one.expression),
    h("span", { class: "muted" }, "next ", one.next ? time(one.next) : "—"),
    h("button", { type: "button", class: "small", "aria-label": `Fire ${one.name} now`, on: { click: fire } }, "Fire now"));
}

const operationName = (name) => (name === "*" ? "every operation" : name);
const target = (name) => (name === "*" ? "any model" : lastPart(name));

function ruleText(rule) {
  const parts = [
    rule.throttleRate ? `${rule.throttleRate * 100} % throttled` : "",
    rule.errorRate ? `${rule.errorRate * 100} % errors` : "",
    rule.latencySeconds ? `${plural(rule.latencySeconds, "second")} slower` : "",
  ].filter(Boolean);
  return parts.join(", ") || "no fault";
}
