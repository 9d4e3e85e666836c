"""What an answer has so far, while it is being written."""

from django.db import models

from console.chat.models.turn import Turn


class TurnPiece(models.Model):
    """Some text of one send of a turn, in order; gone once the turn has ended and holds its text itself."""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="pieces")
    send = models.PositiveIntegerField()
    index = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["turn", "send", "index"]
        constraints = [models.UniqueConstraint(fields=["turn", "send", "index"], name="one_piece_an_index")]

    def __str__(self) -> str:
        return f"piece {self.index} of {self.turn_id}"
