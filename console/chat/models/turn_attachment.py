"""An image that was sent with a question."""

from django.db import models

from console.chat.models.turn import Turn
from console.files.models import ReferenceFile, Upload


class TurnAttachment(models.Model):
    """`upload` is the copy at Rivya that the bytes of the turn name."""

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(ReferenceFile, on_delete=models.PROTECT, related_name="turn_uses")
    upload = models.ForeignKey(Upload, null=True, on_delete=models.SET_NULL, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["turn", "position"]
        constraints = [models.UniqueConstraint(fields=["turn", "position"], name="one_attachment_a_position")]

    def __str__(self) -> str:
        return f"{self.file} with {self.turn_id}"
