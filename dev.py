#!/usr/bin/env python3
"""Run, test and check the console with nothing but Python: `python3 dev.py run`, `test`, `check` or `lock`.

Standard library only, because this file is what makes `.venv` and installs the hashed lock into it.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the reader's Python is what this asks about
    sys.exit("The console needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])  # noqa: UP031 - older Pythons read this line

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
import venv
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
# Each lock holds everything the one before it holds, at the same versions (tests/house/test_locks.py).
LOCKS = {
    "requirements.txt": [],
    "requirements-sandbox.txt": ["--extra", "sandbox"],
    "requirements-dev.txt": ["--extra", "sandbox", "--extra", "dev"],
}
CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
POSTGRESQL = f"postgres://postgres@127.0.0.1:5432/console_{os.getpid()}"
REDIS = "redis://127.0.0.1:6379/15"
READY_SECONDS, GRACE_SECONDS, SHORT_LIFE_SECONDS, SHORT_LIVES = 60, 8, 10, 3


def main() -> int:
    """Do what the command line asks and answer the exit status."""
    parser = argparse.ArgumentParser(description="Run, test and check the Rivya Team Console.")
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="run everything on this machine until Ctrl-C")
    running.add_argument("--port", type=int, default=8000, help="port of the web server (8000; 0 picks a free one)")
    running.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR", help="data directory (data/)")
    running.add_argument(
        "--no-sandbox", action="store_true", help="talk to the real Rivya, not to the built-in sandbox"
    )
    running.add_argument("--no-demo", action="store_true", help="do not seed the demo team")
    commands.add_parser("test", add_help=False, help="run all tests, or pytest with the arguments that follow")
    commands.add_parser(
        "check", help="format, lint, types, layers, templates, settings, migrations, locks, then the tests"
    )
    commands.add_parser("lock", help="compile the locks again from pyproject.toml (needs uv)")
    arguments, rest = parser.parse_known_args()
    if rest and arguments.command != "test":
        parser.error(f"unknown: {' '.join(rest)}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        match arguments.command:
            case "run":
                return run(arguments.port, arguments.data.resolve(), not arguments.no_sandbox, not arguments.no_demo)
            case "test":
                return test(rest)
            case "check":
                return check()
            case _:
                return lock()
    except KeyboardInterrupt:
        return 130


# -- run --------------------------------------------------------------------------------------------------------------


def run(port: int, data: Path, with_sandbox: bool, with_demo: bool) -> int:
    """Make what is missing, start sandbox, web and worker, say where they are, and stay until told to stop."""
    if port and not can_listen(port):
        return complain(
            f"Port {port} is taken on this machine. Stop what listens there, or choose another: --port {port + 1}"
        )
    install("requirements-sandbox.txt" if with_sandbox else "requirements.txt")
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        if not stack.enter_context(locked(data / "run.lock", wait=False)):
            return complain(f"A console already runs on {data}. Stop it first, or give this one its own: --data DIR")
        port = port or free_port()
        environment = run_environment(port, data, with_sandbox)
        children = Children(data / "logs", environment)
        stack.callback(children.stop)
        try:
            if with_sandbox:
                sandbox_port = environment["RIVYA_BASE_URL"].rpartition(":")[2]
                children.start(
                    "sandbox", "-m", "sandbox", "--port", sandbox_port, "--data", str(data / "sandbox.sqlite3")
                )
            login = prepare(data, environment, with_demo and with_sandbox)
            children.start("worker", "manage.py", "work")
            bind = f"127.0.0.1:{port}"
            children.start(
                "web", "-m", "gunicorn", "-c", "console/gunicorn.py", "--bind", bind, "console.asgi:application"
            )
            children.wait_until(lambda: answers(f"http://{bind}/healthz"))
            print(f"Rivya Team Console: {environment['CONSOLE_PUBLIC_URL']}/")
            print(
                f"Sign in with: {login['email']} / {login['password']}"
                if login
                else "No demo team: see README.md for the first owner."
            )
            print(f"Logs: {children.logs}\nStop: Ctrl-C", flush=True)
            children.wait_until(lambda: False)
        except KeyboardInterrupt:
            print("\nStopping.", flush=True)
        except Broken as broken:
            return complain(str(broken))
    return 0


def run_environment(port: int, data: Path, with_sandbox: bool) -> dict[str, str]:
    """Settings of this console: the caller's, otherwise made here and kept in the data directory."""
    environment = {
        "CONSOLE_KEYSET": str(data / "keyset.json"),
        "CONSOLE_PUBLIC_URL": f"http://localhost:{port}",
        "CONSOLE_ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        **os.environ,
        "CONSOLE_DATA_DIR": str(data),
        "PYTHONUNBUFFERED": "1",
    }
    if "CONSOLE_SECRET_KEY" not in environment:
        environment["CONSOLE_SECRET_KEY"] = kept(data / "secret-key", lambda: secrets.token_urlsafe(48))
    if with_sandbox:
        wanted = int(kept(data / "sandbox-port", lambda: str(free_port())))
        if not can_listen(wanted):
            (data / "sandbox-port").unlink()
            wanted = int(kept(data / "sandbox-port", lambda: str(free_port())))
        environment["RIVYA_BASE_URL"] = f"http://127.0.0.1:{wanted}"
    return environment


