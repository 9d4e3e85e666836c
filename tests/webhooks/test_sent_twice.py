"""The same form sent twice, without JavaScript or at once, makes one endpoint at Rivya."""

import re
from uuid import uuid4

from django.test import Client

from console.audit.models import AuditEvent
from console.keys.models import Key
from console.webhooks.models import Endpoint
from tests.conftest import Sandbox
from tests.webhooks.catching import Catcher
from tests.webhooks.test_endpoints import at_rivya, browser, register

__all__ = ["browser"]


def test_a_form_that_is_sent_twice_makes_one_endpoint(
    browser: Client, key: Key, catcher: Catcher, sandbox: Sandbox
) -> None:
    page = browser.get("/webhooks/new/").content.decode()
    (submission,) = re.findall(r'name="submission" value="([0-9a-f-]{36})"', page)
    register(browser, key, submission=submission)
    again = register(browser, key, submission=submission).content.decode()
    assert "This form was sent before. The endpoint that it made is in the list." in again
    assert len(at_rivya(sandbox)) == Endpoint.objects.count() == 1
    assert AuditEvent.objects.filter(act="webhook.begun").count() == 1


def test_a_form_that_rivya_refused_can_be_sent_again(
    browser: Client, key: Key, catcher: Catcher, sandbox: Sandbox
) -> None:
    submission = str(uuid4())
    sandbox.control("PUT", "settings", {"allow_local_webhooks": False})
    page = register(browser, key, submission=submission).content.decode()
    assert f'value="{submission}"' in page
    sandbox.control("PUT", "settings", {"allow_local_webhooks": True})
    register(browser, key, submission=submission)
    assert Endpoint.objects.get().is_registered
