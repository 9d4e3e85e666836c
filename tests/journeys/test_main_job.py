"""From a pasted key to a finished result, as a new user goes: real gunicorn, worker and sandbox, in Chromium."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import people
from tests.journeys.conftest import OpenPage
from tests.stack import Stack, eventually


@pytest.fixture
def wallet(stack: Stack) -> people.Wallet:
    return people.make_wallet(stack)


@pytest.fixture
def newcomer(stack: Stack, open_page: OpenPage) -> Page:
    """Somebody who may come in here and has nothing else."""
    return people.come_in(open_page(stack), people.make_team(stack))


@pytest.fixture
def alice(stack: Stack, wallet: people.Wallet, open_page: OpenPage) -> Page:
    """Somebody whose team has a key and a project."""
    return people.come_in(open_page(stack), people.make_team(stack, wallet))


def test_a_pasted_key_becomes_pictures(stack: Stack, wallet: people.Wallet, newcomer: Page) -> None:
    page = newcomer
    page.get_by_role("link", name="Add a key").click()
    people.add_key(page, wallet.key, "launch-images")
    page.goto("/")
    page.get_by_role("link", name="New project").click()
    people.make_project(page, "Launch", key="Launch images")
    page.get_by_role("main").get_by_role("link", name="New job").click()

    people.choose_model(page, "seedream-4-0", "Seedream 4.0")
    people.prompt_of(page).fill("A lighthouse at dusk, long exposure")
    people.add_reference(page, "harbour.png", people.drawn_png())
    page.get_by_text("More 4 settings").click()
    page.get_by_label("Max images").fill("3")
    people.let_the_next_hang(stack, wallet)
    people.generate(page)

    people.note_states(page)
    people.expect_state(page, "Processing")
    people.let_it_finish(stack, wallet)
    people.expect_state(page, "Succeeded")
    states = people.noted_states(page)
    assert states[-2:] == ["Processing", "Succeeded"], states
    assert set(states[:-2]) <= {"Sending", "Queued"}, states

    for result in people.expect_collected(page, 3).all():
        result.click()
        people.expect_drawn(page.locator("img[data-viewer-media]"))
    people.expect_drawn(page.get_by_role("img", name="harbour.png"))
    (generation,) = people.jobs_at_rivya(stack, wallet)
    assert generation["params"]["max_images"] == 3
    page.get_by_role("navigation", name="Work").get_by_role("link", name="Usage").click()
    expect(page.get_by_role("main")).to_contain_text(people.in_credits(generation["final"]))


def test_every_picture_is_one_press_from_the_disk(alice: Page) -> None:
    people.begin(alice, "seedream-4-0", "Three doors [many] [instant]")
    people.generate(alice)
    people.expect_state(alice, "Succeeded")
    kept = set()
    for result in people.expect_collected(alice, 4).all():
        result.click()
        shown = alice.locator("img[data-viewer-media]")
        expect(shown).to_have_js_property("src", result.evaluate("item => item.href"))
        with alice.expect_download() as download:
            alice.locator("[data-viewer-download]").click()
        served = alice.request.get(shown.get_attribute("src") or "")
        assert served.headers["content-type"].startswith("image/")
        assert download.value.path().read_bytes() == served.body()
        assert download.value.suggested_filename.startswith("seedream-4-0-")
        kept.add(served.body())
    assert len(kept) == 4


def test_a_video_plays_on_its_page_and_under_the_pointer(alice: Page) -> None:
    job = people.make(alice, "runway", "A paper boat in the rain [instant]")
    video = alice.locator("video[data-viewer-media]")
    video.evaluate("video => { video.muted = true; return video.play(); }")
    eventually(lambda: video.evaluate("video => video.currentTime > 0 && video.videoWidth > 0"))
    alice.goto("/jobs/?view=gallery")
    card = alice.locator(f"#job-{people.job_id(job)}")
    card.hover()
    eventually(lambda: card.locator("video").evaluate("video => video.currentTime > 0"))
    alice.goto("/jobs/?view=table")
    expect(alice.get_by_role("row", name="A paper boat in the rain [instant]")).to_contain_text("Succeeded")


def test_a_sound_plays_on_its_page_and_in_the_gallery(alice: Page) -> None:
    job = people.make(alice, "suno-music", "A slow waltz for two accordions [instant]")
    sound = alice.locator("[data-waveform-audio]")
    eventually(lambda: sound.evaluate("sound => sound.duration > 0"))
    alice.get_by_role("button", name="Play Suno Music").click()
    eventually(lambda: sound.evaluate("sound => sound.currentTime > 0"))
    alice.goto("/jobs/?view=gallery")
    card = alice.locator(f"#job-{people.job_id(job)}")
    card.get_by_role("button", name="Play").click()
    eventually(lambda: card.locator("audio").evaluate("sound => sound.currentTime > 0"))
    alice.goto("/jobs/?view=table")
    expect(alice.get_by_role("row", name="A slow waltz for two accordions [instant]")).to_contain_text("Succeeded")


def test_what_is_looked_for_stands_in_the_address(alice: Page) -> None:
    jobs = [
        people.make(alice, "z-image", "A green kettle [instant]"),
        people.make(alice, "suno-music", "A kettle that sings [instant]"),
    ]
    alice.goto("/jobs/?view=gallery")
    kettle, song = (alice.locator(f"#job-{people.job_id(job)}") for job in jobs)
    people.expect_drawn(kettle.locator("img"))
    alice.get_by_label("Kind").select_option("image")
    expect(song).to_be_hidden()
    expect(alice).to_have_url(re.compile(r"[?&]kind=image"))
    alice.get_by_role("searchbox", name="Search").fill("green")
    expect(alice).to_have_url(re.compile(r"[?&]q=green"))
    alice.reload()
    expect(kettle).to_be_visible()
    expect(song).to_be_hidden()
    alice.get_by_role("link", name="Clear 2 filters").click()
    expect(song).to_be_visible()


def test_a_failed_job_says_why_that_it_cost_nothing_and_what_to_do(alice: Page) -> None:
    people.begin(alice, "z-image", "A glass horse [fail] [instant]")
    failed = people.generate(alice)
    people.expect_state(alice, "Failed")
    told = alice.get_by_role("alert")
    expect(told.get_by_role("heading")).to_have_text("The generation failed")
    expect(told).to_contain_text("Nothing was charged.")
    expect(told).to_contain_text("Try again as a new job")
    told.get_by_role("link", name="Edit and retry").click()
    expect(people.prompt_of(alice)).to_have_value("A glass horse [fail] [instant]")
    people.prompt_of(alice).fill("A glass horse [instant]")
    assert people.generate(alice) != failed
    people.expect_state(alice, "Succeeded")
    expect(alice.get_by_role("link", name="an earlier job")).to_have_attribute(
        "href", re.compile(people.job_id(failed))
    )
    alice.goto("/usage/ledger/")
    lines = alice.get_by_role("row").filter(has=alice.locator(f"a[href*='{people.job_id(failed)}']"))
    expect(lines).to_have_count(3)
    expect(lines.nth(0)).to_contain_text("Released")
    expect(lines.nth(2)).to_contain_text("Reserved")


def test_a_failure_that_was_charged_says_so(stack: Stack, wallet: people.Wallet, alice: Page) -> None:
    people.begin(alice, "z-image", "A glass horse [fail charged] [instant]")
    failed = people.generate(alice)
    people.expect_state(alice, "Failed")
    (generation,) = people.jobs_at_rivya(stack, wallet)
    assert generation["final"]
    price = people.in_credits(generation["final"])
    expect(alice.get_by_role("alert")).to_contain_text(re.compile(f"{price} (was|were) charged."))
    alice.goto("/usage/ledger/")
    lines = alice.get_by_role("row").filter(has=alice.locator(f"a[href*='{people.job_id(failed)}']"))
    expect(lines.filter(has_text="Charged")).to_contain_text(price)


def test_no_page_on_the_way_lets_foreign_or_inline_code_in(alice: Page) -> None:
    for place in ("/", "/keys/new/", "/projects/", "/models/", "/jobs/new/", "/jobs/", "/files/", "/usage/"):
        policy = alice.request.get(place).headers["content-security-policy"]
        told = dict(directive.strip().split(" ", 1) for directive in policy.split(";"))
        assert told["default-src"] == "'none'", place
        assert {told[name] for name in ("script-src", "style-src", "connect-src", "form-action")} == {"'self'"}, place
