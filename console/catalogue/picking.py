"""The models as a person picks from them: by kind, those that cannot be called shown and out of reach."""

from collections.abc import Iterable
from dataclasses import dataclass

from console.catalogue.filtering import KINDS
from console.catalogue.models import MEDIA_KINDS, CatalogueModel


@dataclass(frozen=True)
class Group:
    """The models of one kind, those that can be called first."""

    label: str
    models: list[CatalogueModel]


def model_groups(listed: Iterable[CatalogueModel], chosen: CatalogueModel | None) -> list[Group]:
    """Every listed model that makes media, and the chosen one whatever it is."""
    known = {model.pk: model for model in listed if model.category in MEDIA_KINDS}
    if chosen is not None:
        known.setdefault(chosen.pk, chosen)
    kinds = dict.fromkeys([*MEDIA_KINDS, *(model.category for model in known.values())])
    grouped = (
        Group(
            KINDS.get(kind) or kind.title() or "Other",
            sorted(
                (model for model in known.values() if model.category == kind),
                key=lambda model: (not model.is_callable, model.display_name.lower()),
            ),
        )
        for kind in kinds
    )
    return [group for group in grouped if group.models]
