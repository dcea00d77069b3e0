// Right use compiles. A line after @ts-expect-error must not: tsc reports the directive if the line is right.
import type { components, operations } from "./generated";

type Schemas = components["schemas"];
type Body<Name extends keyof operations> = NonNullable<operations[Name]["requestBody"]>["content"]["application/json"];
type Answer<Name extends keyof operations> = operations[Name] extends {
  responses: { 200: { content: { "application/json": infer Content } } };
}
  ? Content
  : never;
type IsAny<Type> = 0 extends 1 & Type ? true : false;
type IsUnknown<Type> = IsAny<Type> extends true ? false : unknown extends Type ? true : false;
type Loose = {
  [Name in keyof operations]: IsAny<Body<Name>> extends true ? Name : IsUnknown<Body<Name>> extends true ? Name : never;
}[keyof operations];

// No request has the type any or unknown.
const loose: Loose[] = [];

const cat: Schemas["AnimalMetadata"] = { animal_species_id: "1", animal_primary_breed_id: "Siamese", animal_age_id: null };
const view: Schemas["NewEvent"] = { eventType: "DetailView", animalMetadata: cat, timestamp: 1_777_593_600 };
const right = {
  accept_events: { events: [view, { eventType: "Favorite", animal_id: 98765 }, { ...view, sessionId: "s-1", userId: 7, impression: ["1-Siamese-2-2"] }] },
  create_visitor: {},
  get_history: { limit: 20, after: "2026-05-01T00:00:00Z" },
  identify_visitor: { visitorToken: "a.b.c" },
  recommend: { limit: 6, filter: { name: "species", values: { SPECIES: ["1"] } }, pets: { perGroup: 2 } },
  rerank: { itemMetadataList: [{ itemId: 1, animalMetadata: cat }] },
  similar: { animalId: 98765, limit: 6, pets: { perGroup: 1, shelters: ["north"] } },
  trending: { limit: 6 },
} satisfies { [Name in "accept_events" | "create_visitor" | "get_history" | "identify_visitor" | "recommend" | "rerank" | "similar" | "trending"]: Body<Name> };

export const wrong = {
  // @ts-expect-error no events
  events: {} satisfies Body<"accept_events">,
  // @ts-expect-error an event without a type
  type: { animalMetadata: cat } satisfies Schemas["NewEvent"],
  // @ts-expect-error another spelling
  spelling: { ...view, session_id: "s-1" } satisfies Schemas["NewEvent"],
  // @ts-expect-error a breed is required
  breed: { animal_species_id: 1 } satisfies Schemas["AnimalMetadata"],
  // @ts-expect-error nothing can be chosen
  visitor: { visitorId: "mine" } satisfies Body<"create_visitor">,
  // @ts-expect-error a number, not a text
  limit: { limit: "6" } satisfies Body<"recommend">,
  // @ts-expect-error the filter has no name
  filter: { filter: { values: {} } } satisfies Body<"recommend">,
  // @ts-expect-error a promotion has a share
  promotion: { promotion: { name: "new-arrivals" } } satisfies Body<"recommend">,
  // @ts-expect-error an event without an animal
  animalless: { eventType: "DetailView" } satisfies Schemas["NewEvent"],
  // @ts-expect-error the animals are required
  ranking: { userId: "12345" } satisfies Body<"rerank">,
  // @ts-expect-error an animal without its group
  animal: { itemMetadataList: [{ itemId: "1" }] } satisfies Body<"rerank">,
  // @ts-expect-error to which pet or group?
  similar: { limit: 6 } satisfies Body<"similar">,
  // @ts-expect-error a moment is no object
  history: { userId: "12345", before: new Date() } satisfies Body<"get_history">,
  // @ts-expect-error another spelling
  token: { visitor_token: "a.b.c" } satisfies Body<"identify_visitor">,
};

export function read(shelf: Answer<"recommend">, history: Answer<"get_history">): string[] {
  // @ts-expect-error there is no such source
  const elsewhere = shelf.filter((element) => element.source === "elsewhere");
  // @ts-expect-error an answer has no such field
  const names = history.events.map((event) => event.name);
  return [...shelf, ...elsewhere].map((element) => element.pet?.id ?? element.id).concat(names, loose, Object.keys(right));
}
