// What the client takes and returns. The OpenAPI document of the API (modules/http_api/openapi.yaml) describes each field.

/** The four fields of an animal group. */
export interface AnimalMetadata {
  animal_species_id: string | number;
  animal_primary_breed_id: string;
  animal_size_id?: string | number | null;
  animal_age_id?: string | number | null;
}

/** A pet of the catalogue, as an answer describes it. */
export interface Pet {
  id: string;
  name?: string;
  photo?: string;
  url?: string;
  shelter?: string;
  distanceKilometers?: number;
  daysWaiting?: number;
}

/** The experiment that a visitor is in, and the arm that an answer shows. */
export interface Experiment {
  name: string;
  arm: string;
}

/** One element of an answer of `recommend`, `similar` or `trending`. */
export interface Recommendation {
  /** The animal group, `{species}-{breed}-{size}-{age}`. */
  id: string;
  score?: number;
  recommendationId?: string;
  promotion?: string;
  source: string;
  /** Only if the visitor is in an experiment. */
  experiment?: Experiment;
  /** Only if pets were asked for; null if the catalogue did not answer. */
  pet?: Pet | null;
}

/** The name of a filter of the deployment, and values for its placeholders. */
export interface Filter {
  name: string;
  values?: Record<string, string | number | Array<string | number>>;
}

/** Which pets may be in an answer. */
export interface PetCriteria {
  perGroup?: number;
  near?: { latitude: number; longitude: number; kilometers: number };
  shelters?: string[];
  species?: Array<string | number>;
}

export interface RecommendOptions {
  limit?: number;
  /** Answers with pets; `{}` allows every available pet. Without it the answer has groups. */
  pets?: PetCriteria;
  filter?: Filter;
  promotion?: Filter & { percent: number };
}

/** Pets of the catalogue by their ids, or animals with the fields of their groups. */
export type RerankOptions = { filter?: Filter } & (
  | { petIds: string[] }
  | { itemMetadataList: Array<{ itemId: string; animalMetadata: AnimalMetadata }> }
);

export interface Ranking {
  /** Every id of the request exactly once, best first. */
  ranking: string[];
  source: string;
  /** Only if the visitor is in an experiment. */
  experiment?: Experiment;
  /** Pets that cannot be adopted now. Only after a request with `petIds`, as `unknown`. */
  unavailable?: string[];
  /** Ids that the catalogue does not know. */
  unknown?: string[];
}

/** Of which pets, and how many. */
export interface ShelfOptions {
  limit?: number;
  pets?: PetCriteria;
  filter?: Filter;
}

/** A pet of the catalogue by its id, or a group. */
export type SimilarOptions = ShelfOptions & ({ animalId: string } | { animalMetadata: AnimalMetadata });

export interface HistoryOptions {
  limit?: number;
  after?: string | number;
  before?: string | number;
  eventType?: string;
  nextToken?: string;
}

/** An event of the visitor's history. */
export interface HistoryEvent {
  eventId: string;
  eventType: string;
  timestamp: string;
  /** The animal group. */
  itemId: string;
  animal_id?: string;
  animalMetadata: AnimalMetadata;
  recommendationId?: string;
  eventValue?: number;
}

/** One page, newest first; without `nextToken` it is the last one. */
export interface History {
  events: HistoryEvent[];
  nextToken?: string;
}

/** What an event is about: something that an answer contained, an animal by its id, or an animal by its group. */
export type Subject =
  | Recommendation
  | Pet
  | { animalId: string; animalMetadata?: AnimalMetadata }
  | { animalMetadata: AnimalMetadata };

export interface TrackOptions {
  /** For example how many seconds the visitor stayed. More than 0. */
  eventValue?: number;
  /** When it happened, by the device's clock, which the client corrects; now, if it is not given. */
  timestamp?: Date;
}

/** The part of the Web Storage API that the client uses; `localStorage` and `sessionStorage` have it. */
export type KeyValueStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export interface ClientOptions {
  /** Address of the browser API: Terraform's output `browser_api_url`. */
  endpoint: string;
  /**
   * Where the visitor's token and unsent events are kept. `localStorage`, if it is not given and there is one. As a
   * function, `() => sessionStorage`, it may throw: a browser that blocks storage throws when a page names it.
   */
  storage?: KeyValueStorage | (() => KeyValueStorage);
  /** Replaces the browser's `fetch`. */
  fetch?: typeof fetch;
  /**
   * Told, once on each page, that the user's token has ended. Until the site calls `identify` or `forget`, calls reject
   * with status 401 and events wait: what a user does never becomes an anonymous visitor's. By default `onError` is told.
   */
  onSignedOut?: () => void;
  /** Told of everything that goes wrong in the background; it must not throw. By default a warning on the console. */
  onError?: (error: Error) => void;
}

export interface Client {
  /** Record what the visitor did. Returns at once and never throws; the event is sent within about a quarter of a second. */
  track(eventType: string, subject: Subject, options?: TrackOptions): void;
  /** Return groups or pets for this visitor, best first. Rejects with a `RecommenderError`, as all that follow. */
  recommend(options?: RecommendOptions): Promise<Recommendation[]>;
  /** Order a list by this visitor's interest. */
  rerank(options: RerankOptions): Promise<Ranking>;
  /** Return pets like one, without it. Rejects with status 404 if the deployment does not have it. */
  similar(options: SimilarOptions): Promise<Recommendation[]>;
  /** Return pets that many visitors look at lately. Rejects with status 404 if the deployment does not have it. */
  trending(options?: ShelfOptions): Promise<Recommendation[]>;
  /** Give what this visitor did to the user who has just logged in, and act as that user from now on. */
  identify(loginToken: string): Promise<void>;
  /** Return what this visitor did. */
  history(options?: HistoryOptions): Promise<History>;
  /** Send the events that wait, without delay. Never rejects. */
  flush(): Promise<void>;
  /** Drop the visitor's token, the events that wait and the answers that were shown. Never throws. */
  forget(): void;
  /** Stop listening to the page and stop all timers. Events that wait are sent by the next client. */
  close(): void;
}
