import assert from "node:assert/strict";
import { test } from "node:test";
import { RecommenderError, createClient, type Client, type ClientOptions, type Recommendation } from "../src/client.js";
import { Page, settle } from "./api.js";

const element = (number: number, more: Partial<Recommendation> = {}): Recommendation => ({
  id: `2-Beagle-3-${number}`,
  source: "personalize",
  recommendationId: "RID-1",
  pet: { id: `P${number}`, name: "Coco" },
  ...more,
});

test("given several first calls at once, then one visitor is made, and the next page is the same visitor", async (t) => {
  const page = new Page(t);
  page.api.replies["/recommendations"] = [1, 2, 3].map(() => ({ status: 200, body: [] }));
  const client = page.open();
  await Promise.all([client.recommend(), client.recommend({ limit: 6, pets: { species: [2] } })]);
  await page.open().recommend();
  assert.equal(page.api.of("/visitors").length, 1);
  assert.deepEqual(
    page.api.of("/recommendations").map(({ body, token }) => [body, token]),
    [[{}, "token-of-visitor-1"], [{ limit: 6, pets: { species: [2] } }, "token-of-visitor-1"], [{}, "token-of-visitor-1"]],
  );
});

const DAY = 86_400_000;

/** The tokens with which a page opened after so many days asked, and the tokens that it sent to get another one. */
async function comeBack(page: Page, days: number[]) {
  page.api.replies["/history"] = days.map(() => ({ status: 200, body: { events: [] } }));
  for (const time of days) {
    await page.wait(time * DAY);
    await page.open().history();
    await settle();
  }
  const used = page.api.of("/history").map(({ token }) => token?.replace("token-of-", ""));
  return { used, sent: page.api.of("/visitors").map(({ body }) => body.visitorToken?.replace("token-of-", "")) };
}

test("given visitors who come back before their token has expired, then they stay the same for as long as they do", async (t) => {
  const { used, sent } = await comeBack(new Page(t), [0, 10, 10, 10, 19, 29.9]);
  // The third visit asks for a new token without waiting for it, the next one uses it.
  const third = "visitor-1, renewal 1";
  assert.deepEqual(used, ["visitor-1", "visitor-1", "visitor-1", third, third, "visitor-1, renewal 2"]);
  assert.deepEqual(sent, [undefined, "visitor-1", third, "visitor-1, renewal 2"]);
});

test("given a visitor who comes back too late, then it is a new visitor", async (t) => {
  const { used, sent } = await comeBack(new Page(t), [0, 31]);
  assert.deepEqual(used, ["visitor-1", "visitor-2"]);
  // The API judges whether the token has expired.
  assert.deepEqual(sent, [undefined, "visitor-1", undefined]);
});

for (const timeIn of ["header", "token"] as const) {
  for (const [clock, days] of [["ahead", -31], ["behind", 400]] as const) {
    test(`given a clock ${-days} days ahead and the time in the ${timeIn}, then there is one visitor, and no event is lost`, async (t) => {
      const page = new Page(t);
      Object.assign(page.api, { aheadMilliseconds: days * DAY, timeIn });
      for (let number = 0; number < 3; number++) {
        const client = page.open();
        client.track("DetailView", { animalId: `P${number}` });
        await page.wait(1000);
        await client.history().catch(() => {});
        client.close();
      }
      assert.equal(page.api.of("/visitors").length, 1, clock);
      const times = page.api.accepted.map(({ timestamp }) => Date.parse(timestamp) - page.api.aheadMilliseconds - Date.now());
      assert.equal(times.length, 3);
      assert.ok(times.every((time) => Math.abs(time) < 10_000), String(times));
      assert.deepEqual(page.errors, []);
    });
  }
}

test("given a clock that becomes wrong while the page is open, then the visitor stays and the event is sent again", async (t) => {
  const page = new Page(t);
  const client = page.open();
  client.track("DetailView", { animalId: "P1" });
  await page.wait(1000);
  page.api.aheadMilliseconds = -10 * DAY;
  client.track("DetailView", { animalId: "P2" });
  await page.wait(1000);
  client.track("DetailView", { animalId: "P3" });
  await page.hide();
  page.api.aheadMilliseconds = 0;
  await client.history().catch(() => {});
  client.track("DetailView", { animalId: "P4" });
  await page.wait(1000);
  const days = page.api.accepted.map(({ timestamp }) => Math.round((Date.parse(timestamp) - Date.now()) / DAY) + 0);
  assert.deepEqual(days, [0, -10, -10, 0]);
  assert.equal(page.api.of("/visitors").length, 1);
  client.forget();
  assert.equal(page.storage.values.size, 0);
});

