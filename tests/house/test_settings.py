import ast
import re

from tests.house.tree import ROOT, modules, name

READERS = ("console/settings.py", "console/gunicorn.py")
# Saying which settings module Django should load is not reading a setting.
NAMING = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")'


def test_env_example_lists_every_setting_and_no_other() -> None:
    listed = re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.M)
    assert sorted(listed) == sorted(set(listed)), "a setting is listed twice"
    assert set(listed) == {setting for reader in READERS for setting in read_by(reader)}


def test_nobody_but_the_settings_reads_the_environment() -> None:
    readers = {
        name(path)
        for path in modules("console")
        if name(path) not in READERS and re.search(r"environ\b|getenv", path.read_text().replace(NAMING, ""))
    }
    assert {path for path in readers if reads_environment(path)} == set()


def reads_environment(path: str) -> bool:
    """`os.environ`, `os.getenv` or django-environ, rather than a WSGI argument of that name."""
    tree = ast.parse((ROOT / path).read_text().replace(NAMING, ""))
    touched = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    named = {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) for alias in node.names
    }
    return bool(touched & {"environ", "getenv"} or named & {"environ", "getenv"})


def read_by(reader: str) -> set[str]:
    """First arguments of `env.str("NAME", …)` and its sisters in a file."""
    return {
        str(node.args[0].value)
        for node in ast.walk(ast.parse((ROOT / reader).read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "env"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }
