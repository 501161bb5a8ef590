"""The settings of the project, read from the environment and from `.env`. README.md lists the variables.

An invalid value stops the start with one sentence that names the variable.
"""

import hashlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.core.management.utils import get_random_secret_key
from django.utils.csp import CSP
from environs import Env, EnvError, validate

from board.ops.hosts import LOOPBACK, bracketed, listening_hosts, unbracketed
from config.validators import (
    check_debug,
    validate_hosts,
    validate_origins,
    validate_rate,
    validate_script_name,
    validate_secret_key,
    validate_secret_keys,
    validate_site_url,
)

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(str(BASE_DIR / ".env"))


def make_data_folder() -> None:
    """Create the data folder, which only its owner can access, whatever the umask. Raises `EnvError`.

    A folder of another owner is not changed.
    """
    try:
        DATA_DIR.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise EnvError(f'Environment variable "DATA_DIR" invalid: {error.strerror}: {DATA_DIR}.') from None
    if not os.access(DATA_DIR, os.W_OK | os.X_OK):
        raise EnvError(f'Environment variable "DATA_DIR" invalid: This user can\'t write to {DATA_DIR}.')
    with suppress(PermissionError):
        if DATA_DIR.stat().st_mode & 0o077:
            DATA_DIR.chmod(0o700)


def load_secret_key() -> str:
    """Return the secret key in the data folder, which is created at the first start. Raises `EnvError`."""
    path = DATA_DIR / "secret_key"
    make_data_folder()
    if not path.exists():
        with NamedTemporaryFile("w", dir=DATA_DIR) as file:
            file.write(get_random_secret_key())
            file.flush()
            # Atomic: of two processes that start at the same time, the first one wins.
            with suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text()


def cookie_name(name: str) -> str:
    """Return a cookie name that is unique to this installation, because browsers send cookies to all ports of a host.

    It is derived from SITE_URL or the database, so that all processes of an installation use the same name.
    """
    installation = SITE_URL or "\0".join(str(DATABASE.get(key, "")) for key in ("HOST", "PORT", "NAME"))
    prefix = "__Host-" if SITE_URL.startswith("https://") else ""
    return f"{prefix}lightboard_{name}_{hashlib.sha256(installation.encode()).hexdigest()[:8]}"


def check_folder(database: Mapping[str, Any]) -> None:
    """Check that the folder of an SQLite database exists; the data folder is created. Raises `EnvError`."""
    if database["ENGINE"] == "django.db.backends.sqlite3":
        folder = Path(database["NAME"]).parent
        if folder == DATA_DIR:
            make_data_folder()
        if not folder.is_dir():
            raise EnvError(f'Environment variable "DATABASE_URL" invalid: There is no folder {folder}.')


def mailers() -> dict[str, dict[str, Any]]:
    """Return Django's MAILERS for EMAIL_URL. Raises `EnvError`."""
    if not SENDS_MAIL:
        return {"default": {"BACKEND": "django.core.mail.backends.dummy.EmailBackend"}}
    url = env.dj_email_url("EMAIL_URL")
    if "EMAIL_BACKEND" not in url:
        raise EnvError('Environment variable "EMAIL_URL" invalid: Must be like submission://USER:PASSWORD@HOST.')
    options = {
        "smtp": {
            "host": url["EMAIL_HOST"],
            "port": url["EMAIL_PORT"],
            "username": url["EMAIL_HOST_USER"] or "",
            "password": url["EMAIL_HOST_PASSWORD"] or "",
            "use_tls": url["EMAIL_USE_TLS"],
            "use_ssl": url["EMAIL_USE_SSL"],
            "timeout": url["EMAIL_TIMEOUT"] or 10,
        },
        "filebased": {"file_path": url["EMAIL_FILE_PATH"]},
    }
    kind = url["EMAIL_BACKEND"].split(".")[-2]
    return {"default": {"BACKEND": url["EMAIL_BACKEND"], "OPTIONS": options.get(kind, {})}}