test("given a clock that jumps 31 days ahead between two pages, then the visitor stays the same", async (t) => {
  const page = new Page(t);
  await comeBack(page, [0]);
  page.api.aheadMilliseconds = -31 * DAY;
  const { used } = await comeBack(page, [31, 0]);
  assert.deepEqual(used, ["visitor-1", "visitor-1, renewal 1", "visitor-1, renewal 1"]);
});

test("given a token of which hardly anything is left, then it is renewed before the call", async (t) => {
  const page = new Page(t);
  const { used } = await comeBack(page, [0, 30 - 0.0001]);
  assert.deepEqual(used, ["visitor-1", "visitor-1, renewal 1"]);
});

test("given a token of which hardly anything is left and that cannot be renewed, then the visitor is new", async (t) => {
  const page = new Page(t);
  await comeBack(page, [0]);
  page.api.revoke();
  const { used } = await comeBack(page, [30 - 0.0001]);
  assert.deepEqual(used, ["visitor-1", "visitor-2"]);
});

/** Let seconds pass one by one, so that what follows a pause can begin the next one. */
async function waitSeconds(page: Page, seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) await page.wait(1000);
}

test("given a renewal that is throttled, then the visitor stays, and it is tried again a moment later", async (t) => {
  const page = new Page(t);
  await comeBack(page, [0]);
  page.api.replies["/visitors"] = [{ status: 429, body: {} }];
  const { used, sent } = await comeBack(page, [16, 0.001, 0]);
  assert.deepEqual(used, ["visitor-1", "visitor-1", "visitor-1, renewal 1", "visitor-1, renewal 1"]);
  assert.deepEqual(sent, [undefined, "visitor-1", "visitor-1"]);
});

test("given a renewal that fails for longer, then the visitor stays, and the next call tries it again", async (t) => {
  const page = new Page(t);
  await comeBack(page, [0]);
  await page.wait(16 * DAY);
  page.api.replies["/visitors"] = [1, 2, 3].map(() => ({ status: 503, body: {} }));
  const client = page.open();
  for (let call = 0; call < 3; call++) {
    await client.history().catch(() => {});
    await waitSeconds(page, 3);
  }
  const used = page.api.of("/history").map(({ token }) => token);
  assert.deepEqual(used.slice(1), ["token-of-visitor-1", "token-of-visitor-1", "token-of-visitor-1, renewal 1"]);
});

test("given no room for new visitors for a moment, then the calls wait for one visitor, after pauses that grow", async (t) => {
  const page = new Page(t);
  page.api.replies["/visitors"] = [1, 2, 3, 4].map(() => ({ status: 429, body: { message: "Too Many Requests" } }));
  page.api.replies["/history"] = [1, 2].map(() => ({ status: 200, body: { events: [] } }));
  const client = page.open();
  client.track("DetailView", { animalId: "P1" });
  const answers = Promise.all([client.history(), client.history()]);
  await settle();
  await page.wait(200);
  assert.equal(page.api.of("/visitors").length, 1);
  await page.wait(300);
  assert.equal(page.api.of("/visitors").length, 2);
  await waitSeconds(page, 7);
  assert.deepEqual(await answers, [{ events: [] }, { events: [] }]);
  assert.equal(page.api.of("/visitors").length, 5);
  assert.deepEqual(page.api.accepted.map(({ animal_id }) => animal_id), ["P1"]);
  assert.deepEqual(page.errors, []);
});

