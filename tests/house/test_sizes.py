from tests.house.sizes import sizes

# Looked at, thought about, and left: each with its reason.
LONG_ON_PURPOSE = {
    "dev.py": "one file by contract: it runs before there is anything to import",
    "console/settings.py": "one file by contract: environment in, for every room",
}


def test_no_module_and_no_template_has_grown_into_two() -> None:
    found = {size.where for size in sizes() if size.kind in {"module", "template"} and size.is_past_stop}
    assert found - LONG_ON_PURPOSE.keys() == set()


def test_what_is_long_on_purpose_still_is() -> None:
    long = {size.where for size in sizes() if size.is_past_stop}
    assert LONG_ON_PURPOSE.keys() - long == set()
