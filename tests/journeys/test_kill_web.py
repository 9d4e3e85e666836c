"""`kill -9` of the web process at each step of a submission, and impatient people: one form is one job."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from uuid import UUID

import httpx
import pytest

from tests.files.samples import picture
from tests.journeys import books
from tests.journeys.submitting import Form, Person, seeded
from tests.stack import Stack, eventually

MODEL_WITH_REFERENCES = "gpt-image-1-5"


@pytest.fixture(scope="module")
def person(stack: Stack) -> Iterator[Person]:
    with seeded(stack) as signed_in:
        yield signed_in


@pytest.fixture(autouse=True)
def nothing_armed(stack: Stack) -> Iterator[None]:
    yield
    stack.control("DELETE", "faults")


def test_killed_before_the_commit_there_is_no_job_until_the_form_is_sent_again(stack: Stack, person: Person) -> None:
    reference = upload(stack, person)
    held = stack.control(
        "POST", "faults", {"match": {"method": "POST", "path": "/api/v1/files"}, "fault": "hang", "when": "after"}
    )
    form = person.form_of(MODEL_WITH_REFERENCES).with_values(prompt="before the commit", reference=reference)
    with sent_unanswered(person, form):
        eventually(lambda: any(one["id"] == held["id"] and one["used"] for one in stack.sandbox_state()["faults"]))
        stack.web.kill()
    assert books.jobs(stack, "before the commit") == []
    stack.web.start()
    again = form.with_values(reference=[])  # its upload is claimed for half a minute by the process that died
    assert person.send(again) == person.send(again) == form_job(stack, form)
    done_and_true(stack)


def test_killed_after_the_commit_the_same_form_leads_to_the_same_job(stack: Stack, person: Person) -> None:
    form = person.form_of("z-image").with_values(prompt="after the commit")
    with sent_unanswered(person, form):
        eventually(lambda: books.jobs(stack, "after the commit"), every_seconds=0.002)
        stack.web.kill()
    stack.web.start()
    assert person.send(form) == form_job(stack, form)
    assert len(books.jobs(stack, "after the commit")) == 1
    done_and_true(stack)


def test_jobs_are_finished_while_no_web_process_runs(stack: Stack, person: Person) -> None:
    jobs = [person.submit(f"nobody looks {number} [many]") for number in range(3)]
    stack.web.kill()
    done_and_true(stack)
    stack.web.start()
    for job in jobs:
        assert person.browser.get(f"/jobs/{UUID(job)}/").status_code == 200


def test_a_double_click_makes_one_job(stack: Stack, person: Person) -> None:
    form = person.form_of("z-image").with_values(prompt="double click")
    with ThreadPoolExecutor(6) as clicks:
        led_to = {job.result() for job in [clicks.submit(person.send, form) for _ in range(6)]}
    assert led_to == {form_job(stack, form)}
    assert len(books.jobs(stack, "double click")) == 1


def test_two_tabs_and_the_back_button_lead_to_the_job_that_was_made(stack: Stack, person: Person) -> None:
    page = person.browser.get("/jobs/new/", params={"project": person.project, "model": "z-image"})
    first, second = (person.form_at(str(page.url)).with_values(prompt="two tabs") for _ in range(2))
    job = person.send(first)
    assert person.send(second) == job
    assert person.send(person.form_at(str(page.url)).with_values(prompt="two tabs, typed again")) == job
    assert [row.id for row in books.jobs(stack, "two tabs")] == [job]
    done_and_true(stack)


@contextmanager
def sent_unanswered(person: Person, form: Form) -> Iterator[None]:
    """While inside, the form is on its way; whatever comes back is not waited for."""

    def send() -> None:
        with suppress(httpx.TransportError):
            person.send(form)

    sending = threading.Thread(target=send)
    sending.start()
    yield
    sending.join()


def upload(stack: Stack, person: Person) -> str:
    """A picture in the project's library; its id. The copy at Rivya is left for the job to make."""
    stack.control("POST", "faults", {"match": {"path": "/api/v1/files"}, "fault": "error", "code": "validation_failed"})
    fields = person.form_of(MODEL_WITH_REFERENCES).fields
    token = {"csrfmiddlewaretoken": fields["csrfmiddlewaretoken"][0], "project": person.project}
    answer = person.browser.post("/files/", data=token, files={"file": ("mug.png", picture(), "image/png")})
    assert answer.status_code == 200, answer.text
    ((file,),) = books.read(stack, "SELECT id FROM files_referencefile")
    return str(file)


def form_job(stack: Stack, form: Form) -> str:
    """The one job that this form has made."""
    ((job,),) = books.read(stack, "SELECT id FROM jobs_job WHERE submission = ?", form.submission)
    return str(job)


def done_and_true(stack: Stack) -> None:
    books.wait_until_done(stack, 45)
    books.assert_never_twice_never_lost(stack)
    books.assert_results_are_rivyas_bytes(stack)
    books.assert_nothing_is_left_behind(stack)
