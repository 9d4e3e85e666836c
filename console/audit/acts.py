"""Acts and kinds of objects as people say them.

An act is an object and what happened to it: "key.replaced". Most read well as they are ("Key replaced"); those that do
not are named here. A new room needs no entry.
"""

from typing import Final

_ACTS: Final = {
    "account.joined": "Rivya accounts joined",
    "account.renamed": "Rivya account renamed",
    "address.changed": "Email addresses changed",
    "address.confirmed": "Email address confirmed",
    "audit.exported": "Audit log exported",
    "budget.asked": "More budget asked for",
    "budget.raise_declined": "More budget declined",
    "budget.raised": "More budget approved",
    "conversation.archived": "Chat archived",
    "conversation.exported": "Chat exported",
    "conversation.renamed": "Chat renamed",
    "conversation.restored": "Chat restored",
    "file.added": "File added",
    "invitation.made": "Invited",
    "invitation.revoked": "Invitation revoked",
    "invitation.sent_again": "Invitation sent again",
    "job.bundled": "Evidence of a job taken away",
    "job.checked": "Rivya asked about a job",
    "job.resolved": "Job settled by a person",
    "jobs.exported": "Jobs exported",
    "key.checked": "Key tried at Rivya",
    "key.reopened": "Key opens again",
    "key.overlap_ended": "Overlap of a key ended",
    "key.refused": "Key refused by Rivya",
    "key.unopenable": "Key cannot be opened",
    "keyset.key_added": "Master key added",
    "keyset.old_keys_dropped": "Old master keys removed",
    "keyset.rotated": "Keyset rotated",
    "ledger.corrected": "Charge corrected",
    "mail.chosen": "Mail choice changed",
    "member.added": "Member added",
    "member.joined": "Member joined by invitation",
    "member.left": "Member left",
    "member.limited": "Limited to some projects",
    "member.opened_to_all": "Let into all projects",
    "member.reinstated": "Member let in again",
    "member.removed": "Member removed",
    "member.role_changed": "Role changed",
    "member.suspended": "Member suspended",
    "password.changed": "Password changed",
    "password.reset": "Password reset by mail",
    "password.reset_asked": "Password reset asked for",
    "person.created": "Account made",
    "person.made_staff": "Made support staff",
    "retention.changed": "How long results and chats are kept changed",
    "retention.swept": "Old results and chats removed",
    "connection.added": "Identity server connected",
    "connection.removed": "Identity server disconnected",
    "person.renamed": "Name changed",
    "recovery_codes.made": "Recovery codes made",
    "second_step.added": "Second step added",
    "second_step.failed": "Second step failed",
    "second_step.removed": "Second step removed",
    "second_step.renamed": "Passkey renamed",
    "second_step.required": "Second step for everybody changed",
    "session.ended": "Signed out elsewhere",
    "session.failed": "Sign-in failed",
    "session.opened": "Signed in",
    "session.closed": "Signed out",
    "support.page_seen": "Page seen by support",
    "team.changed": "Team settings changed",
    "team.cleared": "Data of a removed team deleted",
    "team.ownership_transferred": "Ownership transferred",
    "team.removed": "Demo team removed",
    "turn.resolved": "Answer settled by a person",
    "turn.stopped": "Answer stopped",
    "usage.exported": "Ledger exported",
    "usage.repaired": "Roll-ups made anew",
    "wallet.drift_explained": "Drift of a wallet explained",
}
_KINDS: Final = {
    "account": "Rivya account",
    "bulk": "Bulk retry",
    "conversation": "Chat",
    "entry": "Line of the ledger",
    "membership": "Member",
    "referencefile": "File",
    "savedview": "Saved view",
    "turn": "Answer",
    "user": "Person",
    "walletinterval": "Wallet",
}


def act_in_words(act: str) -> str:
    """Such as "Key replaced"."""
    return _ACTS.get(act) or _humanised(act)


def kind_in_words(kind: str) -> str:
    """Such as "Rivya account"."""
    return _KINDS.get(kind) or _humanised(kind)


def _humanised(code: str) -> str:
    return code.replace(".", " ").replace("_", " ").strip().capitalize() or "Something"
