// Right use compiles. A line after @ts-expect-error must not: tsc reports the directive if the line is right.
import { acceptEvents, createVisitor, getHistory, identifyVisitor, recommend, rerank } from "./generated";

const cat = { animal_species_id: "1", animal_primary_breed_id: "Siamese", animal_age_id: null };
const view = { eventType: "DetailView", animalMetadata: cat };

type IsAny<Type> = 0 extends 1 & Type ? true : false;
type BodyOf<Call extends (options: never) => unknown> = NonNullable<Parameters<Call>[0]> extends { body?: infer Body } ? Body : never;
type Loose<Type> = IsAny<Type> extends true ? "any" : unknown extends Type ? "unknown" : never;

// No request has the type any or unknown.
export const loose: Loose<
  | BodyOf<typeof acceptEvents>
  | BodyOf<typeof createVisitor>
  | BodyOf<typeof getHistory>
  | BodyOf<typeof identifyVisitor>
  | BodyOf<typeof recommend>
  | BodyOf<typeof rerank>
>[] = [];

export async function right(): Promise<string[]> {
  const visitor = await createVisitor({ body: {} });
  const sent = await acceptEvents({ auth: visitor.data?.token ?? "", body: { events: [view, { eventType: "Favorite", animal_id: 7 }] } });
  const shelf = await recommend({ body: { limit: 6, pets: { near: { latitude: 48.2, longitude: 16.4, kilometers: 5 } } } });
  const ranked = await rerank({ body: { sessionId: "s-1", itemMetadataList: [{ itemId: 1, animalMetadata: cat }] } });
  const history = await getHistory({ body: { userId: "12345", after: 1_777_593_600 } });
  const user = await identifyVisitor({ body: { visitorToken: "a.b.c" } });
  const groups = (shelf.data ?? []).map((element) => element.pet?.name ?? element.id);
  const types = (history.data?.events ?? []).map((event) => event.eventType);
  return [...groups, ...types, ...(ranked.data?.ranking ?? []), user.data?.userId ?? "", String(sent.data?.accepted)];
}

export async function wrong(): Promise<void> {
  // @ts-expect-error no events
  await acceptEvents({ body: {} });
  // @ts-expect-error a request has a body
  await acceptEvents({});
  // @ts-expect-error an event without a type
  await acceptEvents({ body: { events: [{ animalMetadata: cat }] } });
  // @ts-expect-error an event without an animal
  await acceptEvents({ body: { events: [{ eventType: "DetailView" }] } });
  // @ts-expect-error another spelling
  await acceptEvents({ body: { events: [{ ...view, user_id: "12345" }] } });
  // @ts-expect-error nothing can be chosen
  await createVisitor({ body: { visitorId: "mine" } });
  // @ts-expect-error a number, not a text
  await recommend({ body: { limit: "6" } });
  // @ts-expect-error a circle has a radius
  await recommend({ body: { pets: { near: { latitude: 48.2, longitude: 16.4 } } } });
  // @ts-expect-error the animals are required
  await rerank({ body: { userId: "12345" } });
  // @ts-expect-error an animal without its group
  await rerank({ body: { itemMetadataList: [{ itemId: "1" }] } });
  // @ts-expect-error a moment is no object
  await getHistory({ body: { before: new Date() } });
  // @ts-expect-error another spelling
  await identifyVisitor({ body: { token: "a.b.c" } });
  const shelf = await recommend({ body: {} });
  // @ts-expect-error there is no such source
  (shelf.data ?? []).filter((element) => element.source === "elsewhere");
}
