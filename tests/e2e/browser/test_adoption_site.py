"""The example site in a real browser: what a visitor does, and what the shelves then show."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route

from scripts.common.environments import ROOT
from scripts.demo import adoption_site
from seed.pets import pets as example_pets
from tests.support.site_visitor import DESKTOP, PHONE, Visitor

SHELVES = ("for-you", "new", "waiting")
BREED = "Beagle"


def view_beagles(visitor: Visitor, number: int = 6) -> list[str]:
    """Look at pets of one breed, one after the other; return their ids."""
    visitor.open("search.html?q=beagle")
    found = visitor.pets("results")[:number]
    assert len(found) == number
    for pet_id in found:
        visitor.open(f"pet.html?id={pet_id}")
    return found


def wait_until(visitor: Visitor, condition, seconds: float) -> float:
    """Open the first page again and again until a condition is true of it; return how long that took."""
    began = time.monotonic()
    while True:
        visitor.open()
        if condition():
            return time.monotonic() - began
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {visitor.breeds('for-you')}"


def slowness() -> float:
    """Return by how much this machine is slower than one that has nothing else to do."""
    return max(os.getloadavg()[0] / (os.cpu_count() or 1), 1.0)


def apply_for(visitor: Visitor, pet_id: str) -> None:
    visitor.open(f"pet.html?id={pet_id}")
    send_application(visitor)


def send_application(visitor: Visitor) -> None:
    page = visitor.page
    page.locator("#apply").click()
    page.get_by_role("button", name="Send the application").click()
    page.get_by_role("button", name="Application sent").wait_for()


def test_given_a_new_visitor_who_looks_at_beagles_then_the_shelf_follows_and_an_application_leaves_it(new_visitor):
    # Given a new visitor
    visitor, other = new_visitor(), new_visitor(PHONE)
    visitor.open()
    visitor.agree()
    opening = wait_until(visitor, lambda: True, 60)
    before = visitor.breeds("for-you").count(BREED)
    # When they look at six beagles, then the first shelf follows within two seconds
    view_beagles(visitor)
    seconds = wait_until(visitor, lambda: visitor.breeds("for-you").count(BREED) > before, 30)
    assert seconds < 2 * slowness() + opening
    beagle = next(
        pet for pet, breed in zip(visitor.pets("for-you"), visitor.breeds("for-you"), strict=True) if breed == BREED
    )
    # When they favourite one and apply for it, then it is on no shelf, now and after a reload
    heart = visitor.page.locator(f'#for-you .card:has(a[href$="{beagle}"]) .heart')
    heart.click()
    assert heart.get_attribute("aria-pressed") == "true"
    apply_for(visitor, beagle)
    for _ in range(2):
        visitor.open()
        assert beagle not in [pet for shelf in SHELVES for pet in visitor.pets(shelf)]
        visitor.page.reload()
        visitor.settle()
    # Then the system knows it, too: a shelf without this browser's own list does not have it either
    visitor.wait_for_history({"DetailView", "Favorite", "Application"})
    visitor.page.evaluate("localStorage.removeItem('adoption-site:applications')")
    visitor.open()
    assert beagle not in [pet for shelf in SHELVES for pet in visitor.pets(shelf)]
    # And another browser has a shelf of its own
    other.open()
    other.agree()
    assert other.pets("for-you") != visitor.pets("for-you")
    assert other.history() == []


def test_given_two_browsers_of_a_user_then_after_the_login_both_know_what_was_done_in_each(new_visitor):
    # Given somebody who looked at beagles at home, and at one on the phone
    at_home, on_the_phone = new_visitor(), new_visitor(PHONE)
    for visitor in (at_home, on_the_phone):
        visitor.open()
        visitor.agree()
    beagles = view_beagles(at_home, 3)
    on_the_phone.page.locator("#new .card a").first.click()
    on_the_phone.settle()
    at_home.wait_for_history({"DetailView"})
    on_the_phone.wait_for_history({"DetailView"})
    # When they log in in both
    name = f"Ann {uuid.uuid4()}"
    for visitor in (at_home, on_the_phone):
        visitor.log_in(name)
    # Then each knows the beagles and the other one, once the stream has moved them all
    for visitor in (at_home, on_the_phone):
        events = visitor.wait_for_history({"DetailView"}, number=4)
        assert len(events) == 4
        assert set(beagles) <= {event["animal_id"] for event in events}
    # And after the logout nothing of it is left in the browser
    at_home.page.get_by_role("button", name=f"Log out {name}").click()
    at_home.page.wait_for_url("**/index.html")
    at_home.settle()
    assert at_home.page.get_by_role("button", name="Log in").count() == 1
    assert at_home.history() == []


def test_given_no_consent_when_somebody_logs_in_then_they_are_told_and_remembered(new_visitor, axe):
    visitor = new_visitor(PHONE)
    visitor.open()
    visitor.page.get_by_role("button", name="Log in").click()
    assert "We then remember what you look at" in visitor.page.get_by_role("dialog").inner_text()
    visitor.screenshot("phone-light-login", whole=False)
    assert visitor.violations(axe) == []
    visitor.page.keyboard.press("Escape")
    assert visitor.page.evaluate("Object.keys(localStorage)") == []
    visitor.log_in("Bob")
    assert visitor.page.get_by_role("button", name="Yes, please").count() == 0
    visitor.page.locator("#new .heart").first.click()
    visitor.wait_for_history({"Favorite"})


def test_given_a_login_that_is_refused_then_the_visitor_reads_it_and_stays_who_it_is(new_visitor):
    visitor = new_visitor()
    visitor.open()
    visitor.agree()
    visitor.page.route("**/identify", lambda route: route.fulfill(status=403, json={"message": "Forbidden"}))
    visitor.submit_login("Eve")
    visitor.page.get_by_text("You could not be logged in").wait_for()
    visitor.page.get_by_role("button", name="Cancel").click()
    assert visitor.page.get_by_role("button", name="Log in").count() == 1
    assert visitor.history() == []
    visitor.problems.clear()  # the browser logs the 403


def test_given_a_pet_that_is_adopted_then_it_leaves_every_shelf_and_the_search(new_visitor, system):
    visitor = new_visitor()
    visitor.open()
    adopted = {visitor.pets(shelf)[0] for shelf in SHELVES}
    pets = [pet for pet in example_pets(datetime.now(UTC)) if pet["id"] in adopted]
    changes = [{"id": pet["id"], "status": "adopted"} for pet in pets]
    answer, failure = system.invoke("put_pets", {"changes": changes})
    assert failure is None
    assert set(answer["changed"]) == adopted
    visitor.open()
    assert not adopted & {pet for shelf in SHELVES for pet in visitor.pets(shelf)}
    for pet in pets:
        visitor.open(f"search.html?q={pet['name']}")
        assert pet["id"] not in visitor.pets("results")
        visitor.open(f"pet.html?id={pet['id']}")
        visitor.page.get_by_text("has found a home").wait_for()
        assert visitor.page.locator("#apply").is_disabled()


def test_given_a_view_that_follows_from_a_shelf_then_the_event_names_the_answer(new_visitor):
    visitor = new_visitor()
    visitor.open()
    visitor.agree()
    visitor.page.locator("#for-you .card a").first.click()
    visitor.settle()
    view = next(event for event in visitor.wait_for_history({"DetailView"}))
    assert view["recommendationId"]


def test_given_an_answer_that_is_overtaken_by_a_newer_one_then_it_does_not_replace_it(new_visitor):
    # Given a shelf whose first answer does not arrive
    visitor, held = new_visitor(), []
    visitor.page.route("**/recommendations", lambda route: held.append(route), times=1)
    visitor.page.goto(visitor.site)
    # When the visitor agrees, so the shelf is loaded again, and the first answer arrives after the second one
    visitor.agree()
    shown = visitor.pets("for-you")
    with visitor.page.expect_response("**/recommendations"):
        held[0].fulfill(json=[])
    visitor.page.evaluate("new Promise((resolve) => setTimeout(resolve))")
    # Then the second one stays
    assert len(shown) == 6
    assert visitor.pets("for-you") == shown


def test_given_no_network_then_events_wait_and_arrive_when_it_is_back(new_visitor):
    visitor = new_visitor()
    visitor.open()
    visitor.agree()
    visitor.context.set_offline(True)
    visitor.page.locator("#new .heart").first.click()
    visitor.page.wait_for_timeout(1500)
    visitor.context.set_offline(False)
    assert [event["eventType"] for event in visitor.wait_for_history({"Favorite"})] == ["Favorite"]


def test_given_a_page_of_another_origin_then_the_api_admits_it_and_takes_its_beacons(new_visitor):
    # Given the site at an origin that local.tfvars admits
    visitor, origin = new_visitor(), "http://127.0.0.1:3000"
    visitor.context.route(f"{origin}/**", lambda route: serve(route, visitor.endpoint))
    visitor.site = f"{origin}/"
    visitor.open()
    visitor.agree()
    # When the visitor leaves the page of a pet as soon as it shows the pet
    visitor.page.locator("#new .card a").first.click()
    visitor.page.wait_for_url("**/pet.html*")
    visitor.page.locator("#facts dt").first.wait_for()
    visitor.page.goto("about:blank")
    visitor.open()
    # Then the event has arrived
    assert len(visitor.wait_for_history({"DetailView"})) == 1


def serve(route: Route, endpoint: str) -> None:
    """Answer a request to the site's files, as a web server of somebody else would."""
    path = urlsplit(route.request.url).path
    if path == "/config.js":
        route.fulfill(body=f'export const endpoint = "{endpoint}";', content_type="text/javascript")
        return
    if path == "/pets.jsonl":
        route.fulfill(path=ROOT / "seed" / "pets.jsonl")
        return
    prefix = max((one for one in adoption_site.SOURCES if path.startswith(one)), key=len)
    name = path.removeprefix(prefix).removeprefix("/") or "index.html"
    route.fulfill(path=adoption_site.SOURCES[prefix] / name)


