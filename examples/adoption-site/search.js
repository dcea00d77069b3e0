import { petCard, showCards } from "./cards.js";
import { breedName, loadPets } from "./catalogue.js";
import { startPage } from "./page.js";
import { appliedPets } from "./recommender.js";
import { askCatalogue } from "./shelves.js";

const PAGE = 24;
// A ranking takes at most 500 groups; nobody looks at more pets than these.
const MAXIMUM = 200;

const query = new URLSearchParams(location.search);
const results = document.getElementById("results");
const list = results.querySelector(".cards");
const more = document.getElementById("more");
let found = [];
let shown = PAGE;
let newest;

function matches(pet) {
  const text = `${pet.name} ${breedName(pet.breed)} ${pet.fields?.character ?? ""}`.toLowerCase();
  const words = (query.get("q") ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const fields = ["species", "age", "size"].every((name) => !query.get(name) || String(pet[name]) === query.get(name));
  return pet.status === "available" && fields && words.every((word) => text.includes(word));
}

/** Return the matching pets that can be adopted, in the visitor's order. */
async function search() {
  const [pets, applied] = await Promise.all([loadPets(), appliedPets()]);
  const ids = [...pets.values()].filter((pet) => matches(pet) && !applied.has(pet.id)).map(({ id }) => id);
  if (!ids.length) return { pets: [], source: "input" };
  const { ranking, source, adoptable } = await askCatalogue(ids.slice(0, MAXIMUM));
  return { pets: ranking.filter((id) => adoptable.has(id)).map((id) => pets.get(id)), source };
}

function show() {
  showCards(list, found.slice(0, shown).map((pet) => petCard(pet)), "No pet fits. Try fewer words.");
  more.hidden = found.length <= shown;
}

async function fill() {
  const order = document.getElementById("order");
  list.setAttribute("aria-busy", "true");
  const question = (newest = search());
  try {
    const { pets, source } = await question;
    if (question !== newest) return;
    found = pets;
    const count = `${pets.length} pet${pets.length === 1 ? "" : "s"}`;
    order.textContent = source === "personalize" ? `${count}, those that fit you first` : count;
    show();
  } catch (error) {
    console.warn(error);
    order.textContent = "";
    showCards(list, [], "The search does not work at the moment. Please try again.");
  }
}

for (const name of ["q", "species", "age", "size"]) document.getElementById(name).value = query.get(name) ?? "";
more.addEventListener("click", () => {
  const next = shown;
  shown += PAGE;
  show();
  list.children[next]?.querySelector("a").focus();
});
startPage(fill);
