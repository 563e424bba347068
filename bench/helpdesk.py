"""The peer in Python: django-helpdesk's mail intake (`get_email`) with SQLite, in a virtual environment of its own."""

import os
import subprocess
import sys
from pathlib import Path
from venv import EnvBuilder

from bench.ground import Ground

VERSION = "2.6.1"
HOME = Path(__file__).with_name(".helpdesk")
PYTHON = HOME / "bin" / "python"
SETTINGS = """
from pathlib import Path
SECRET_KEY = "bench"
USE_TZ = True
ALLOWED_HOSTS = ["*"]
SITE_ID = 1
DATABASES = {{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).with_name("db.sqlite3")}}}}
INSTALLED_APPS = [
    "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.sites",
    "django.contrib.messages", "django.contrib.humanize", "django.contrib.admin", "rest_framework",
    "helpdesk",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [{{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {{
    "context_processors": ["django.template.context_processors.request",
                           "django.contrib.auth.context_processors.auth",
                           "django.contrib.messages.context_processors.messages"]}}}}]
ROOT_URLCONF = "bench_urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
MEDIA_ROOT = str(Path(__file__).with_name("media"))
STATIC_URL = "/static/"
HELPDESK_TEAMS_MODE_ENABLED = False
HELPDESK_KB_ENABLED = True
DEFAULT_FROM_EMAIL = "{user}"
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = "127.0.0.1", {smtp}, "{user}", "{password}"
"""
URLS = 'from django.urls import include, path\nurlpatterns = [path("", include("helpdesk.urls"))]\n'
QUEUE = """
import django
django.setup()
from helpdesk.models import Queue
Queue.objects.create(
    title="help", slug="help", email_address="{user}", allow_email_submission=True, email_box_type="imap",
    email_box_host="127.0.0.1", email_box_port={imap}, email_box_ssl=False, email_box_user="{user}",
    email_box_pass="{password}", email_box_imap_folder="INBOX", email_box_interval=0,
)
"""


def install() -> None:
    """Makes the environment if it is missing; what pip says is shown only if it fails."""
    if PYTHON.exists():
        return
    EnvBuilder(with_pip=True, clear=True).create(HOME)
    command = (str(PYTHON), "-m", "pip", "install", "--quiet", f"django-helpdesk=={VERSION}", "setuptools<81")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        PYTHON.unlink()
        raise SystemExit(f"django-helpdesk was not installed: {done.stderr[-2000:]}")


def laid_out(folder: Path, place: Ground) -> tuple[list[str], dict[str, str]]:
    """A fresh installation with one queue on the mailbox; the command that takes its mail, and its environment."""
    user, password = place.user.address, place.user.password
    settings = SETTINGS.format(user=user, password=password, smtp=place.sink.port)
    (folder / "bench_settings.py").write_text(settings, encoding="utf-8")
    (folder / "bench_urls.py").write_text(URLS, encoding="utf-8")
    env = {"DJANGO_SETTINGS_MODULE": "bench_settings", "PYTHONPATH": str(folder)}
    admin = [str(PYTHON), "-m", "django"]
    queue = QUEUE.format(user=user, password=password, imap=place.user.imap_port)
    for command in ([*admin, "migrate", "--verbosity", "0"], [str(PYTHON), "-c", queue]):
        done = subprocess.run(command, env={**os.environ, **env}, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"django-helpdesk was not set up: {done.stderr[-2000:]}")
    return [*admin, "get_email", "--quiet"], env
