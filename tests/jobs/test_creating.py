import json
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from console.credits.models import Entry
from console.jobs.models import Job
from console.keys.models import Key, Secret
from console.projects.models import Project
from console.teams.models import Role, Team, User
from tests.factories import make_job, make_key, make_model, make_project, make_user
from tests.jobs.creating import Page, form_page, is_chosen, open_page

RATIO = {"key": "aspect_ratio", "type": "select", "options": ["1:1", "16:9"], "default": "1:1"}
STEPS = {"key": "model", "type": "number", "min": 1, "max": 9}


@pytest.fixture
def project(team: Team) -> Project:
    return make_project(team, make_key(team), name="Spring", monthly_budget=20)


@pytest.fixture
def browser(bob: User, browser_of: Any) -> Client:
    client: Client = browser_of(bob)
    return client


@pytest.fixture
def page(browser: Client, project: Project) -> Page:
    make_model("fox", base_credits=8, raw={"params": [RATIO, STEPS]}, max_prompt_length=40)
    return form_page(browser, project, "fox")


def test_generate_makes_one_job_and_leads_to_it(page: Page, project: Project, bob: User) -> None:
    answer = page.send(**{"prompt": "A fox\r\nin rain", "param-aspect_ratio": "16:9", "param-model": "3.0"})
    job = Job.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{job.pk}/")
    assert (job.created_by, job.project, job.status, job.quoted_credits) == (bob, project, Job.Status.UNSENT, 8)
    sent = json.loads(bytes(job.body))
    assert (sent["model"], sent["prompt"]) == ("fox", "A fox\nin rain")
    assert sent["params"] == {"aspect_ratio": "16:9", "model": 3}
    assert Entry.objects.get().credits == 8


def test_the_button_says_the_price(page: Page) -> None:
    assert "Generate · 8 credits" in page.text


def test_a_double_click_makes_one_job(page: Page) -> None:
    first, second = page.send(prompt="A fox"), page.send(prompt="A fox")
    assert first["Location"] == second["Location"]
    assert (Job.objects.count(), Entry.objects.count()) == (1, 1)


def test_going_back_and_generating_again_leads_to_the_same_job(browser: Client, project: Project) -> None:
    make_model("fox")
    opened = browser.get("/jobs/new/?model=fox")
    made = form_page(browser, project, "fox", form=opened["Location"].partition("form=")[2]).send(prompt="A fox")
    again = browser.get(opened["Location"])
    assert "This form has made its job" in again.content.decode()
    back = form_page(browser, project, "fox", form=opened["Location"].partition("form=")[2])
    assert back.send(prompt="Another fox")["Location"] == made["Location"]
    assert Job.objects.count() == 1


def test_every_new_form_has_an_address_of_its_own(browser: Client, project: Project) -> None:
    first, second = browser.get("/jobs/new/"), browser.get("/jobs/new/")
    assert first.status_code == second.status_code == 302
    assert first["Location"] != second["Location"]


def test_a_form_of_somebody_else_becomes_ones_own_before_it_is_sent(page: Page, project: Project, alice: User) -> None:
    make_job(project, alice, submission=page.hidden["form"])
    answer = page.send(prompt="A fox")
    assert answer.status_code == 422
    assert page.hidden["form"] not in answer.content.decode()
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"prompt": "  "}, "Say what you want to get"),
        ({"prompt": "x" * 41}, "takes 40 characters; these are 41"),
        ({"prompt": "A fox", "param-aspect_ratio": "7:1"}, "7:1 is not one of the choices"),
        ({"prompt": "A fox", "param-model": "12"}, "must be 9 or less"),
    ],
)
def test_what_does_not_fit_is_said_in_the_form_and_nothing_is_written(
    page: Page, typed: dict[str, str], says: str
) -> None:
    answer = page.send(**typed)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert (Job.objects.count(), Entry.objects.count()) == (0, 0)


def test_a_model_that_cannot_be_called_is_not_submitted(page: Page) -> None:
    make_model("fox", base_credits=8, raw={"params": [RATIO, STEPS]}, api_status="studio_only")
    answer = page.send(prompt="A fox")
    assert answer.status_code == 422
    assert "cannot be called" in answer.content.decode()
    assert not Job.objects.exists()


def test_a_model_that_does_not_exist_is_not_submitted(page: Page) -> None:
    assert page.send(prompt="A fox", model="nothing").status_code == 422
    assert not Job.objects.exists()


def test_a_budget_that_does_not_hold_the_price_is_told(page: Page, project: Project, team: Team) -> None:
    make_user("dana", team, Role.OWNER)
    Project.objects.filter(pk=project.pk).update(monthly_budget=7)
    answer = page.send(prompt="A fox")
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "has 7 left this month" in told
    assert "Dana" in told.partition("problem-body")[2]
    assert f"/projects/{project.pk}/budget/?more=1#ask" in told
    assert (Job.objects.count(), Entry.objects.count()) == (0, 0)


def test_a_refused_key_is_told(page: Page, project: Project) -> None:
    Secret.objects.update(state=Secret.State.REFUSED)
    Key.objects.update(state=Key.State.REFUSED)
    answer = page.send(prompt="A fox")
    assert answer.status_code == 422
    assert "The key is refused" in answer.content.decode()
    assert not Job.objects.exists()


def test_a_project_without_a_key_is_told(page: Page, project: Project) -> None:
    Project.objects.filter(pk=project.pk).update(key=None)
    answer = page.send(prompt="A fox")
    assert answer.status_code == 422
    assert "The project has no key" in answer.content.decode()
    assert not Job.objects.exists()


