// Compiled with the tests, never run: wrong use does not compile.
import { createClient } from "../src/client.js";

export async function use(): Promise<void> {
  const client = createClient({ endpoint: "https://api.example" });
  // @ts-expect-error an endpoint is needed
  createClient({});
  // @ts-expect-error an event is about an animal
  client.track("DetailView");
  // @ts-expect-error an animal has a group or an id
  client.track("DetailView", { name: "Coco" });
  // @ts-expect-error misspelt
  await client.recommend({ limits: 6 });
  // @ts-expect-error a promotion has a share
  await client.recommend({ promotion: { name: "new-arrivals" } });
  // @ts-expect-error a list is needed
  await client.rerank({});
  // @ts-expect-error to which pet or group?
  await client.similar({ limit: 6 });
  await client.trending({ pets: { species: [2] } });
  const [first] = await client.recommend({ limit: 6, pets: { near: { latitude: 51.7, longitude: -1.2, kilometers: 50 } } });
  // @ts-expect-error there may be no pet in an element
  first?.pet.name;
  const { events, nextToken } = await client.history({ eventType: "Favorite" });
  if (nextToken) events.push(...(await client.history({ nextToken })).events);
  if (first?.pet) client.track("DetailView", first.pet, { eventValue: 3 });
}
