// The client of this page, and the visitor's consent to it.
import { createClient } from "./client/client.js";
import { endpoint } from "./config.js";
import { consent, dropConsent, dropUser, mayRemember, setConsent, setUser, storage } from "./storage.js";

// When the token of a user has ended, the page must not go on under the user's name.
export const client = createClient({ endpoint, storage, onSignedOut: logOut });

// What the visitor did on this page before they answered. It is sent if they say yes.
let waiting = [];

/** Say what the visitor did, if they allow it. */
export function track(eventType, subject) {
  if (mayRemember()) client.track(eventType, subject);
  else if (!consent()) waiting.push([eventType, subject, { timestamp: new Date() }]);
}

function decide(answer) {
  setConsent(answer);
  if (answer === "yes") for (const event of waiting) client.track(...event);
  closeConsent();
}

/** End the question. What the visitor did before is not sent any more. */
function closeConsent() {
  waiting = [];
  document.querySelector(".consent")?.remove();
}

/** Ask for consent, unless the visitor has answered before. `onYes` is called when they agree. */
export function askForConsent(onYes) {
  if (consent() || mayRemember()) return;
  const banner = document.createElement("section");
  banner.className = "consent";
  banner.setAttribute("aria-label", "Privacy");
  const text = document.createElement("p");
  text.textContent = "May we remember what you look at in this browser, to show you pets that fit?";
  const buttons = [["yes", "Yes, please"], ["no", "No, thank you"]].map(([answer, label]) => {
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
    button.addEventListener("click", () => {
      document.querySelector("#main").focus({ preventScroll: true });
      decide(answer);
      if (answer === "yes") onYes();
    });
    return button;
  });
  buttons[0].className = "primary";
  banner.append(text, ...buttons);
  // First in the order of the Tab key, because it lies above everything else.
  document.body.prepend(banner);
}

/**
 * Give what the visitor did to the user whom a token of the site's login names. They must be told that they are
 * remembered until the logout, because no other consent is asked for; what they answered before is valid again then.
 */
export async function acceptLogin(token, name) {
  await client.identify(token);
  setUser(name);
  closeConsent();
}

/** Forget the user in this browser; the next visitor starts anew. */
export function logOut() {
  client.forget();
  for (const name of Object.values(LISTS)) storage.removeItem(name);
  dropUser();
  location.assign("index.html");
}

/** Forget the visitor in this browser: the client's data and this site's own. */
export function forgetMe() {
  dropConsent();
  logOut();
}

// Favourites and applications are also this site's own data: they show at once, before an event has arrived.
const LISTS = { Favorite: "adoption-site:favourites", Application: "adoption-site:applications" };

function readList(name) {
  try {
    return new Set(JSON.parse(storage.getItem(name) ?? "[]"));
  } catch {
    return new Set();
  }
}

export const isFavourite = (petId) => readList(LISTS.Favorite).has(petId);

/** Turn a favourite on or off; return whether it is on now. */
export function toggleFavourite(subject, petId) {
  const favourites = readList(LISTS.Favorite);
  const isOn = !favourites.delete(petId);
  if (isOn) {
    favourites.add(petId);
    track("Favorite", subject);
  }
  storage.setItem(LISTS.Favorite, JSON.stringify([...favourites]));
  return isOn;
}

export const hasApplied = (petId) => readList(LISTS.Application).has(petId);

/** Apply for a pet, once. */
export function applyFor(petId) {
  if (hasApplied(petId)) return;
  storage.setItem(LISTS.Application, JSON.stringify([...readList(LISTS.Application).add(petId)]));
  track("Application", { animalId: petId });
}

let asking;

/** Return the ids of the pets that the visitor has applied for, in this browser or, after a login, in another. */
export async function appliedPets() {
  // The shelves of a page ask at the same time, so they share one request.
  asking ??= askForApplications().finally(() => (asking = undefined));
  return new Set([...readList(LISTS.Application), ...(await asking)]);
}

async function askForApplications() {
  if (!mayRemember()) return [];
  const history = await client.history({ eventType: "Application", limit: 100 }).catch(() => null);
  return (history?.events ?? []).map((event) => event.animal_id);
}
