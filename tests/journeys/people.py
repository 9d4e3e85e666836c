"""What people do in the console, act by act and through its pages, so that a journey reads as a story."""

import re
import struct
import zlib
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import sign_in
from tests.stack import Stack, eventually

PASSWORD = "correct horse battery staple"
IS_DRAWN = "image => { image.scrollIntoView({ block: 'nearest' }); return image.complete && image.naturalWidth > 0; }"
COLLECTED_MS = 20_000
JOB_PAGE = re.compile(r"/jobs/[0-9a-f-]{36}/$")


@dataclass(frozen=True)
class Wallet:
    """An account at the sandbox, and the key to it."""

    account: str
    key: str


def make_wallet(stack: Stack, credits: int = 1000) -> Wallet:
    """A Rivya account of one's own, as somebody has it who has just made a key there."""
    wallet = Wallet(f"acct-{uuid4().hex[:8]}", f"rvya_sk_test_{uuid4().hex}")
    stack.control("POST", "accounts", {"name": wallet.account, "credits": credits})
    stack.control("POST", "keys", {"account": wallet.account, "key": wallet.key})
    return wallet


def make_team(stack: Stack, wallet: Wallet | None = None) -> str:
    """A team of one owner, whose email address is returned; with a wallet also a key and the project Launch."""
    email = f"owner-{uuid4().hex[:8]}@example.com"
    team: dict[str, Any] = {"name": f"Team of {email}"}
    team["members"] = [{"email": email, "name": "Alice Moreau", "password": PASSWORD, "role": "owner"}]
    if wallet:
        team["keys"] = [{"name": "Images", "purpose": "images", "secret": wallet.key}]
        team["projects"] = [{"name": "Launch", "purpose": "Pictures of the launch page.", "key": "images"}]
    stack.seed({"teams": [team]})
    return email


def come_in(page: Page, email: str) -> Page:
    """Sign in, and stay until the console has read the list of models."""
    sign_in(page, email, PASSWORD)
    eventually(lambda: "seedream-4-0" in page.request.get("/models/").text())
    return page


def add_key(page: Page, secret: str, purpose: str) -> None:
    """Paste a key into the page that asks for it."""
    page.get_by_label("Rivya key").fill(secret)
    page.get_by_label("Purpose").fill(purpose)
    page.get_by_role("button", name="Try and seal").click()
    expect(page.get_by_role("status").filter(has_text="sealed and ready")).to_be_visible()


def make_project(page: Page, name: str, key: str) -> None:
    """Fill in the page of a new project."""
    page.get_by_label("Name").fill(name)
    page.get_by_label("Purpose").fill("Pictures that the launch page opens with.")
    page.get_by_label("Rivya key").select_option(label=key)
    page.get_by_role("button", name="Create the project").click()
    expect(page.get_by_role("heading", name=name, level=1)).to_be_visible()


def choose_model(page: Page, model_id: str, name: str) -> None:
    """Find a model in the list by typing its name; its form takes the place of the one before."""
    page.get_by_role("button", name=re.compile("^Model: ")).click()
    page.get_by_role("combobox", name="Find in Model").fill(name)
    page.get_by_role("option", name=re.compile(f"^{re.escape(name)} ·")).click()
    expect(page.locator("#new-job-parts input[name=drawn_for]")).to_have_value(model_id)


def begin(page: Page, model_id: str, prompt: str) -> None:
    """The form of a model, with a prompt in it."""
    page.goto(f"/jobs/new/?model={model_id}")
    prompt_of(page).fill(prompt)


def prompt_of(page: Page) -> Locator:
    """Where the form asks what is wanted."""
    return page.get_by_role("textbox", name=re.compile("^Prompt"))


def make(page: Page, model_id: str, prompt: str) -> str:
    """A job from its form to its result. Returns the address of its page."""
    begin(page, model_id, prompt)
    job = generate(page)
    expect_state(page, "Succeeded")
    return job