def prepare(data: Path, environment: dict[str, str], with_demo: bool) -> dict[str, str] | None:
    """Keyset, database, static files and demo team, each only when its sources changed; answers the demo login."""
    login = data / "demo-login.json"
    database = environment.get("DATABASE_URL", str(data / "console.sqlite3"))
    lock_file = ROOT / "requirements.txt"
    migrations = fingerprint([lock_file, *ROOT.glob("console/*/migrations/*.py")], database)
    if "DATABASE_URL" not in environment and not Path(database).exists():
        (data / "stamps.json").unlink(missing_ok=True)
    with once(data / "stamps.json", "database", migrations) as needed:
        if needed:
            print("Preparing the database.", flush=True)
            manage(environment, "make_keyset")
            manage(environment, "migrate", "--verbosity", "0")
            manage(environment, "createcachetable")
            login.unlink(missing_ok=True)
    with once(data / "stamps.json", "static", fingerprint([lock_file, *ROOT.glob("static/**/*")], str(data))) as needed:
        if needed:
            manage(environment, "collectstatic", "--noinput", "--clear", "--verbosity", "0")
    if not with_demo:
        return None
    found: dict[str, str] = json.loads(kept(login, lambda: manage(environment, "seed_demo")))
    return found


class Broken(Exception):
    """A part of the console does not stay up; the text says which, and where its log is."""


class Children:
    """The processes of a running console: each in its own process group, started again when it dies."""

    def __init__(self, logs: Path, environment: dict[str, str]) -> None:
        self.logs, self.environment = logs, environment
        self.commands: dict[str, list[str]] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.started: dict[str, list[float]] = {}
        logs.mkdir(mode=0o700, exist_ok=True)

    def start(self, name: str, *command: str) -> None:
        """Start one process, with its output in `<logs>/<name>.log`."""
        self.commands[name] = [str(PYTHON), *command]
        self.started.setdefault(name, []).append(time.monotonic())
        with (self.logs / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                self.commands[name],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - there are no threads here
            )

    def wait_until(self, is_true: Callable[[], bool]) -> None:
        """Keep every process up until the condition holds; Broken when one of them dies again and again."""
        while not is_true():
            for name, process in list(self.processes.items()):
                if process.poll() is not None:
                    self._start_again(name, process.returncode)
            time.sleep(0.1)

    def _start_again(self, name: str, status: int) -> None:
        lives = self.started[name][-SHORT_LIVES:]
        if len(lives) == SHORT_LIVES and time.monotonic() - lives[0] < SHORT_LIFE_SECONDS:
            raise Broken(
                f"The {name} does not stay up (status {status}). Its last words:\n{tail(self.logs / f'{name}.log')}"
            )
        print(f"The {name} ended (status {status}); started again.", flush=True)
        kill_group(self.processes[name], signal.SIGKILL)
        self.start(name, *self.commands[name][1:])

    def stop(self) -> None:
        """Ask every process to end, then kill what is left after the grace, or at a second Ctrl-C."""
        with contextlib.suppress(KeyboardInterrupt):
            deadline = time.monotonic() + GRACE_SECONDS
            for process in self.processes.values():
                kill_group(process, signal.SIGTERM)
            for process in self.processes.values():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.0, deadline - time.monotonic()))
        for process in self.processes.values():
            kill_group(process, signal.SIGKILL)
            process.wait()


