"""What an operator is told about a project's settings."""

from slipway_production.advice import CONSOLE_MAIL, MEMORY_CACHE, advice


def test_a_plain_startproject_is_told_about_debug_alone() -> None:
    project = {"DEBUG": True, "DATABASES": {"default": {}}, "INSTALLED_APPS": ["django.contrib.admin"]}
    assert advice(project, workers=3) == [
        "the settings say DEBUG = True; production turns it off, but what they computed from it stays"
    ]


def test_what_works_only_on_one_machine_or_in_one_process_is_named() -> None:
    project = {
        "EMAIL_BACKEND": CONSOLE_MAIL,
        "CACHES": {"default": {"BACKEND": MEMORY_CACHE}},
        "DATABASES": {"default": {}, "reports": {}},
        "INSTALLED_APPS": ["channels.apps.ChannelsConfig"],
        "CELERY_BROKER_URL": "redis://localhost",
    }
    assert advice(project, workers=3) == [
        "EMAIL_BACKEND prints mails to the journal instead of sending them",
        "CACHES keeps its entries in each of the 3 workers' own memory",
        "DATABASES has reports besides default: those are left as they are, and not migrated",
        "channels wants an ASGI server, which is not run: its websockets do not work",
        "the settings name a Celery broker; its workers run only where the configuration's processes has them",
    ]
    assert advice({"CACHES": project["CACHES"]}, workers=1) == []
