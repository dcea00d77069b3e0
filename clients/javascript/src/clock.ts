import type { Event } from "./events.js";
import type { Store } from "./storage.js";

const NAME = "clock";
// Requests take time, and the API's times have whole seconds. A smaller difference does no harm.
const TOLERANCE_MILLISECONDS = 60_000;
const LATEST_TIME = 8.64e15; // that a Date can have

/** The API's time. The clock of a device can be days wrong, and can be set right at any moment. */
export class Clock {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** By how many milliseconds the API's time is ahead of the device's; 0 if it is about the same, or not known. */
  get offset(): number {
    return this.#store.read(NAME, (value) => (typeof value === "number" ? value : undefined)) ?? 0;
  }

  now(): number {
    return Date.now() + this.offset;
  }

  /** Take note of the API's time (epoch milliseconds; NaN if it is not known). */
  learn(time: number): void {
    if (!(Math.abs(time - this.now()) > TOLERANCE_MILLISECONDS)) return;
    const offset = time - Date.now();
    if (Math.abs(offset) > TOLERANCE_MILLISECONDS) this.#store.write(NAME, offset);
    else this.drop();
  }

  /** Return an event, whose time is the device's, with the API's time. */
  correct(event: Event): Event {
    const { offset } = this;
    const time = Date.parse(event.timestamp) + offset;
    return offset && Math.abs(time) <= LATEST_TIME ? { ...event, timestamp: new Date(time).toISOString() } : event;
  }

  drop(): void {
    this.#store.remove(NAME);
  }
}