# -- test and check ---------------------------------------------------------------------------------------------------


def test(pytest_arguments: list[str]) -> int:
    """Run pytest once with the arguments given, or everything: on SQLite, on PostgreSQL, then the journeys."""
    install("requirements-dev.txt")
    environment, missing = test_environment()
    for sentence in missing:
        print(f"SKIPPED: {sentence}", flush=True)
    if CI and missing:
        return complain("CI=true allows no skip.")
    pytest = [str(PYTHON), "-m", "pytest"]
    if pytest_arguments:
        return subprocess.run([*pytest, *pytest_arguments], cwd=ROOT, env=environment, check=False).returncode
    many = [*pytest, "-q", "-n", str(max(2, min(8, os.cpu_count() or 2))), "-m", "not journey"]
    steps = Steps()
    steps.do("tests on SQLite", many, environment)
    if url := environment.get("TEST_DATABASE_URL"):
        rooms = [f"--ignore=tests/{name}" for name in ("house", "rivya", "sandbox")]
        steps.do("tests on PostgreSQL", [*many, *rooms], {**environment, "DATABASE_URL": url})
    steps.do("journeys", [*pytest, "-q", "-m", "journey", "tests/journeys"], environment)
    return steps.report()


def check() -> int:
    """Everything CI asks of a change, in the order in which it fails fastest."""
    install("requirements-dev.txt")
    steps, tools = Steps(), VENV / "bin"
    with tempfile.TemporaryDirectory() as data:
        environment = {
            **clean_environment(),
            "CONSOLE_DATA_DIR": data,
            "CONSOLE_SECRET_KEY": secrets.token_urlsafe(48),
            "CONSOLE_PUBLIC_URL": "https://console.example.com",
            "CONSOLE_ALLOWED_HOSTS": "console.example.com",
        }
        manage_py = [str(PYTHON), "-W", "error::DeprecationWarning:console", "manage.py"]
        steps.do("formatting", [str(tools / "ruff"), "format", "--check", "--quiet", "."])
        steps.do("lint", [str(tools / "ruff"), "check", "--quiet", "."])
        steps.do("templates: form", [str(tools / "djlint"), "templates", "--check", "--quiet"])
        steps.do("templates: lint", [str(tools / "djlint"), "templates", "--lint", "--quiet"])
        steps.do("layers", [str(tools / "lint-imports")], environment)
        steps.do("types", [str(tools / "mypy")], environment)
        steps.do("settings, as deployed", [*manage_py, "check", "--deploy", "--fail-level", "WARNING"], environment)
        steps.do("migrations", [*manage_py, "makemigrations", "--check", "--dry-run"], environment)
    steps.note("locks", "\n".join(lock_faults()))
    failed = steps.report()
    return test([]) or failed


