// What is on the shelves.
import { elementCard, fillShelf, petCard } from "./cards.js";
import { loadPets } from "./catalogue.js";
import { appliedPets, client } from "./recommender.js";

const CARDS = 6;
// More are looked at than are shown, because some may be adopted by now.
const CANDIDATES = 30;

/** Fill "for you" with the recommended pets, except for one. */
export function fillForYou(section, { except } = {}) {
  return fillShelf(
    section,
    async () => {
      const [answer, pets, applied] = await Promise.all([
        client.recommend({ limit: CARDS + 2, pets: {} }).catch(withoutCatalogue("pets", () => client.recommend({ limit: CARDS }))),
        loadPets(),
        appliedPets(),
      ]);
      const shown = answer.filter(({ pet }) => !pet || (pet.id !== except && !applied.has(pet.id)));
      return shown.slice(0, CARDS).map((element) => elementCard(element, pets));
    },
    "All pets have found a home. Come back tomorrow!",
  );
}

/** Return what asks differently where the deployment has no catalogue of pets, and so refuses a field. */
function withoutCatalogue(field, ask) {
  return (error) => {
    if (!error.errors?.some((one) => one.field === field)) throw error;
    return ask();
  };
}

/** Fill "new here" and "waiting longest" from the site's own list; the catalogue says who can still be adopted. */
export async function fillByDate(newest, longest) {
  const asked = findByDate();
  const none = "Nobody, at the moment.";
  await Promise.all([
    fillShelf(newest, async () => (await asked).newest.map((pet) => petCard(pet)), none),
    fillShelf(longest, async () => (await asked).longest.map((pet) => petCard(pet)), none),
  ]);
}

async function findByDate() {
  const [pets, applied] = await Promise.all([loadPets(), appliedPets()]);
  const listed = [...pets.values()].filter(({ status, id }) => status === "available" && !applied.has(id));
  listed.sort((one, other) => other.listedAt.localeCompare(one.listedAt));
  const [first, last] = [listed.slice(0, CANDIDATES), listed.slice(-CANDIDATES).reverse()];
  const ids = [...new Set([...first, ...last])].map(({ id }) => id);
  const { adoptable } = await askCatalogue(ids).catch((error) => {
    // The site's own list is better than no shelf. The page of a pet asks again before anybody can apply.
    console.warn(error);
    return { adoptable: new Set(ids) };
  });
  const choose = (candidates) => candidates.filter(({ id }) => adoptable.has(id)).slice(0, CARDS);
  return { newest: choose(first), longest: choose(last) };
}

/** Return the ids in the visitor's order, and those of the pets that can be adopted now. */
export async function askCatalogue(petIds) {
  const { ranking, source, unavailable = [], unknown = [] } = await client
    .rerank({ petIds })
    .catch(withoutCatalogue("petIds", async () => client.rerank({ itemMetadataList: await describePets(petIds) })));
  const gone = new Set([...unavailable, ...unknown]);
  return { ranking, source, adoptable: new Set(ranking.filter((id) => !gone.has(id))) };
}

async function describePets(petIds) {
  const pets = await loadPets();
  return petIds.map((itemId) => {
    const { species, breed, size, age } = pets.get(itemId);
    const fields = { animal_species_id: species, animal_primary_breed_id: breed, animal_size_id: size, animal_age_id: age };
    return { itemId, animalMetadata: fields };
  });
}

/** Fill "more like this" and show it, where the deployment has similar pets. */
export function fillSimilar(section, animalId) {
  return fillOptional(section, () => client.similar({ animalId, limit: CARDS }));
}

/** Fill "much looked at" and show it, where the deployment has trending pets. */
export function fillTrending(section) {
  return fillOptional(section, () => client.trending({ limit: CARDS }));
}

async function fillOptional(section, ask) {
  const answer = await ask().catch(() => []);
  if (!answer.length) return;
  const [pets, applied] = await Promise.all([loadPets(), appliedPets()]);
  const shown = answer.filter(({ pet }) => pet && !applied.has(pet.id));
  section.hidden = shown.length === 0;
  await fillShelf(section, async () => shown.map((element) => elementCard(element, pets)), "");
}
