const TIMEOUT_MILLISECONDS = 10_000;

/** A wrong field of a request. */
export interface FieldError {
  field: string;
  message: string;
}

interface Refusal {
  message?: string;
  errors?: FieldError[];
  failed?: number[];
}

/** The API refused a request, or did not answer. */
export class RecommenderError extends Error {
  /** The HTTP status; 0 without an answer. */
  readonly status: number;
  /** Each wrong field. */
  readonly errors: FieldError[];
  /** The indexes of those events that the stream did not take, while it took the others. */
  readonly failed: number[];

  constructor(message: string, status = 0, { errors = [], failed = [] }: Refusal = {}) {
    super(message);
    this.name = "RecommenderError";
    this.status = status;
    this.errors = errors;
    this.failed = failed;
  }

  /** Whether the same request can succeed later. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

export type Post = <Answer>(path: string, body: unknown, token?: string) => Promise<Answer>;

/**
 * Return a function that posts JSON to the API, and rejects with a `RecommenderError` unless the answer is 2xx. `learn` is
 * told the API's time (epoch milliseconds; NaN if the browser does not show it).
 */
export function makePost(endpoint: string, send: typeof fetch, learn: (time: number) => void): Post {
  const base = endpoint.replace(/\/+$/, "");
  return async (path, body, token) => {
    let response;
    try {
      response = await send(base + path, {
        method: "POST",
        headers: { "Content-Type": "application/json", ...(token ? { Authorization: `Bearer ${token}` } : {}) },
        body: JSON.stringify(body),
        credentials: "omit",
        // The request of a page that is just being left goes on.
        keepalive: path === "/events",
        signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
      });
    } catch (error) {
      throw new RecommenderError(`The recommender does not answer: ${messageOf(error)}`);
    }
    learn(Date.parse(response.headers.get("Date") ?? ""));
    const document = await response.json().catch(() => null);
    if (response.ok && document !== null) return document;
    const message = `${path}: ${response.status} ${document?.message ?? "no message"}`;
    throw new RecommenderError(message, response.status, document ?? {});
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
