"""Chats in every state: questions, answers with all that an answer may hold, and what went wrong."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from console.chat import removing
from console.chat.models import Conversation, Turn
from console.projects.models import Project
from console.teams.models import User
from tests.factories import make_turn

ANSWER = """## Three steps

1. Write the *claim*, then the **headline**.
2. Ask `manage.py work` for help, or read [the guide](https://example.com/guide).

> Quoted words of somebody else.

| Week | Work |
|---|---|
| 1 | Write |
| 2 | Launch |

```python
def launch(day: str) -> None:
    print(f"Launched on {day}")  # at last
```
"""


def chats(project: Project, person: User) -> dict[str, dict[str, str]]:
    """Ids by kind: a conversation for each state that a turn can be in, and one whose words are removed."""
    turns = {state: _turn(project, person, state) for state in Turn.Status.values if state not in Turn.OPEN}
    turns["unknown"] = _turn(project, person, "unknown")
    gone = _turn(project, person, "done")
    removing.forget([gone.conversation_id])
    Conversation.objects.filter(pk=gone.conversation_id).update(words_removed_at=timezone.now(), title=removing.TITLE)
    order = ("done", *(state for state in turns if state != "done"))
    conversations = {state: str(turns[state].conversation_id) for state in order} | {
        "removed": str(gone.conversation_id)
    }
    return {"conversation": conversations, "turn": {state: str(turns[state].pk) for state in order}}


def _turn(project: Project, person: User, state: str) -> Turn:
    now = timezone.now()
    told: dict[str, Any] = {"status": state, "created_at": now - timedelta(minutes=2), "first_sent_at": now}
    if state in {"done", "stopped"}:
        told |= {"answer": ANSWER, "final_credits": 2, "input_tokens": 40, "output_tokens": 90, "total_tokens": 130}
    else:
        told |= {"error_code": "upstream_failed", "error_message": "The model did not answer.", "request_id": "req_2"}
    told["finished_at"] = None if state in {"unknown", "needs_review"} else now
    # nobody recovers it meanwhile
    told["leased_until"] = now + timedelta(hours=1)
    return make_turn(project, person, "How do we launch in the spring, and who has to know of it first?", **told)
