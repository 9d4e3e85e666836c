"""`{% load catalogue %}`: how models and their parameters are drawn."""

from django import template
from django.utils.safestring import SafeString

from console.catalogue.filtering import KINDS
from console.catalogue.looks import frame_class, frame_words
from console.catalogue.models import CatalogueModel
from console.ui.templatetags.ui import icon, pill

register = template.Library()

_ICONS = {"image": "image", "video": "film", "audio": "audio-lines", "chat": "message-square"}
_WHY_NOT = {"coming_soon": "Announced", "studio_only": "Studio only"}


@register.simple_tag
def readiness(model: CatalogueModel) -> SafeString:
    """Whether a job can be made with the model, as a pill."""
    if model.gone_at is not None:
        return pill("gone")
    if model.is_callable:
        return pill("callable")
    if model.is_chat and model.api_status == "available":
        return pill("unready", "For chats")
    return pill("unready", _WHY_NOT.get(model.api_status, ""))


@register.simple_tag
def kind_icon(kind: str) -> SafeString:
    """The icon of a kind of model."""
    return icon(_ICONS.get(kind, "boxes"), KINDS.get(kind, kind or "Other"))


@register.filter
def frame(value: str) -> str:
    """The class of the little frame for a choice such as "16:9"; empty for one that names no shape."""
    return frame_class(value)


@register.filter
def frame_name(value: str) -> str:
    """A named shape in short: "Landscape 16:9" for `landscape_16_9`; empty where the choice is its own best name."""
    return frame_words(value)
