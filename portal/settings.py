"""All settings of the portal, read from the environment.

Without any variable these are the settings of the demo: SQLite, a broker without a server, a phone and a
mailbox in the browser, reachable from this machine only. `PORTAL_ENV=production` demands what production needs.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from kombu import Queue

from portal import environment as env
from portal import logs

BASE_DIR = Path(__file__).resolve().parent.parent

TESTING = "pytest" in sys.modules
ENVIRONMENT = env.choice("PORTAL_ENV", ("demo", "production"), "demo")
PRODUCTION = ENVIRONMENT == "production"
DEMO = not PRODUCTION
DEBUG = env.flag("PORTAL_DEBUG") if DEMO else False

VAR_DIR = Path(env.text("PORTAL_VAR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- What keeps secrets -----------------------------------------------------------------------------------
_DEMO_SECRET = "the demo has no secrets: it answers on the loopback address only and holds invented data"  # noqa: S105
SECRET_KEY = env.text("PORTAL_SECRET_KEY") if PRODUCTION else env.text("PORTAL_SECRET_KEY", _DEMO_SECRET)
SECRET_KEY_FALLBACKS = env.items("PORTAL_SECRET_KEY_FALLBACKS")
# The register is sealed for years: its key does not change when the one above does, and old ones stay readable.
AUDIT_KEY = env.text("PORTAL_AUDIT_KEY", SECRET_KEY)
AUDIT_KEY_FALLBACKS = [*env.items("PORTAL_AUDIT_KEY_FALLBACKS"), SECRET_KEY, *SECRET_KEY_FALLBACKS]

if PRODUCTION:
    for _name in ("PORTAL_HOSTS", "PORTAL_DATABASE_URL"):
        env.text(_name)  # demanded: no host is guessed, and no file stands in for the database
ALLOWED_HOSTS = env.items("PORTAL_HOSTS", [] if PRODUCTION else ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if PRODUCTION else []
PORTAL_URL = env.text("PORTAL_URL", "") or (
    f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION and ALLOWED_HOSTS else "http://127.0.0.1:8000"
)

# --- Applications, from the ground up ------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.audit",
    "portal.jobs",
    "portal.outbox",
    "portal.contracts",
    "portal.accounts",
    "portal.lists",
    "portal.operations",
    "portal.site",
    "lines",
    "billing",
    "thresholds",
    "support",
    *(["portal.demo"] if DEMO else []),
    "portal.accounts.apps.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_otp_webauthn",
    "axes",
    "django_filters",
    "django_tables2",
    "django_htmx",
    "django_structlog",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.accounts.language.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "portal.site.browser.BrowserMiddleware",
    "portal.accounts.idle.IdleMiddleware",
    "portal.audit.middleware.ActorMiddleware",
    "portal.contracts.middleware.AccessMiddleware",
    "portal.accounts.terms_views.TermsMiddleware",
    "portal.site.see_as.middleware.SeeAsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"

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
                "django.template.context_processors.i18n",
                "portal.site.context.frame",
            ],
            "builtins": ["portal.site.templatetags.portal"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Data ----------------------------------------------------------------------------------------------------
DATABASES = {"default": env.database("PORTAL_DATABASE_URL", f"sqlite:///{VAR_DIR / 'demo.sqlite3'}")}
SQLITE = DATABASES["default"]["ENGINE"].endswith("sqlite3")
if SQLITE:
    # IMMEDIATE takes the write lock when a transaction begins: no lost write, no "database is locked" half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = env.number("PORTAL_DATABASE_KEEP_SECONDS", 60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.text("PORTAL_REDIS_URL") if PRODUCTION else env.text("PORTAL_REDIS_URL", "")
_beside = env.text("PYTEST_XDIST_WORKER", "")
if TESTING and REDIS_URL and _beside:
    # Clearing the cache empties the database of the server: what runs beside another has one of its own.
    _own = 1 + int(_beside.removeprefix("gw"))
    REDIS_URL = urlsplit(REDIS_URL)._replace(path=f"/{_own}").geturl()
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": f"test-{os.getpid()}" if TESTING else "",  # test processes share one server
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

MEDIA_ROOT = VAR_DIR / "files"  # private: never mounted under a URL, every download goes through a view

# --- Static files: only what the pages use, taken from the wheels ----------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"


def _wheel(package: str, *parts: str) -> str:
    return str(Path(importlib.util.find_spec(package).submodule_search_locations[0]).joinpath(*parts))


STATICFILES_DIRS = [
    ("bi/css", _wheel("bootstrap_italia_template", "static", "css")),
    ("bi/fonts", _wheel("bootstrap_italia_template", "static", "fonts")),
    ("bi/svg", _wheel("bootstrap_italia_template", "static", "svg")),
]
PDF_FONTS = _wheel("bootstrap_italia_template", "static", "fonts", "Titillium_Web")
STATICFILES_FINDERS = ["portal.staticfiles.Folders", "portal.staticfiles.Apps"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING or DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# --- Who one is ------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "portal.accounts.backends.PortalBackend",
]
LOGIN_URL = reverse_lazy("accounts:login")
LOGIN_REDIRECT_URL = reverse_lazy("site:home")
LOGOUT_REDIRECT_URL = reverse_lazy("site:public")
PASSWORD_HASHERS = [
    "portal.accounts.hashers.Argon2Hasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # accounts brought over from earlier agreements
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "portal.accounts.passwords.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "portal.accounts.passwords.CharacterClassesValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "first_name", "last_name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "portal.accounts.passwords.WordsOfTheServiceValidator"},
    {"NAME": "portal.accounts.passwords.NotThePreviousValidator"},
]
# Of these words alone, whatever figures and signs stand around them, no password is made (docs/security.md).
PASSWORD_WORDS = (
    "portale", "convenzione", "mobile", "telefonia", "telefono", "telecom", "tim", "consip", "sim", "linea",
    "amministrazione", "comune", "ministero", "regione", "provincia", "referente", "dipendente", "servizio",
    "clienti", "admin", "password", "accesso", "utente", "segreta", "benvenuto",
)  # fmt: skip
LINK_LIFETIME = timedelta(hours=48)  # confirmation and reset links
PASSWORD_RESET_TIMEOUT = int(LINK_LIFETIME.total_seconds())

ONE_TIME_CODE = {
    "digits": 6,
    "lifetime": timedelta(minutes=5),
    "tries": 5,
    "resend_after": timedelta(seconds=30),
    "sends_per_hour": 5,
    "wrong_per_number": 10,  # in 24 hours
    "wrong_portal": env.number("PORTAL_CODE_BREAKER", 2000, at_least=1),  # in 24 hours
    "slow_wait": timedelta(seconds=15),  # between two tries of one request while the breaker is open
    "sends_per_source": 30,  # in an hour, of codes asked for without a password
    "sends_portal": env.number("PORTAL_CODE_BUDGET", 5000, at_least=1),  # in 24 hours, without a password
    "unknown_per_source": 20,  # numbers outside the agreement tried from one source in an hour
}
RISK_HOLD = timedelta(hours=72)  # after a SIM swap, SMS alone does not open the four risky actions

LOGIN_STEP = timedelta(minutes=15)  # between a right password and the second factor
FRESH_FACTOR = timedelta(minutes=5)  # how long a repeated second factor opens the sensitive steps

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # trying on does not make it longer
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # an attacker elsewhere does not lock the owner out
AXES_LOCKOUT_TEMPLATE = "accounts/login/locked.html"
AXES_USERNAME_CALLABLE = "portal.accounts.network.lower_username"
AXES_CLIENT_IP_CALLABLE = "portal.accounts.network.client_address"
AXES_RESET_ON_SUCCESS = True
AXES_SENSITIVE_PARAMETERS = [  # axes keeps what was posted with a failure: nothing of these
    "username", "email", "current", "new_password1", "new_password2", "code", "attention",
    "csrfmiddlewaretoken", "next",
]  # fmt: skip
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True
TRUSTED_PROXIES = env.number("PORTAL_PROXIES", 1) if PRODUCTION else 0

SESSION_ENGINE = (
    "django.contrib.sessions.backends.cached_db" if REDIS_URL else "django.contrib.sessions.backends.db"
)
SESSION_COOKIE_AGE = 60 * env.number("PORTAL_IDLE_MINUTES", 30, at_least=1)
SESSION_LONGEST = timedelta(hours=12)  # however busy one is
SESSION_SAVE_EVERY_REQUEST = False  # `IdleMiddleware` renews it at every click, and only then
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
DEVICE_COOKIE_NAME = "__Host-device" if PRODUCTION else "device"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "portal.site.errors.csrf_failure"
LANGUAGE_COOKIE_NAME = "__Host-language" if PRODUCTION else "language"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # their words name people

OTP_WEBAUTHN_RP_NAME = "Portale Convenzione Mobile"
OTP_WEBAUTHN_RP_ID_CALLABLE = "portal.accounts.passkeys.relying_party_id"
OTP_WEBAUTHN_ALLOWED_ORIGINS = [PORTAL_URL if PRODUCTION else "http://localhost"]  # `Passkeys` knows better
OTP_WEBAUTHN_HELPER_CLASS = "portal.accounts.passkeys.Passkeys"
OTP_WEBAUTHN_ALLOW_PASSWORDLESS_LOGIN = False  # a passkey stands beside the password, in the place of the SMS
OTP_TOTP_ISSUER = "Portale Convenzione Mobile"

# --- Headers ---------------------------------------------------------------------------------------------------
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PRODUCTION else None
SECURE_REDIRECT_EXEMPT = [r"^salute/"]
SECURE_HSTS_SECONDS = 63072000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "object-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'", "data:"],  # Bootstrap Italia carries one icon font inside its CSS
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}

# --- Language and time -----------------------------------------------------------------------------------------
LANGUAGE_CODE = "it"
LANGUAGES = [("it", "Italiano"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Rome"
USE_TZ = True
FORMAT_MODULE_PATH = ["portal.formats"]

# --- Work in the background --------------------------------------------------------------------------------------
BROKER_DIR = VAR_DIR / "broker"
if TESTING and not REDIS_URL:
    CELERY_BROKER_URL = "memory://"
elif REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # The shortest of the three counts, so all three say the same; tasks end well before (time limit below).
    CELERY_VISIBILITY_TIMEOUT = env.number("PORTAL_VISIBILITY_SECONDS", 900, at_least=1)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
        "socket_connect_timeout": 3,
    }
    CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
else:
    CELERY_BROKER_URL = "folder://localhost"
    for _folder in ("messages", "done", "control"):
        (BROKER_DIR / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "messages"),
        "data_folder_out": str(BROKER_DIR / "messages"),
        "processed_folder": str(BROKER_DIR / "done"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.05,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 600
CELERY_TASK_SOFT_TIME_LIMIT = 540
# Codes do not queue behind ten thousand notices: a worker takes from both queues in turn.
CELERY_TASK_DEFAULT_QUEUE = "celery"
CELERY_TASK_QUEUES = [Queue("urgent"), Queue("celery")]
# A bell that cannot be rung must not hold the page: the sweeper rings again.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0, "interval_step": 0.2}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"  # the schedule only ticks; what is due is decided by the database, by Roman date
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
# Every entry expires before its next turn, so that a stopped worker does not find a heap of old bells.
CELERY_BEAT_SCHEDULE = {
    "ring again for waiting jobs": {
        "task": "portal.jobs.tasks.sweep",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 25},
    },
    "close chats in which nobody writes": {
        "task": "support.tasks.close_silent_chats",
        "schedule": timedelta(minutes=5),
        "options": {"expires": 280},
    },
    "throw away the words of old chats": {
        "task": "support.tasks.purge_chats",
        "schedule": crontab(minute=57),
        "options": {"expires": 1800},
    },
    "ring again for waiting messages": {
        "task": "portal.outbox.tasks.sweep",
        "schedule": timedelta(seconds=30),
        "options": {"expires": 25},
    },
    "seal the register": {
        "task": "portal.audit.tasks.seal",
        "schedule": crontab(minute="*/10"),
        "options": {"expires": 300},
    },
    "throw away old jobs": {
        "task": "portal.jobs.tasks.purge",
        "schedule": crontab(minute=17),
        "options": {"expires": 1800},
    },
    "throw away exports past their thirty days": {
        "task": "portal.lists.tasks.purge_expired",
        "schedule": crontab(minute=27),
        "options": {"expires": 1800},
    },
    "throw away old codes and unfinished registrations": {
        "task": "portal.accounts.tasks.purge",
        "schedule": crontab(minute=37),
        "options": {"expires": 1800},
    },
    "throw away drafts left open": {
        "task": "portal.operations.tasks.purge_drafts",
        "schedule": crontab(minute=47),
        "options": {"expires": 1800},
    },
    "look for files in the drop directory": {
        "task": "billing.tasks.collect_files",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 50},
    },
    "make due and send company top-ups": {
        "task": "billing.tasks.top_ups",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 50},
    },
    "make, close and throw away days of traffic": {
        "task": "billing.tasks.keep_days",
        "schedule": crontab(minute=7),
        "options": {"expires": 1800},
    },
    "look again at thresholds": {
        "task": "thresholds.tasks.look_again",
        "schedule": crontab(minute="*/15"),
        "options": {"expires": 600},
    },
    "tell what happened to thresholds": {
        "task": "thresholds.tasks.tell",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 50},
    },
    "ask about payments no notice came for": {
        "task": "billing.tasks.ask_about_payments",
        "schedule": timedelta(seconds=60),
        "options": {"expires": 50},
    },
    "renew and end packages": {
        "task": "billing.tasks.keep_packages",
        "schedule": crontab(minute=13),
        "options": {"expires": 1800},
    },
    "throw away rejected rows of files": {
        "task": "portal.contracts.tasks.purge_feeds",
        "schedule": crontab(minute=47),
        "options": {"expires": 1800},
    },
    "look for days out of the ordinary": {
        "task": "billing.tem.tasks.look_for_peaks",
        "schedule": crontab(hour="2-6", minute=33),
        "options": {"expires": 1800},
    },
    "send the analyses of the month": {
        "task": "billing.tem.tasks.ask_for_monthly",
        "schedule": crontab(hour="7-20", minute=43),
        "options": {"expires": 1800},
    },
    "throw away old messages": {
        "task": "portal.outbox.tasks.purge",
        "schedule": crontab(minute=27),
        "options": {"expires": 1800},
    },
}
TRAFFIC = {
    "keep_months": env.number(
        "PORTAL_TRAFFIC_MONTHS", 6, at_least=3
    ),  # call detail older than that is deleted
}
CHATS = {
    "keep_months": env.number("PORTAL_CHAT_MONTHS", 12, at_least=1),  # what was said is deleted after that
}
THRESHOLDS = {
    "notice_hour": env.number("PORTAL_NOTICE_HOUR", 7),  # Roman hour from which the daily notice goes out
}
# Files named «traffic-….csv» (or another kind) that appear here are loaded; empty: nobody looks.
FEED_DROP_DIR = env.text("PORTAL_DROP_DIR", "")
FULFILMENT = {
    "fulfiller": env.text("PORTAL_FULFILLER", "portal.operations.services.fulfilment.BuiltinFulfiller"),
    "delay_seconds": env.number("PORTAL_FULFILMENT_DELAY", 0),
    "failure_percent": env.number("PORTAL_FULFILMENT_FAILURES", 0),
    "desk_kinds": env.items("PORTAL_DESK_KINDS"),  # kinds of operation that customer service works
}
TOP_UPS = {  # who fills the credit of lines: the portal's own ledger, or a connector to the operator's system
    "operator": env.text("PORTAL_TOP_UP_OPERATOR", "billing.topups.operator.Builtin"),
}
OPERATIONS = {
    "document_rows": env.number("PORTAL_DOCUMENT_ROWS", 1000),  # more are written in the background
    "import_rows": env.number("PORTAL_IMPORT_ROWS", 1000),  # more are checked in the background
    "most_subjects": 100_000,  # one request may be about so many
}
UPLOADS = {
    "megabytes": env.number("PORTAL_UPLOAD_MEGABYTES", 5, at_least=1),
    "pages": 50,
    "pixels": 40_000_000,
    # A function (name, content) -> words of refusal or "": "portal.operations.scanning.clamd" asks a ClamAV daemon.
    "scanner": env.text("PORTAL_UPLOAD_SCANNER", ""),
    "clamd": env.text("PORTAL_CLAMD", "127.0.0.1:3310"),
}
JOB_LEASE = timedelta(seconds=env.number("PORTAL_JOB_LEASE_SECONDS", 90, at_least=1))
JOB_ATTEMPTS = 5  # without progress; then the job is parked as failed
JOB_STEP_EVERY = timedelta(seconds=0 if TESTING else 1)  # progress is written at most this often
JOB_KEEP = timedelta(days=90)

# --- What is sent ------------------------------------------------------------------------------------------------
OUTBOX = {
    "sms": {
        "gateway": {
            "demo": "portal.demo.gateways.DemoPhone",
            "smpp": "portal.outbox.gateways.SmppGateway",
            "http": "portal.outbox.gateways.HttpSmsGateway",
        }[env.choice("PORTAL_SMS_GATEWAY", ("demo", "smpp", "http"), "smpp" if PRODUCTION else "demo")],
        "sender": env.text("PORTAL_SMS_SENDER", "40134"),
    },
    "email": {
        "gateway": {
            "demo": "portal.demo.gateways.DemoMailbox",
            "smtp": "portal.outbox.gateways.SmtpGateway",
        }[env.choice("PORTAL_MAIL_GATEWAY", ("demo", "smtp"), "smtp" if PRODUCTION else "demo")],
        "sender": env.text("PORTAL_MAIL_SENDER", "convenzionemobile8@telecomitalia.it"),
        "sender_name": env.text("PORTAL_MAIL_SENDER_NAME", "TIM - convenzionemobile8@telecomitalia.it"),
    },
}
OUTBOX_LEASE = timedelta(seconds=env.number("PORTAL_OUTBOX_LEASE_SECONDS", 120, at_least=2))
FEED_REJECTS_KEEP = timedelta(days=90)  # rows of files that could not be taken hold people's data
OUTBOX_KEEP = timedelta(days=400)  # notices can be read for twelve months
SMPP = {
    "host": env.text("PORTAL_SMPP_HOST", "127.0.0.1"),
    "port": env.number("PORTAL_SMPP_PORT", 2775),
    "system_id": env.text("PORTAL_SMPP_USER", ""),
    "password": env.text("PORTAL_SMPP_PASSWORD", ""),
    "tls": env.flag("PORTAL_SMPP_TLS"),
}
SMS_HTTP = {
    "url": env.text("PORTAL_SMS_HTTP_URL", ""),
    "token": env.text("PORTAL_SMS_HTTP_TOKEN", ""),
    "receipt_secret": env.text("PORTAL_SMS_HTTP_RECEIPT_SECRET", ""),
}
EMAIL_HOST = env.text("PORTAL_SMTP_HOST", "127.0.0.1")
EMAIL_PORT = env.number("PORTAL_SMTP_PORT", 25)
EMAIL_HOST_USER = env.text("PORTAL_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("PORTAL_SMTP_PASSWORD", "")
EMAIL_USE_TLS = env.flag("PORTAL_SMTP_TLS")
EMAIL_TIMEOUT = 15
DEFAULT_FROM_EMAIL = OUTBOX["email"]["sender"]

# --- Where the ground reaches up: dotted paths, never imports ----------------------------------------------------
LINE_DIRECTORY = "lines.directory.LineDirectory"
LEGAL_TEXTS = "portal.site.legal.in_force"

# --- Brand: the operator's names, all replaceable (Q1, Q2, Q90) ---------------------------------------------------
BRAND = {
    "service": env.text("PORTAL_BRAND_SERVICE", "Convenzione Telefonia Mobile 8"),
    "operator": env.text("PORTAL_BRAND_OPERATOR", "Telefonia Mobile per la Pubblica Amministrazione"),
    "owner": env.text("PORTAL_BRAND_OWNER", "Gestore della Convenzione"),
    "vat": env.text("PORTAL_BRAND_VAT", "00000000000"),
    "legal_number": env.text("PORTAL_BRAND_LEGAL_NUMBER", "191"),
    "agreement": 8,
}

# --- Payments (docs/payments.md) ---------------------------------------------------------------------------------
# «demo» (a bank of the demo), «stripe», the dotted path of another class, or empty: no payments are taken.
_PAYMENTS = env.text("PORTAL_PAYMENTS", "" if PRODUCTION else "demo")
PAYMENTS = {
    "provider": _PAYMENTS,
    "providers": {
        "stripe": "billing.payments.providers.stripe.StripeProvider",
        **({"demo": "portal.demo.bank.DemoBank"} if DEMO else {}),
        **({_PAYMENTS: _PAYMENTS} if "." in _PAYMENTS else {}),
    },
    "merchant": env.text("PORTAL_PAYMENTS_MERCHANT", "portale-convenzione"),
    "demo_secret": SECRET_KEY,  # the bank of the demo signs with it
    "stripe": {
        "url": "https://api.stripe.com",
        "key": env.text("PORTAL_STRIPE_KEY", ""),
        "webhook_secret": env.text("PORTAL_STRIPE_WEBHOOK_SECRET", ""),
    },
}
# Who collects personal invoices from bank accounts (SEPA), and is paid by postal slip.
CREDITOR = {
    "name": env.text("PORTAL_CREDITOR_NAME", BRAND["owner"]),
    "id": env.text("PORTAL_CREDITOR_ID", "IT97ZZZ0000000000000000"),
    "iban": env.text("PORTAL_CREDITOR_IBAN", "IT60X0542811101000000123456"),
    "postal_account": env.text("PORTAL_POSTAL_ACCOUNT", "000012345678"),
}

_HOURS = gettext_noop("dal lunedì al venerdì 09:00–18:00, sabato 09:00–14:00")
# What the contacts of the public area are before staff change them in the console.
CONTACTS = {
    "voice": env.text("PORTAL_CONTACT_VOICE", "800.680.068"),
    "fax": env.text("PORTAL_CONTACT_FAX", "800.000.210"),
    "email": env.text("PORTAL_CONTACT_EMAIL", "telefoniamobile8@telecomitalia.it"),
    "pec": env.text("PORTAL_CONTACT_PEC", "telefoniamobile8@pec.telecomitalia.it"),
    "hours": env.text("PORTAL_CONTACT_HOURS", _HOURS),
}

CALLING_NUMBER = env.text("PORTAL_CALLING_NUMBER", "02.20228788")  # from where customer service calls back
GEOCODER = env.text("PORTAL_GEOCODER", "")  # dotted path, see support/geography.py; empty: none is asked
POINT_MAP = env.text(
    "PORTAL_POINT_MAP", "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=17/{lat}/{lon}"
)

# --- Words in the log: never a code, a password, a whole number ---------------------------------------------------
LOGGING = logs.setup(
    as_json=PRODUCTION, level=env.text("PORTAL_LOG_LEVEL", "INFO" if PRODUCTION else "WARNING").upper()
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

ADMIN_SITE_TITLE = _("Console del Servizio Clienti")
TEST_RUNNER = "django.test.runner.DiscoverRunner"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # usernames are unique ignoring case: a constraint on Lower(username)
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]
