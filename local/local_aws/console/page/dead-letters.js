// Dead letters: each queue with its reasons, each message with its body; base64 inside is decoded.

import { badge, byId, h, parse, plural, pre, showList, time } from "./dom.js";

/** Show the queues; returns the number of all messages. */
export function showDeadLetters(queues) {
  showList(byId("queues"), queues, (queue) => queue.arn, queueElement, "There is no dead-letter queue.");
  return queues.reduce((sum, queue) => sum + queue.messages, 0);
}

function queueElement(queue) {
  const reasons = Object.entries(queue.reasons).sort((one, other) => other[1] - one[1]);
  return h("div", { class: "queue" },
    h("h3", {}, queue.name, " ", queue.messages ? badge("warn", plural(queue.messages, "message")) : badge("good", "empty")),
    reasons.length ? h("p", { class: "facts" }, reasons.map(([reason, count]) => h("span", { class: "fact" }, `${reason} `, h("strong", {}, String(count))))) : null,
    queue.letters.length ? h("div", { class: "scroll", role: "group", "aria-label": `Messages of ${queue.name}`, tabindex: "0" },
      h("ol", { class: "rows" }, queue.letters.map(letterRow))) : null);
}

function letterRow(letter) {
  const body = parse(letter.body);
  const detail = body?.detail ?? body?.errorMessage ?? "";
  const attributes = Object.entries(letter.attributes);
  return h("li", {},
    h("details", {},
      h("summary", { class: "row" }, time(letter.sent), h("strong", { class: "reason" }, letter.reason), h("span", { class: "muted" }, String(detail).slice(0, 300))),
      h("div", { class: "inside" },
        attributes.length ? h("dl", {}, attributes.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])) : null,
        pre(body === undefined ? letter.body : decoded(body)))));
}

/** A copy of a document in which base64 of readable text is that text. */
function decoded(value) {
  if (Array.isArray(value)) return value.map(decoded);
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, decoded(member)]));
  }
  return typeof value === "string" ? readable(value) ?? value : value;
}

function readable(text) {
  if (text.length < 8 || text.length % 4 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return null;
  try {
    const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
    const plain = new TextDecoder("utf-8", { fatal: true }).decode(bytes);

    return /[\u0000-\u0008\u000e-\u001f]/.test(plain) ? null : parse(plain) ?? plain;
  } catch {
    return null;
  }
}
