"""The main job with no script at all: forms, links and a reload are enough."""

import re

from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.conftest import OpenPage
from tests.stack import Stack, eventually


def test_a_job_is_made_and_its_result_kept_without_scripts(stack: Stack, open_page: OpenPage) -> None:
    wallet = people.make_wallet(stack)
    page = people.come_in(open_page(stack, java_script_enabled=False), people.make_team(stack, wallet))
    page.get_by_role("link", name="New job").first.click()
    page.get_by_label("Model").select_option("z-image")
    page.get_by_role("button", name="Show its form").click()
    people.prompt_of(page).fill("A lamp in a window")
    people.generate(page)
    expect(people.state_of(page)).to_have_text(re.compile("Sending|Queued|Processing|Succeeded"))
    eventually(lambda: reloaded_to(page, "Succeeded"), within_seconds=30, every_seconds=1)
    eventually(lambda: reloaded_with(page, "img[data-viewer-media]"), every_seconds=1)
    people.expect_drawn(page.locator("img[data-viewer-media]"))
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").first.click()
    assert download.value.path().read_bytes()
    assert len(people.jobs_at_rivya(stack, wallet)) == 1


def reloaded_to(page: Page, state: str) -> bool:
    page.reload()
    return people.state_of(page).inner_text().strip() == state


def reloaded_with(page: Page, selector: str) -> bool:
    page.reload()
    return page.locator(selector).is_visible()