try:
    DATA_DIR = Path(env.str("DATA_DIR", "") or BASE_DIR / "var").resolve()
    DEBUG = env.bool("DEBUG", False)
    SECRET_KEY = env.str("SECRET_KEY", "", validate=validate_secret_key) or load_secret_key()
    SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [], validate=validate_secret_keys)
    FORCE_SCRIPT_NAME = env.str("FORCE_SCRIPT_NAME", "", validate=validate_script_name) or None
    SITE_URL = env.str("SITE_URL", "", validate=validate_site_url)
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", LOOPBACK, validate=validate_hosts)
    CSRF_TRUSTED_ORIGINS = env.list("TRUSTED_ORIGINS", [], validate=validate_origins)
    ALLOWED_HOSTS = [bracketed(host) for host in ALLOWED_HOSTS]
    if SITE_URL:
        ALLOWED_HOSTS.append(bracketed(urlsplit(SITE_URL).hostname or ""))
        CSRF_TRUSTED_ORIGINS.append(SITE_URL)
    HOST = unbracketed(env.str("HOST", "127.0.0.1"))
    check_debug(DEBUG, HOST, ALLOWED_HOSTS)
    LISTENING_HOSTS = listening_hosts(HOST)
    ALLOWED_HOSTS += [host for host in LISTENING_HOSTS if host not in ALLOWED_HOSTS]
    PORT = env.int("PORT", 8000, validate=validate.Range(0, 65535))
    DATABASE = env.dj_db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'lightboard.sqlite3'}")
    check_folder(DATABASE)
    REDIS_URL = env.str(
        "REDIS_URL",
        "",
        validate=validate.Regexp(
            r"^(rediss?|unix)://|^$", error="Must start with redis://, rediss:// or unix://."
        ),
    )
    TIME_ZONE = env.str(
        "TIME_ZONE",
        "UTC",
        validate=validate.OneOf(available_timezones(), error="Not a known time zone, like Europe/Stockholm."),
    )
    TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=validate.Range(0, 10))
    DEMO_ANYWHERE = env.bool("DEMO_ANYWHERE", False)
    SENDS_MAIL = bool(env.str("EMAIL_URL", ""))
    MAILERS = mailers()
    DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "lightboard@localhost")
    API_RATE = env.str("API_RATE", "6000/minute", validate=validate_rate)
    API_RATE_UNKNOWN = env.str("API_RATE_UNKNOWN", "600/minute", validate=validate_rate)
    WEBHOOKS_TO_PRIVATE_ADDRESSES = env.bool("WEBHOOKS_TO_PRIVATE_ADDRESSES", False)
    STATIC_ROOT = env.path("STATIC_ROOT", DATA_DIR / "static")
    SITE_PAGES = env.path("SITE_PAGES", BASE_DIR / "docs")
    SITE_OUTPUT = env.path("SITE_OUTPUT", DATA_DIR / "site")
    SITE_LIVE = DEBUG  # the preview reloads when files change, and shows errors in detail
except (OSError, ValueError) as error:
    raise SystemExit(f"Lightboard cannot start: {error}") from None

# Application

INSTALLED_APPS = [
    # Not "daphne": it would load its server into every process, and we only use its `runserver`.
    "config",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "config.apps.StaticFilesConfig",
    "django.forms",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "board",
    "api",
    "placeholder",
    "sitegen",
]
MIDDLEWARE = [
    "api.middleware.ApiMiddleware",
    "board.accounts.middleware.LanguageMiddleware",
    # These add headers to all responses of the middleware below, including errors and redirects.
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "board.views.middleware.BrowserPolicyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "api.middleware.QueryMiddleware",
    "board.views.middleware.HtmxErrorMiddleware",
    "config.storage.StaticFilesMiddleware",
    "config.compression.CompressPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "board.views.middleware.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "board.views.middleware.HtmxLoginMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "board.accounts.middleware.PersonMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "board.views.context_processors.cookies",
                "board.views.context_processors.bell",
            ],
        },
    },
]
CSRF_FAILURE_VIEW = "board.views.error_views.csrf_failed"
FORM_RENDERER = "board.views.forms.base.Renderer"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = ["board.accounts.backends.Backend"]
# The first one is used for new hashes. Other hashes are replaced at the next log-in.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "board.accounts.validators.GuessedPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
SESSION_ENGINE = "board.accounts.sessions"
SESSION_COOKIE_NAME = cookie_name("session")
CSRF_COOKIE_NAME = cookie_name("csrf")
MESSAGES_COOKIE_NAME = cookie_name("messages")
THEME_COOKIE_NAME = cookie_name("theme")
MESSAGE_STORAGE = "board.views.message_storage.Storage"
SESSION_COOKIE_AGE = 30 * 24 * 60 * 60
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Data

if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    # Threads are reused (config/admission.py), and so are their connections.
    DATABASE["CONN_MAX_AGE"] = None
    # Readers never wait for a writer (WAL). Writers queue instead of failing (config/sqlite, IMMEDIATE, timeout).
    # A commit survives a power failure (FULL).
    DATABASE["ENGINE"] = "config.sqlite"
    DATABASE["OPTIONS"] = {
        "timeout": 5,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
    }
elif DATABASE["ENGINE"] == "django.db.backends.postgresql":
    # Persistent connections do not work under ASGI, so there is a pool. It replaces connections that a restart of
    # PostgreSQL has broken. If PostgreSQL is unavailable, requests get a 503 after some seconds.
    DATABASE["CONN_HEALTH_CHECKS"] = True
    DATABASE["OPTIONS"] = {
        "connect_timeout": 5,
        "options": "-c lock_timeout=5s",
        **DATABASE.get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": 20, "timeout": 5, "reconnect_timeout": 5},
    }
