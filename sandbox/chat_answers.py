"""What a chat model says here: Markdown made from the question, the same for the same question, seed and history."""

import hashlib
import re
from random import Random

from sandbox.triggers import words

OPENINGS = [
    "Here is how I would go about it.",
    "Short answer first, then the reasons.",
    "There are three things to weigh here.",
    "Let me take this step by step.",
]
POINTS = [
    "**Start from the outcome.** Say in one sentence what a person can do afterwards that they cannot do today.",
    "**Make the first version small.** One page, one action, one measure is enough to learn something.",
    "**Show the work early.** A rough picture on Tuesday beats a polished one on Friday.",
    "**Name the owner.** A task that belongs to everybody waits for nobody.",
    "**Keep the way back open.** Prefer choices that can be undone within a day.",
    "**Write down what you leave out.** It ends the same discussion from coming back every week.",
    "**Measure before and after.** Without the first number the second one tells nothing.",
]
ROWS = [
    ("Careful", "a week", "low", "when mistakes are dear"),
    ("Balanced", "three days", "medium", "most of the time"),
    ("Fast", "an afternoon", "high", "to find out whether it matters"),
]
CODE = '''```python
def plan(steps: list[str], budget: int) -> list[str]:
    """Return the steps that fit, the most telling first."""
    return sorted(steps, key=len)[:budget]
```'''


def answer_to(message: str, model: str, *, seed: int, earlier: int, pictures: list[str]) -> str:
    """Return the whole answer. ``earlier`` counts the user's messages before; ``pictures`` are attached file names."""
    chance = Random(hashlib.sha256(f"{seed}|{model}|{earlier}|{message}".encode()).digest())
    asked, topic = words(message), _topic(message)
    if "say" in asked:
        return re.split(r"\[say\]\s*", message, maxsplit=1, flags=re.IGNORECASE)[1] or "Nothing."
    if "short" in asked:
        return f"In a word: start with **{topic}** and see."
    parts = [f"## {topic}", _opening(chance, earlier, pictures)]
    points = chance.sample(POINTS, 7 if "long" in asked else 3)
    parts.append("\n".join(f"{number}. {point}" for number, point in enumerate(points, 1)))
    if "table" in asked or "long" in asked or chance.random() < 0.5:
        parts.append(_table())
    if "code" in asked or "long" in asked or "codex" in model:
        parts.append(f"As a sketch in code:\n\n{CODE}")
    parts.append(f"> If only one thing stays: decide on *{topic.lower()}* this week, and look again in a month.")
    return "\n\n".join(parts)


def deltas_of(text: str) -> list[str]:
    """Return the answer in the pieces a stream sends: one to three words, joined they are the answer."""
    pieces, current = [], ""
    chance = Random(len(text))
    for letter in text:
        current += letter
        if letter in " \n" and chance.random() < 0.7:
            pieces.append(current)
            current = ""
    return [*pieces, current] if current else pieces


def tokens_in(text: str) -> int:
    """Return a token count as good as any: a quarter of the characters, at least one."""
    return max(1, len(text) // 4)


def _opening(chance: Random, earlier: int, pictures: list[str]) -> str:
    said = chance.choice(OPENINGS)
    if pictures:
        said = f"I looked at {', '.join(f'`{name}`' for name in pictures)}. {said}"
    return f"{said} This builds on your {earlier} earlier message{'s' * (earlier > 1)}." if earlier else said


def _table() -> str:
    head = "| way | takes | risk | good for |\n|---|---|---|---|"
    return "\n".join([head, *(f"| {' | '.join(row)} |" for row in ROWS)])


def _topic(message: str) -> str:
    plain = " ".join(re.sub(r"\[[^\[\]]*\]", " ", message).split()).strip(" ?.!") or "Your question"
    return plain[:1].upper() + plain[1:60] + ("…" if len(plain) > 60 else "")
