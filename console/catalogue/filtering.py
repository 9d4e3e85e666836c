"""Find models: by kind, input, price, readiness and words. The list is small (hundreds), so it is sieved in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from console.catalogue.models import CatalogueModel

KINDS = {"image": "Image", "video": "Video", "audio": "Audio", "chat": "Chat"}
INPUTS = {
    "prompt": "Prompt alone",
    "image": "Image references",
    "video": "Video references",
    "audio": "Audio references",
}
READINESS = {"ready": "Ready for jobs", "closed": "Not callable"}
SORTS = {"": "Name", "price": "Cheapest first", "new": "Newest first"}


@dataclass(frozen=True)
class Sieve:
    """What the page's address asks for. Values that make no sense are as good as none."""

    words: str = ""
    kind: str = ""
    input: str = ""
    most_credits: int | None = None
    readiness: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Sieve":
        """The filter in a query string: q, kind, input, credits, ready, sort."""
        credits = query.get("credits", "").strip()
        return cls(
            words=query.get("q", "").strip()[:100],
            kind=query.get("kind", "").strip()[:32],
            input=_one_of(INPUTS, query.get("input", "")),
            most_credits=int(credits) if credits.isdecimal() and len(credits) < 10 else None,
            readiness=_one_of(READINESS, query.get("ready", "")),
            sort=_one_of(SORTS, query.get("sort", "")),
        )

    @property
    def is_empty(self) -> bool:
        """Whether it lets everything through."""
        return not (self.words or self.kind or self.input or self.readiness or self.most_credits is not None)

    def apply(self, models: Iterable[CatalogueModel]) -> list[CatalogueModel]:
        """The models that pass, in the order asked for."""
        passing = [model for model in models if self._passes(model)]
        if self.sort == "price":
            return sorted(passing, key=lambda model: (model.base_credits is None, model.base_credits or 0))
        if self.sort == "new":
            return sorted(passing, key=lambda model: model.first_seen_at, reverse=True)
        kinds = list(KINDS)
        return sorted(passing, key=lambda model: (_place(kinds, model.category), not model.is_callable))

    def _passes(self, model: CatalogueModel) -> bool:
        return (
            (not self.kind or model.category == self.kind)
            and (not self.input or _takes(model, self.input))
            and (self.most_credits is None or _costs_at_most(model, self.most_credits))
            and (not self.readiness or model.is_callable == (self.readiness == "ready"))
            and all(word in f"{model.display_name} {model.pk}".lower() for word in self.words.lower().split())
        )


def _place(kinds: list[str], kind: str) -> int:
    return kinds.index(kind) if kind in kinds else len(kinds)


def _takes(model: CatalogueModel, wanted: str) -> bool:
    rules = model.references
    return rules.min_files == 0 if wanted == "prompt" else wanted in rules.kinds


def _costs_at_most(model: CatalogueModel, credits: int) -> bool:
    return model.base_credits is not None and model.base_credits <= credits


def _one_of(known: Mapping[str, str], value: str) -> str:
    return value if value in known else ""
