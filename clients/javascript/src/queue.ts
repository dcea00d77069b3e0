import type { Event } from "./events.js";
import { RecommenderError } from "./http.js";
import { fieldsOf, isText, listOf, type Store } from "./storage.js";

const NAME = "queue";
// The API takes 1-25 events in a request.
const BATCH = 25;
const MAXIMUM_EVENTS = 500;
// Long enough for what a page does at once, short enough that the next shelf knows of it.
const FLUSH_MILLISECONDS = 250;
const FIRST_DELAY_MILLISECONDS = 1000;
const LONGEST_DELAY_MILLISECONDS = 60_000;
// The same event twice within this time is one click, or one render too many.
const REPEAT_MILLISECONDS = 1000;

/** Where the queue sends events. */
export interface Sink {
  /** Send a batch; rejects with a `RecommenderError` that names the events that were not accepted. */
  send(events: Event[]): Promise<unknown>;
  /** Hand a batch over to the browser, which sends it even if the page is gone. Return whether it took it. */
  beacon(events: Event[]): boolean;
  /** Whether it makes sense to try: there is a network, and the user's token has not ended. */
  isOpen(): boolean;
  report(error: Error): void;
}

/**
 * Events that wait to be sent. They are stored, so they survive a page that is closed, and a time without network. An
 * event leaves the queue when the API has accepted it or says that it never will. It may arrive twice, and then it
 * counts once, because both have its id.
 */
export class EventQueue {
  readonly #store: Store;
  readonly #sink: Sink;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #flushing: Promise<void> | undefined;
  #inFlight = new Set<string>();
  #failures = 0;
  #newest: { content: string; at: number } | undefined;

  constructor(store: Store, sink: Sink) {
    this.#store = store;
    this.#sink = sink;
  }

  add(event: Event): void {
    if (this.#isRepeated(event)) return;
    const waiting = [...this.#waiting(), event];
    if (waiting.length > MAXIMUM_EVENTS) {
      this.#sink.report(new Error(`More than ${MAXIMUM_EVENTS} events wait: the oldest one is dropped`));
    }
    this.#store.write(NAME, waiting.slice(-MAXIMUM_EVENTS));
    if (waiting.length >= BATCH && this.#failures === 0) void this.flush();
    else this.resume();
  }

  /** Send what waits in a moment, or when the delay after a failure is over. */
  resume(): void {
    if (this.#timer !== undefined || this.#waiting().length === 0) return;
    this.#timer = setTimeout(() => void this.flush(), this.#delay());
  }

  /** Send what waits now. Never rejects. */
  flush(): Promise<void> {
    this.#stopTimer();
    this.#flushing ??= this.#sendAll()
      .finally(() => {
        this.#flushing = undefined;
        // Offline, nothing is tried until the browser says that it is online again; without a login, until there is one.
        if (this.#sink.isOpen()) this.resume();
      })
      .catch((error) => this.#sink.report(error));
    return this.#flushing;
  }

  /** Hand over what waits to the browser, because the page may be gone in a moment. */
  handOver(): void {
    if (!this.#sink.isOpen()) return;
    // What is being sent goes on without the page (keepalive).
    const waiting = this.#waiting().filter(({ eventId }) => !this.#inFlight.has(eventId));
    for (let start = 0; start < waiting.length; start += BATCH) {
      const batch = waiting.slice(start, start + BATCH);
      if (!this.#sink.beacon(batch)) return;
      this.#remove(batch);
    }
  }

  drop(): void {
    this.close();
    this.#newest = undefined;
    this.#failures = 0;
    this.#store.remove(NAME);
  }

  close(): void {
    this.#stopTimer();
  }

  async #sendAll(): Promise<void> {
    for (;;) {
      const batch = this.#waiting().slice(0, BATCH);
      if (batch.length === 0 || !this.#sink.isOpen()) return;
      this.#inFlight = new Set(batch.map(({ eventId }) => eventId));
      try {
        await this.#sink.send(batch);
        this.#remove(batch);
        this.#failures = 0;
      } catch (error) {
        if (!this.#settle(batch, error)) return;
      } finally {
        this.#inFlight.clear();
      }
    }
  }

  /** Remove from the queue what must not be sent again; return whether to go on at once. */
  #settle(batch: Event[], error: unknown): boolean {
    this.#sink.report(error as Error);
    // A new token that is refused says nothing about the events.
    if (!(error instanceof RecommenderError) || error.isTemporary || error.status === 401) {
      const failed = error instanceof RecommenderError ? error.failed : [];
      if (failed.length > 0) this.#remove(batch.filter((_, index) => !failed.includes(index)));
      this.#failures += 1;
      return false;
    }
    const wrong = wrongEvents(batch, error);
    this.#remove(wrong.length > 0 ? wrong : batch);
    return true;
  }

  #delay(): number {
    if (this.#failures === 0) return FLUSH_MILLISECONDS;
    const longest = Math.min(FIRST_DELAY_MILLISECONDS * 2 ** this.#failures, LONGEST_DELAY_MILLISECONDS);
    return longest * (0.5 + Math.random() / 2);
  }

  #isRepeated({ eventId: _id, timestamp: _time, ...content }: Event): boolean {
    const earlier = this.#newest;
    this.#newest = { content: JSON.stringify(content), at: Date.now() };
    return earlier?.content === this.#newest.content && this.#newest.at - earlier.at < REPEAT_MILLISECONDS;
  }

  #waiting(): Event[] {
    return this.#store.read(NAME, (value) => listOf<Event>(value, isEvent)) ?? [];
  }

  #remove(events: Event[]): void {
    const gone = new Set(events.map(({ eventId }) => eventId));
    // Read again: another tab may have added events in the meantime.
    this.#store.write(NAME, this.#waiting().filter(({ eventId }) => !gone.has(eventId)));
  }

  #stopTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function isEvent(value: unknown): boolean {
  const { eventId, eventType, timestamp } = fieldsOf(value);
  return [eventId, eventType, timestamp].every(isText) && !Number.isNaN(Date.parse(timestamp as string));
}

/** Return the events that an error names: those of `events[3]` and `events[3].eventType`. */
function wrongEvents(batch: Event[], { errors }: RecommenderError): Event[] {
  const indexes = new Set(errors.map(({ field }) => Number(/^events\[(\d+)\]/.exec(field)?.[1] ?? NaN)));
  return batch.filter((_, index) => indexes.has(index));
}
