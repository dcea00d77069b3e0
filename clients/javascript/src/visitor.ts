import type { Clock } from "./clock.js";
import { RecommenderError, type Post } from "./http.js";
import { retrying } from "./retries.js";
import { fieldsOf, isText, type Store } from "./storage.js";

const NAME = "visitor";
// A token is replaced so long before it expires, because clocks differ and requests take time.
const MARGIN_MILLISECONDS = 60_000;

export const ENDED = "The user's login has ended: call identify() after the next one, or forget()";

interface Visitor {
  token: string;
  expiresAt: string;
  /** When to ask for a token that is valid for longer (epoch milliseconds). A user's token has none: a login renews it. */
  renewAt?: number;
  /** The user who has logged in; none for an anonymous visitor. */
  userId?: string;
  /** The API has refused the user's token: nothing is sent until there is a login or the user is forgotten. */
  hasEnded?: boolean;
}

/**
 * The visitor's token: issued when it is first needed, kept, and renewed when half of its time is over, so that a visitor
 * who comes back stays the same. The API says whether one is expired;  then it is replaced by that of a new visitor,
 * unless it is a user's: what a user does never becomes an anonymous visitor's.
 */
export class VisitorToken {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #post: Post;
  readonly #onEnd: () => void;
  #isEndTold = false;
  #pending: Promise<string> | undefined;

  /** `onEnd` is told once that the user's token has ended. */
  constructor(store: Store, clock: Clock, post: Post, onEnd: () => void) {
    this.#store = store;
    this.#clock = clock;
    this.#post = post;
    this.#onEnd = onEnd;
  }

  /** Return the token if there is a valid one, without asking for it. */
  current(): string | undefined {
    const visitor = this.#read();
    const isValid = visitor && !visitor.hasEnded && Date.parse(visitor.expiresAt) > this.#clock.now() + MARGIN_MILLISECONDS;
    return isValid ? visitor.token : undefined;
  }

  /** Return whether the user's token has ended, and tell it once. */
  hasEnded(): boolean {
    const hasEnded = this.#read()?.hasEnded === true;
    if (hasEnded && !this.#isEndTold) {
      this.#isEndTold = true;
      this.#onEnd();
    }
    return hasEnded;
  }

  /**
   * Call the API as the visitor. An anonymous token that the API refuses is replaced once. The body is made when there is
   * a token, because the API's time is known by then.
   */
  async call<Answer>(path: string, makeBody: () => unknown, post = this.#post): Promise<Answer> {
    const token = await this.#token();
    this.#renew();
    try {
      return await post<Answer>(path, makeBody(), token);
    } catch (error) {
      if (!(error instanceof RecommenderError) || error.status !== 401) throw error;
      this.#refuse(token);
      const next = await this.#token();
      return post<Answer>(path, makeBody(), next);
    }
  }

  /**
   * Exchange the visitor's token, if there is one, for one of the user who has logged in. Return whether what the browser
   * keeps is theirs: not if it is another user's.
   */
  async identify(loginToken: string): Promise<boolean> {
    const identify = (visitorToken?: string) => this.#post<Visitor>("/identify", { visitorToken }, loginToken);
    const user = identify(this.current()).catch((error: RecommenderError) => {
      // The visitor is another user, who has not logged out properly: the new one gets nothing of them.
      if (error.status !== 409) throw error;
      return identify();
    });
    const { token, expiresAt, userId = "" } = await user;
    const earlier = this.#read()?.userId;
    this.#isEndTold = false;
    this.#pending = undefined; // a renewal that is under way is the anonymous visitor's
    this.#store.write(NAME, { token, expiresAt, userId });
    return earlier === undefined || earlier === userId;
  }

  drop(): void {
    this.#store.remove(NAME);
    this.#isEndTold = false;
    this.#pending = undefined;
  }

  /** Return the token to send: a user's until the API refuses it, and otherwise one that is valid. */
  async #token(): Promise<string> {
    if (this.hasEnded()) throw new RecommenderError(ENDED, 401);
    const { userId, token } = this.#read() ?? {};
    return userId !== undefined && token ? token : (this.current() ?? this.#issue());
  }

  /** Take note that the API refuses a token, unless another call or tab has replaced it in the meantime. */
  #refuse(token: string): void {
    const visitor = this.#read();
    if (visitor?.token !== token) return;
    if (visitor.userId === undefined) this.drop();
    else this.#store.write(NAME, { ...visitor, hasEnded: true });
  }

  /** Ask for a new token beside what the page does, if it is time. The present one stays until the new one is there. */
  #renew(): void {
    const { renewAt = Infinity } = this.#read() ?? {};
    if (renewAt < this.#clock.now()) this.#issue().catch(() => {}); // the next call tries again
  }

  /** Ask for a token, of this visitor or else of a new one; calls at the same time share one request. */
  #issue(): Promise<string> {
    const pending = (this.#pending ??= this.#ask()
      .then(({ token, expiresAt }) => {
        this.#clock.learn(issueTime(token));
        // Nothing is kept for a visitor who was forgotten, or has logged in, while the request was under way.
        const renewAt = (this.#clock.now() + Date.parse(expiresAt)) / 2;
        if (this.#pending === pending) this.#store.write(NAME, { token, expiresAt, renewAt });
        return token;
      })
      .finally(() => {
        if (this.#pending === pending) this.#pending = undefined;
      }));
    return pending;
  }

  #read(): Visitor | undefined {
    return this.#store.read(NAME, visitorOf);
  }

  async #ask(): Promise<Visitor> {
    const post = retrying(this.#post);
    const { token, renewAt } = this.#read() ?? {};
    if (!renewAt) return post<Visitor>("/visitors", {});
    return post<Visitor>("/visitors", { visitorToken: token }).catch((error: RecommenderError) => {
      if (error.status !== 400) throw error;
      return post<Visitor>("/visitors", {});
    });
  }
}

/** Return when a token was issued, by the API's clock (epoch milliseconds), or NaN: for a browser without the `Date` header. */
function issueTime(token: string): number {
  try {
    const payload = token.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    return JSON.parse(atob(payload)).iat * 1000;
  } catch {
    return NaN;
  }
}

/** Return a stored visitor, or undefined if it is none. A header takes no other characters. */
function visitorOf(value: unknown): Visitor | undefined {
  const { token, expiresAt, renewAt, userId, hasEnded } = fieldsOf(value);
  if (!isText(token) || !/^[ -~]+$/.test(token) || !isText(expiresAt)) return undefined;
  const user = isText(userId) ? { userId, hasEnded: hasEnded === true } : {};
  return { token, expiresAt, ...(typeof renewAt === "number" ? { renewAt } : {}), ...user };
}