def test_given_no_consent_then_nothing_is_kept_and_nothing_is_sent(new_visitor):
    visitor, sent = new_visitor(), []
    visitor.page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/events") else None)
    visitor.open()
    visitor.page.get_by_role("button", name="No, thank you").click()
    visitor.page.locator("#new .heart").first.click()
    visitor.page.locator("#for-you .card a").first.click()
    visitor.settle()
    visitor.page.wait_for_timeout(1500)
    keys = visitor.page.evaluate("Object.keys(localStorage).sort()")
    assert keys == ["adoption-site:consent"]
    assert sent == []


def test_given_why_these_then_the_history_is_shown_and_forget_me_ends_it(new_visitor):
    visitor = new_visitor(PHONE)
    visitor.open()
    visitor.agree()
    view_beagles(visitor, 1)
    visitor.wait_for_history({"DetailView"})
    visitor.page.get_by_role("button", name="Why these?").click()
    dialog = visitor.page.get_by_role("dialog")
    dialog.get_by_text("You looked at").wait_for()
    assert BREED in dialog.inner_text()
    visitor.page.get_by_role("button", name="Forget me").click()
    visitor.page.wait_for_url("**/index.html")
    visitor.page.get_by_role("button", name="Yes, please").wait_for()
    assert visitor.page.evaluate("Object.keys(localStorage)") == []


