"""The console of the local AWS in a real browser, with the whole system at work in it."""

from __future__ import annotations

import pytest

from tests.support.site_visitor import DESKTOP, PHONE

SECTIONS = ("events", "machine", "models", "experiments", "alarms", "mails", "roles", "functions")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("device", "viewport"), [("phone", PHONE), ("desktop", DESKTOP)])
def test_given_the_console_then_it_is_quick_still_and_accessible(new_visitor, axe, device, viewport, scheme):
    visitor = new_visitor(viewport, scheme)
    visitor.page.goto(f"{visitor.site}_local/console")
    visitor.page.locator("body[data-loaded][data-connection=live]").wait_for()
    for section in SECTIONS:
        visitor.page.locator(f"#{section} :is(li, tbody tr, p.muted):visible").first.wait_for()
    visitor.screenshot(f"console-{device}-{scheme}")
    assert visitor.first_paint() < 1000
    assert visitor.shift() < 0.02
    assert not visitor.is_too_wide()
    assert visitor.violations(axe) == []


def test_given_the_list_of_functions_when_a_log_is_opened_then_it_is_in_view(new_visitor):
    visitor = new_visitor(PHONE)
    visitor.page.goto(f"{visitor.site}_local/console")
    visitor.page.locator("body[data-loaded][data-connection=live]").wait_for()
    visitor.page.get_by_role("button", name="Log of recommend", exact=True).click()
    visitor.page.locator("#log-lines > li").first.wait_for()
    assert 0 <= visitor.page.locator("#log-title").bounding_box()["y"] < PHONE["height"] / 2


def test_given_the_path_of_a_visitor_when_something_happens_then_the_path_grows_by_itself(new_visitor):
    visitor = new_visitor()
    visitor.open()
    visitor.agree()
    visitor.page.locator("#new .heart").first.click()
    visitor.wait_for_history({"Favorite"})
    # Given the console, which shows the path of the visitor of the newest event
    console = visitor.context.new_page()
    console.goto(f"{visitor.site}_local/console")
    console.locator("body[data-loaded][data-connection=live]").wait_for()
    pet = visitor.pets("new")[0]
    console.locator("#latest summary", has_text=pet).first.click()
    console.locator("#latest details[open] button").first.click()
    console.locator("#path > li").first.wait_for()
    # When the visitor does more, then the console shows it without being asked
    visitor.page.locator("#new .heart").nth(1).click()
    console.locator("#path > li", has_text=visitor.pets("new")[1]).first.wait_for()
