import type { ClientOptions, KeyValueStorage } from "./types.js";

const PREFIX = "animal-recommender:";

/**
 * JSON values that outlive the page, or at least last as long as the page: a browser may have no storage (blocked
 * cookies, a sandbox), or no room in it.
 */
export class Store {
  readonly #storage: KeyValueStorage | undefined;
  readonly #values = new Map<string, unknown>();

  constructor(storage: ClientOptions["storage"]) {
    this.#storage = open(storage ?? (() => globalThis.localStorage));
  }

  /**
   * Return a value, or undefined. What another tab has written counts. Anybody can write there, so `check` returns what
   * is right of a value, and undefined if nothing is.
   */
  read<Value>(name: string, check: (value: unknown) => Value | undefined): Value | undefined {
    try {
      // A value that found no room is newer than what is stored.
      if (!this.#values.has(name)) return check(JSON.parse(this.#storage?.getItem(PREFIX + name) ?? "null"));
    } catch {
      this.remove(name);
    }
    return check(this.#values.get(name));
  }

  write(name: string, value: unknown): void {
    try {
      if (!this.#storage) throw new Error("no storage");
      this.#storage.setItem(PREFIX + name, JSON.stringify(value));
      this.#values.delete(name);
    } catch {
      this.#values.set(name, value);
    }
  }

  remove(name: string): void {
    this.#values.delete(name);
    try {
      this.#storage?.removeItem(PREFIX + name);
    } catch {
      this.#values.set(name, null); // newer than a value that cannot be removed
    }
  }
}

/** Return the storage, or undefined: reading `localStorage` throws if the visitor has blocked it. */
function open(storage: KeyValueStorage | (() => KeyValueStorage)): KeyValueStorage | undefined {
  try {
    return typeof storage === "function" ? storage() : storage;
  } catch {
    return undefined;
  }
}

/** Return the fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Return those elements of a list that are right; none of anything else. */
export function listOf<Element>(value: unknown, isRight: (element: unknown) => boolean): Element[] {
  return Array.isArray(value) ? value.filter(isRight) : [];
}

export function isText(value: unknown): value is string {
  return typeof value === "string";
}