def generate(page: Page) -> str:
    """Press the button with the price. Returns the address of the job's page."""
    page.get_by_role("button", name=re.compile(r"^Generate · ")).click()
    page.wait_for_url(JOB_PAGE)
    return page.url


def in_credits(amount: int) -> str:
    """An amount as the pages write it."""
    return f"{amount:,} credit" if amount == 1 else f"{amount:,} credits"


def add_reference(page: Page, name: str, content: bytes) -> None:
    """Pick a file of one's own for the form, and wait until it stands there chosen."""
    page.locator("#picker_file").set_input_files({"name": name, "mimeType": "image/png", "buffer": content})
    expect(page.get_by_role("checkbox", name=name)).to_be_checked()


def state_of(page: Page) -> Locator:
    """The job's state at the head of its page."""
    return page.get_by_label("Inspector").locator(".inspector-head .pill")


def expect_state(page: Page, word: str, within_seconds: float = 30) -> None:
    """The page comes to show this state by itself."""
    expect(state_of(page)).to_have_text(word, timeout=within_seconds * 1000)


def note_states(page: Page) -> None:
    """Let this very page write down each state that it shows from now on; a reload would lose the list."""
    page.evaluate(
        """() => {
          const seen = (window.statesSeen = []);
          const look = () => {
            const state = document.querySelector(".inspector-head .pill")?.textContent.trim();
            if (state && state !== seen.at(-1)) seen.push(state);
          };
          new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
          look();
        }"""
    )


def noted_states(page: Page) -> list[str]:
    """The states that the page has shown since `note_states`, in order."""
    states: list[str] = page.evaluate("window.statesSeen ?? ['the page was loaded anew']")
    return states


def expect_drawn(picture: Locator) -> None:
    """The picture is there for the eye, not only in the HTML."""
    expect(picture).to_be_visible(timeout=COLLECTED_MS)
    eventually(lambda: picture.evaluate(IS_DRAWN))


def expect_collected(page: Page, count: int) -> Locator:
    """Every result of the job has come home. Returns them as they stand in the filmstrip."""
    results = page.locator("[data-filmstrip-item][href^='/results/']")
    expect(results).to_have_count(count, timeout=COLLECTED_MS)
    return results


def job_id(job: str) -> str:
    """Our id of a job, from the address of its page."""
    return job.rstrip("/").rpartition("/")[2]


def drawn_png(side_px: int = 320) -> bytes:
    """A square picture with a gradient, as a person might have it on the disk."""
    rows = b"".join(b"\0" + bytes((x ^ y) & 255 for x in range(side_px) for _ in "rgb") for y in range(side_px))
    parts = ((b"IHDR", struct.pack(">IIBBBBB", side_px, side_px, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in (*parts, (b"IEND", b"")))


def jobs_at_rivya(stack: Stack, wallet: Wallet) -> list[dict[str, Any]]:
    """Every generation of the account, as Rivya's side has it."""
    return [each for each in stack.sandbox_state()["generations"] if each["account"] == wallet.account]


def let_the_next_hang(stack: Stack, wallet: Wallet) -> None:
    """The account's next generation stays in processing until `let_it_finish`."""
    stack.control("POST", "outcomes", {"match": {"account": wallet.account}, "outcome": "hang", "queued_seconds": 0.5})


def let_it_finish(stack: Stack, wallet: Wallet) -> None:
    """The account's one hanging generation succeeds now."""
    (generation,) = jobs_at_rivya(stack, wallet)
    stack.control("PATCH", f"generations/{generation['id']}", {"outcome": "succeed", "finish_in_seconds": 0})


def charges_at_rivya(stack: Stack, wallet: Wallet) -> list[dict[str, Any]]:
    """What the account was charged, one entry for each generation."""
    return [each for each in stack.sandbox_state()["charges"] if each["account"] == wallet.account]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
