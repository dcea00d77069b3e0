// Cards of pets, and shelves of cards. All texts of the catalogue become text, never HTML.
import { breedName, daysWaiting, describe, readGroup, waitingText } from "./catalogue.js";
import { isFavourite, toggleFavourite } from "./recommender.js";

/** Make an element: `make("p", { className: "quiet" }, "text", otherElement)`. */
export function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

/** Tell what has changed to who cannot see it. */
export function announce(text) {
  document.querySelector("#status").textContent = text;
}

/** Show cards instead of the placeholders that the page has, or a sentence if there are none. */
export function showCards(list, cards, otherwise) {
  list.replaceChildren(...(cards.length ? cards : [make("li", { className: "empty" }, otherwise)]));
  list.setAttribute("aria-busy", "false");
}

/** Return the card of a pet of the site's own catalogue. `subject` is what events are about. */
export function petCard(pet, { subject = { animalId: pet.id }, days = daysWaiting(pet) } = {}) {
  const link = make("a", { href: `pet.html?id=${encodeURIComponent(pet.id)}` }, pet.name ?? breedName(pet.breed));
  return make(
    "li",
    { className: "card" },
    make("div", { className: "picture" }, picture(pet.photo)),
    make("h3", {}, link),
    make("p", {}, breedName(pet.breed)),
    make("p", { className: "quiet" }, describe(pet)),
    make("p", { className: "quiet" }, waitingText(days)),
    favouriteButton(pet, subject),
  );
}

/** Return the card of an element of an answer: its pet or, without a catalogue, its group. */
export function elementCard(element, pets) {
  const { pet } = element;
  const known = pets.get(pet?.id);
  if (pet) return petCard({ ...readGroup(element.id), ...known, ...pet }, { subject: element, days: pet.daysWaiting });
  const group = readGroup(element.id);
  const link = make("a", { href: `search.html?q=${encodeURIComponent(breedName(group.breed))}` }, breedName(group.breed));
  return make(
    "li",
    { className: "card" },
    make("div", { className: "picture" }, picture(`/pictures/${group.breed}-1-${group.age > 1 ? "grown" : "young"}.svg`)),
    make("h3", {}, link),
    make("p", { className: "quiet" }, describe(group)),
  );
}

// List -> its newest question. An older one that is answered later must not bring back a pet that has left the shelf.
const questions = new WeakMap();

/** Load a shelf again: `ask` returns its cards. */
export async function fillShelf(section, ask, otherwise) {
  const list = section.querySelector(".cards");
  list.setAttribute("aria-busy", "true");
  const question = ask();
  questions.set(list, question);
  let shown;
  try {
    shown = [await question, otherwise];
  } catch (error) {
    console.warn(error);
    shown = [[], "This shelf could not be loaded. Please try again in a moment."];
  }
  if (questions.get(list) === question) showCards(list, ...shown);
}

export function picture(photo) {
  return make("img", { src: photo ?? "favicon.svg", alt: "", width: 240, height: 240, decoding: "async" });
}

function favouriteButton(pet, subject) {
  const button = make("button", { type: "button", className: "heart" }, make("span", { ariaHidden: "true" }, "♥"));
  const show = (isOn) => button.setAttribute("aria-pressed", String(isOn));
  button.setAttribute("aria-label", `Favourite ${pet.name ?? ""}`);
  show(isFavourite(pet.id));
  button.addEventListener("click", () => show(toggleFavourite(subject, pet.id)));
  return button;
}
