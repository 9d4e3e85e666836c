"""The chat room's rows, one model a file."""

from console.chat.models.conversation import Conversation, ConversationQuerySet
from console.chat.models.search_entry import SearchEntry
from console.chat.models.turn import Turn
from console.chat.models.turn_attachment import TurnAttachment
from console.chat.models.turn_piece import TurnPiece

__all__ = ["Conversation", "ConversationQuerySet", "SearchEntry", "Turn", "TurnAttachment", "TurnPiece"]