class Steps:
    """Named commands run one after the other, each with its seconds; all of them run, whatever fails."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def do(self, name: str, command: list[str], environment: dict[str, str] | None = None) -> None:
        """Run a command, and print its output as it comes."""
        print(f"── {name}", flush=True)
        started = time.monotonic()
        status = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        self.note(name, f"status {status}" if status else "", time.monotonic() - started)

    def note(self, name: str, fault: str, seconds: float = 0.0) -> None:
        """Print how a step ended; an empty fault is a success."""
        print(f"{'✗' if fault else '✓'} {name}, {seconds:.1f} s{': ' if fault else ''}{fault}", flush=True)
        if fault:
            self.failed.append(name)

    def report(self) -> int:
        """Exit status of them all, with the names of what failed."""
        return complain(f"Failed: {', '.join(self.failed)}") if self.failed else 0


def test_environment() -> tuple[dict[str, str], list[str]]:
    """Where the tests find Chromium, PostgreSQL and Redis, and a sentence for each that is not here."""
    environment, missing = clean_environment(), []
    chromium = os.environ.get("TEST_CHROMIUM") or find_chromium()
    if chromium:
        environment["TEST_CHROMIUM"] = chromium
    else:
        missing.append("browser tests, there is no Chromium (install it, or set TEST_CHROMIUM to its path)")
    for variable, default, service, probe in (
        ("TEST_DATABASE_URL", POSTGRESQL, "postgresql", postgresql_answers),
        ("TEST_REDIS_URL", REDIS, "redis-server", redis_answers),
    ):
        environment[variable] = os.environ.get(variable, default)
        if not probe(environment[variable]) and not (start_service(service) and probe(environment[variable])):
            missing.append(
                f"tests on {service}, nothing lets us in at {redacted(environment.pop(variable))} (or set {variable})"
            )
    return environment, missing


def clean_environment() -> dict[str, str]:
    """The caller's environment without the settings of any real console."""
    ours = (
        "CONSOLE_",
        "RIVYA_BASE",
        "RIVYA_MEDIA",
        "DATABASE_URL",
        "REDIS_URL",
        "TASK_URL",
        "EMAIL_URL",
        "LOG_LEVEL",
        "DJANGO_",
    )
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def find_chromium() -> str | None:
    """Path of an installed Chromium; on Debian, as root, it is installed when absent."""
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if found or os.geteuid() != 0 or not shutil.which("apt-get"):
        return found
    print("Installing Chromium for the browser tests.", flush=True)
    quietly = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["apt-get", "update", "-qq"],
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"],
    ):
        subprocess.run(command, env=quietly, stdout=subprocess.DEVNULL, check=False)
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


def postgresql_answers(url: str) -> bool:
    """Whether we may make databases there (Django's tests make their own, from `postgres`)."""
    code = "import psycopg, sys; psycopg.connect(sys.argv[1], dbname='postgres', connect_timeout=3).close()"
    return subprocess.run([str(PYTHON), "-c", code, url], stderr=subprocess.DEVNULL, check=False).returncode == 0


def redis_answers(url: str) -> bool:
    """Whether a Redis answers PING there."""
    host, port = re.match(r"redis://(?:[^@/]*@)?([^:/]+)(?::(\d+))?", url).groups(default="6379")  # type: ignore[union-attr]
    with contextlib.suppress(OSError), socket.create_connection((host, int(port)), timeout=3) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(64)[:5] in {b"+PONG", b"-NOAU"}
    return False


