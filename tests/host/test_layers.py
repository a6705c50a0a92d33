"""What production changes in a project's settings, layer by layer."""

from typing import Any

import pytest
from slipway_production.layers import apps, database, debug, files, secret_key, web
from slipway_production.overlay import production

ENVIRON = {
    "SECRET_KEY": "the-key-of-this-stack",
    "SLIPWAY_DOMAIN": "www.example.org",
    "SLIPWAY_HSTS_SECONDS": "3600",
    "SLIPWAY_STATIC_ROOT": "/srv/app/static",
    "SLIPWAY_MEDIA_ROOT": "/srv/app/media",
    "DATABASE_URL": "postgresql://app:p%40ss@db.example.org:5432/app?sslmode=verify-full&sslrootcert=/ca.pem&conn_max_age=600",
}
DJANGO = (5, 2)
SQLITE = {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3", "OPTIONS": {"timeout": 20}}


def laid_over(project: dict[str, Any], django: tuple[int, int] = DJANGO, **environ: str) -> dict[str, Any]:
    return production(project, {**ENVIRON, **environ}, django)


def test_debug_is_off_in_templates_too() -> None:
    engine = {"BACKEND": "x", "OPTIONS": {"debug": True, "loaders": []}}
    changed = debug.layer({"DEBUG": True, "TEMPLATES": [engine]}, ENVIRON, DJANGO)
    assert changed == {"DEBUG": False, "TEMPLATES": [{"BACKEND": "x", "OPTIONS": {"debug": False, "loaders": []}}]}


def test_copies_of_the_secret_key_are_replaced_and_everything_else_is_the_same_object() -> None:
    other: dict[str, Any] = {"A": [1]}
    project = {"SECRET_KEY": "of-the-project", "JWT": {"SIGNING_KEY": "of-the-project", "ALG": "HS256"}, "OTHER": other}
    changed = secret_key.layer(project, ENVIRON, DJANGO)
    assert changed == {
        "SECRET_KEY": "the-key-of-this-stack",
        "JWT": {"SIGNING_KEY": "the-key-of-this-stack", "ALG": "HS256"},
    }


def test_the_key_before_stays_valid_and_so_do_the_project_s_own_fallbacks() -> None:
    rotated = {**ENVIRON, "SECRET_KEY_FALLBACKS": "the-key-before"}
    own = {"SECRET_KEY": "of-the-project", "SECRET_KEY_FALLBACKS": ["own", "the-key-before", "the-key-of-this-stack"]}
    assert secret_key.layer({}, rotated, DJANGO)["SECRET_KEY_FALLBACKS"] == ["the-key-before"]
    assert secret_key.layer(own, rotated, DJANGO)["SECRET_KEY_FALLBACKS"] == ["the-key-before", "own"]
    assert "SECRET_KEY_FALLBACKS" not in secret_key.layer({}, ENVIRON, DJANGO)
    assert secret_key.layer({}, rotated, (4, 0)) == {"SECRET_KEY": "the-key-of-this-stack"}


def test_what_a_rotation_does_not_carry_over_is_said_once_there_is_one() -> None:
    project = {"SECRET_KEY": "of-the-project", "SIMPLE_JWT": {"SIGNING_KEY": "of-the-project"}}
    rotated = {**ENVIRON, "SECRET_KEY_FALLBACKS": "the-key-before"}
    copied = "SIMPLE_JWT has a copy of SECRET_KEY, and no fallback: what it signed before the rotation is refused"
    old = "Django 4.1.7 logs everybody out as SECRET_KEY rotates: it needs 4.1.8 or newer not to"
    assert secret_key.advice(project, ENVIRON, (4, 1, 7)) == []
    assert secret_key.advice(project, rotated, (5, 2, 1)) == [copied]
    assert secret_key.advice(project, rotated, (4, 1, 7)) == [copied, old]


def test_a_lazy_string_is_never_evaluated_to_look_for_the_secret_key() -> None:
    class Lazy:
        def __eq__(self, other: object) -> bool:
            raise AssertionError("evaluated while settings load")

        def __hash__(self) -> int:
            raise AssertionError("evaluated while settings load")

    secret_key.layer({"SECRET_KEY": "of-the-project", "NAME": Lazy(), "MAP": {"x": Lazy()}}, ENVIRON, DJANGO)


def test_the_database_is_postgres_with_verified_tls_and_lasting_connections() -> None:
    changed = database.layer({"DATABASES": {"default": SQLITE, "other": {"ENGINE": "x"}}}, ENVIRON, DJANGO)
    assert changed["DATABASES"] == {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "app",
            "USER": "app",
            "PASSWORD": "p@ss",
            "HOST": "db.example.org",
            "PORT": "5432",
            "CONN_MAX_AGE": 600,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"sslmode": "verify-full", "sslrootcert": "/ca.pem"},
        },
        "other": {"ENGINE": "x"},
    }


