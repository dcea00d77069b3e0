// The login of the page. The local AWS has an example login, which config.js names; a site of your own calls `acceptLogin`.
import { make } from "./cards.js";
import * as config from "./config.js";
import { acceptLogin, logOut } from "./recommender.js";
import { loggedInUser } from "./storage.js";

/** Show the button of the header, if there is a login. `onLogin` is called after a login. */
export function addLogin(onLogin) {
  const button = document.getElementById("login");
  const show = () => {
    button.textContent = loggedInUser() ? `Log out ${loggedInUser()}` : "Log in";
  };
  const welcome = () => {
    show();
    onLogin();
  };
  button.addEventListener("click", () => (loggedInUser() ? logOut() : ask(welcome)));
  if (config.login) show();
}

function ask(onLogin) {
  const name = make("input", { id: "login-name", name: "name", autocomplete: "username", required: true, maxLength: 40 });
  const label = make("label", { htmlFor: "login-name" }, "Your name");
  const title = make("h2", { id: "login-title" }, "Log in");
  const text = make("p", {}, "This example asks for no password. We then remember what you look at, wherever you log in with this name, until you log out.");
  const problem = make("p", { role: "alert" });
  const cancel = make("button", { type: "button" }, "Cancel");
  const actions = make("div", { className: "actions" }, make("button", { className: "primary" }, "Log in"), cancel);
  const form = make("form", { method: "dialog", className: "login" }, title, text, label, name, problem, actions);
  const dialog = make("dialog", {}, form);
  dialog.setAttribute("aria-labelledby", "login-title");
  cancel.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await acceptLogin(await fetchToken(name.value.trim()), name.value.trim());
      dialog.close();
      onLogin();
    } catch (error) {
      console.warn(error);
      problem.textContent = "You could not be logged in. Please try again.";
    }
  });
  document.body.append(dialog);
  dialog.showModal();
}

async function fetchToken(sub) {
  const { address, audience: aud } = config.login;
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(address, { method: "POST", headers, body: JSON.stringify({ sub, aud }) });
  if (!response.ok) throw new Error(`login: ${response.status}`);
  return (await response.json()).token;
}