def keys(visitor: Visitor) -> list[str]:
    """Return the names of what is stored in the browser."""
    return visitor.page.evaluate("Object.keys(localStorage).sort()")


@pytest.mark.parametrize("answer", [None, "No, thank you"])
def test_given_a_login_without_consent_when_the_user_logs_out_then_the_next_person_is_not_remembered(
    new_visitor, answer
):
    visitor = new_visitor()
    visitor.open()
    if answer:
        visitor.page.get_by_role("button", name=answer).click()
    before = keys(visitor)
    name = f"Cy {uuid.uuid4()}"
    visitor.log_in(name)
    visitor.open()
    visitor.page.get_by_role("button", name=f"Log out {name}").click()
    visitor.page.wait_for_url("**/index.html")
    visitor.settle()
    assert visitor.page.get_by_role("button", name="Yes, please").count() == (0 if answer else 1)
    visitor.page.locator("#new .heart").first.click()
    assert keys(visitor) == before


def test_given_a_users_token_that_is_not_valid_any_more_then_the_page_shows_that_nobody_is_logged_in(new_visitor):
    visitor = new_visitor()
    visitor.open()
    visitor.log_in(f"Dee {uuid.uuid4()}")
    visitor.page.evaluate(
        """() => {
            const key = "animal-recommender:visitor";
            localStorage.setItem(key, JSON.stringify({ ...JSON.parse(localStorage.getItem(key)), token: "a.b.c" }));
        }"""
    )
    visitor.page.reload()
    visitor.page.get_by_role("button", name="Log in").wait_for()
    assert keys(visitor) == []
    visitor.problems.clear()  # the browser logs the 401


