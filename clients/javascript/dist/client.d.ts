import { RecommenderError } from "./http.js";
import type { Client, ClientOptions } from "./types.js";
export { RecommenderError };
export type { FieldError } from "./http.js";
export type * from "./types.js";
/**
 * Make the client of a page. One is enough for all that the page does; clients of several tabs share the visitor.
 *
 * Nothing is sent or stored before the first call, except for events that an earlier page left.
 */
export declare function createClient(options: ClientOptions): Client;
