// Models over time: the metrics of each version, which one is served, and what the state machine decided on it.

import { badge, byId, h, lastPart, parse, s, shortNames, showList, table, time } from "./dom.js";

const NAMES = {
  normalized_discounted_cumulative_gain_at: "NDCG@",
  mean_reciprocal_rank_at: "MRR@",
  precision_at: "Precision@",
};
const DECISIONS = ["outcome", "decision", "result"];

export class Models {
  #solutions = [];
  #machines = [];
  #execution = null;
  #metric = null;

  constructor() {
    this.select = h("select", { id: "metric", on: { change: () => this.#choose() } });
    this.list = h("div", {});
    this.recommenders = h("div", {});
    this.actions = h("div", {});
    byId("solutions").append(
      h("p", { class: "inline" }, h("label", { for: "metric" }, "Metric"), this.select),
      this.list, this.recommenders, this.actions,
    );
  }

  showRecommenders(recommenders, actions) {
    this.recommenders.replaceChildren(...(recommenders.length ? [recommenderTable(recommenders)] : []));
    this.actions.replaceChildren(...(actions.length ? [actionTable(actions)] : []));
  }

  showSolutions(solutions) {
    this.#solutions = solutions;
    this.#show();
  }

  showExecutions(machines) {
    this.#machines = machines;
    this.#show();
  }

  showExecution(execution) {
    this.#execution = execution;
    this.#show();
  }

  #choose() {
    this.#metric = this.select.value;
    this.#show();
  }

  #show() {
    const metrics = new Set(this.#solutions.flatMap((one) => one.versions.flatMap((version) => Object.keys(version.metrics ?? {}))));
    this.#metric ??= [...metrics].find((name) => name.startsWith("normalized")) ?? null;
    if (this.select.options.length !== metrics.size) {
      this.select.replaceChildren(...[...metrics].map((name) => h("option", { value: name, selected: name === this.#metric }, metricName(name))));
    }
    const short = shortNames(this.#solutions.map((one) => one.name));
    const decisions = findDecisions(this.#machines, this.#execution);
    const shown = this.#solutions.map((one) => ({
      ...one, short: short.get(one.name), metric: this.#metric,
      versions: one.versions.map((version) => ({ ...version, decision: decisions.get(version.arn) ?? null })),
    }));
    showList(this.list, shown, (one) => one.arn, solutionElement, "There is no solution.");
  }
}

function recommenderTable(recommenders) {
  const rows = recommenders.map((one) => h("tr", {},
    h("th", { scope: "row" }, one.name, h("span", { class: "muted block" }, one.recipe)),
    h("td", {}, time(one.creationDateTime * 1000)),
    h("td", {}, statusBadge(one.status), one.failureReason ? h("span", { class: "block" }, one.failureReason) : null),
    h("td", { class: "number" }, number(one.modelMetrics?.normalized_discounted_cumulative_gain_at_10)),
    h("td", { class: "number" }, number(one.modelMetrics?.coverage))));
  return h("div", {}, h("h3", {}, "Recommenders"),
    table("Recommenders", ["Recommender", "Created", "Status", "NDCG@10", "Coverage"], h("tbody", {}, rows)));
}

function actionTable(actions) {
  const rows = actions.map((one) => h("tr", {},
    h("th", { scope: "row" }, one.action, h("span", { class: "muted block" }, one.group)),
    [one.value, one.TAKEN, one.NOT_TAKEN, one.VIEWED].map((count) => h("td", { class: "number" }, count ?? "—"))));
  return h("div", {}, h("h3", {}, "Actions"),
    table("Actions", ["Action", "Value", "Taken", "Not taken", "Viewed"], h("tbody", {}, rows)));
}

function solutionElement(solution) {
  const served = new Map(solution.campaigns.map((campaign) => [campaign.solutionVersionArn, campaign.name]));
  const newestFirst = [...solution.versions].reverse();
  const heads = ["Version", "Created", "Status", metricName(solution.metric), "Coverage", "Hours", "Decision"];
  const drawn = chart(solution, served);
  return h("div", { class: "solution" },
    h("h3", {}, solution.short, " ", h("span", { class: "muted" }, solution.recipe)),
    solution.campaigns.map(campaignLine),
    h("div", { class: drawn ? "model" : "model single" }, drawn,
      newestFirst.length
        ? h("div", {}, h("p", { class: "muted scrolls" }, "The table scrolls sideways →"),
          table(`Versions of ${solution.short}`, heads, h("tbody", {}, newestFirst.map((version) => versionRow(version, solution.metric, served)))))
        : h("p", { class: "muted" }, "No version has been trained yet.")));
}

function campaignLine(campaign) {
  const update = campaign.update;
  const updating = update && !["ACTIVE", "CREATE FAILED"].includes(update.status);
  return h("p", {}, statusBadge(campaign.status), ` campaign ${campaign.name} serves version `, h("strong", {}, lastPart(campaign.solutionVersionArn)),
    updating ? [", update to ", h("strong", {}, lastPart(update.solutionVersionArn)), " ", statusBadge(update.status)] : null,
    update?.failureReason ? [" ", badge("bad", update.failureReason)] : null);
}

function versionRow(version, metric, served) {
  return h("tr", {},
    h("th", { scope: "row" }, lastPart(version.arn), served.has(version.arn) ? [" ", badge("good", "served")] : null,
      h("span", { class: "muted block" }, [version.name, version.trainingMode].filter(Boolean).join(" · "))),
    h("td", {}, time(version.creationDateTime * 1000)),
    h("td", {}, statusBadge(version.status), version.failureReason ? h("span", { class: "block" }, version.failureReason) : null),
    h("td", { class: "number" }, number(version.metrics?.[metric])),
    h("td", { class: "number" }, number(version.metrics?.coverage)),
    h("td", { class: "number" }, number(version.trainingHours)),
    h("td", {}, version.decision ? decisionElement(version.decision) : "—"));
}

function decisionElement(decision) {
  const kind = /promot|deploy|accept/.test(decision.outcome) ? "good" : /reject|fail/.test(decision.outcome) ? "bad" : "quiet";
  const rules = decision.rules.map((rule) => h("li", {}, badge(rule.passed ? "good" : "bad", rule.text)));
  const summary = [badge(kind, decision.outcome), " ", decision.reason];
  return rules.length ? h("details", {}, h("summary", {}, summary), h("ul", { class: "plain" }, rules)) : h("span", {}, summary);
}

/**
 * What executions say of solution versions, by ARN. In outputs: the objects that name a version; the newest counts.
 * In an iteration that goes on: the result with rules, for the version that another result of the iteration names.
 */
export function findDecisions(machines, execution) {
  const found = new Map();
  for (const results of resultsByIteration(execution)) {
    const version = results.map((result) => result.solutionVersionArn).find((arn) => typeof arn === "string");
    const decided = results.map(decisionIn).filter((decision) => decision?.rules.length);
    if (version && decided.length) found.set(version, decided.at(-1));
  }
  const visit = (value) => {
    if (!value || typeof value !== "object") return;
    const decision = decisionIn(value);
    if (typeof value.solutionVersionArn === "string" && decision) found.set(value.solutionVersionArn, decision);
    Object.values(value).forEach(visit);
  };
  machines.flatMap((machine) => machine.executions).reverse().forEach((one) => visit(one.output));
  return found;
}

function resultsByIteration(execution) {
  const results = new Map();
  for (const { iteration, result } of execution?.progress.states ?? []) {
    const document = parse(result);
    if (document && typeof document === "object") results.set(iteration, [...(results.get(iteration) ?? []), document]);
  }
  return results.values();
}

/** The decision in an object: how it was decided, why, and by which rules; null without one. */
function decisionIn(value) {
  const outcome = DECISIONS.map((name) => value[name]).find((text) => typeof text === "string");
  if (!outcome) return null;
  const rules = Object.values(value).filter(Array.isArray).flat().filter((rule) => typeof rule?.passed === "boolean");
  return {
    outcome,
    reason: String(value.failureReason ?? value.reason ?? ""),
    rules: rules.map((rule) => ({ passed: rule.passed, text: String(rule.text ?? rule.rule ?? rule.name ?? "rule") })),
  };
}

function chart(solution, served) {
  const measured = solution.versions.filter((version) => typeof version.metrics?.[solution.metric] === "number").slice(-24);
  const values = measured.map((version) => version.metrics[solution.metric]);
  if (values.length < 2) return null;
  const most = Math.max(...values, 0.0001);
  const points = values.map((value, index) => [14 + (index / (values.length - 1)) * 232, 84 - (value / most) * 68]);
  const label = `${metricName(solution.metric)} of ${values.length} versions, from ${number(values[0])} to ${number(values.at(-1))}`;
  return h("figure", {},
    s("svg", { viewBox: "0 0 260 96", role: "img", "aria-label": label, class: "chart" },
      s("line", { x1: 6, x2: 254, y1: 88, y2: 88, class: "axis" }),
      s("polyline", { points: points.map((point) => point.join(",")).join(" ") }),
      points.map(([x, y], index) => s("circle", { cx: x, cy: y, r: served.has(measured[index].arn) ? 6 : 3.5, class: served.has(measured[index].arn) ? "served" : "" },
        s("title", {}, `${lastPart(measured[index].arn)}: ${number(values[index])}`)))),
    h("figcaption", { class: "muted" }, `${label}; the large point is served`));
}

function statusBadge(status) {
  const kind = status === "ACTIVE" ? "good" : /FAILED|STOPPED/.test(status) ? "bad" : "busy";
  return badge(kind, status);
}

function metricName(name) {
  if (!name) return "Metric";
  const [, stem, at] = /^(.*?)(?:_(\d+))?$/.exec(name);
  return NAMES[stem] ? `${NAMES[stem]}${at}` : name[0].toUpperCase() + name.slice(1).replaceAll("_", " ");
}

const number = (value) => (typeof value === "number" ? value.toFixed(value < 0.01 && value > 0 ? 5 : 4) : "—");
