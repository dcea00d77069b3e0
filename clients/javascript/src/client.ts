import { Clock } from "./clock.js";
import { makeEvent, type Event } from "./events.js";
import { RecommenderError, makePost, messageOf } from "./http.js";
import { EventQueue } from "./queue.js";
import { retrying } from "./retries.js";
import { ShownAnswers } from "./shown.js";
import { Store } from "./storage.js";
import type { Client, ClientOptions, History, Ranking, Recommendation } from "./types.js";
import { ENDED, VisitorToken } from "./visitor.js";

export { RecommenderError };
export type { FieldError } from "./http.js";
export type * from "./types.js";

/**
 * Make the client of a page. One is enough for all that the page does; clients of several tabs share the visitor.
 *
 * Nothing is sent or stored before the first call, except for events that an earlier page left.
 */
export function createClient(options: ClientOptions): Client {
  const report = makeReport(options.onError);
  const store = new Store(options.storage);
  const clock = new Clock(store);
  const send = options.fetch ?? ((...call) => fetch(...call));
  const post = makePost(options.endpoint, send, (time) => clock.learn(time));
  const onSignedOut = options.onSignedOut ?? (() => report(new Error(ENDED)));
  const visitor = new VisitorToken(store, clock, post, () => safely(report, onSignedOut));
  const shown = new ShownAnswers(store);
  const queue = new EventQueue(store, {
    send: (events) => sendEvents(visitor, clock, events),
    beacon: (events) => sendBeacon(options.endpoint, visitor.current(), events.map((event) => clock.correct(event))),
    isOpen: () => globalThis.navigator?.onLine !== false && !visitor.hasEnded(),
    report,
  });
  // Events have a queue, which tries for as long as it takes.
  const question = retrying(post);
  const ask = <Answer>(path: string, body: unknown) => visitor.call<Answer>(path, () => body, question);
  const recommendations = async (path: string, body: unknown) => {
    const answer = await ask<Recommendation[]>(path, body);
    safely(report, () => shown.remember(answer));
    return answer;
  };
  const stopListening = listen(queue, report);
  queue.resume();
  queueMicrotask(() => safely(report, () => visitor.hasEnded())); // when the page has its client
  return {
    track: (eventType, subject, more = {}) => safely(report, () => queue.add(makeEvent(eventType, subject, shown, more))),
    recommend: (query = {}) => recommendations("/recommendations", query),
    rerank: (query) => ask<Ranking>("/rankings", query),
    similar: (query) => recommendations("/similar", query),
    trending: (query = {}) => recommendations("/trending", query),
    history: (query = {}) => ask<History>("/history", query),
    flush: () => queue.flush(),
    async identify(loginToken) {
      // What was done without an account is sent as the anonymous visitor's, before the two are merged.
      await queue.flush();
      const isTheirs = await visitor.identify(loginToken);
      if (isTheirs) return queue.resume();
      queue.drop();
      shown.drop();
    },
    forget: () =>
      safely(report, () => {
        queue.drop();
        shown.drop();
        visitor.drop();
        clock.drop();
      }),
    close() {
      stopListening();
      queue.close();
    },
  };
}

/** Hand over what waits when the page is hidden, and go on when there is a network again. Return what ends it. */
function listen(queue: EventQueue, report: (error: Error) => void): () => void {
  const ended = new AbortController();
  const on = (target: EventTarget | undefined, type: string, act: () => void) =>
    target?.addEventListener?.(type, () => safely(report, act), { signal: ended.signal });
  const page = globalThis.document;
  on(globalThis.window, "pagehide", () => queue.handOver());
  on(page, "visibilitychange", () => page.visibilityState === "hidden" && queue.handOver());
  on(globalThis.window, "online", () => void queue.flush());
  return () => ended.abort();
}

/** Send events with the API's time; once more if the answer shows that the device's clock is another than was thought. */
async function sendEvents(visitor: VisitorToken, clock: Clock, events: Event[]): Promise<unknown> {
  let used = 0;
  const attempt = () =>
    visitor.call("/events", () => {
      used = clock.offset;
      return { events: events.map((event) => clock.correct(event)) };
    });
  return attempt().catch((error) => {
    if (clock.offset === used) throw error;
    return attempt();
  });
}

/** A beacon has no headers, so the token is in its body; as text it needs no CORS preflight. */
function sendBeacon(endpoint: string, token: string | undefined, events: unknown[]): boolean {
  if (!token || !globalThis.navigator?.sendBeacon) return false;
  const body = new Blob([JSON.stringify({ token, events })], { type: "text/plain" });
  return navigator.sendBeacon(`${endpoint.replace(/\/+$/, "")}/events`, body);
}

function makeReport(onError: ClientOptions["onError"]): (error: Error) => void {
  return (error) => {
    try {
      if (onError) onError(error);
      else console.warn(`Animal Recommender: ${messageOf(error)}`);
    } catch {
      // The page must not break, not even by its own handler.
    }
  };
}

function safely(report: (error: Error) => void, act: () => void): void {
  try {
    act();
  } catch (error) {
    report(error instanceof Error ? error : new Error(String(error)));
  }
}
