// Roles: how many of their grants were used, and what was denied.

import { badge, byId, h, lastPart, plural, read, shortNames, showList, table } from "./dom.js";

/** Show the roles, those with denied calls first; returns the number of denied calls. */
export function showAccess(roles) {
  const denials = (role) => role.denied.reduce((sum, one) => sum + one.times, 0);
  const short = shortNames(roles.map((role) => lastPart(role.role)));
  const shown = roles.map((role) => ({ ...role, name: short.get(lastPart(role.role)), denials: denials(role) }));
  shown.sort((one, other) => other.denials - one.denials || one.name.localeCompare(other.name));
  showList(byId("role-list"), shown, (role) => role.role, roleRow, "There is no role: everybody is the administrator.");
  return shown.reduce((sum, role) => sum + role.denials, 0);
}

function roleRow(role) {
  const grants = h("div", {});
  const details = h("details", { on: { toggle: () => details.open && showGrants(role.role, grants) } },
    h("summary", { class: "row" },
      role.denials ? badge("bad", plural(role.denials, "denied call")) : null,
      h("span", { class: "name" }, role.name),
      h("span", { class: "muted" }, `${role.used} of ${plural(role.grants, "grant")} used`)),
    h("div", { class: "inside" }, role.denied.map(deniedCall), grants));
  return h("li", {}, details);
}

const deniedCall = (one) =>
  h("p", { class: "denied" }, badge("bad", `${one.times}×`), " ", h("strong", {}, one.action), ` on ${one.resource}: ${one.why}`);

async function showGrants(role, parent) {
  try {
    const { roles } = await read(`access?role=${encodeURIComponent(role)}`);
    const rows = (roles[0]?.grants ?? []).map((grant) =>
      h("tr", {}, h("td", { class: "number" }, String(grant.used)), h("td", {}, grant.action), h("td", {}, grant.resource)));
    parent.replaceChildren(table(`Grants of ${lastPart(role)}`, ["Uses", "Action", "Resource"], h("tbody", {}, rows)));
  } catch (error) {
    parent.replaceChildren(h("p", {}, error.message));
  }
}
