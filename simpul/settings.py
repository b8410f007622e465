"""All settings of Simpul. What an operator may choose is read from the environment."""

import json
import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

PACKAGE = Path(__file__).parent
DATA = Path(os.environ.get("SIMPUL_DATA", "data")).resolve()
DATA.mkdir(parents=True, exist_ok=True)


def _secret_key() -> str:
    """Take the key of the environment, or make one once and keep it beside the data."""
    if key := os.environ.get("SIMPUL_SECRET_KEY"):
        return key
    kept = DATA / "secret-key"
    if not kept.exists():
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(32).hex())
    return kept.read_text()


SECRET_KEY = _secret_key()
DEBUG = os.environ.get("SIMPUL_DEBUG") == "1"
DEMO = os.environ.get("SIMPUL_DEMO") == "1"  # links to look around as anybody; nothing is ever sent
HOST = os.environ.get("SIMPUL_HOST", "localhost")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", HOST]
IS_HTTPS = os.environ.get("SIMPUL_HTTPS") == "1"
SITE_URL = os.environ.get("SIMPUL_URL", f"{'https' if IS_HTTPS else 'http'}://{HOST}")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if IS_HTTPS else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # the list of passkeys tells times with it
    "django_htmx",
    "django_tasks_db",
    "simpul.ui",  # before allauth, so that its pages look like ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "simpul.parties",
    "simpul.workflow",
    "simpul.papers",
    "simpul.conversations",
    "simpul.catalog",
    "simpul.stock",
    "simpul.orders",
    "simpul.payments",
    "simpul.procurement",
    "simpul.production",
    "simpul.delivery",
    "simpul.changes",
    "simpul.crm",
    "simpul.insight",
    "simpul.portals.storefront",
    "simpul.portals.buyer",
    "simpul.portals.workshop",
    "simpul.portals.supplier",
    "simpul.portals.courier",
    "simpul.portals.bank",
    "simpul.portals",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "simpul.portals.middleware.Storms",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simpul.portals.middleware.PortalGate",
    "simpul.portals.middleware.Refusals",
]

ROOT_URLCONF = "simpul.urls"
WSGI_APPLICATION = "simpul.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {
            "environment": "simpul.portals.jinja.environment",
            "cache_size": -1,  # all that were compiled: there are more than the 400 that Jinja keeps
            "context_processors": [
                "django.contrib.messages.context_processors.messages",
                "simpul.portals.jinja.frame",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "simpul.portals.jinja.frame",
            ]
        },
    },
]
FORM_RENDERER = "django.forms.renderers.Jinja2"  # the same widgets, in half of the time


# No query of ours is so long that compiling it first pays (docs/decisions/0058).
PLANNER = "-c jit=off"


def _database(url: str) -> dict[str, object]:
    """Read `postgres://user:password@host:port/name`; empty means the SQLite file in DATA."""
    if not url:
        return {
            "ENGINE": "simpul.lib.sqlite",
            "NAME": DATA / "simpul.sqlite3",
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;",
                "timeout": 5,
            },
            "TEST": {"NAME": ":memory:"},
        }
    from urllib.parse import parse_qsl, unquote, urlsplit

    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres://")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.removeprefix("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": True, "options": PLANNER, **dict(parse_qsl(parts.query))},
    }


DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    # shared by all processes, so that the limits on logins count once, not once a process
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}

AUTH_USER_MODEL = "parties.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"

ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_ADAPTER = "simpul.portals.accounts.AccountAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LOCALE_PATHS = [PACKAGE.parent / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Jakarta"

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
UPLOADS = DATA / "uploads"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3_000

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
CSRF_COOKIE_SECURE = IS_HTTPS
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "simpul.portals.errors.stale_form"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = IS_HTTPS
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

MAILERS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.mail.backends.console.EmailBackend"}
}
if "SIMPUL_SMTP_HOST" in os.environ and not DEMO:
    MAILERS["default"] = {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": os.environ["SIMPUL_SMTP_HOST"],
            "port": int(os.environ.get("SIMPUL_SMTP_PORT", "587")),
            "username": os.environ.get("SIMPUL_SMTP_USER", ""),
            "password": os.environ.get("SIMPUL_SMTP_PASSWORD", ""),
            "use_tls": os.environ.get("SIMPUL_SMTP_TLS", "1") == "1",
            "timeout": 15,
        },
    }
DEFAULT_FROM_EMAIL = os.environ.get("SIMPUL_MAIL_FROM", f"simpul@{HOST}")


def _mailbox(address: str) -> str:
    """Check the mailbox that takes in answers: it must leave room for a mark behind a plus."""
    name, at, host = address.partition("@")
    if address and not (name and at and host and "+" not in name and len(name) <= 20):
        raise ImproperlyConfigured("SIMPUL_MAIL_REPLY is a mailbox such as pesan@bengkel.example")
    return address


MAIL_REPLY = _mailbox(os.environ.get("SIMPUL_MAIL_REPLY", ""))  # none: answers come to the sender

OUTGOING_INSTEAD: dict[str, str] = {}  # host -> address of a server that a test runs itself


def _mail_proof(provider: str) -> dict[str, str]:
    """Return by what the provider of inbound mail proves itself, for anymail."""
    secret = os.environ.get("SIMPUL_MAIL_SECRET", "")
    if provider and not secret:
        raise ImproperlyConfigured("SIMPUL_MAIL_PROVIDER needs SIMPUL_MAIL_SECRET")
    if provider == "mailgun":
        return {"MAILGUN_WEBHOOK_SIGNING_KEY": secret}
    if provider and not all(secret.partition(":")):
        raise ImproperlyConfigured("SIMPUL_MAIL_SECRET is user:password, as in the hook's address")
    return {"WEBHOOK_SECRET": secret} if provider else {}


MAIL_PROVIDER = os.environ.get("SIMPUL_MAIL_PROVIDER", "")  # of mail that comes in; none: no hook
ANYMAIL = _mail_proof(MAIL_PROVIDER)


def _sms(url: str) -> dict[str, Any]:
    """Read how the provider of SMS is asked: one for all workshops, as the mail server is."""
    if not url:
        return {}
    found: dict[str, Any] = {"url": url, "good": os.environ.get("SIMPUL_SMS_GOOD", "")}
    for name, may_be in (
        ("method", ("POST", "GET")),
        ("body", ("form", "json")),
        ("numbers", ("+62", "62", "0")),
    ):
        found[name] = os.environ.get(f"SIMPUL_SMS_{name.upper()}", may_be[0])
        if found[name] not in may_be:
            raise ImproperlyConfigured(f"SIMPUL_SMS_{name.upper()} is one of {', '.join(may_be)}")
    for name in ("headers", "fields"):
        try:
            found[name] = dict(json.loads(os.environ.get(f"SIMPUL_SMS_{name.upper()}", "{}")))
        except (ValueError, TypeError) as reason:
            raise ImproperlyConfigured(f"SIMPUL_SMS_{name.upper()} is a JSON object") from reason
    said = url + json.dumps(found["fields"])
    if not url.startswith("https://") or "{number}" not in said or "{text}" not in said:
        raise ImproperlyConfigured(
            "SIMPUL_SMS_URL begins with https://, and it or SIMPUL_SMS_FIELDS has {number} and {text}"
        )
    return found


SMS = {} if DEMO else _sms(os.environ.get("SIMPUL_SMS_URL", ""))  # empty: nothing goes by SMS


TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "simpul.portals.logs.MaskTokens",
            "format": "%(levelname)s %(name)s: %(message)s",
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "level": "WARNING", "formatter": "line"}
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING"},
    },
}
