"""A model that Rivya adds while the console runs, with a parameter of a type that nobody here has heard of."""

import json
import re

from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.conftest import Complaints, OpenPage
from tests.stack import Stack, eventually

WHEEL = {"hues": [210, 40], "spread": {"from": 0.2, "to": 0.8}}
NOVA = {
    "id": "nova/brush-1.0",
    "display_name": "Nova Brush",
    "category": "image",
    "base_credits": 3,
    "params": [
        {"key": "palette", "type": "colour_wheel", "required": True, "description": "Hues and how far they spread."},
        {"key": "grain", "type": "number", "min": 0, "max": 1, "step": 0.1, "default": 0.5},
    ],
}


def test_an_unheard_of_model_shows_up_and_is_filled_in_and_sent(
    stack: Stack, open_page: OpenPage, complaints: Complaints
) -> None:
    complaints.ignore("status of 422")
    wallet = people.make_wallet(stack)
    page = people.come_in(open_page(stack), people.make_team(stack, wallet))
    stack.control("POST", "models", NOVA)
    eventually(lambda: refreshed_to(page, "Nova Brush"), every_seconds=1)
    page.get_by_role("link", name="Nova Brush").click()
    expect(page.get_by_role("row", name="palette")).to_contain_text("JSON (colour_wheel)")
    page.get_by_role("link", name="Use this model").click()

    people.prompt_of(page).fill("A field of tulips [instant]")
    page.get_by_label("Palette").fill("hues 210 and 40")
    page.get_by_role("button", name="Generate").click()
    expect(page.get_by_role("alert")).to_contain_text("JSON")
    page.get_by_label("Palette").fill(json.dumps(WHEEL))
    people.generate(page)
    people.expect_state(page, "Succeeded")
    people.expect_drawn(page.locator("img[data-viewer-media]"))
    (generation,) = people.jobs_at_rivya(stack, wallet)
    assert generation["model"] == NOVA["id"]
    assert generation["params"] == {"palette": WHEEL, "grain": 0.5}


def refreshed_to(page: Page, name: str) -> bool:
    """Press the button. Just after another reading it asks for a moment's patience, and is pressed again."""
    page.goto("/models/")
    page.get_by_role("button", name="Refresh now").click()
    expect(page.get_by_role("status").filter(has_text=re.compile("as Rivya has it now|a moment ago"))).to_be_visible()
    return page.get_by_role("link", name=name).is_visible()
