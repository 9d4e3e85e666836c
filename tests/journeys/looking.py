"""Look at a page as whoever depends on its form does: axe, one heading, a title, nothing cut off, no complaint."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from django.urls import resolve
from playwright.sync_api import Browser, Page

from tests.journeys.addresses import DESK, PHONE, Visit
from tests.journeys.conftest import ACTION_MILLISECONDS, Complaints, watch

TABS: dict[str, dict[str, Any]] = {
    DESK: {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    PHONE: {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}
SERIOUS = ("serious", "critical")
# Every rule that may find something serious. `preload` would ask for style sheets again, at the wrong address.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": TAGS, "resultTypes": ["violations"], "preload": False}
# Parts that a page loads late are part of it: they are waited for, by what the browser says that it has fetched.
LOOK = """async (options) => {
  const late = [...document.querySelectorAll("[hx-get][hx-trigger^=load]")].map((part) => part.getAttribute("hx-get"));
  const wanted = late.map((address) => new URL(address, location).href.split("?")[0]);
  const missing = () => {
    const here = performance.getEntriesByType("resource").map((entry) => entry.name);
    return wanted.filter((address) => !here.some((name) => name.startsWith(address)));
  };
  for (let waits = 0; missing().length && waits < 750; waits += 1) await new Promise((go) => setTimeout(go, 20));
  await new Promise((go) => setTimeout(() => requestAnimationFrame(go), wanted.length ? 60 : 0));
  const { violations } = await axe.run(options);
  return {
    missing: missing(),
    unsigned: [...document.forms].filter((form) => form.method === "post" && !form.elements.csrfmiddlewaretoken?.value)
      .map((form) => form.getAttribute("action")),
    teamless: [...document.forms].filter((form) => form.method === "post" && !form.elements.page_team?.value)
      .map((form) => new URL(form.getAttribute("action") || "", location).pathname),
    violations: violations.map(({ id, impact, nodes }) => ({ id, impact, html: nodes.map((node) => node.html) })),
    title: document.title,
    headings: [...document.querySelectorAll("h1")].map((heading) => heading.textContent.trim()),
    width: document.scrollingElement.scrollWidth,
    room: innerWidth,
  };
}"""

# Empties the first form of the page that posts and has something to fill in, and sends it past the browser's checks.
SEND_EMPTY = """() => {
  const typed = "input:not([type=hidden]):not([type=checkbox]):not([type=radio]), textarea";
  const forms = [...document.querySelectorAll("main form[method=post]")];
  const form = forms.find((each) => each.querySelector(typed));
  for (const field of form.querySelectorAll(typed)) field.value = "";
  form.noValidate = true;
  form.requestSubmit();
}"""


@dataclass
class Glass:
    """One tab in one scheme; everybody who comes uses it in turn."""

    scheme: str
    page: Page
    base_url: str
    complaints: Complaints
    visitor: str = ""

    def open(self, visit: Visit, cookies: dict[str, str]) -> None:
        """Begin to load the page: the tabs of all schemes load and are judged at the same time."""
        self._become(visit.who, cookies)
        self.complaints.heard.clear()
        self.page.goto(visit.path, wait_until="commit")

    def send_empty(self) -> None:
        """Send the page's form with nothing in it; the page that comes back is the one to judge."""
        self.page.wait_for_load_state()
        with self.page.expect_event("load"):  # a navigation is also what htmx writes into the history for late parts
            self.page.evaluate(SEND_EMPTY)
        self.page.locator(".errors, .alert-destructive").first.wait_for()
        self.complaints.heard[:] = [text for text in self.complaints.heard if "status of 422" not in text]

    def judge(self) -> None:
        """Begin to look at what has loaded."""
        self.page.wait_for_load_state()
        self.page.evaluate(f"(options) => {{ window.seen = ({LOOK})(options); }}", OPTIONS)

    def wrong(self, visit: Visit) -> Iterator[str]:
        """What is wrong with the page, in words."""
        seen = self.page.evaluate("window.seen")
        for wrong in (*_axe(seen), *_form(seen), *self._heard(visit)):
            yield f"{visit}, {self.scheme}: {wrong}"

    def _become(self, who: str, cookies: dict[str, str]) -> None:
        if who == self.visitor:
            return
        self.page.context.clear_cookies()
        self.page.context.add_cookies(
            [{"name": name, "value": value, "url": self.base_url} for name, value in cookies.items()]
        )
        self.visitor = who

    def _heard(self, visit: Visit) -> list[str]:
        """Without the one line that Chromium writes when the page itself is the page of an error."""
        own = f"({self.base_url}{visit.path})"
        return [text for text in self.complaints.heard if not ("responded with a status" in text and own in text)]


def glass(browser: Browser, scheme: str, base_url: str) -> Glass:
    """A tab without motion: colours are judged where they come to rest."""
    context = browser.new_context(base_url=base_url, reduced_motion="reduce", **TABS[scheme])
    context.set_default_timeout(ACTION_MILLISECONDS)
    context.add_init_script(AXE_SCRIPT)
    complaints = Complaints()
    watch(context, urlsplit(base_url).netloc, complaints)
    return Glass(scheme, context.new_page(), base_url, complaints)


def _axe(seen: dict[str, Any]) -> Iterator[str]:
    for found in seen["violations"]:
        if found["impact"] in SERIOUS:
            for html in found["html"]:
                yield f"{found['id']} ({found['impact']})\n    {html}"


def _form(seen: dict[str, Any]) -> Iterator[str]:
    own_title = seen["title"].rpartition(" · ")[0]
    if not own_title.strip():
        yield f"no title of its own: {seen['title']!r}"
    if len(seen["headings"]) != 1:
        yield f"not one h1: {seen['headings']}"
    if seen["width"] > seen["room"]:
        yield f"scrolls sideways: {seen['width']} px in {seen['room']}"
    if seen["unsigned"]:
        yield f"refused as soon as they are sent, for want of a token: {seen['unsigned']}"
    if teamless := [path for path in seen["teamless"] if _acts_in_team_of_page(path)]:
        yield f"done in whatever team another tab shows, for want of a team: {teamless}"
    if seen["missing"]:
        yield f"never came: {seen['missing']}"


def _acts_in_team_of_page(path: str) -> bool:
    """Whether what is sent there is about a team, and about nothing that belongs to one already."""
    return getattr(resolve(path).func, "acts_in_team_of_page", False)