@pytest.mark.parametrize(
    ("own", "engine"),
    [
        ("django.db.backends.mysql", "django.db.backends.postgresql"),
        ("django.contrib.gis.db.backends.spatialite", "django.contrib.gis.db.backends.postgis"),
        ("django.contrib.gis.db.backends.postgis", "django.contrib.gis.db.backends.postgis"),
        ("psqlextra.backend", "psqlextra.backend"),
        ("django_prometheus.db.backends.postgresql", "django_prometheus.db.backends.postgresql"),
    ],
)
def test_an_engine_like_postgres_stays(own: str, engine: str) -> None:
    assert database.engine(own) == engine


def test_a_project_without_a_database_gets_none() -> None:
    settings = laid_over({"INSTALLED_APPS": []})
    assert "DATABASES" not in settings
    assert settings["INSTALLED_APPS"] == ["django.contrib.staticfiles"]


def test_what_postgres_options_say_stays_and_a_pool_gets_no_lasting_connections() -> None:
    own = {"ENGINE": "django.db.backends.postgresql", "OPTIONS": {"pool": True}, "ATOMIC_REQUESTS": True}
    found = database.postgres(own, ENVIRON["DATABASE_URL"], DJANGO)
    assert (found["CONN_MAX_AGE"], found["OPTIONS"]["pool"], found["ATOMIC_REQUESTS"]) == (0, True, True)


def test_old_djangos_know_no_health_checks() -> None:
    assert "CONN_HEALTH_CHECKS" not in database.postgres(SQLITE, ENVIRON["DATABASE_URL"], (4, 0))


def test_needed_apps_and_middleware_are_added_once() -> None:
    project = {
        "INSTALLED_APPS": ["django.contrib.staticfiles.apps.StaticFilesConfig"],
        "MIDDLEWARE": ["x.First"],
        "DATABASES": {"default": SQLITE},
    }
    assert apps.layer(project, ENVIRON, DJANGO) == {
        "INSTALLED_APPS": ["django.contrib.staticfiles.apps.StaticFilesConfig", "django.contrib.postgres"],
        "MIDDLEWARE": ["django.middleware.security.SecurityMiddleware", "x.First"],
    }
    assert apps.layer({"MIDDLEWARE": ["my.SecurityMiddleware"]}, ENVIRON, DJANGO)["MIDDLEWARE"] == [
        "my.SecurityMiddleware"
    ]


@pytest.mark.parametrize(
    ("project", "storages"),
    [
        ({}, {"default": {"BACKEND": files.FILE_SYSTEM}, "staticfiles": {"BACKEND": files.OURS}}),
        (
            {"STATICFILES_STORAGE": "whitenoise.storage.X", "DEFAULT_FILE_STORAGE": "my.Uploads"},
            {"default": {"BACKEND": "my.Uploads"}, "staticfiles": {"BACKEND": files.OURS}},
        ),
        (
            {"STORAGES": {"staticfiles": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket": "b"}}}},
            {
                "default": {"BACKEND": files.FILE_SYSTEM},
                "staticfiles": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"bucket": "b"}},
            },
        ),
    ],
)
def test_storages_are_ours_unless_they_are_elsewhere(project: dict[str, Any], storages: dict[str, Any]) -> None:
    settings = laid_over(project)
    assert settings["STORAGES"] == storages
    assert not {"STATICFILES_STORAGE", "DEFAULT_FILE_STORAGE"} & set(settings), (
        "an error beside STORAGES before Django 5.1"
    )


def test_an_old_django_gets_the_old_names() -> None:
    settings = laid_over({}, django=(3, 2))
    assert (settings["STATICFILES_STORAGE"], "STORAGES" in settings) == (files.OURS, False)


@pytest.mark.parametrize(
    ("own", "served"),
    [
        ("static/", "/static/"),
        ("/assets/", "/static/"),
        (None, "/static/"),
        ("https://cdn.example.org/", "https://cdn.example.org/"),
    ],
)
def test_static_files_are_where_nginx_serves_them(own: str | None, served: str) -> None:
    assert laid_over({"STATIC_URL": own})["STATIC_URL"] == served


def test_the_origins_of_a_developer_go_and_those_over_https_stay() -> None:
    settings = laid_over({"CSRF_TRUSTED_ORIGINS": ["http://localhost:3000", "https://app.example.org"]})
    assert settings["CSRF_TRUSTED_ORIGINS"] == ["https://www.example.org", "https://app.example.org"]
    assert web.origins("www.example.org", [], (3, 2)) == ["www.example.org"]


def test_without_hsts_its_check_is_silenced_and_with_it_not() -> None:
    assert "security.W004" in laid_over({}, SLIPWAY_HSTS_SECONDS="0")["SILENCED_SYSTEM_CHECKS"]
    assert "security.W004" not in laid_over({})["SILENCED_SYSTEM_CHECKS"]
    assert laid_over({})["SECURE_HSTS_SECONDS"] == 3600


def test_what_a_project_sets_on_purpose_is_kept_by_name() -> None:
    project = {"LOGGING": {"version": 1}, "STORAGES": {"default": {"BACKEND": "x"}}, "ALLOWED_HOSTS": ["*"]}
    settings = laid_over(project, SLIPWAY_KEEP_SETTINGS="LOGGING, STORAGES")
    assert (settings["LOGGING"], settings["STORAGES"]) == (project["LOGGING"], project["STORAGES"])
    assert settings["ALLOWED_HOSTS"] == ["www.example.org"]
