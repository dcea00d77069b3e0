// Alarms, the ones that are on first.

import { badge, byId, h, shortNames, showList, time } from "./dom.js";

const KINDS = { ALARM: ["bad", "on"], OK: ["good", "off"], INSUFFICIENT_DATA: ["quiet", "no data"] };

/** Show the alarms; returns how many are on. */
export function showAlarms(alarms) {
  const short = shortNames(alarms.map((alarm) => alarm.name));
  const shown = alarms.map((alarm) => ({ ...alarm, short: short.get(alarm.name) }));
  showList(byId("alarm-list"), shown, (alarm) => alarm.arn, alarmRow, "There is no alarm.");
  return alarms.filter((alarm) => alarm.state === "ALARM").length;
}

function alarmRow(alarm) {
  const [kind, text] = KINDS[alarm.state] ?? ["quiet", alarm.state];
  return h("li", {},
    h("details", {},
      h("summary", { class: "row" }, badge(kind, text), h("span", { class: "name" }, alarm.short), alarm.state === "OK" ? null : time(alarm.since)),
      h("div", { class: "inside" },
        h("p", {}, alarm.description),
        h("dl", {},
          h("dt", {}, "Name"), h("dd", {}, alarm.name),
          h("dt", {}, "Metric"), h("dd", {}, alarm.metric),
          h("dt", {}, "Condition"), h("dd", {}, alarm.condition),
          h("dt", {}, "Reason"), h("dd", {}, alarm.reason),
          h("dt", {}, "Since"), h("dd", {}, time(alarm.since)),
          h("dt", {}, "Actions"), h("dd", {}, alarm.actions ? "enabled" : "disabled")))));
}