def test_given_a_heart_before_consent_then_nothing_is_stored_until_a_yes_and_then_it_is_sent(new_visitor):
    visitor = new_visitor()
    visitor.open()
    heart = visitor.page.locator("#new .heart").first
    heart.click()
    assert heart.get_attribute("aria-pressed") == "true"
    assert keys(visitor) == []
    visitor.agree()
    assert "adoption-site:favourites" in keys(visitor)
    assert [event["eventType"] for event in visitor.wait_for_history({"Favorite"})] == ["Favorite"]


def test_given_a_browser_without_storage_then_the_site_works(new_visitor):
    visitor = new_visitor()
    visitor.context.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked'); } })"
    )
    visitor.open()
    visitor.agree()
    heart = visitor.page.locator("#for-you .heart").first
    heart.click()
    assert heart.get_attribute("aria-pressed") == "true"
    apply_for(visitor, visitor.pets("new")[0])


@pytest.mark.parametrize("query", ["", "?id=", "?id=P-mistyped"])
def test_given_a_link_to_no_pet_then_no_event_is_sent_and_the_page_leads_onward(new_visitor, query):
    visitor, sent = new_visitor(), []
    visitor.open()
    visitor.agree()
    visitor.page.on("request", lambda request: sent.append(request.url) if request.url.endswith("/events") else None)
    visitor.open(f"pet.html{query}")
    visitor.page.wait_for_timeout(1000)
    assert sent == []
    assert visitor.pets("for-you")
    visitor.page.get_by_role("link", name="Meet the pets").click()
    visitor.page.wait_for_url("**/search.html")


def test_given_an_api_that_is_down_then_an_application_shows_at_once_and_the_page_recovers(new_visitor):
    # Given the page of a pet, and an API that is down from then on
    visitor = new_visitor()
    visitor.open()
    visitor.agree()
    first, second = visitor.pets("new")[:2]
    page = visitor.open(f"pet.html?id={first}")
    page.locator("#apply:enabled").wait_for()
    page.context.route("**/rankings", lambda route: route.abort())
    page.context.route("**/history", lambda route: route.abort())
    # When the visitor applies, then they cannot apply again, not after a reload either
    send_application(visitor)
    assert page.locator("#apply").is_disabled()
    page.reload()
    page.get_by_role("button", name="Application sent").wait_for()
    assert page.locator("#apply").is_disabled()
    # And another pet's page works when the network is back, without a reload
    page.goto(f"{visitor.site}pet.html?id={second}")
    page.get_by_text("We cannot say at the moment").wait_for()
    page.context.unroute("**/rankings")
    page.context.unroute("**/history")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.locator("#apply:enabled").wait_for(timeout=5000)
    visitor.problems.clear()  # the browser logs each request that fails


