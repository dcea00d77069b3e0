// The stream of changes. It is open only while the page is visible: a browser has few connections to one server.

import { api } from "./dom.js";

const RETRY_MILLISECONDS = 2000;

export class ChangeStream {
  #paths = new Map();
  #source = null;
  #paused = false;
  #planned = null;

  /** `onDocument(name, document, status)` for each change; `onState(text)` for the connection. */
  constructor(onDocument, onState) {
    this.onDocument = onDocument;
    this.onState = onState;
    document.addEventListener("visibilitychange", () => this.#plan());
    addEventListener("pagehide", () => this.#close());
    addEventListener("pageshow", () => this.#plan());
  }

  /** Watch a path under a name, or nothing (null) any more. */
  watch(name, path) {
    if ((this.#paths.get(name) ?? null) === path) return;
    if (path === null) this.#paths.delete(name);
    else this.#paths.set(name, path);
    this.#plan();
  }

  pause(paused) {
    this.#paused = paused;
    this.#plan();
  }

  #plan(after = 0) {
    clearTimeout(this.#planned);
    this.#planned = setTimeout(() => this.#open(), after);
  }

  #close() {
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    this.#close();
    if (this.#paused) return this.onState("Paused");
    if (document.visibilityState === "hidden" || !this.#paths.size) return undefined;
    const url = api("console/changes");
    for (const path of this.#paths.values()) url.searchParams.append("watch", path);
    const names = new Map([...this.#paths].map(([name, path]) => [path, name]));
    this.#source = new EventSource(url);
    this.#source.onopen = () => this.onState("Live");
    this.#source.onmessage = (message) => {
      const { path, document, status } = JSON.parse(message.data);
      this.onDocument(names.get(path), document, status);
    };
    this.#source.onerror = () => {
      this.onState("Not connected, trying again");
      if (this.#source?.readyState === EventSource.CLOSED) this.#plan(RETRY_MILLISECONDS);
    };
    return undefined;
  }
}
