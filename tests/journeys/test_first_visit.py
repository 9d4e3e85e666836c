"""A fresh owner, led by the guide from nothing to a first result: real gunicorn, worker and sandbox, in Chromium."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys import people
from tests.journeys.conftest import OpenPage
from tests.stack import Stack


def guide(page: Page) -> Locator:
    page.goto("/")
    return page.locator("#guide")


def switcher(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Main").locator(".team-current")


def test_the_guide_leads_from_a_key_to_the_first_result(stack: Stack, open_page: OpenPage) -> None:
    wallet = people.make_wallet(stack)
    page = people.come_in(open_page(stack), people.make_team(stack))
    expect(guide(page)).to_contain_text("0 of 3 done")
    expect(page.locator("#guide .btn-primary")).to_have_count(1)
    page.get_by_role("link", name="Add a key").click()
    people.add_key(page, wallet.key, "first-pictures")

    expect(guide(page)).to_contain_text("1 of 3 done")
    page.locator("#guide").get_by_role("link", name="New project").click()
    people.make_project(page, "Launch", key="First pictures")

    expect(guide(page)).to_contain_text("2 of 3 done")
    page.locator("#guide").get_by_role("link", name="New job").click()
    people.choose_model(page, "seedream-4-0", "Seedream 4.0")
    people.prompt_of(page).fill("A lighthouse at dusk, long exposure")
    people.let_the_next_hang(stack, wallet)
    job = people.generate(page)

    expect(guide(page).get_by_role("link", name="Watch it")).to_have_attribute("href", re.compile(people.job_id(job)))
    people.let_it_finish(stack, wallet)
    expect(page.locator("#guide")).to_contain_text("All 3 steps are done", timeout=30_000)
    page.locator("#guide").get_by_role("link", name="See the results").click()
    people.expect_drawn(page.locator(f"#job-{people.job_id(job)} img"))
    expect(guide(page)).to_have_count(0)


def test_the_guide_can_be_skipped_and_found_again(stack: Stack, open_page: OpenPage) -> None:
    page = people.come_in(open_page(stack), people.make_team(stack))
    guide(page).get_by_role("button", name="Skip the guide").click()
    expect(page.locator("#guide")).to_have_count(0)
    page.get_by_role("link", name="From a key to the first result").click()
    expect(page.locator("#guide").get_by_role("link", name="Add a key")).to_be_visible()


def test_a_demo_team_is_removed_by_typing_its_name(stack: Stack, open_page: OpenPage) -> None:
    wallet = people.make_wallet(stack)
    email = people.make_team(stack)
    name = f"Demo of {email}"
    members = [{"email": email, "role": "owner"}]
    keys = [{"name": "Images", "purpose": "images", "secret": wallet.key}]
    stack.seed({"teams": [{"name": name, "is_demo": True, "members": members, "keys": keys}]})
    page = people.come_in(open_page(stack), email)
    switcher(page).click()
    page.get_by_role("button", name=re.compile("^Demo of")).click()
    page.goto("/team/")
    page.get_by_role("link", name="See what would go").click()
    remove = page.get_by_role("button", name="Remove the demo team")
    expect(remove).to_be_disabled()
    page.get_by_label("Type").fill(name)
    remove.click()
    expect(page.get_by_text(f"{name} is removed.")).to_be_visible()
    expect(switcher(page)).to_contain_text(f"Team of {email}")
    switcher(page).click()
    expect(page.get_by_role("button", name=re.compile("^Demo of"))).to_have_count(0)
