"""The door that Rivya knocks at: no session, no CSRF, no sign-in; the signature is all there is."""

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from console.ui.client_address import client_address
from console.webhooks.crowding import is_crowded
from console.webhooks.knocks import Knock
from console.webhooks.receiving import LARGEST_BYTES
from console.webhooks.together import Doorkeeper

DOORKEEPER = Doorkeeper()
_WORDS = {200: "Stored.", 400: "Not believed.", 404: "There is nothing here.", 503: "Not now. Send it again later."}


@csrf_exempt
@login_not_required
@require_POST
async def knock(request: HttpRequest, door: str) -> HttpResponse:
    """POST `/hooks/<unguessable>/`: 200 stored, 400 not believed, 404 nobody here, 503 later."""
    if is_crowded(door):
        return HttpResponse(_WORDS[503], status=503, headers={"Retry-After": "1"}, content_type="text/plain")
    try:
        raw = request.body
    except RequestDataTooBig:
        raw = b" " * (LARGEST_BYTES + 1)  # refused and written down as too big, without being read
    status = await DOORKEEPER.answer(door, Knock(raw, request.headers, client_address(request)))
    return HttpResponse(f"{_WORDS[status]}\n", status=status, content_type="text/plain; charset=utf-8")
