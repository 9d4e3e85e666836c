from collections.abc import Callable
from typing import Any

import pytest

from console.catalogue.models import CatalogueModel

Named = Callable[..., CatalogueModel]


@pytest.fixture
def model_with() -> Named:
    """`model_with(param, param)` is a model of that many parameters, saved nowhere."""

    def made(*params: Any, **raw: Any) -> CatalogueModel:
        return CatalogueModel(id="probe", display_name="Probe", category="image", raw={"params": list(params), **raw})

    return made