test("given no room for new visitors at all, then a question is rejected and the events wait", async (t) => {
  const page = new Page(t);
  page.api.replies["/visitors"] = Array.from({ length: 5 }, () => ({ status: 429, body: { message: "Too Many Requests" } }));
  const client = page.open();
  // The queue tries again soon after, so what counts is how many requests there were until then.
  const attempts = assert.rejects(client.history(), { status: 429 }).then(() => page.api.of("/visitors").length);
  client.track("DetailView", { animalId: "P1" });
  await settle();
  await waitSeconds(page, 9);
  assert.equal(await attempts, 5);
  await waitSeconds(page, 4);
  assert.deepEqual(page.api.accepted.map(({ animal_id }) => animal_id), ["P1"]);
});

test("given a login while a renewal is under way, then what follows is the user's", async (t) => {
  const page = new Page(t);
  await comeBack(page, [0]);
  await page.wait(16 * DAY);
  page.api.replies["/history"] = [1, 2].map(() => ({ status: 200, body: { events: [] } }));
  const client = page.open();
  await Promise.all([client.history(), client.identify("login")]);
  await settle();
  await client.history();
  assert.equal(page.api.of("/history").at(-1)?.token, "token-of-user-of-login");
});

test("given a token that the API no longer accepts, then it is replaced once and the call succeeds", async (t) => {
  const page = new Page(t);
  const client = page.open();
  client.track("DetailView", { animalId: "P1" });
  await page.wait(1000);
  page.api.revoke();
  client.track("DetailView", { animalId: "P2" });
  await page.wait(1000);
  assert.deepEqual(page.api.accepted.map(({ animal_id }) => animal_id), ["P1", "P2"]);
  assert.deepEqual(page.errors, []);
});

test("given an API that accepts no token, then a call is tried twice and not for ever, and events stay", async (t) => {
  const page = new Page(t);
  const denied = () => ({ status: 401, body: { message: "Unauthorized" } });
  page.api.replies["/history"] = Array.from({ length: 9 }, denied);
  page.api.replies["/events"] = Array.from({ length: 2 }, denied);
  const client = page.open();
  await assert.rejects(client.history(), { status: 401 });
  assert.equal(page.api.of("/history").length, 2);
  client.track("DetailView", { animalId: "P1" });
  await page.wait(1000);
  await page.wait(2000);
  assert.equal(page.api.accepted.length, 1);
});

test("given an element of an answer, then its event names the pet, the group and the answer", async (t) => {
  const page = new Page(t);
  page.api.replies["/recommendations"] = [{ status: 200, body: [element(1), element(2), element(2)] }];
  const client = page.open();
  const answer = await client.recommend({ pets: {} });
  client.track("DetailView", answer[1]!);
  await page.wait(1000);
  const { eventId: _id, timestamp: _time, ...event } = page.api.accepted[0];
  assert.deepEqual(event, {
    eventType: "DetailView",
    animal_id: "P2",
    animalMetadata: {
      animal_species_id: "2",
      animal_primary_breed_id: "Beagle",
      animal_size_id: "3",
      animal_age_id: "2",
    },
    recommendationId: "RID-1",
    impression: ["2-Beagle-3-1", "2-Beagle-3-2"],
  });
});

test("given the id of a pet on a later page, then its event follows from the newest answer that showed it", async (t) => {
  const page = new Page(t);
  page.api.replies["/recommendations"] = [
    { status: 200, body: [element(1), element(2)] },
    { status: 200, body: [element(2, { recommendationId: "RID-2" })] },
    { status: 200, body: [element(3, { recommendationId: "RID-3" })] },
  ];
  for (let answer = 0; answer < 3; answer++) await page.open().recommend({ pets: {} });
  const client = page.open();
  client.track("DetailView", { animalId: "P2" });
  client.track("DetailView", { id: "P1", name: "Coco" });
  client.track("DetailView", { animalId: "P9" });
  await page.wait(1000);
  assert.deepEqual(
    page.api.accepted.map(({ recommendationId, impression }) => [recommendationId, impression]),
    [["RID-2", ["2-Beagle-3-2"]], ["RID-1", ["2-Beagle-3-1", "2-Beagle-3-2"]], [undefined, undefined]],
  );
});

