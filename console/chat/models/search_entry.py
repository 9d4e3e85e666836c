"""A conversation's place in the text index."""

from django.db import models

from console.chat.models.conversation import Conversation


class SearchEntry(models.Model):
    """One row a conversation. Database triggers make it, and index the words of its title and of its turns.

    In the table `chat_words` (migration `search`) the title of entry 3 is row 3 × 2²⁰, its fifth turn 3 × 2²⁰ + 5.
    Conversations are found by `console.chat.searching`, never through this model.
    """

    id = models.BigAutoField(primary_key=True)
    conversation = models.OneToOneField(Conversation, on_delete=models.CASCADE, related_name="search_entry")

    def __str__(self) -> str:
        return f"words of {self.conversation_id}"
