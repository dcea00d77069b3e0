import { announce, make } from "./cards.js";
import { SPECIES, breedName, daysWaiting, describe, loadPets, shelterName, waitingText } from "./catalogue.js";
import { startPage } from "./page.js";
import { appliedPets, applyFor, hasApplied, isFavourite, toggleFavourite, track } from "./recommender.js";
import { askCatalogue, fillForYou, fillSimilar } from "./shelves.js";

const petId = new URLSearchParams(location.search).get("id");
const find = (id) => document.getElementById(id);
const apply = find("apply");
const favourite = find("favourite");
const availability = find("availability");
const RETRY_MILLISECONDS = 10_000;
let isViewed = false;
let planned;

function showPet(pet) {
  document.title = `${pet.name} – Homeward`;
  find("name").textContent = pet.name;
  find("summary").textContent = `${breedName(pet.breed)}, ${describe(pet)}. ${pet.name} ${pet.fields?.character ?? "is looking for a home"}.`;
  Object.assign(find("photo"), { src: pet.photo, alt: `A drawing of ${pet.name}` });
  const facts = {
    Species: SPECIES[pet.species],
    Sex: pet.fields?.sex,
    Shelter: shelterName(pet.shelter),
    "With us": waitingText(daysWaiting(pet)).replace("here ", ""),
  };
  const rows = Object.entries(facts).filter(([, value]) => value);
  find("facts").replaceChildren(...rows.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  find("application-title").textContent = `Apply for ${pet.name}?`;
  find("application-text").textContent = `The shelter ${shelterName(pet.shelter)} will call you to arrange a first visit.`;
}

/** Show what this visitor has done, as far as this browser knows. Nobody waits for the API for that. */
function showOwn(pet) {
  favourite.disabled = false;
  favourite.setAttribute("aria-pressed", String(isFavourite(petId)));
  if (hasApplied(petId)) showApplication(pet);
  else apply.textContent = `Apply for ${pet.name}`;
}

function showApplication(pet) {
  apply.disabled = true;
  apply.textContent = "Application sent";
  availability.textContent = `Thank you! ${shelterName(pet.shelter)} will call you about ${pet.name}.`;
}

/** Show whether the pet can be adopted now, and what the visitor has done in other browsers. */
async function showState(pet) {
  const [{ adoptable }, applied] = await Promise.all([askCatalogue([petId]), appliedPets()]);
  if (applied.has(petId)) return showApplication(pet);
  apply.disabled = !adoptable.has(petId);
  availability.textContent = adoptable.has(petId) ? "" : `${pet.name} has found a home, or is about to.`;
}

function showStateFailure(error) {
  console.warn(error);
  tryAgainLater();
  if (hasApplied(petId)) return;
  apply.disabled = true;
  availability.textContent = "We cannot say at the moment whether this pet can be adopted. We try again in a moment.";
}

function tryAgainLater() {
  clearTimeout(planned);
  planned = setTimeout(fill, RETRY_MILLISECONDS);
}

function showFailure(title, ...text) {
  document.title = `${title} – Homeward`;
  find("name").textContent = title;
  find("summary").replaceChildren(...text);
}

function showNotFound() {
  const onward = make("a", { href: "search.html" }, "Meet the pets who are looking for a home");
  showFailure("Not found", "There is no such pet. It may have found a home long ago. ", onward, ".");
}

/** Track the view, once for the page and only of a pet that exists: the API cannot place any other. */
function trackView() {
  if (!isViewed) track("DetailView", { animalId: petId });
  isViewed = true;
}

async function fill() {
  const pets = await loadPets().catch(console.warn);
  if (!pets) {
    tryAgainLater();
    return showFailure("A pet", "This pet cannot be shown at the moment. We try again in a moment.");
  }
  const pet = pets.get(petId);
  const forYou = () => fillForYou(find("for-you"), { except: petId });
  if (!pet) {
    showNotFound();
    return forYou();
  }
  trackView();
  showPet(pet);
  showOwn(pet);
  await Promise.all([showState(pet).catch(showStateFailure), fillSimilar(find("similar"), petId), forYou()]);
}

favourite.addEventListener("click", () => {
  const isOn = toggleFavourite({ animalId: petId }, petId);
  favourite.setAttribute("aria-pressed", String(isOn));
});
apply.addEventListener("click", () => {
  const dialog = find("application");
  dialog.returnValue = "";
  dialog.showModal();
});
find("application").addEventListener("close", async ({ target }) => {
  if (target.returnValue !== "send") return;
  applyFor(petId);
  await fill();
  announce(availability.textContent);
});

startPage(fill);