test("given an answer of groups, then events about a group follow from it, whatever its breed is called", async (t) => {
  const page = new Page(t);
  const group = { id: "1-Semi-Longhair-2-0", source: "personalize", recommendationId: "RID-1" };
  page.api.replies["/recommendations"] = [{ status: 200, body: [group] }];
  const client = page.open();
  const [first] = await client.recommend();
  client.track("DetailView", first!);
  const animalMetadata = { animal_species_id: 1, animal_primary_breed_id: "Semi-Longhair", animal_size_id: 2 };
  client.track("Favorite", { animalMetadata });
  await page.wait(1000);
  const [view, favourite] = page.api.accepted;
  assert.equal(view.animal_id, undefined);
  assert.equal(view.animalMetadata.animal_primary_breed_id, "Semi-Longhair");
  assert.deepEqual([view.recommendationId, favourite.recommendationId], ["RID-1", "RID-1"]);
  assert.deepEqual(favourite.animalMetadata, animalMetadata);
});

test("given 40 groups, then the impression has 25 of them, with the one that was chosen", async (t) => {
  const page = new Page(t);
  const answer = Array.from({ length: 40 }, (_, number) => element(number));
  page.api.replies["/recommendations"] = [{ status: 200, body: answer }];
  const client = page.open();
  await client.recommend({ limit: 40, pets: {} });
  client.track("DetailView", answer[39]!);
  await page.wait(1000);
  const { impression } = page.api.accepted[0];
  assert.deepEqual([impression.length, impression[0], impression[24]], [25, "2-Beagle-3-0", "2-Beagle-3-39"]);
});

test("given a login, then the visitor's events are sent first, and what follows is the user's", async (t) => {
  const page = new Page(t);
  const client = page.open();
  client.track("DetailView", { animalId: "P1" });
  await client.identify("login-of-42");
  client.track("DetailView", { animalId: "P2" });
  await page.wait(1000);
  assert.deepEqual(
    page.api.calls.map(({ path, token }) => [path, token]),
    [
      ["/visitors", undefined],
      ["/events", "token-of-visitor-1"],
      ["/identify", "login-of-42"],
      ["/events", "token-of-user-of-login-of-42"],
    ],
  );
  assert.deepEqual(page.api.of("/identify")[0]?.body, { visitorToken: "token-of-visitor-1" });
});

test("given a login before anything else, then no anonymous visitor is made", async (t) => {
  const page = new Page(t);
  await page.open().identify("login-of-42");
  assert.deepEqual(page.api.calls.map(({ path, body }) => [path, body]), [["/identify", {}]]);
});

test("given a login while the page still acts as another user, then the new one gets nothing of them", async (t) => {
  const page = new Page(t);
  page.api.replies["/identify"] = [{ status: 409, body: { message: "Conflict" } }];
  const client = page.open();
  client.track("DetailView", { animalId: "P1" });
  await client.identify("login-of-43");
  assert.deepEqual(
    page.api.of("/identify").map(({ body }) => body),
    [{ visitorToken: "token-of-visitor-1" }, {}],
  );
  client.track("DetailView", { animalId: "P2" });
  await page.wait(1000);
  assert.equal(page.api.of("/events").at(-1)?.token, "token-of-user-of-login-of-43");
});

test("given a login that the API refuses, then the visitor stays who it is", async (t) => {
  const page = new Page(t);
  page.api.replies["/identify"] = [{ status: 401, body: { message: "Unauthorized" } }];
  const client = page.open();
  client.track("DetailView", { animalId: "P1" });
  await assert.rejects(client.identify("expired"), { status: 401 });
  client.track("DetailView", { animalId: "P2" });
  await page.wait(1000);
  assert.deepEqual(page.api.of("/events").map(({ token }) => token), ["token-of-visitor-1", "token-of-visitor-1"]);
});

/** A page on which ann has logged in and looked at P1, and then her token has ended. */
async function openWithEndedLogin(page: Page, options: Partial<ClientOptions> = {}) {
  const client = page.open(options);
  await client.identify("ann");
  page.api.revoke();
  client.track("DetailView", { animalId: "P1" });
  await page.wait(1000);
  return client;
}