DATABASES = {"default": DATABASE}

# Nothing in Redis is lost for good. Pub/sub ignores the database number, so the prefix contains it.
if REDIS_URL:
    from redis.connection import parse_url  # slow to import, and seldom needed

    CHANNEL_LAYERS = {
        "notifications": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": f"lightboard-{parse_url(REDIS_URL).get('db', 0)}"},
        }
    }
else:
    CHANNEL_LAYERS = {"notifications": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# The counters of api/throttles.py: of this process, or of all processes that share a Redis.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "lightboard",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
}

# Bytes in the body of a request: for pages, and for the API (Django's default).
PAGE_BODY_LIMIT = 1_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# Language and time. Dates without a time are in the team's time zone.

LANGUAGE_CODE = "en"
# Names are in the language itself. Catalogues are in locale/, date formats in config/formats/.
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "config.formats"
USE_TZ = True

# Static files, compressed and with hashed names once they are collected.

STATIC_URL = "static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "config.storage.HashedStaticFiles"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # compressing the other ones doubles the time of the first start

# Browser policies: no inline scripts or styles, nothing from other sites.

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    # Trusted Types: the only policy (trust.js) lets htmx and our modules parse HTML from the server.
    "require-trusted-types-for": ["'script'"],
    "trusted-types": ["default"],
}
X_FRAME_OPTIONS = "DENY"
# Features that no page needs. Browsers report unknown features in the console, so only known ones are listed.
PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        *("accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "encrypted-media"),
        *("geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "picture-in-picture"),
        *("publickey-credentials-get", "screen-wake-lock", "usb", "xr-spatial-tracking"),
    )
)

# An https SITE_URL means that a proxy terminates TLS: HTTPS only. The proxy has to overwrite X-Forwarded-Proto.

if SITE_URL.startswith("https://"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    # Probes do not come through the proxy, and may leave out the path prefix.
    SECURE_REDIRECT_EXEMPT = [f"^({re.escape((FORCE_SCRIPT_NAME or '').removeprefix('/'))}/)?(healthz|readyz)$"]
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
# HSTS for subdomains and preloading: other hosts of the domain are not ours.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if not SENDS_MAIL:
    # Without email, admins hand out the links.
    SILENCED_SYSTEM_CHECKS.append("mail.E001")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.BasicAuthentication",
        "api.authentication.TokenAuthentication",
        "api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "api.authentication.ViewersReadOnly",
        "api.authentication.TokenScopeAllows",
    ],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.Pages",
    "DEFAULT_FILTER_BACKENDS": [
        "django_filters.rest_framework.DjangoFilterBackend",
        "rest_framework.filters.SearchFilter",
        "rest_framework.filters.OrderingFilter",
    ],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        *(["api.renderers.BrowsableAPIRenderer"] if DEBUG else []),
    ],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.ClientThrottle", "api.throttles.AddressThrottle"],
    # By token or user, otherwise by IP address. Log-ins have their own limits (board/accounts/throttling.py).
    "DEFAULT_THROTTLE_RATES": {
        "client": API_RATE,
        "address": API_RATE_UNKNOWN,
    },
    "NUM_PROXIES": TRUSTED_PROXIES,
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.negotiation.ContentNegotiation",
    "EXCEPTION_HANDLER": "api.errors.handle_exception",
    "DEFAULT_SCHEMA_CLASS": "api.schema.OperationSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "OAS_VERSION": "3.1.1",
    "TITLE": "Lightboard",
    "DESCRIPTION": "The API of a scrum board. The page “The API” of the manual explains how to use it.",
    "VERSION": "1",
    "SERVERS": [{"url": FORCE_SCRIPT_NAME}] if FORCE_SCRIPT_NAME else [],
    "TAGS": [
        {"name": "sprints", "description": "A sprint has an end date. No two sprints end on the same day."},
        {"name": "tasks", "description": "A task is a card in a column of a sprint's board, or in the backlog."},
        {"name": "comments", "description": "What people say about a task. Comments are Markdown."},
        {"name": "users", "description": "The members of the team."},
        {
            "name": "events",
            "description": "The log of all changes. Read it to follow the board without missing any.",
        },
        {
            "name": "token",
            "description": "Exchange a username and a password for a token. You can create other tokens at "
            "/profile/tokens/.",
        },
        {"name": "start", "description": "The entry points of the API."},
    ],
    "SCHEMA_PATH_PREFIX": "/api/?",
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "api.schema.complete"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "filters": {"no_host_traceback": {"()": "config.log.WithoutTraceback"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        # An unknown host is a wrong setting or a scan, so a traceback is of no use.
        "django.security.DisallowedHost": {"filters": ["no_host_traceback"]},
        # One line for each log-in.
        "board.accounts": {"level": "INFO"},
    },
}
