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
export declare class RecommenderError extends Error {
    /** The HTTP status; 0 without an answer. */
    readonly status: number;
    /** Each wrong field. */
    readonly errors: FieldError[];
    /** The indexes of those events that the stream did not take, while it took the others. */
    readonly failed: number[];
    constructor(message: string, status?: number, { errors, failed }?: Refusal);
    /** Whether the same request can succeed later. */
    get isTemporary(): boolean;
}
export type Post = <Answer>(path: string, body: unknown, token?: string) => Promise<Answer>;
/**
 * Return a function that posts JSON to the API, and rejects with a `RecommenderError` unless the answer is 2xx. `learn` is
 * told the API's time (epoch milliseconds; NaN if the browser does not show it).
 */
export declare function makePost(endpoint: string, send: typeof fetch, learn: (time: number) => void): Post;
export declare function messageOf(error: unknown): string;
export {};
