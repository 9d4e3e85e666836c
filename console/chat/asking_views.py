"""Asking: a new conversation, the next question, the same question again."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from console.chat import beginning, listing_views
from console.chat.asking import Question, SubmissionTaken
from console.chat.choosing import chosen_files
from console.chat.drawing import Mark, Partial, message
from console.chat.finding import composer_of, find_conversation, find_turn, turns_of
from console.chat.forms import AskForm
from console.chat.listening_views import streamed
from console.chat.models import Conversation, Turn
from console.chat.opening import CannotAsk, ask
from console.chat.presenting import shown_of, shown_turns
from console.chat.views import composer_context, page_context
from console.files.models import ReferenceFile
from console.teams.access import Act, TeamRequest, may
from console.ui.problems import Problem

TAKEN = Problem("This form is somebody else's", "It was made for another person.", "no", "Ask again.", status=422)


@dataclass(frozen=True)
class Asked:
    """What a person asked, or the page that says what is wrong with it."""

    request: TeamRequest
    form: AskForm
    question: Question | None
    files: list[ReferenceFile]


@require_http_methods(["GET", "HEAD", "POST"])
async def collection(request: HttpRequest) -> HttpResponseBase:
    """`/chat/`: GET lists conversations, POST begins one."""
    if request.method != "POST":
        return await sync_to_async(listing_views.index)(request)
    return await _begun(request)


@require_safe
def new(request: HttpRequest) -> HttpResponseBase:
    """GET `/chat/new/`: project, model and the first question."""
    return beginning.draw(request)


@require_http_methods(["GET", "POST"])
async def turns(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """`/chat/<id>/turns/`: GET those behind `after`, POST the next question; its answer is the turn's stream."""
    if request.method == "GET":
        return await sync_to_async(_turns_after)(request, pk)
    asked, conversation = await sync_to_async(_asked)(request, pk)
    if asked.question is None:
        return await sync_to_async(_refused)(asked, conversation, None)
    try:
        turn = await ask(asked.question, asked.files)
    except CannotAsk as cannot:
        return await sync_to_async(_refused)(asked, conversation, cannot.problem)
    except SubmissionTaken:
        return await sync_to_async(_refused)(asked, conversation, TAKEN)
    if "text/event-stream" not in request.headers.get("Accept", ""):
        return _to(turn)
    first = await sync_to_async(_first_message)(asked.request, conversation, turn)
    return streamed(asked.request, turn, Mark(turn.sends, 0, 0), first)


@require_POST
async def retry(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """POST `/chat/turns/<id>/retry/`: the same question as a new turn, at its own price."""
    entered, turn = await sync_to_async(find_turn)(request, pk, Act.SUBMIT)
    try:
        turn = await ask(*await sync_to_async(_again)(entered, turn))
    except CannotAsk as cannot:
        return await sync_to_async(_said)(entered, turn, cannot.problem)
    except SubmissionTaken:
        return await sync_to_async(_said)(entered, turn, TAKEN)
    if not entered.htmx:
        return _to(turn)
    return HttpResponse(await sync_to_async(_appended)(entered, turn, with_stream=True))


async def _begun(request: HttpRequest) -> HttpResponseBase:
    draft = await sync_to_async(beginning.read)(request)
    if not isinstance(draft, beginning.Draft):
        return draft
    try:
        turn = await ask(draft.question, draft.files)
    except CannotAsk as cannot:
        return await sync_to_async(beginning.draw)(request, draft.form, cannot.problem)
    except SubmissionTaken:
        return await sync_to_async(beginning.draw)(request, draft.form, TAKEN)
    return redirect("chat:show", pk=turn.conversation_id)


def _asked(request: HttpRequest, pk: UUID) -> tuple[Asked, Conversation]:
    entered, conversation = find_conversation(request, pk, Act.SUBMIT)
    composer = composer_of(conversation)
    form = AskForm(composer, request.POST)
    files, lost = chosen_files(conversation.project, request.POST.getlist("reference"), composer.max_files)
    if lost:
        form.add_error(None, lost)
    question = None
    if form.is_valid() and not lost and composer.model is not None:
        question = Question(
            submission=form.cleaned_data["submission"],
            project=conversation.project,
            person=entered.user,
            model=composer.model,
            text=form.cleaned_data["message"],
            controls=form.controls,
            conversation=conversation,
        )
    return Asked(entered, form, question, files), conversation


def _refused(asked: Asked, conversation: Conversation, problem: Problem | None) -> HttpResponse:
    status = problem.status if problem else 422
    if asked.request.htmx:
        context = composer_context(conversation, asked.form) | {"problem": problem}
        return render(asked.request, "chat/_composer_fields.html", context, status=status)
    context = page_context(asked.request, conversation, asked.form, problem=problem)
    return render(asked.request, "chat/show.html", context, status=status)


def _first_message(request: TeamRequest, conversation: Conversation, turn: Turn) -> bytes:
    """The question on the page, and a fresh composer."""
    fields = render_to_string("chat/_composer_fields.html", composer_context(conversation), request)
    fresh = Partial("composer-fields", "innerHTML", fields)
    return message(f"{_appended(request, turn, with_stream=False)}{fresh}")


def _appended(request: TeamRequest, turn: Turn, *, with_stream: bool) -> str:
    may_submit = may(request.membership.role, Act.SUBMIT)
    context = {"shown": shown_of(turn, with_stream=with_stream), "may_submit": may_submit, "resolution": None}
    return str(Partial("turns", "beforeend", render_to_string("chat/_turn.html", context, request)))


def _turns_after(request: HttpRequest, pk: UUID) -> HttpResponse:
    entered, conversation = find_conversation(request, pk)
    given = request.GET.get("after", "")
    after = int(given) if given.isascii() and given.isdigit() and len(given) < 9 else 0
    context = {
        "turns": shown_turns(turns_of(conversation, after)),
        "may_submit": may(entered.membership.role, Act.SUBMIT),
    }
    return render(entered, "chat/_turns.html", context)


def _again(request: TeamRequest, turn: Turn) -> tuple[Question, list[ReferenceFile]]:
    conversation, composer = turn.conversation, composer_of(turn.conversation)
    if composer.model is None or composer.blocked:
        title = "This cannot be asked now"
        raise CannotAsk(Problem(title, composer.blocked, "no", "Begin a new conversation.", status=409))
    try:
        submission = UUID(request.POST.get("submission", ""))
    except ValueError:
        submission = uuid4()
    question = Question(
        submission=submission,
        project=conversation.project,
        person=request.user,
        model=composer.model,
        text=turn.question,
        controls=turn.controls,
        conversation=conversation,
        retried_from=turn,
    )
    return question, [each.file for each in turn.attachments.all()]


def _said(request: TeamRequest, turn: Turn, problem: Problem) -> HttpResponse:
    if request.htmx:
        return render(request, "_problem.html", {"problem": problem}, status=problem.status)
    messages.error(request, f"{problem.title}. {problem.what_happened}")
    return _to(turn)


def _to(turn: Turn) -> HttpResponse:
    answer = redirect("chat:show", pk=turn.conversation_id)
    answer["Location"] += f"#turn-{turn.pk}"
    return answer