test("given a user's token that ends, then the site is told once, and nothing becomes an anonymous visitor's", async (t) => {
  const page = new Page(t);
  let told = 0;
  const client = await openWithEndedLogin(page, { onSignedOut: () => void told++ });
  await assert.rejects(client.recommend(), { status: 401 });
  client.track("Favorite", { animalId: "P1" });
  await page.wait(100_000);
  await page.hide();
  assert.equal(told, 1);
  assert.deepEqual(page.api.calls.map(({ path }) => path), ["/identify", "/events"]);
  // The next page is told as well, when it has its client.
  const next = page.open({ onSignedOut: () => void told++ });
  assert.equal(told, 1);
  await settle();
  assert.equal(told, 2);
  next.close();
});

test("given a user's token that is over by the clock, then the API judges it, and the user is not made a visitor", async (t) => {
  const page = new Page(t);
  let told = 0;
  const client = page.open({ onSignedOut: () => void told++ });
  await client.identify("ann");
  await page.wait(31 * DAY);
  await assert.rejects(client.history(), { status: 401 });
  assert.equal(told, 1);
  assert.equal(page.api.of("/visitors").length, 0);
});

test("given a user's token that has ended, when the same user logs in, then the events that waited are theirs", async (t) => {
  const page = new Page(t);
  const client = await openWithEndedLogin(page);
  await client.identify("ann, again");
  await page.wait(3000);
  assert.deepEqual(page.api.accepted.map(({ animal_id }) => animal_id), ["P1"]);
  assert.equal(page.api.of("/events").at(-1)?.token, "token-of-user-of-ann, again");
  assert.match(page.errors[0]!.message, /login has ended/);
});

test("given a user's token that has ended, when another user logs in, then they get nothing of the first one", async (t) => {
  const page = new Page(t);
  const client = await openWithEndedLogin(page);
  await client.identify("bob");
  await page.wait(3000);
  assert.deepEqual(page.api.accepted, []);
  client.track("DetailView", { animalId: "P2" });
  await page.wait(1000);
  assert.deepEqual(page.api.accepted.map(({ animal_id }) => animal_id), ["P2"]);
});

test("given a site that forgets a user whose token has ended, then what follows is a new visitor's", async (t) => {
  const page = new Page(t);
  const client: Client = page.open({ onSignedOut: () => client.forget() });
  await client.identify("ann");
  page.api.revoke();
  client.track("DetailView", { animalId: "P1" });
  await page.wait(1000);
  client.track("DetailView", { animalId: "P2" });
  await page.wait(2000);
  assert.deepEqual(page.api.accepted.map(({ animal_id }) => animal_id), ["P2"]);
  assert.equal(page.api.of("/events").at(-1)?.token, "token-of-visitor-1");
});

test("given a visitor who is forgotten, then nothing is left, and the next call is another visitor's", async (t) => {
  const page = new Page(t);
  page.api.replies["/recommendations"] = [{ status: 200, body: [element(1)] }];
  const client = page.open();
  await client.recommend({ pets: {} });
  client.track("DetailView", { animalId: "P1" });
  client.forget();
  assert.equal(page.storage.values.size, 0);
  await page.wait(60_000);
  assert.equal(page.api.accepted.length, 0);
  client.track("DetailView", { animalId: "P1" });
  await page.wait(1000);
  assert.equal(page.api.of("/events")[0]?.token, "token-of-visitor-2");
  assert.equal(page.api.accepted[0].recommendationId, undefined);
});

test("given a visitor who is forgotten while a token is under way, then it is not kept", async (t) => {
  const page = new Page(t);
  const client = page.open();
  const answer = client.history().catch(() => {});
  client.forget();
  await answer;
  assert.equal(page.storage.values.size, 0);
});

test("given a deployment without similar pets, then the call is rejected with a clear error", async (t) => {
  const page = new Page(t);
  await assert.rejects(page.open().similar({ animalId: "P1" }), (error: RecommenderError) => {
    assert.deepEqual([error.name, error.status, error.message], ["RecommenderError", 404, "/similar: 404 Not Found"]);
    return true;
  });
});

