"""Settings of the console: environment in, everything else fixed here. Fails loudly on what is missing or unsafe.

Every variable is listed, with its meaning, in `.env.example`; nobody else reads the environment.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from huey.serializer import SignedSerializer

from console.logs import logging_config

env = environ.Env()
ROOT = Path(__file__).resolve().parent.parent

DATA_DIR = Path(env.str("CONSOLE_DATA_DIR", default=str(ROOT / "data")))
SECRET_KEY = env.str("CONSOLE_SECRET_KEY")
KEYSET_PATH = Path(env.str("CONSOLE_KEYSET", default=str(DATA_DIR / "keyset.json")))
PUBLIC_URL = env.str("CONSOLE_PUBLIC_URL", default="http://127.0.0.1:8000").rstrip("/")
RIVYA_BASE_URL = env.str("RIVYA_BASE_URL", default="https://rivya.ai").rstrip("/")
METRICS_TOKEN = env.str("CONSOLE_METRICS_TOKEN", default="")
DEBUG = False

try:
    DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(f"CONSOLE_DATA_DIR ({DATA_DIR}) cannot be made: {error.strerror}.") from error
if len(SECRET_KEY) < 32:
    raise ImproperlyConfigured("CONSOLE_SECRET_KEY must have at least 32 characters: it signs sessions and links.")
if len(set(SECRET_KEY)) < 8 or "insecure" in SECRET_KEY or "changeme" in SECRET_KEY.lower().replace("-", ""):
    raise ImproperlyConfigured("CONSOLE_SECRET_KEY is a default or a pattern: make one with `openssl rand -base64 48`.")
if urlsplit(PUBLIC_URL).scheme not in {"http", "https"} or not urlsplit(PUBLIC_URL).hostname:
    raise ImproperlyConfigured("CONSOLE_PUBLIC_URL must be an address such as https://console.example.com")
if urlsplit(RIVYA_BASE_URL).scheme not in {"http", "https"} or not urlsplit(RIVYA_BASE_URL).hostname:
    raise ImproperlyConfigured("RIVYA_BASE_URL must be an address such as https://rivya.ai")

SECURE = PUBLIC_URL.startswith("https://")
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")

# One exchange with Rivya may take this long; leases outlive it.
RIVYA_TIMEOUT_SECONDS = env.float("RIVYA_TIMEOUT_SECONDS", default=30.0)

# Hosts that results may be downloaded from; Rivya's pages do not name its media host (rivya-api.md A16).
RIVYA_MEDIA_HOSTS = frozenset(env.list("RIVYA_MEDIA_HOSTS", default=[]) or [urlsplit(RIVYA_BASE_URL).netloc])

# Where Rivya puts a webhook's signature; its real names are not documented (rivya-api.md §11.5, A28).
RIVYA_WEBHOOK_HEADER = env.str("RIVYA_WEBHOOK_HEADER", default="X-Rivya-Signature")
RIVYA_WEBHOOK_STANDARD_HEADERS = env.list(
    "RIVYA_WEBHOOK_STANDARD_HEADERS", default=["webhook-id", "webhook-timestamp", "webhook-signature"]
)
if len(RIVYA_WEBHOOK_STANDARD_HEADERS) != 3:
    raise ImproperlyConfigured("RIVYA_WEBHOOK_STANDARD_HEADERS names three headers: id, timestamp, signature.")
# For how many days the log of webhook deliveries is kept.
WEBHOOK_LOG_DAYS = env.int("WEBHOOK_LOG_DAYS", default=30)

# A passkey belongs to a name, so a console on 127.0.0.1 answers as localhost as well.
_host = urlsplit(PUBLIC_URL).hostname
ALLOWED_HOSTS = env.list("CONSOLE_ALLOWED_HOSTS", default=[_host, "localhost"] if _host in LOCAL_HOSTS else [_host])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ROOT_URLCONF = "console.urls"
ASGI_APPLICATION = "console.asgi.application"

INSTALLED_APPS = [
    "console.ui",
    "console.engine",
    "console.live",
    "console.audit",
    "console.teams",
    "console.notices",
    "console.keys",
    "console.projects",
    "console.credits",
    "console.files",
    "console.catalogue",
    "console.jobs",
    "console.chat",
    "console.support",
    "console.webhooks",
    "console.failures",
    "console.retention",
    "console.worker",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_filters",
    "django_tasks",
    "widget_tweaks",
    "console.support.admin_app.SupportAdmin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "console.ui.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "console.ui.charset.utf8_only",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "console.teams.last_seen.last_seen",
    "console.support.middleware.through_their_eyes",
    "console.teams.limiting.limits",
    "console.ui.middleware.problems",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.ui.shell.shell",
                "console.live.since.live_since",
                "console.teams.shell.teams",
                "console.projects.shell.projects",
            ]
        },
    }
]

# -- data -------------------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'console.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "console.engine.sqlite"
    # A charge must survive power loss (FULL); writers queue instead of failing (IMMEDIATE and a long time-out).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; "
        "PRAGMA mmap_size=268435456; PRAGMA cache_size=-32000;",
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = {"min_size": 1, "max_size": 20, "timeout": 10}
    # PostgreSQL took 270 ms to compile a statement that runs in one, and 40 to start workers for one that runs in two:
    # it believes subqueries to be dear, and knows nothing of columns that go together. Pages ask small questions.
    DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off -c max_parallel_workers_per_gather=0")
DATABASES["default"]["CONN_MAX_AGE"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counts failed tries and rations, and which codes were used. Django's default keeps 300 rows and throws others away by
# the order of their keys: a stranger's noise would push another person's count out. A million is filled by nobody: one
# address makes 20 tries a minute, and the longest count lives for a day. `engine/forgetting.py` takes out what has run
# out, so that the count of rows at every write, and a cull, stay small.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "console_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000, "CULL_FREQUENCY": 20},
    }
}

STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("CONSOLE_STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(DATA_DIR / "files"), "base_url": None, "file_permissions_mode": 0o600},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# -- work without a request -------------------------------------------------------------------------------------------

TASK_URL = env.str("TASK_URL", default="embedded")
if TASK_URL != "embedded":
    raise ImproperlyConfigured(
        "TASK_URL: this version runs its tasks in `manage.py work` on one machine; leave it unset."
    )
TASKS = {"default": {"BACKEND": "console.engine.embedded.EmbeddedBackend", "QUEUES": []}}
HUEY = {
    "huey_class": "huey.SqliteHuey",
    "name": "console",
    "filename": str(DATA_DIR / "tasks.sqlite3"),
    "serializer": SignedSerializer(secret=SECRET_KEY, salt="console.tasks"),
    "immediate": False,
    "results": False,
    "utc": True,
}

# -- people -----------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "teams.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "console.teams.accounts.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # in the browser that signed up
ACCOUNT_FORMS = {"signup": "console.teams.signing_up_form.SignUpForm"}
# Who may make an account: `invitation`, or `open` to everybody who reaches the page.
SIGNUP = env.str("CONSOLE_SIGNUP", default="invitation")
if SIGNUP not in {"invitation", "open"}:
    raise ImproperlyConfigured("CONSOLE_SIGNUP is `invitation` or `open`.")
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Rivya Team Console] "
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("CONSOLE_TRUSTED_PROXIES", default=0)

# Acts that can do harm ask for proof again when the last one is older than this.
PROOF_MINUTES = env.int("CONSOLE_PROOF_MINUTES", default=30)
ACCOUNT_REAUTHENTICATION_TIMEOUT = PROOF_MINUTES * 60
# Failed tries: by address, by account and browser (a few), by account all day. `teams/known_browsers.py` says why an
# attacker cannot use them up for the person whose account it is.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "20/m/ip,5/5m/key,100/d/key",
    "invitation_again": "3/h/key",  # mails of one invitation
}
INVITATIONS_A_DAY = 100  # mails that invite into one team
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # whoever has the mailbox gets in while somebody else uses up the tries

MFA_ADAPTER = "console.keys.second_steps.SealedSecondSteps"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "console.keys.second_step_forms.AuthenticateForm",
    "reauthenticate": "console.keys.second_step_forms.ReauthenticateForm",
    "authenticate_webauthn": "console.keys.second_step_forms.AuthenticateWebAuthnForm",
    "reauthenticate_webauthn": "console.keys.second_step_forms.ReauthenticateWebAuthnForm",
    "login_webauthn": "console.keys.second_step_forms.LoginWebAuthnForm",
    "add_webauthn": "console.keys.second_step_forms.AddWebAuthnForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
# Browsers take localhost for secure without TLS; only there the library may, too.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE and urlsplit(PUBLIC_URL).hostname in LOCAL_HOSTS
MFA_TOTP_TOLERANCE = 1
# A local console may have no mail at all; an address is proven where an account is made.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# One identity server of the organisation, beside passwords; docs/sign-in.md sets two well-known ones up.
OIDC_NAME = env.str("CONSOLE_OIDC_NAME", default="Single sign-on")
OIDC_ISSUER = env.str("CONSOLE_OIDC_ISSUER", default="").rstrip("/")
OIDC_CLIENT_ID = env.str("CONSOLE_OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("CONSOLE_OIDC_CLIENT_SECRET", default="")
if OIDC_ISSUER:
    _issuer = urlsplit(OIDC_ISSUER)
    if _issuer.scheme != "https" and not (_issuer.scheme == "http" and _issuer.hostname in LOCAL_HOSTS):
        raise ImproperlyConfigured(
            "CONSOLE_OIDC_ISSUER must be an https:// address: what it says decides who signs in."
        )
    if not (OIDC_CLIENT_ID and OIDC_CLIENT_SECRET):
        raise ImproperlyConfigured("CONSOLE_OIDC_ISSUER needs CONSOLE_OIDC_CLIENT_ID and CONSOLE_OIDC_CLIENT_SECRET.")
_oidc_app = {
    "provider_id": "oidc",
    "name": OIDC_NAME,
    "client_id": OIDC_CLIENT_ID,
    "secret": OIDC_CLIENT_SECRET,
    "settings": {"server_url": OIDC_ISSUER},
}
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [_oidc_app] if OIDC_ISSUER else [], "OAUTH_PKCE_ENABLED": True}}
SOCIALACCOUNT_ADAPTER = "console.teams.oidc.OidcAdapter"
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = ""
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10  # seconds

SESSION_COOKIE_AGE = int(timedelta(days=14).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_NAME = "__Host-console_session" if SECURE else "console_session"
CSRF_COOKIE_NAME = "__Host-console_csrf" if SECURE else "console_csrf"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "console.ui.problem_views.csrf_failure"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

EMAIL_URL = env.str("EMAIL_URL", default="consolemail://")
vars().update(env.email_url_config(EMAIL_URL))
# Without it mails would come from webmaster@localhost, which mail servers refuse.
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="") or f"Rivya Team Console <console@{_host}>"
EMAIL_TIMEOUT = 20  # seconds, for each step of a mail

# -- walls ------------------------------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        # A browser follows the sign-in form to the identity server only if that is named as well.
        "form-action": [SELF, "{0.scheme}://{0.netloc}".format(urlsplit(OIDC_ISSUER))] if OIDC_ISSUER else [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ALLAUTH_TRUSTED_PROXY_COUNT else None

# How often one person may do what costs, a minute; as many may come at once. 0: no limit.
LIMITS_PER_MINUTE = {
    "submit": env.int("LIMIT_SUBMITS_PER_MINUTE", default=240),
    "ask": env.int("LIMIT_QUESTIONS_PER_MINUTE", default=120),
    "upload": env.int("LIMIT_UPLOADS_PER_MINUTE", default=240),
    "export": env.int("LIMIT_EXPORTS_PER_MINUTE", default=30),
    "webhook": env.int("LIMIT_WEBHOOK_TESTS_PER_MINUTE", default=30),
}
# Streams that one person may hold open in one web process, and calls that one endpoint may get in it.
LIMIT_STREAMS = env.int("LIMIT_STREAMS", default=20)
LIMIT_WEBHOOKS_PER_SECOND = env.int("LIMIT_WEBHOOKS_PER_SECOND", default=500)
if min(*LIMITS_PER_MINUTE.values(), LIMIT_STREAMS, LIMIT_WEBHOOKS_PER_SECOND) < 0:
    raise ImproperlyConfigured("A LIMIT_… is a whole number; 0 takes the limit away.")

# -- words and time ---------------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "console.ui.formats"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

LOGGING_CONFIG = None
logging_config(env.str("LOG_LEVEL", default="INFO"))
