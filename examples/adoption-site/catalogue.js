// The site's own data about its pets, in the form of the feed that the shelters send, and words for their fields.

const SIZES = ["", "very small", "small", "medium", "large", "very large"];
const AGES = ["", "baby", "young", "adult", "older", "old"];
export const SPECIES = { 1: "Cat", 2: "Dog" };
const DAY = 86_400_000;

let loading;

/** Return all pets by their ids. They are loaded once for a page, and again after a failure. */
export function loadPets() {
  loading ??= fetch("pets.jsonl")
    .then((response) => (response.ok ? response.text() : Promise.reject(new Error(`pets.jsonl: ${response.status}`))))
    .then((text) => new Map(text.trim().split("\n").map((line) => JSON.parse(line)).map((pet) => [pet.id, pet])))
    .catch((error) => {
      loading = undefined;
      throw error;
    });
  return loading;
}

export const breedName = (breed) => breed.replaceAll("_", " ");
export const shelterName = (shelter) => shelter.replaceAll("-", " ").replace(/\b\w/g, (letter) => letter.toUpperCase());

/** "medium, adult" */
export const describe = ({ size, age }) => [SIZES[size], AGES[age]].filter(Boolean).join(", ");

/** Return the fields of a group `{species}-{breed}-{size}-{age}`. */
export function readGroup(id) {
  const [, species, breed, size, age] = /^(\d+)-(.+)-(\d+)-(\d+)$/.exec(id) ?? [];
  return { species, breed: breed ?? id, size, age };
}

export function daysWaiting(pet) {
  return Math.max(Math.floor((Date.now() - Date.parse(pet.listedAt)) / DAY), 0);
}

/** "here since today", "here for 12 days", "here for over a year" */
export function waitingText(days) {
  if (days === undefined || Number.isNaN(days)) return "";
  if (days < 1) return "here since today";
  if (days < 60) return `here for ${days} day${days === 1 ? "" : "s"}`;
  return days < 365 ? `here for ${Math.floor(days / 30)} months` : "here for over a year";
}