test("given a shelf of similar or of trending pets, then an event about one of its pets names the answer", async (t) => {
  const page = new Page(t);
  const client = page.open();
  const answer = [{ id: "1-Siamese-2-2", source: "personalize", recommendationId: "rid-7", pet: { id: "P7" } }];
  page.api.replies["/similar"] = [{ status: 200, body: answer }];
  page.api.replies["/trending"] = [{ status: 200, body: [] }];
  const [first] = await client.similar({ animalId: "P1", limit: 6, pets: { shelters: ["north"] } });
  assert.deepEqual(await client.trending({ limit: 6 }), []);
  assert.deepEqual(page.api.of("/similar")[0]?.body, { animalId: "P1", limit: 6, pets: { shelters: ["north"] } });
  assert.deepEqual(page.api.of("/trending")[0]?.body, { limit: 6 });
  client.track("DetailView", first!);
  await client.flush();
  assert.equal(page.api.accepted[0]?.recommendationId, "rid-7");
});

test("given a wrong request, then the error names each field", async (t) => {
  const page = new Page(t);
  const errors = [{ field: "limit", message: "must be 1-500" }];
  page.api.replies["/recommendations"] = [{ status: 400, body: { message: "The request is not valid", errors } }];
  await assert.rejects(page.open().recommend({ limit: 0 }), { status: 400, errors });
});

test("given no answer at all, or one that is not JSON, then the call is rejected after three attempts", async (t) => {
  const page = new Page(t);
  page.api.isReachable = false;
  const unreachable = assert.rejects(page.open().recommend(), { status: 0, isTemporary: true });
  let calls = 0;
  const send = async () => new Response("<html>", { status: 502 + calls++ });
  const failing = assert.rejects(page.open({ fetch: send }).recommend(), { status: 504, isTemporary: true });
  for (let pause = 0; pause < 3; pause++) {
    await settle();
    await page.wait(1000);
  }
  await unreachable;
  await failing;
  assert.equal(calls, 3);
});

test("given a failure that is over soon, then the page gets its answer", async (t) => {
  const page = new Page(t);
  page.api.replies["/recommendations"] = [
    { status: 503, body: { message: "Service Unavailable" } },
    { status: 200, body: [element(1)] },
  ];
  const answer = page.open().recommend({ pets: {} });
  await settle();
  await page.wait(1000);
  assert.equal((await answer)[0]?.pet?.id, "P1");
});

test("given whatever a page does, then track throws nothing, and says what was wrong", async (t) => {
  const page = new Page(t);
  const client = page.open();
  for (const subject of [undefined, null, 7, "P1", {}, { id: 3 }] as any[]) client.track("DetailView", subject);
  client.track("DetailView", { animalId: "P1" }, { timestamp: new Date(NaN) });
  assert.equal(page.errors.length, 7);
  await page.wait(60_000);
  assert.equal(page.api.accepted.length, 0);
});

test("given a handler of errors that throws, then the page goes on", async (t) => {
  const page = new Page(t);
  const client = page.open({
    onError: () => {
      throw new Error("the page's own");
    },
  });
  client.track("DetailView", undefined as any);
  page.api.isReachable = false;
  client.track("DetailView", { animalId: "P1" });
  const flushed = client.flush();
  await waitSeconds(page, 3);
  await flushed;
});

test("given a browser without storage, or without room in it, then everything works until the page is closed", async (t) => {
  const page = new Page(t);
  const full = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  for (const storage of [{ getItem: full, setItem: full, removeItem: full }, { ...page.storage, setItem: full }]) {
    const client = page.open({ storage });
    client.track("DetailView", { animalId: "P1" });
    client.track("Favorite", { animalId: "P1" });
    await page.wait(1000);
    client.forget();
  }
  assert.equal(page.api.accepted.length, 4);
  assert.deepEqual(page.errors, []);
});

test("given damaged values in the storage, then they count as none", async (t) => {
  const page = new Page(t);
  for (const name of ["visitor", "queue", "shown"]) page.storage.setItem(`animal-recommender:${name}`, "{");
  const client = page.open();
  client.track("DetailView", { animalId: "P1" });
  await page.wait(1000);
  assert.equal(page.api.accepted.length, 1);
});

const OTHER_SHAPES = [
  "5", "null", "[1,null]", '"text"', "{}", "[{}]", "[[]]", '{"token":5}', '{"token":"\\n","expiresAt":"x"}', '{"token":"é","expiresAt":"x"}',
  '[{"groups":5,"elements":{"P1":["2-Beagle-3-1"]}}]', '[{"groups":["2-Beagle-3-1"],"elements":{"P1":5}}]', '[{"groups":["2-Beagle-3-1"]}]',
  '[{"groups":["2-Beagle-3-1"],"elements":{"P1":[]}}]', '[{"eventId":5,"eventType":"Favorite","timestamp":"x"}]',
];

