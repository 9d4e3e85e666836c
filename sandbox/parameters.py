"""Are these params what the model takes? Selects travel as strings, numbers as numbers (rivya-api.md §3, A14)."""

from typing import Any

from sandbox.answers import ApiError
from sandbox.catalogue import Model
from sandbox.world import World

REFERENCES = "referenceMediaItems"


def check_params(world: World, model: Model, params: dict[str, Any]) -> dict[str, Any]:
    """Return the params the job runs with: unknown ones dropped, defaults filled in. Refuses what is wrong."""
    checked: dict[str, Any] = {}
    for param in model.entry.get("params") or []:
        value = _checked(world, param, params.get(param["key"]))
        if value is not None:
            checked[param["key"]] = value
    if model.id == "elevenlabs-dialogue-v3":
        _check_dialogue(checked["dialogue"])
    if REFERENCES in params:
        checked[REFERENCES] = params[REFERENCES]
    return checked


def _checked(world: World, param: dict[str, Any], value: Any) -> Any:
    key = param["key"]
    if value is None and param.get("default") is not None:
        return param["default"]
    if value is None and param.get("required"):
        raise ApiError("validation_failed", f"params.{key} is required.")
    if value is None:
        return None
    problem = CHECKS.get(param.get("type", ""), _anything)(param, value)
    if problem and world.assumptions.normalise_params:
        return param.get("default")
    if problem:
        raise ApiError("validation_failed", f"params.{key} {problem}.")
    return value


def _select(param: dict[str, Any], value: Any) -> str | None:
    options = [one.get("value") if isinstance(one, dict) else one for one in param.get("options") or []]
    if not isinstance(value, str):
        return "must be a string"
    return None if value in options else f"must be one of {', '.join(map(str, options))}"


def _number(param: dict[str, Any], value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "must be a number"
    if param.get("min") is not None and value < param["min"]:
        return f"must be at least {param['min']}"
    if param.get("max") is not None and value > param["max"]:
        return f"must be at most {param['max']}"
    return None


def _text(_: dict[str, Any], value: Any) -> str | None:
    return None if isinstance(value, str) else "must be a string"


def _anything(_: dict[str, Any], value: Any) -> str | None:
    """A type the sandbox was taught at run time and does not judge."""
    return None


def _check_dialogue(lines: Any) -> None:
    good = isinstance(lines, list) and lines and all(_is_line(line) for line in lines)
    if not good:
        raise ApiError("validation_failed", "params.dialogue must be a list of objects with voice and text.")


def _is_line(line: Any) -> bool:
    return isinstance(line, dict) and all(isinstance(line.get(name), str) and line[name] for name in ("voice", "text"))


CHECKS = {"select": _select, "number": _number, "text": _text}
