// What is kept. Without the visitor's leave it lasts as long as the page, and so it does where the browser has no storage.
const CONSENT = "adoption-site:consent";
const USER = "adoption-site:user";

const page = new Map();

function read(name) {
  if (page.has(name)) return page.get(name);
  try {
    return localStorage.getItem(name);
  } catch {
    return null; // The visitor has blocked storage.
  }
}

function keep(name, value) {
  try {
    localStorage.setItem(name, value);
    page.delete(name);
  } catch {
    page.set(name, value);
  }
}

function drop(name) {
  page.delete(name);
  try {
    localStorage.removeItem(name);
  } catch {
    // Without storage there is nothing to remove.
  }
}

/** Return "yes", "no", or null if the visitor has not answered yet. */
export const consent = () => read(CONSENT);
export const loggedInUser = () => read(USER);

/** Return whether the visitor may be remembered. A login is leave for that user only, and ends with the logout. */
export const mayRemember = () => consent() === "yes" || loggedInUser() !== null;

/** What the client and the lists of this site use instead of `localStorage`. */
export const storage = {
  getItem: (name) => (mayRemember() ? read(name) : (page.get(name) ?? null)),
  setItem: (name, value) => void (mayRemember() ? keep(name, value) : page.set(name, value)),
  removeItem: drop,
};

/** Keep the answer and, after a yes, what the page has so far: what the visitor does now follows from what it showed. */
export function setConsent(answer) {
  keep(CONSENT, answer);
  if (answer === "yes") keepPage();
}

export function setUser(name) {
  keep(USER, name);
  keepPage();
}

function keepPage() {
  for (const [name, value] of page) keep(name, value);
}

export const dropConsent = () => drop(CONSENT);
export const dropUser = () => drop(USER);

/** Call `act` when another tab logs in or out, answers, or forgets. */
export function onOtherTab(act) {
  addEventListener("storage", ({ key }) => [CONSENT, USER, null].includes(key) && act());
}
