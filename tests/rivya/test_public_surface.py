"""What the package promises is exactly what it exports."""

import inspect
from pathlib import Path
from types import ModuleType

from console import rivya


def test_all_names_every_public_member_and_nothing_else() -> None:
    members = {
        name for name, value in vars(rivya).items() if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert sorted(rivya.__all__) == sorted(members)


def test_everything_public_says_what_it_is() -> None:
    public = [
        value for name in rivya.__all__ if inspect.isclass(value := getattr(rivya, name)) or inspect.isfunction(value)
    ]
    silent = [value.__name__ for value in public if not inspect.getdoc(value)]
    assert silent == []


def test_only_the_transport_knows_httpx() -> None:
    files = Path(rivya.__file__).parent.glob("*.py")
    assert [file.name for file in files if "import httpx" in file.read_text()] == ["transport.py"]


def test_the_package_ships_its_types() -> None:
    assert Path(rivya.__file__).with_name("py.typed").exists()


def test_the_error_tree_is_the_documented_one() -> None:
    assert issubclass(rivya.TimedOut, rivya.NoAnswer)
    assert issubclass(rivya.Unreadable, rivya.NoAnswer)
    refusals = [rivya.KeyRefused, rivya.ScopeMissing, rivya.OutOfCredits, rivya.Invalid, rivya.Missing]
    assert all(
        issubclass(kind, rivya.Refused) for kind in [*refusals, rivya.Conflict, rivya.TooMany, rivya.Unavailable]
    )
    assert not issubclass(rivya.SignatureInvalid, rivya.RivyaError)
