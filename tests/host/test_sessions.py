"""Why a key is accepted before it signs: Django itself, with a visitor who meets two colours by turns."""

from __future__ import annotations

import json
import subprocess
import sys

# Logs in, then visits with the keys of each colour in turn: the first one signs, the others are accepted.
VISITS = """
import json, sys
import django
from django.conf import settings
from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("", lambda request: HttpResponse(request.user.get_username()))]
settings.configure(
    ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="none", USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                "django.contrib.auth.middleware.AuthenticationMiddleware"],
)
django.setup()
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client, override_settings

call_command("migrate", verbosity=0)
ann, client, seen = User.objects.create_user("ann"), Client(), []
for number, (key, *accepted) in enumerate(json.loads(sys.argv[1])):
    with override_settings(SECRET_KEY=key, SECRET_KEY_FALLBACKS=accepted):
        if number == 0:
            client.force_login(ann)
        seen.append(client.get("/").content.decode() == "ann")
print(json.dumps(seen))
"""


def logged_in(*colours: list[str]) -> list[bool]:
    """Whether the visitor was, at each of the colours."""
    command = [sys.executable, "-c", VISITS, json.dumps(colours)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    seen: list[bool] = json.loads(said)
    return seen


def test_a_visitor_who_meets_both_colours_of_each_switch_stays_logged_in() -> None:
    # As test_keys.py finds them started.
    one, introduced, two = ["key-1"], ["key-1", "key-2"], ["key-2", "key-1"]
    visits = [one, introduced, one, introduced, two, introduced, two, introduced, two]
    assert logged_in(*visits) == [True] * len(visits)


def test_without_the_switch_between_a_visitor_is_a_stranger_to_the_old_colour() -> None:
    assert logged_in(["key-1"], ["key-2", "key-1"], ["key-1"]) == [True, True, False]


def test_a_visitor_who_missed_a_whole_generation_is_logged_out() -> None:
    assert logged_in(["key-1"], ["key-3", "key-2"]) == [True, False]
