import assert from "node:assert/strict";
import { test } from "node:test";
import { Page } from "./api.js";

const beagle = (number: number) => ({ animalId: `P${number}` });
const ids = (events: any[]) => events.map(({ animal_id }) => animal_id);

test("given an event, then it is sent a quarter of a second later, with an id and the time at which it happened", async (t) => {
  const page = new Page(t);
  page.open().track("DetailView", beagle(1), { eventValue: 2 });
  await page.wait(249);
  assert.equal(page.api.calls.length, 0);
  await page.wait(1);
  const [event] = page.api.accepted;
  assert.deepEqual(
    { ...event, eventId: "" },
    { eventId: "", eventType: "DetailView", animal_id: "P1", timestamp: "2026-11-26T12:00:00.000Z", eventValue: 2 },
  );
  assert.match(event.eventId, /^[0-9a-f-]{36}$/);
});

test("given 60 events, then they are sent in batches of at most 25, in their order", async (t) => {
  const page = new Page(t);
  const client = page.open();
  for (let number = 0; number < 60; number++) client.track("DetailView", beagle(number));
  await page.wait(1000);
  assert.deepEqual(page.api.of("/events").map(({ body }) => body.events.length), [25, 25, 10]);
  assert.deepEqual(ids(page.api.accepted), Array.from({ length: 60 }, (_, number) => `P${number}`));
});

test("given the same event twice within a second, then it is sent once; later, it is another one", async (t) => {
  const page = new Page(t);
  const client = page.open();
  client.track("DetailView", beagle(1));
  client.track("DetailView", beagle(1));
  client.track("Favorite", beagle(1));
  await page.wait(1000);
  client.track("Favorite", beagle(1));
  await page.wait(1000);
  assert.deepEqual(page.api.accepted.map(({ eventType }) => eventType), ["DetailView", "Favorite", "Favorite"]);
});

test("given no network, then events wait, also for the next page, and go out when it is back", async (t) => {
  const page = new Page(t);
  await page.setOnline(false);
  const first = page.open();
  first.track("DetailView", beagle(1));
  await page.wait(3_600_000);
  await page.leave();
  assert.equal(page.api.calls.length, 0);
  first.close();
  page.open().track("DetailView", beagle(2));
  await page.wait(60_000);
  await page.setOnline(true);
  assert.deepEqual(ids(page.api.accepted), ["P1", "P2"]);
  assert.deepEqual(page.errors, []);
});

test("given a page that is left, then its events go into one beacon with the token, and are not sent again", async (t) => {
  const page = new Page(t);
  const client = page.open();
  client.track("DetailView", beagle(1));
  await page.wait(1000);
  client.track("DetailView", beagle(2));
  await page.leave();
  await page.hide();
  const beacons = page.api.calls.filter(({ path }) => path === "/events (beacon, text/plain)");
  assert.deepEqual(beacons.map(({ body, token }) => [token, ids(body.events)]), [["token-of-visitor-1", ["P2"]]]);
  page.open();
  await page.wait(60_000);
  assert.deepEqual(ids(page.api.accepted), ["P1", "P2"]);
});

test("given a page that is left before there is a token, then the next page sends its events", async (t) => {
  const page = new Page(t);
  const client = page.open();
  client.track("DetailView", beagle(1));
  await page.hide();
  client.close();
  assert.equal(page.api.calls.length, 0);
  page.open();
  await page.wait(1000);
  assert.deepEqual(ids(page.api.accepted), ["P1"]);
});

test("given a beacon that the browser refuses, then its events stay", async (t) => {
  const page = new Page(t);
  const client = page.open();
  await client.history().catch(() => {}); // there is a token
  page.navigator.sendBeacon = () => false;
  client.track("DetailView", beagle(1));
  await page.leave();
  await page.wait(1000);
  assert.deepEqual(ids(page.api.accepted), ["P1"]);
});

