"""Django's settings. Everything that differs between installations comes from the environment."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.utils.translation import gettext_lazy as _

from palier.config import environment
from palier.config.catalogues import compile_stale
from palier.config.database import database_settings
from palier.config.unfold import UNFOLD as UNFOLD

PACKAGE = Path(__file__).resolve().parent.parent

# --- This installation

PALIER_VAR = environment.var_directory()
PALIER_DEMO = environment.flag("PALIER_DEMO")
PALIER_PUBLIC_URL = environment.public_url()
# Webhooks to this machine itself, over http too: for the demo and for developers.
PALIER_WEBHOOKS_LOCAL = PALIER_DEMO or environment.flag("PALIER_WEBHOOKS_LOCAL")
SECRET_KEY = environment.secret_key(PALIER_VAR)

_public = urlsplit(PALIER_PUBLIC_URL)
_is_https = _public.scheme == "https"

DEBUG = False
ALLOWED_HOSTS = sorted({_public.hostname or "", "127.0.0.1", "localhost", "[::1]"})
CSRF_TRUSTED_ORIGINS = [f"{_public.scheme}://{_public.netloc}"]

# --- Database

_own_file = PALIER_VAR / ("demo.sqlite3" if PALIER_DEMO else "palier.sqlite3")
PALIER_DATABASE_URL = environment.text("PALIER_DATABASE_URL", f"sqlite:///{_own_file}")
# No ATOMIC_REQUESTS: under IMMEDIATE every page view would take SQLite's write lock.
DATABASES = {"default": database_settings(PALIER_DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Applications. Unfold comes first: it replaces the templates of Django's admin.

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "palier.backoffice.apps.SiteConfig",  # Django's admin, with our site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks_db",
    "palier.store",
    "palier.backoffice",
    "palier.storefront",
]

MIDDLEWARE = [
    "palier.hooks.health.HealthMiddleware",
    "palier.api.edge.api_edge",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "palier.config.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # An app's own templates lose to Unfold's, which stands first; these win.
        "DIRS": [PACKAGE / "backoffice" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Jobs: rows in the same database, worked off by palier work

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# --- Languages and time

LANGUAGE_CODE = "en"
LANGUAGES = [("fr", _("French")), ("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
compile_stale(PACKAGE / "locale")
compile_stale(PACKAGE / "storefront" / "locale")
LANGUAGE_COOKIE_NAME = "palier_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- API: calls a minute for each key, in each process; 0 is no limit

PALIER_API_RATE = environment.whole("PALIER_API_RATE", 6000)

# --- People

LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_NAME = "palier_session"
CSRF_COOKIE_NAME = "palier_csrf"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- Security

SESSION_COOKIE_SECURE = _is_https
CSRF_COOKIE_SECURE = _is_https
if _is_https:  # the proxy in front ends TLS and says so
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"

# What Unfold needs and no more: Alpine evaluates expressions, and elements carry style attributes.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, UNSAFE_EVAL],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# --- Files. WhiteNoise serves them from where they lie, so that there is no collecting step to forget.

STATIC_URL = "static/"
STATICFILES_DIRS = [PACKAGE / "config" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 600

# --- Logs: one stream, warnings and worse

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": environment.choice("PALIER_LOG_LEVEL", "WARNING", LOG_LEVELS),
    },
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
