"""However often a form is sent, it makes one job at Rivya and one charge."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.conftest import Complaints, OpenPage
from tests.stack import Stack

MODEL = "z-image"
SEND_THE_FORM_AT_ONCE_FIVE_TIMES = """async () => {
  const form = document.querySelector("#new-job");
  const send = () => fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  return (await Promise.all([1, 2, 3, 4, 5].map(send))).map((answer) => answer.url);
}"""


@pytest.fixture
def wallet(stack: Stack) -> people.Wallet:
    return people.make_wallet(stack)


@pytest.fixture
def alice(stack: Stack, wallet: people.Wallet, open_page: OpenPage) -> Page:
    return people.come_in(open_page(stack), people.make_team(stack, wallet))


def test_a_double_click_makes_one_job(stack: Stack, wallet: people.Wallet, alice: Page) -> None:
    people.begin(alice, MODEL, "A red bicycle [instant]")
    alice.get_by_role("button", name="Generate").dblclick()
    alice.wait_for_url(people.JOB_PAGE)
    expect_one_job(stack, wallet, alice)


def test_a_form_sent_five_times_in_the_same_moment_makes_one_job(
    stack: Stack, wallet: people.Wallet, alice: Page
) -> None:
    people.begin(alice, MODEL, "A red bicycle [instant]")
    reached = set(alice.evaluate(SEND_THE_FORM_AT_ONCE_FIVE_TIMES))
    assert len(reached) == 1
    alice.goto(reached.pop())
    expect_one_job(stack, wallet, alice)


def test_the_same_form_in_two_tabs_makes_one_job(stack: Stack, wallet: people.Wallet, alice: Page) -> None:
    people.begin(alice, MODEL, "A red bicycle [instant]")
    other = alice.context.new_page()
    other.goto(alice.url)
    people.prompt_of(other).fill("A blue bicycle [instant]")
    job = people.generate(alice)
    assert people.generate(other) == job
    expect(other.get_by_role("status").filter(has_text="had made this job already")).to_be_visible()
    expect_one_job(stack, wallet, alice)


def test_going_back_and_sending_again_leads_to_the_same_job(stack: Stack, wallet: people.Wallet, alice: Page) -> None:
    people.begin(alice, MODEL, "A red bicycle [instant]")
    job = people.generate(alice)
    people.expect_state(alice, "Succeeded")
    go_back_to_the_form(alice)
    assert people.generate(alice) == job
    go_back_to_the_form(alice)
    alice.reload()
    expect(alice.get_by_role("heading", name="This form has made its job")).to_be_visible()
    assert people.generate(alice) == job
    expect_one_job(stack, wallet, alice)


def test_reloading_what_a_form_led_to_sends_nothing_again(
    stack: Stack, wallet: people.Wallet, alice: Page, complaints: Complaints
) -> None:
    complaints.ignore("status of 422")
    people.begin(alice, MODEL, "")
    alice.get_by_role("button", name="Generate").click()
    expect(alice.get_by_text("Say what you want to get.", exact=True)).to_be_visible()
    people.prompt_of(alice).fill("A red bicycle [instant]")
    job = people.generate(alice)
    alice.reload()
    assert alice.url == job
    expect_one_job(stack, wallet, alice)


def go_back_to_the_form(page: Page) -> None:
    page.go_back()
    expect(page).to_have_url(re.compile("/jobs/new/"))
    expect(people.prompt_of(page)).to_be_visible()


def expect_one_job(stack: Stack, wallet: people.Wallet, page: Page) -> None:
    """One generation and one charge at Rivya, one job here, and the ledger says the same."""
    people.expect_state(page, "Succeeded")
    (generation,) = people.jobs_at_rivya(stack, wallet)
    (charge,) = people.charges_at_rivya(stack, wallet)
    assert charge["final"] == generation["final"]
    page.goto("/jobs/?view=table")
    expect(page.get_by_role("row").filter(has_text="Succeeded")).to_have_count(1)
    page.goto("/usage/ledger/")
    (charged,) = page.get_by_role("row").filter(has=page.get_by_role("link", name="Charged")).all()
    expect(charged).to_contain_text(people.in_credits(charge["final"]))
