// Experiments: the arms, the verdict in words, and the difference over time with its intervals.

import { badge, byId, h, plural, s, showList, table } from "./dom.js";

const KINDS = { better: "good", worse: "bad", broken: "bad", "no relevant difference": "quiet", "not enough data yet": "busy" };
const WIDTH = 520;
const HEIGHT = 150;
const MOST_LOOKS = 60;

/** Show the verdicts; returns how many experiments are broken. */
export function showExperiments(verdicts) {
  const known = verdicts.filter((one) => typeof one?.experiment === "string" && Array.isArray(one.arms));
  showList(byId("experiment-list"), known, (one) => one.experiment, experimentElement, "No experiment has been judged.");
  return known.filter((one) => one.conclusion === "broken").length;
}

function experimentElement(one) {
  return h("div", { class: "solution" },
    h("h3", {}, one.experiment, " ", h("span", { class: "muted" }, `${one.outcome} after ${one.function}, as of ${one.until}, ends ${one.endDate}`)),
    h("p", {}, badge(KINDS[one.conclusion] ?? "quiet", one.conclusion)),
    h("ul", { class: "plain" }, one.sentences.map((sentence) => h("li", {}, sentence))),
    table(`Arms of ${one.experiment}`, ["Arm", "Share", "Visitors", "With the outcome", "Rate", "Between"], h("tbody", {}, one.arms.map(armRow))),
    one.conclusion === "broken" ? null : one.comparisons.map((comparison) => figure(one, comparison)),
    one.steps.length > 1 ? steps(one.steps) : null);
}

function armRow(arm) {
  const cells = [percent(arm.share, 0), arm.visitors.toLocaleString(), arm.outcomes.toLocaleString(), percent(arm.rate.estimate),
    `${percent(arm.rate.lower)} and ${percent(arm.rate.upper)}`];
  return h("tr", {}, h("th", { scope: "row" }, arm.name, arm.isControl ? h("span", { class: "muted" }, " control") : null),
    cells.map((text) => h("td", { class: "number" }, text)));
}

function figure(one, comparison) {
  const looks = comparison.looks.slice(-MOST_LOOKS);
  if (looks.length < 2) return null;
  const control = one.arms.find((arm) => arm.isControl)?.name;
  const newest = looks.at(-1);
  const label = `${comparison.arm} less ${control} over ${plural(looks.length, "day")}: ${points(newest.estimate)} percentage points, between ${points(newest.lower)} and ${points(newest.upper)}`;
  const reach = Math.max(...looks.slice(looks.length / 2).flatMap((look) => [Math.abs(look.lower), Math.abs(look.upper)]), 1e-6);
  const x = (index) => 12 + (index / (looks.length - 1)) * (WIDTH - 24);
  const y = (value) => HEIGHT / 2 - (Math.min(Math.max(value / reach, -1), 1) * (HEIGHT - 16)) / 2;
  return h("figure", {},
    s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": label, class: "chart" },
      looks.map((look, index) => s("line", { x1: x(index), x2: x(index), y1: y(look.lower), y2: y(look.upper), class: `interval ${kind(look)}` },
        s("title", {}, `${look.day}: ${points(look.estimate)}, between ${points(look.lower)} and ${points(look.upper)}`))),
      s("line", { x1: 0, x2: WIDTH, y1: HEIGHT / 2, y2: HEIGHT / 2, class: "zero" }),
      s("polyline", { points: looks.map((look, index) => `${x(index)},${y(look.estimate)}`).join(" ") })),
    h("figcaption", { class: "muted" }, `${label}; the dashed line is no difference`));
}

function steps(list) {
  return h("details", {}, h("summary", {}, "How the shares changed"),
    h("ol", { class: "plain" }, list.map((step) => h("li", {}, `${step.when.slice(0, 16).replace("T", " ")}: ${step.reason}`))));
}

const kind = (look) => (look.lower > 0 ? "good" : look.upper < 0 ? "bad" : "");
const percent = (value, digits = 2) => `${(100 * value).toFixed(digits)} %`;
const points = (value) => `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(2)}`;