def start_service(name: str) -> bool:
    """Start a Debian service that is installed but stopped; answers whether there was one to start."""
    if os.geteuid() != 0 or not Path("/etc/init.d", name).exists():
        return False
    started = subprocess.run(
        ["service", name, "start"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False
    )
    time.sleep(2)
    return started.returncode == 0


def lock_faults() -> list[str]:
    """What must not be in a committed lock: an address, or a package without a hash."""
    faults = []
    for name in LOCKS:
        text = (ROOT / name).read_text()
        faults += [f"{name} holds an address" for _ in range("://" in text)]
        faults += [
            f"{name}: {found} has no hash"
            for found in re.findall(r"^(\S+==\S+)(?: ;[^\\\n]*)?\n(?!\s+--hash)", text, re.M)
        ]
    return faults


def lock() -> int:
    """Compile the three locks from pyproject.toml."""
    uv = shutil.which("uv")
    if not uv:
        return complain("Compiling the locks needs uv.")
    # Other options, or another tool, would write registry addresses into the locks.
    silent = ["--quiet", "--no-header", "--no-emit-index-url", "--no-annotate"]
    options = [*silent, "--universal", "--python-version", "3.11", "--generate-hashes", "pyproject.toml"]
    for name, extras in LOCKS.items():
        subprocess.run([uv, "pip", "compile", *options, *extras, "-o", name], cwd=ROOT, check=True)
    return 0


# -- set-up -----------------------------------------------------------------------------------------------------------


def install(lock_name: str) -> None:
    """Make `.venv` and install a hashed lock into it, unless that lock, or a larger one, is there already."""
    names = list(LOCKS)
    wanted = {name: fingerprint([ROOT / name]) for name in names}
    VENV.mkdir(exist_ok=True)
    with locked(VENV / "set-up.lock"):
        stamps = VENV / "installed.json"
        installed = json.loads(stamps.read_text()) if stamps.exists() and PYTHON.exists() else {}
        if any(installed.get(name) == wanted[name] for name in names[names.index(lock_name) :]):
            return
        print(f"Installing {lock_name} into .venv.", flush=True)
        if not PYTHON.exists():
            venv.create(VENV, with_pip=False, symlinks=True)
        for command in installers():
            if subprocess.run([*command, "--require-hashes", "-r", lock_name], cwd=ROOT, check=False).returncode == 0:
                stamps.write_text(json.dumps({**installed, lock_name: wanted[lock_name]}))
                return
    sys.exit(f"{lock_name} could not be installed: see above. This needs uv, or a Python with pip.")


def installers() -> Iterator[list[str]]:
    """Ways to install into `.venv`, the fastest first; the next is tried when one fails."""
    if uv := shutil.which("uv"):
        yield [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0:
        yield [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "--no-deps"]
    if subprocess.run([str(PYTHON), "-m", "ensurepip"], capture_output=True, check=False).returncode == 0:
        yield [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-deps"]


# -- small things -----------------------------------------------------------------------------------------------------


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Output of a management command; Broken, with its words, when it fails."""
    done = subprocess.run(
        [str(PYTHON), "manage.py", *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Broken(f"`manage.py {arguments[0]}` failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def kept(path: Path, make: Callable[[], str]) -> str:
    """Content of a file of mode 0600, made when absent."""
    if not path.exists():
        content = make()
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(content)
    return path.read_text()


@contextlib.contextmanager
def once(stamps: Path, name: str, wanted: str) -> Iterator[bool]:
    """Whether a step is due; noted as done when the block ends well."""
    known = json.loads(stamps.read_text()) if stamps.exists() else {}
    yield known.get(name) != wanted
    stamps.write_text(json.dumps({**known, name: wanted}))


@contextlib.contextmanager
def locked(path: Path, wait: bool = True) -> Iterator[bool]:
    """Hold a lock file; false when another process holds it and we do not wait."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


def fingerprint(files: Iterable[Path], *words: str) -> str:
    """Hash of the names and contents of some files."""
    digest = hashlib.sha256(repr(words).encode())
    for path in sorted(path for path in files if path.is_file()):
        digest.update(f"{path}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def can_listen(port: int) -> bool:
    """Whether nobody listens on this port of this machine."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def answers(url: str) -> bool:
    """Whether a GET is answered with 200."""
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2) as response:
        return bool(response.status == 200)
    return False


def die_with_parent() -> None:
    """Called in a child: on Linux, a killed dev.py takes its processes with it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def kill_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Send a signal to a process and to all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def tail(path: Path) -> str:
    """The last lines of a log."""
    return "\n".join(path.read_text(errors="replace").splitlines()[-15:])


def redacted(url: str) -> str:
    """An address without its password."""
    return re.sub(r":[^:@/]+@", ":…@", url)


def complain(text: str) -> int:
    """Say what is wrong on standard error; answers the exit status for it."""
    print(text, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
