#!/usr/bin/env python3
"""Run, test and check the console with nothing but Python: `python3 dev.py run`, `test`, `check` or `lock`.

Standard library only, because this file is what makes `.venv` and installs the hashed lock into it.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the reader's Python is what this asks about
    sys.exit("The console needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import json
import math
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
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
READY_SECONDS, GRACE_SECONDS, SHORT_LIFE_SECONDS, START_ATTEMPTS = 60, 8, 2, 3


def main() -> int:
    """Do what the command line asks and answer the exit status."""
    parser = argparse.ArgumentParser(description="Run, test and check the Rivya Team Console.")
    commands = parser.add_subparsers(dest="command", required=True)
    running = commands.add_parser("run", help="run everything on this machine until Ctrl-C")
    running.add_argument("--port", type=int, default=8000, help="port of the web server (8000; 0 picks a free one)")
    running.add_argument("--data", type=Path, default=ROOT / "data", metavar="DIR", help="data directory (data/)")
    running.add_argument("--no-sandbox", action="store_true", help="talk to the real Rivya, not to a sandbox")
    running.add_argument("--no-demo", action="store_true", help="do not seed the demo team")
    commands.add_parser("test", add_help=False, help="run all tests, or pytest with the arguments that follow")
    commands.add_parser("check", help="what CI runs: form, lint, types, layers, settings, migrations, then the tests")
    commands.add_parser("lock", help="compile the locks again from pyproject.toml (needs uv)")
    arguments, rest = parser.parse_known_args()
    if rest and arguments.command != "test":
        parser.error(f"unknown: {' '.join(rest)}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if arguments.command == "run":
            return run(arguments.port, arguments.data.resolve(), not arguments.no_sandbox, not arguments.no_demo)
        if arguments.command == "test":
            return test(rest)
        return check() if arguments.command == "check" else lock()
    except KeyboardInterrupt:
        return 130


# -- run --------------------------------------------------------------------------------------------------------------


def run(port: int, data: Path, with_sandbox: bool, with_demo: bool) -> int:
    """Make what is missing, start sandbox, web and worker, say where they are, and stay until told to stop."""
    if port and not can_listen(port):
        return complain(f"Port {port} is taken. Stop what listens there, or choose another: --port {port + 1}")
    install("requirements-sandbox.txt" if with_sandbox else "requirements.txt")
    os.umask(0o077)
    data.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        if not stack.enter_context(locked(data / "run.lock", wait=False)):
            return complain(f"A console runs on {data} already. Stop it, or give this one its own: --data DIR")
        try:
            stay(port or free_port(), data, with_sandbox, with_demo, stack)
        except KeyboardInterrupt:
            print("\nStopping.", flush=True)
        except Broken as broken:
            return complain(str(broken))
    return 0


def stay(port: int, data: Path, with_sandbox: bool, with_demo: bool, stack: contextlib.ExitStack) -> None:
    """Start everything and keep it up; ends by KeyboardInterrupt or Broken, with nothing left running."""
    environment = run_environment(port, data, with_sandbox)
    children = Children(data / "logs", environment)
    stack.callback(children.stop)
    if with_sandbox:
        sandbox_port = environment["RIVYA_BASE_URL"].rpartition(":")[2]
        options = ["--port", sandbox_port, "--data", str(data / "sandbox.sqlite3"), "--local-webhooks"]
        children.start("sandbox", "-m", "sandbox", *options)
        children.wait_until(lambda: not can_listen(int(sandbox_port)))
    login = prepare(data, environment, with_demo and with_sandbox)
    bind = f"127.0.0.1:{port}"
    children.start("web", "-m", "gunicorn", "-c", "console/gunicorn.py", "--bind", bind, "console.asgi:application")
    children.start("worker", "manage.py", "work")
    children.wait_until(lambda: answers(f"http://{bind}/healthz"))
    print(f"Rivya Team Console: {environment['CONSOLE_PUBLIC_URL']}/")
    print(f"Sign in with: {login['email']} / {login['password']}")
    print(f"Logs: {children.logs}. Stop: Ctrl-C.", flush=True)
    children.wait_until(lambda: False, seconds=math.inf)


def run_environment(port: int, data: Path, with_sandbox: bool) -> dict[str, str]:
    """Settings of this console: the caller's, otherwise made here and kept in the data directory."""
    environment = {
        "CONSOLE_KEYSET": str(data / "keyset.json"),
        "CONSOLE_PUBLIC_URL": f"http://localhost:{port}",
        "CONSOLE_ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        **os.environ,
        "CONSOLE_DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "console.settings",
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


def prepare(data: Path, environment: dict[str, str], with_demo: bool) -> dict[str, str]:
    """Keyset, database, static files and first team, each only when its sources changed; answers the first login."""
    database = environment.get("DATABASE_URL") or str(data / "console.sqlite3")
    if "://" not in database and not Path(database).exists():
        (data / "stamps.json").unlink(missing_ok=True)
    lock_file = ROOT / "requirements.txt"
    schema = fingerprint([lock_file, *ROOT.glob("console/*/migrations/*.py")], database)
    with once(data, "database", schema) as due:
        if due:
            print("Preparing the database.", flush=True)
            manage(environment, "make_keyset")
            manage(environment, "migrate", "--verbosity", "0")
            manage(environment, "createcachetable")
    with once(data, "static", fingerprint([lock_file, *ROOT.glob("static/**/*")])) as due:
        if due:
            manage(environment, "collectstatic", "--noinput", "--clear", "--verbosity", "0")
    with once(data, "demo" if with_demo else "owner", schema) as due:
        return seed_demo(data, environment, due) if with_demo else seed_owner(data, environment, due)


def seed_demo(data: Path, environment: dict[str, str], due: bool) -> dict[str, str]:
    """Login of the demo team, which is made when due."""
    path = data / "demo-login.json"
    if due:
        path.unlink(missing_ok=True)
    login: dict[str, str] = json.loads(kept(path, lambda: manage(environment, "seed_demo")))
    return login


def seed_owner(data: Path, environment: dict[str, str], due: bool) -> dict[str, str]:
    """Login of the first owner of a console without a demo team, who is made when due."""
    owner = {"email": "owner@localhost", "password": secrets.token_urlsafe(12), "role": "owner"}
    path = data / "first-team.json"
    teams = json.loads(kept(path, lambda: json.dumps({"teams": [{"name": "First team", "members": [owner]}]})))
    if due:
        manage(environment, "seed_teams", str(path))
    login: dict[str, str] = teams["teams"][0]["members"][0]
    return login


class Broken(Exception):
    """A part of the console does not stay up; the text says which, and where its log is."""


class Children:
    """The processes of a running console: each in its own process group, started again when it dies."""

    def __init__(self, logs: Path, environment: dict[str, str]) -> None:
        self.logs, self.environment = logs, environment
        self.commands: dict[str, list[str]] = {}
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.started: dict[str, list[float]] = {}
        logs.mkdir(exist_ok=True)

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

    def wait_until(self, is_true: Callable[[], bool], seconds: float = READY_SECONDS) -> None:
        """Keep every process up until the condition holds. Broken when that takes too long, or one never stays up."""
        deadline = time.monotonic() + seconds
        while not is_true():
            for name, process in list(self.processes.items()):
                if process.poll() is not None:
                    self._start_again(name, process.returncode, is_starting=math.isfinite(seconds))
            if time.monotonic() > deadline:
                raise Broken(f"The console is not up after {seconds} s. Its logs: {self.logs}")
            time.sleep(0.1)

    def _start_again(self, name: str, status: int, is_starting: bool) -> None:
        if is_starting and len(self.started[name]) == START_ATTEMPTS:
            words = (self.logs / f"{name}.log").read_text(errors="replace").splitlines()[-15:]
            raise Broken("\n".join([f"The {name} does not stay up (status {status}). Its last words:", *words]))
        print(f"The {name} ended (status {status}); starting it again.", flush=True)
        kill_group(self.processes[name], signal.SIGKILL)
        if time.monotonic() - self.started[name][-1] < SHORT_LIFE_SECONDS:
            time.sleep(1)
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
    """Everything CI asks of a change, in the order in which it fails fastest; then the tests."""
    install("requirements-dev.txt")
    steps, tools, manage_py = Steps(), VENV / "bin", [str(PYTHON), "manage.py"]
    with tempfile.TemporaryDirectory() as data:
        deployed = {
            **clean_environment(),
            "CONSOLE_DATA_DIR": data,
            "CONSOLE_SECRET_KEY": secrets.token_urlsafe(48),
            "CONSOLE_PUBLIC_URL": "https://console.example.com",
        }
        steps.do("formatting", [str(tools / "ruff"), "format", "--check", "--quiet", "."])
        steps.do("lint", [str(tools / "ruff"), "check", "--quiet", "."])
        steps.do("templates: form", [str(tools / "djlint"), "templates", "--check", "--quiet"])
        steps.do("templates: lint", [str(tools / "djlint"), "templates", "--lint", "--quiet"])
        steps.do("house: layers, locks, names, settings", [str(PYTHON), "-m", "pytest", "-q", "tests/house"])
        steps.do("types", [str(tools / "mypy")])
        steps.do("settings as deployed", [*manage_py, "check", "--deploy", "--fail-level", "WARNING"], deployed)
        steps.do("migrations complete", [*manage_py, "makemigrations", "--check", "--dry-run"], deployed)
    failed = steps.report()
    tested = test([])
    return steps.report() if failed else tested  # said once more where it is looked for: at the end


class Steps:
    """Named commands run one after the other, each with its seconds; all of them run, whatever fails."""

    def __init__(self) -> None:
        self.failed: list[str] = []

    def do(self, name: str, command: list[str], environment: dict[str, str] | None = None) -> None:
        """Run a command, with its output as it comes."""
        print(f"── {name}", flush=True)
        started = time.monotonic()
        status = subprocess.run(command, cwd=ROOT, env=environment or clean_environment(), check=False).returncode
        print(f"{'✗' if status else '✓'} {name}, {time.monotonic() - started:.1f} s", flush=True)
        self.failed += [name] if status else []

    def report(self) -> int:
        """Exit status of them all, with the names of those that failed."""
        return complain(f"Failed: {', '.join(self.failed)}") if self.failed else 0


def test_environment() -> tuple[dict[str, str], list[str]]:
    """Where the tests find Chromium, PostgreSQL and Redis, and a sentence for each that is not here."""
    environment, missing = clean_environment(), []
    if chromium := os.environ.get("TEST_CHROMIUM") or find_chromium():
        environment["TEST_CHROMIUM"] = chromium
    else:
        missing.append("the browser tests: there is no Chromium. Install it, or set TEST_CHROMIUM to its path.")
    for variable, default, service, probe in (
        ("TEST_DATABASE_URL", POSTGRESQL, "postgresql", postgresql_answers),
        ("TEST_REDIS_URL", REDIS, "redis-server", redis_answers),
    ):
        url = os.environ.get(variable, default)
        if probe(url) or (start_service(service) and probe(url)):
            environment[variable] = url
        else:
            missing.append(f"the tests on {service}: none on this machine lets us in. Start it, or set {variable}.")
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
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quietly(["apt-get", "update"], environment)
    quietly(["apt-get", "install", "-y", "--no-install-recommends", "chromium"], environment)
    return next(filter(None, map(shutil.which, CHROMIUMS)), None)


def postgresql_answers(url: str) -> bool:
    """Whether we may make databases there (Django's tests make their own, from `postgres`)."""
    code = "import psycopg, sys; psycopg.connect(sys.argv[1], dbname='postgres', connect_timeout=3).close()"
    return quietly([str(PYTHON), "-c", code, url]).returncode == 0


def redis_answers(url: str) -> bool:
    """Whether a Redis answers PING there, if only to ask for its password."""
    place = urllib.parse.urlsplit(url)
    try:
        with socket.create_connection((place.hostname or "127.0.0.1", place.port or 6379), timeout=3) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(64).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False


def start_service(name: str) -> bool:
    """Start a Debian service that is installed but stopped; false when there is none, or we may not."""
    if os.geteuid() != 0 or not Path("/etc/init.d", name).exists():
        return False
    started = quietly(["service", name, "start"])
    time.sleep(2)
    return started.returncode == 0


def lock() -> int:
    """Compile the locks from pyproject.toml: no addresses in them, a hash for everything."""
    uv = shutil.which("uv")
    if not uv:
        return complain("Compiling the locks needs uv.")
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
            done = quietly([*command, "--require-hashes", "-r", lock_name])
            if done.returncode == 0:
                stamps.write_text(json.dumps({**installed, lock_name: wanted[lock_name]}))
                return
            print(done.stdout[-2000:] + done.stderr[-4000:], file=sys.stderr)
    sys.exit(f"{lock_name} could not be installed. This needs uv, or a Python with pip, and a way to the packages.")


def installers() -> Iterator[list[str]]:
    """Ways to install into `.venv`, the fastest first; the next is tried when one fails."""
    if uv := shutil.which("uv"):
        yield [uv, "pip", "install", "--quiet", "--python", str(PYTHON)]
    if quietly([sys.executable, "-m", "pip", "--version"]).returncode == 0:
        yield [sys.executable, "-m", "pip", "--python", str(PYTHON), "install", "--quiet", "--no-deps"]
    if quietly([str(PYTHON), "-m", "ensurepip"]).returncode == 0:
        yield [str(PYTHON), "-m", "pip", "install", "--quiet", "--no-deps"]


# -- small things -----------------------------------------------------------------------------------------------------


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Output of a management command without its log lines; Broken, with its words, when it fails."""
    done = quietly([str(PYTHON), "manage.py", *arguments], {**environment, "LOG_LEVEL": "CRITICAL"})
    if done.returncode:
        raise Broken(f"`manage.py {arguments[0]}` failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def quietly(command: list[str], environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command at the root of the repo and keep what it says."""
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def kept(path: Path, make: Callable[[], str]) -> str:
    """Content of a file of mode 0600, made when absent."""
    if not path.exists():
        content = make()
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            file.write(content)
    return path.read_text()


@contextlib.contextmanager
def once(data: Path, name: str, wanted: str) -> Iterator[bool]:
    """Whether a step is due; noted as done when the block ends well."""
    stamps = data / "stamps.json"
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


def complain(text: str) -> int:
    """Say what is wrong on standard error; answers the exit status for it."""
    print(text, file=sys.stderr, flush=True)
    return 1


if __name__ == "__main__":
    sys.exit(main())