test("given an API that fails, then attempts come at growing intervals, with the same event ids", async (t) => {
  const page = new Page(t);
  t.mock.method(Math, "random", () => 1); // the longest delays
  page.api.replies["/events"] = Array.from({ length: 4 }, () => ({ status: 500, body: { message: "Internal" } }));
  page.open().track("DetailView", beagle(1));
  await page.wait(1000);
  for (const delay of [2000, 4000, 8000, 16_000]) {
    const before = page.api.of("/events").length;
    await page.wait(delay - 1);
    assert.equal(page.api.of("/events").length, before);
    await page.wait(1);
    assert.equal(page.api.of("/events").length, before + 1);
  }
  assert.equal(page.api.accepted.length, 1);
  assert.equal(new Set(page.api.of("/events").map(({ body }) => body.events[0].eventId)).size, 1);
  assert.equal(page.errors.length, 4);
});

test("given many failures, then no interval is longer than a minute, and clients do not come all at once", async (t) => {
  const page = new Page(t);
  t.mock.method(Math, "random", () => 0); // the shortest delays
  page.api.replies["/events"] = Array.from({ length: 12 }, () => ({ status: 429, body: { message: "Too Many" } }));
  page.open().track("DetailView", beagle(1));
  await page.wait(1000);
  for (let attempt = 0; attempt < 12; attempt++) await page.wait(30_000);
  assert.equal(page.api.accepted.length, 1);
});

test("given events that the API refuses, then it is told and the others are sent", async (t) => {
  const page = new Page(t);
  const errors = [{ field: "events[1].eventType", message: "is another spelling of DetailView: send it exactly so" }];
  page.api.replies["/events"] = [{ status: 400, body: { message: "The request is not valid", errors } }];
  const client = page.open();
  client.track("DetailView", beagle(1));
  client.track("detailview", beagle(2));
  client.track("DetailView", beagle(3));
  await page.wait(1000);
  assert.deepEqual(ids(page.api.accepted), ["P1", "P3"]);
  assert.match(page.errors[0]!.message, /400 The request is not valid/);
});

test("given a refusal that names no event, then the batch is dropped, and does not block what follows", async (t) => {
  const page = new Page(t);
  page.api.replies["/events"] = [{ status: 403, body: { message: "Forbidden" } }];
  const client = page.open();
  client.track("DetailView", beagle(1));
  await page.wait(1000);
  client.track("DetailView", beagle(2));
  await page.wait(1000);
  assert.deepEqual(ids(page.api.accepted), ["P2"]);
});

test("given a partial failure, then only the events that failed are sent again", async (t) => {
  const page = new Page(t);
  page.api.replies["/events"] = [{ status: 503, body: { message: "The stream did not take all", failed: [0] } }];
  const client = page.open();
  client.track("DetailView", beagle(1));
  client.track("DetailView", beagle(2));
  await page.wait(1000);
  await page.wait(2000);
  assert.deepEqual(ids(page.api.accepted), ["P1"]);
});

test("given more events than fit, then the oldest ones are dropped", async (t) => {
  const page = new Page(t);
  await page.setOnline(false);
  const client = page.open();
  for (let number = 0; number < 502; number++) client.track("DetailView", beagle(number));
  await page.setOnline(true);
  await page.wait(1000);
  await page.wait(1000);
  assert.equal(page.api.accepted.length, 500);
  assert.equal(page.api.accepted[0].animal_id, "P2");
  assert.equal(page.errors.length, 2);
});

test("given two tabs, then neither loses the other's events", async (t) => {
  const page = new Page(t);
  const [one, other] = [page.open(), page.open()];
  one.track("DetailView", beagle(1));
  const sending = one.flush();
  other.track("DetailView", beagle(2));
  await sending;
  await page.wait(1000);
  assert.deepEqual(new Set(ids(page.api.accepted)), new Set(["P1", "P2"]));
});