def test_given_no_visitor_token_then_the_shelves_of_the_sites_own_list_stay(new_visitor):
    visitor = new_visitor()
    visitor.page.route("**/visitors", lambda route: route.fulfill(status=400, json={"message": "no"}))
    visitor.open()
    assert [len(visitor.pets(shelf)) for shelf in SHELVES] == [0, 6, 6]
    visitor.problems.clear()  # the browser logs the refusal


def test_given_two_tabs_when_one_forgets_then_the_other_follows(new_visitor):
    visitor = new_visitor()
    visitor.open()
    visitor.agree()
    other = visitor.context.new_page()
    other.goto(visitor.site)
    other.locator("#for-you .card a").first.wait_for()
    assert other.get_by_role("button", name="Yes, please").count() == 0
    visitor.page.get_by_role("button", name="Why these?").click()
    assert "until the operator removes it" in visitor.page.get_by_role("dialog").inner_text()
    visitor.page.get_by_role("button", name="Forget me").click()
    other.get_by_role("button", name="Yes, please").wait_for()


def test_given_the_consent_banner_then_the_tab_key_reaches_it_first_and_it_hides_no_focus(new_visitor):
    visitor = new_visitor(PHONE)
    page = visitor.open()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Yes, please"
    top = page.locator(".consent").bounding_box()["y"]
    for _ in range(16):
        page.keyboard.press("Tab")
        if not page.evaluate("document.activeElement.closest('.consent, .skip')"):
            assert page.evaluate("document.activeElement.getBoundingClientRect().bottom") <= top


def test_given_a_screen_of_320_pixels_then_no_page_scrolls_sideways(new_visitor):
    visitor = new_visitor({"width": 320, "height": 640})
    for path in ("", "pet.html?id=P0002", "search.html?q=beagle"):
        visitor.open(path)
        assert not visitor.is_too_wide(), path


def test_given_only_a_keyboard_then_everything_can_be_reached_and_dialogs_give_the_focus_back(new_visitor):
    visitor = new_visitor()
    page = visitor.open()
    visitor.agree()
    page.reload()
    visitor.settle()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the pets"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    why = page.locator("#for-you [data-action=why]")
    why.focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    assert why.evaluate("button => button === document.activeElement")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('#for-you .card a')")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


def test_given_a_foreign_script_in_the_page_then_the_content_security_policy_stops_it(new_visitor):
    visitor = new_visitor()
    page = visitor.open()
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in problem for problem in visitor.problems)
    visitor.problems.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("device", "viewport"), [("phone", PHONE), ("desktop", DESKTOP)])
def test_given_the_pages_then_they_are_quick_still_and_accessible(
    new_visitor: Callable[..., Visitor], axe: str, device: str, viewport: dict, scheme: str
) -> None:
    visitor = new_visitor(viewport, scheme)
    visitor.open()
    visitor.screenshot(f"{device}-{scheme}-consent", whole=False)
    assert visitor.violations(axe) == []
    visitor.agree()
    beagle = view_beagles(visitor, 1)[0]
    for name, path in {"home": "", "pet": f"pet.html?id={beagle}", "search": "search.html?q=beagle"}.items():
        visitor.open(path)
        visitor.screenshot(f"{device}-{scheme}-{name}")
        assert visitor.first_paint() < 1000, name
        assert visitor.shift() < 0.02, name
        assert not visitor.is_too_wide(), name
        assert visitor.violations(axe) == [], name
    visitor.wait_for_history({"DetailView"})
    visitor.page.get_by_role("button", name="What we know about you").click()
    visitor.page.get_by_text("You looked at").first.wait_for()
    visitor.screenshot(f"{device}-{scheme}-why", whole=False)
    assert visitor.violations(axe) == []