def test_a_model_that_changed_meanwhile_is_drawn_anew_with_the_values_kept(page: Page) -> None:
    more = {"key": "mood", "type": "select", "options": ["calm"], "required": True}
    make_model("fox", base_credits=8, raw={"params": [RATIO, more]}, schema_hash="1")
    answer = page.send(**{"prompt": "A fox in rain", "param-aspect_ratio": "16:9", "param-model": "3"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "has changed at Rivya" in text
    assert "A fox in rain" in text
    assert is_chosen(text, "16:9")
    assert "param-mood" in text
    assert not Job.objects.exists()


def test_a_price_that_changed_meanwhile_is_shown_before_it_is_paid(page: Page) -> None:
    make_model("fox", base_credits=9, raw={"params": [RATIO, STEPS]})
    answer = page.send(prompt="A fox")
    assert answer.status_code == 422
    assert "Generate · 9 credits" in answer.content.decode()
    assert not Job.objects.exists()


def test_another_model_keeps_the_prompt_and_what_fits(page: Page) -> None:
    make_model("owl", base_credits=2, raw={"params": [RATIO]})
    other = page.redraw(**{"model": "owl", "prompt": "An <owl>", "param-aspect_ratio": "16:9"})
    assert "An &lt;owl&gt;" in other.text
    assert is_chosen(other.text, "16:9")
    assert "Generate · 2 credits" in other.text
    assert not Job.objects.exists()


def test_another_model_without_scripts_is_looked_over_first(page: Page) -> None:
    make_model("owl")
    answer = page.send(prompt="An owl", model="owl")
    assert answer.status_code == 422
    assert "This is the form of Owl" in answer.content.decode()


def test_htmx_gets_the_parts_that_change(page: Page) -> None:
    answer = page.client.post("/jobs/new/", page.hidden | page.typed, headers={"HX-Request": "true"})
    text = answer.content.decode()
    assert text.lstrip().startswith('<div id="new-job-parts"')
    assert 'hx-swap-oob="outerHTML"' in text
    assert "prompt" not in answer["HX-Replace-Url"]


def test_an_earlier_job_can_be_edited_and_sent_again(browser: Client, project: Project, alice: User) -> None:
    model = make_model("fox", raw={"params": [RATIO]})
    earlier = make_job(project, alice, model=model, prompt="A grey fox", params={"aspect_ratio": "16:9"})
    page = open_page(browser, **{"from": earlier.pk})
    assert "A grey fox" in page.text
    assert is_chosen(page.text, "16:9")
    page.send(project=str(project.pk), model="fox", prompt="A red fox")
    assert Job.objects.get(prompt="A red fox").retried_from == earlier


def test_a_new_project_starts_with_its_own_model(browser: Client, team: Team) -> None:
    make_model("fox")
    make_project(team, default_model="fox")
    assert '<option value="fox" selected>' in open_page(browser).text


def test_without_a_project_the_page_leads_to_one(alice: User, browser_of: Any) -> None:
    assert "/projects/new/" in open_page(browser_of(alice)).text


def test_without_models_the_page_says_so(browser: Client, project: Project) -> None:
    assert "No models are known yet" in open_page(browser).text


def test_the_quote_shows_what_is_left(browser: Client, page: Page, project: Project) -> None:
    project.key.account.__class__.objects.update(balance=3)  # type: ignore[union-attr]
    text = browser.get(f"/jobs/new/quote/?project={project.pk}&model=fox").content.decode()
    assert "8 credits" in text
    assert "20 credits" in text
    assert "more than the wallet had" in text


@pytest.mark.parametrize(
    "path", ["/jobs/new/?project={project}", "/jobs/new/?from={job}", "/jobs/new/quote/?project={project}"]
)
def test_a_stranger_finds_nothing(charlie: User, alice: User, project: Project, browser_of: Any, path: str) -> None:
    job = make_job(project, alice)
    stranger = browser_of(charlie)
    assert stranger.get(path.format(project=project.pk, job=job.pk)).status_code == 404


def test_a_stranger_cannot_submit_to_the_project(page: Page, charlie: User, browser_of: Any) -> None:
    answer = browser_of(charlie).post("/jobs/", page.hidden | page.typed | {"prompt": "A fox"})
    assert answer.status_code == 404
    assert not Job.objects.exists()


def test_a_viewer_may_not_make_jobs(page: Page, team: Team, browser_of: Any) -> None:
    viewer = browser_of(make_user("vera", team, Role.VIEWER))
    assert viewer.get("/jobs/new/").status_code == 403
    assert viewer.post("/jobs/", page.hidden | page.typed | {"prompt": "A fox"}).status_code == 403
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "junk", [{"form": "x"}, {"project": "x"}, {"reference": "x"}, {"from": "x"}, {"form": uuid4()}]
)
def test_hostile_fields_make_no_fault(page: Page, junk: dict[str, Any]) -> None:
    assert page.send(**{"prompt": "A fox", **junk}).status_code in {302, 404, 422}


def test_the_page_takes_few_queries(browser: Client, page: Page, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        browser.get(f"/jobs/new/?form={page.hidden['form']}&model=fox")


def test_an_edited_job_takes_few_queries(
    browser: Client, project: Project, bob: User, django_assert_max_num_queries: Any
) -> None:
    job = make_job(project, bob, model=make_model("fox", raw={"file_kinds": ["image"]}))
    with django_assert_max_num_queries(12):
        browser.get(f"/jobs/new/?form={uuid4()}&from={job.pk}")
