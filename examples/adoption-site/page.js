// What every page has: the consent banner, "Why these?" and "Forget me".
import { announce, make, picture } from "./cards.js";
import { breedName, loadPets } from "./catalogue.js";
import { addLogin } from "./login.js";
import { askForConsent, client, forgetMe } from "./recommender.js";
import { loggedInUser, onOtherTab } from "./storage.js";

const WORDS = { DetailView: "looked at", Favorite: "marked as favourite", Application: "applied for" };

/** Set a page up. `fill` loads what depends on the visitor; it is called again when that may have changed. */
export function startPage(fill) {
  const refill = () => void fill();
  for (const button of document.querySelectorAll("[data-action=why]")) button.addEventListener("click", showWhy);
  askForConsent(refill);
  addLogin(refill);
  // A browser may show the page again as it was, before the visitor applied for a pet.
  addEventListener("pageshow", ({ persisted }) => persisted && refill());
  addEventListener("online", refill);
  // Nobody stays logged in, or known, in a tab after they have left in another one.
  onOtherTab(() => location.reload());
  refill();
}

async function showWhy() {
  const list = make("ul", { className: "history", role: "list" });
  const text = make("p", {}, "…");
  const close = make("button", { type: "button" }, "Close");
  const forget = make("button", { type: "button" }, "Forget me");
  const title = make("h2", { id: "why-title" }, "Why these?");
  const meaning = make("p", { id: "forget-meaning", className: "quiet" }, forgetMeaning());
  forget.setAttribute("aria-describedby", meaning.id);
  const dialog = make("dialog", { className: "why" }, title, text, list, meaning, make("div", { className: "actions" }, close, forget));
  dialog.setAttribute("aria-labelledby", "why-title");
  close.addEventListener("click", () => dialog.close());
  forget.addEventListener("click", forgetMe);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  await fillHistory(text, list);
  announce(text.textContent);
}

/** Say what "Forget me" clears, and what it leaves. */
function forgetMeaning() {
  const kept = loggedInUser()
    ? "and shows it again when you log in"
    : "under a number that leads to nobody once this browser has lost it";
  return `“Forget me” clears this browser: your answer, favourites, applications, and who you are. Our server keeps what it was sent, ${kept}, until the operator removes it.`;
}

async function fillHistory(text, list) {
  try {
    await client.flush();
    const [{ events }, pets] = await Promise.all([client.history({ limit: 30 }), loadPets()]);
    list.replaceChildren(...events.map((event) => historyEntry(event, pets)));
    text.textContent = events.length
      ? "These are your last steps here. Pets like the ones you cared about come first."
      : "We know nothing about you yet, so you see the pets that many people like. Look at some, and this will change.";
  } catch (error) {
    console.warn(error);
    text.textContent = "Your history could not be loaded. Please try again in a moment.";
  }
}

function historyEntry({ eventType, animal_id: petId, animalMetadata, timestamp }, pets) {
  const pet = pets.get(petId);
  const breed = breedName(animalMetadata.animal_primary_breed_id);
  const name = pet ? make("a", { href: `pet.html?id=${encodeURIComponent(petId)}` }, pet.name) : "a pet";
  const time = make("time", { dateTime: timestamp, className: "quiet" }, new Date(timestamp).toLocaleString([], { dateStyle: "medium", timeStyle: "short" }));
  const words = make("span", {}, `You ${WORDS[eventType] ?? eventType} `, name, ` (${breed})`, make("br"), time);
  return make("li", {}, picture(pet?.photo), words);
}
