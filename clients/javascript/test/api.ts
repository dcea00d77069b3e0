// A browser API in memory, as the contract describes it, and what a page has around the client.
import { mock, type TestContext } from "node:test";
import { createClient } from "../src/client.js";
import type { Client, ClientOptions, KeyValueStorage } from "../src/client.js";

export interface Call {
  path: string;
  body: any;
  token: string | undefined;
}

type Reply = { status: number; body: unknown };

/** Issues tokens, accepts events, and answers as a test tells it to. */
export class FakeApi {
  readonly calls: Call[] = [];
  readonly accepted: any[] = [];
  isReachable = true;
  lifetimeMilliseconds = 30 * 86_400_000;
  /** By how much the API's clock, which is right, is ahead of the device's. */
  aheadMilliseconds = 0;
  /** How the API shows its time: in the header `Date`, or in the claims of its tokens. */
  timeIn: "header" | "token" = "header";
  /** Replies to the next requests of a path, in this order, instead of the usual ones. */
  readonly replies: Record<string, Reply[]> = {};
  readonly #valid = new Map<string, number>();
  #visitors = 0;
  #renewals = 0;

  readonly fetch = (async (url: string, init: RequestInit) => {
    await Promise.resolve();
    if (!this.isReachable) throw new TypeError("fetch failed");
    const token = new Headers(init.headers).get("Authorization")?.replace("Bearer ", "");
    const call = { path: new URL(url).pathname, body: JSON.parse(init.body as string), token };
    this.calls.push(call);
    const { status, body } = this.replies[call.path]?.shift() ?? this.#reply(call);
    const headers: HeadersInit = this.timeIn === "header" ? { Date: new Date(this.#now()).toUTCString() } : {};
    return new Response(JSON.stringify(body), { status, headers });
  }) as unknown as typeof fetch;

  of(path: string): Call[] {
    return this.calls.filter((call) => call.path === path);
  }

  revoke(): void {
    this.#valid.clear();
  }

  receiveBeacon = (url: string, body: Blob): boolean => {
    if (!this.isReachable) return false;
    void body.text().then((text) => {
      const { token, events } = JSON.parse(text);
      this.calls.push({ path: `${new URL(url).pathname} (beacon, ${body.type})`, body: { events }, token });
      if (this.#isValid(token)) this.accepted.push(...events);
    });
    return true;
  };

  #reply({ path, body, token }: Call): Reply {
    if (path === "/visitors" && body.visitorToken) return this.#renew(body.visitorToken);
    if (path === "/visitors") return { status: 201, body: this.#issue(`visitor-${++this.#visitors}`) };
    if (path === "/identify") return { status: 200, body: { ...this.#issue(`user-of-${token}`), userId: `${token}`.split(",")[0] } };
    if (!token || !this.#isValid(token)) return { status: 401, body: { message: "The token is not valid" } };
    if (path !== "/events") return { status: 404, body: { message: "Not Found" } };
    const errors = body.events.flatMap(({ timestamp }: any, index: number) =>
      Date.parse(timestamp) > this.#now() + 86_400_000 ? [{ field: `events[${index}].timestamp`, message: "too late" }] : []);
    if (errors.length > 0) return { status: 400, body: { errors } };
    this.accepted.push(...body.events);
    return { status: 202, body: { accepted: body.events.length } };
  }

  #isValid(token: string): boolean {
    return (this.#valid.get(token) ?? 0) > this.#now();
  }

  #now(): number {
    return Date.now() + this.aheadMilliseconds;
  }

  #renew(token: string): Reply {
    if (!this.#isValid(token)) return { status: 400, body: { errors: [{ field: "visitorToken", message: "expired" }] } };
    return { status: 201, body: this.#issue(`${token.replace("token-of-", "").split(",")[0]}, renewal ${++this.#renewals}`) };
  }

  #issue(id: string) {
    const claims = Buffer.from(JSON.stringify({ iat: Math.floor(this.#now() / 1000) })).toString("base64url");
    const token = `token-of-${id}${this.timeIn === "token" ? `.${claims}.signature` : ""}`;
    const expires = this.#now() + this.lifetimeMilliseconds;
    this.#valid.set(token, expires);
    return { visitorId: id, token, expiresAt: new Date(expires).toISOString() };
  }
}

export class MemoryStorage implements KeyValueStorage {
  readonly values = new Map<string, string>();
  getItem = (name: string) => this.values.get(name) ?? null;
  setItem = (name: string, value: string) => void this.values.set(name, value);
  removeItem = (name: string) => void this.values.delete(name);
}

/** A page in which clients run: its events, its network, and a clock that the test turns. */
export class Page {
  readonly api = new FakeApi();
  readonly storage = new MemoryStorage();
  readonly errors: Error[] = [];
  readonly navigator = { onLine: true, sendBeacon: this.api.receiveBeacon };
  readonly #window = new EventTarget();
  readonly #document = Object.assign(new EventTarget(), { visibilityState: "visible" });

  constructor(test: TestContext) {
    mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse("2026-11-26T12:00:00Z") });
    for (const [name, value] of Object.entries({
      window: this.#window,
      document: this.#document,
      navigator: this.navigator,
    })) {
      const before = Object.getOwnPropertyDescriptor(globalThis, name);
      Object.defineProperty(globalThis, name, { value, configurable: true });
      test.after(() => (before ? Object.defineProperty(globalThis, name, before) : Reflect.deleteProperty(globalThis, name)));
    }
    test.after(() => mock.timers.reset());
  }

  open(options: Partial<ClientOptions> = {}): Client {
    return createClient({
      endpoint: "https://api.example/",
      fetch: this.api.fetch,
      storage: this.storage,
      onError: (error) => this.errors.push(error),
      ...options,
    });
  }

  /** Let time pass, and everything that is due happen. */
  async wait(milliseconds: number): Promise<void> {
    mock.timers.tick(milliseconds);
    await settle();
  }

  async hide(): Promise<void> {
    this.#document.visibilityState = "hidden";
    this.#document.dispatchEvent(new Event("visibilitychange"));
    await settle();
  }

  async leave(): Promise<void> {
    this.#window.dispatchEvent(new Event("pagehide"));
    await settle();
  }

  async setOnline(isOnline: boolean): Promise<void> {
    this.navigator.onLine = isOnline;
    this.#window.dispatchEvent(new Event(isOnline ? "online" : "offline"));
    await settle();
  }
}

/** Let all promises go on that do not wait for a timer. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}
