"""What people paste: a secret with quotes, line ends or the word Bearer around it, or something else altogether."""

import re

from console import rivya
from console.keys.declined import Declined

PREFIX = "rvya_sk_"
LONGEST = 1000
# Quotes of all sorts, spaces of all sorts, and marks that are not seen but copied along.
_AROUND = " \t\r\n\f\v\"'`,;\u00a0\u2018\u2019\u201c\u201d\u00ab\u00bb\u200b\u200c\u200d\u2060\ufeff"
_BEFORE = re.compile(r"^(authorization\s*:\s*)?bearer\s+|^(export\s+)?[A-Z][A-Z0-9_]*\s*=\s*", re.IGNORECASE)
_CARRIED = re.compile(r"[!-~]+")


def read_pasted(text: str) -> rivya.Secret:
    """The secret in what was pasted. Raises Declined, without quoting it, when it cannot be a Rivya key.

    Only the prefix is known (rivya-api.md §1.1): length and alphabet are not documented.
    """
    found = text.strip(_AROUND)
    if not found.startswith(PREFIX):
        found = _BEFORE.sub("", found).strip(_AROUND)
    if not found:
        raise Declined("Paste the key that Rivya showed you once.", field="secret")
    if found.startswith("whsec_"):
        raise Declined("That is a signing secret of a webhook. A Rivya key begins with rvya_sk_.", field="secret")
    if not found.startswith(PREFIX):
        raise Declined("That is not a Rivya key: it begins with rvya_sk_. Nothing was sent or stored.", field="secret")
    if not _CARRIED.fullmatch(found):
        words = "There is a space, a line break or a special character inside the key. Copy it again in one piece."
        raise Declined(words, field="secret")
    if len(found) > LONGEST or len(found) < len(PREFIX) + 4:
        raise Declined("That is not a whole Rivya key. Copy it again in one piece.", field="secret")
    return rivya.Secret(found)