for (const value of OTHER_SHAPES) {
  test(`given ${value} in each key of the storage, then it counts as none, and everything works`, async (t) => {
    const page = new Page(t);
    for (const name of ["visitor", "queue", "shown", "clock"]) page.storage.setItem(`animal-recommender:${name}`, value);
    const client = page.open();
    client.track("DetailView", { animalId: "P1" });
    await client.flush();
    page.api.replies["/recommendations"] = [{ status: 200, body: [element(1)] }];
    assert.equal((await client.recommend({ pets: {} })).length, 1);
    client.track("Favorite", { animalId: "P1" });
    await page.wait(1000);
    assert.deepEqual(page.api.accepted.map(({ eventType }) => eventType), ["DetailView", "Favorite"]);
    assert.equal(page.api.accepted[1].recommendationId, "RID-1");
    assert.deepEqual(page.errors, []);
  });
}

test("given an answer that cannot be remembered, then the page gets it nevertheless", async (t) => {
  const page = new Page(t);
  page.api.replies["/recommendations"] = [{ status: 200, body: [null] }];
  assert.deepEqual(await page.open().recommend(), [null]);
  assert.equal(page.errors.length, 1);
});

test("given an event that waits beside damaged ones, then it is sent", async (t) => {
  const page = new Page(t);
  const event = { eventId: "id-1", eventType: "DetailView", timestamp: "2026-11-26T12:00:00.000Z", animal_id: "P1" };
  page.storage.setItem("animal-recommender:queue", JSON.stringify([1, null, event, {}]));
  await page.open().flush();
  assert.deepEqual(page.api.accepted, [event]);
  assert.equal(page.storage.getItem("animal-recommender:queue"), "[]");
});

test("given a fault in sending itself, then flush is fulfilled and the fault is reported", async (t) => {
  const page = new Page(t);
  const client = page.open();
  client.track("DetailView", { animalId: "P1" });
  Object.defineProperty(page.navigator, "onLine", { get: () => { throw new Error("no navigator"); }, configurable: true });
  await client.flush();
  assert.deepEqual(page.errors.map(({ message }) => message), ["no navigator"]);
});

test("given a browser whose storage throws when it is named, then the client works until the page is closed", async (t) => {
  const page = new Page(t);
  const blocked = () => {
    throw new DOMException("blocked", "SecurityError");
  };
  const before = Object.getOwnPropertyDescriptor(globalThis, "localStorage");
  Object.defineProperty(globalThis, "localStorage", { get: blocked, configurable: true });
  t.after(() => (before ? Object.defineProperty(globalThis, "localStorage", before) : Reflect.deleteProperty(globalThis, "localStorage")));
  const options = { endpoint: "https://api.example", fetch: page.api.fetch };
  for (const client of [createClient(options), createClient({ ...options, storage: blocked })]) {
    client.track("DetailView", { animalId: "P1" });
    await page.wait(1000);
    client.track("DetailView", { animalId: "P2" });
    await page.wait(1000);
    client.forget();
  }
  assert.equal(page.api.accepted.length, 4);
  assert.equal(page.api.of("/visitors").length, 2);
});

test("given a storage from which nothing can be removed, then a visitor who is forgotten is forgotten on this page", async (t) => {
  const page = new Page(t);
  const removeItem = () => {
    throw new DOMException("blocked", "SecurityError");
  };
  const client = page.open({ storage: { getItem: page.storage.getItem, setItem: page.storage.setItem, removeItem } });
  client.track("DetailView", { animalId: "P1" });
  await page.wait(1000);
  client.forget();
  client.track("DetailView", { animalId: "P2" });
  await page.wait(1000);
  assert.deepEqual(page.api.of("/events").map(({ token }) => token), ["token-of-visitor-1", "token-of-visitor-2"]);
});

test("given the server of a page, which has no window, then the client can be made there", () => {
  createClient({ endpoint: "https://api.example" }).close();
});
