"""Each failure in one sentence that says what to do."""

import pytest
from slipway_host import explain, missing


@pytest.mark.parametrize(
    ("error", "variable"),
    [
        ("KeyError: 'STRIPE_KEY'", "STRIPE_KEY"),
        ("UndefinedValueError: EMAIL_HOST not found. Declare it as envvar or define a default value.", "EMAIL_HOST"),
        ("ImproperlyConfigured: Set the REDIS_URL environment variable", "REDIS_URL"),
        ('EnvError: Environment variable "S3_BUCKET" not set', "S3_BUCKET"),
        ("ValueError: SENTRY_DSN environment variable is required", "SENTRY_DSN"),
        ("KeyError: 'default'", None),
        ("TypeError: unsupported operand", None),
    ],
)
def test_the_variable_that_settings_want_is_found_in_the_error(error: str, variable: str | None) -> None:
    assert missing.variable(error) == variable


def step(failed: str, error: str, **more: str) -> str:
    """The sentence for a report of the release's steps, with release r1 in service."""
    report = {"failed": failed, "error": error, **more}
    return explain.step(report, settings="site.settings", serving="r1", variables=[], output="")


def test_missing_variables_are_listed_with_the_keys_that_set_them() -> None:
    sentence = explain.settings_sentence("site.settings", "KeyError: 'A_KEY'", ["A_KEY", "B_URL"])
    assert sentence == (
        "The settings site.settings need environment variables that are not set: A_KEY, B_URL. Set them under appEnv, "
        "or under appSecrets what is secret."
    )


def test_settings_that_do_not_load_name_the_key_that_chooses_others() -> None:
    assert step("settings", "SyntaxError: invalid (settings.py, line 3)") == (
        "The settings site.settings cannot be loaded (SyntaxError: invalid (settings.py, line 3)): correct them, "
        "or name others in djangoSettings."
    )


def test_a_package_that_is_not_installed_is_named() -> None:
    assert step("settings", "ModuleNotFoundError: No module named 'environ'") == (
        "The settings site.settings need the module environ, which the project's requirements do not install: "
        "add it to them."
    )


def test_a_module_that_python_has_dropped_asks_for_an_older_python() -> None:
    assert step("settings", "ModuleNotFoundError: No module named 'distutils.version'") == (
        "The settings site.settings need the module distutils.version, which newer Pythons no longer have: "
        "say in requires-python which they fit."
    )


def test_an_error_of_check_deploy_names_what_still_serves() -> None:
    assert step("blocked", "1 error (models.E006): The property clashes") == (
        "manage.py check --deploy finds 1 error (models.E006): The property clashes. Correct it in the project. "
        "Release r1 is still serving."
    )


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("No space left on device (os error 28)", explain.full()),
        (
            "x No solution found: Because there is no version of nosuch==1",
            "The packages of requirements.txt do not install: correct what the last lines name.",
        ),
        (
            "error: Hash mismatch for `django==5.2.19`",
            "A package of requirements.txt is not the one that was locked (its hash differs): lock it anew.",
        ),
    ],
)
def test_requirements_that_do_not_install_say_why(output: str, sentence: str) -> None:
    assert explain.install("requirements.txt", output) == sentence


def test_a_psycopg2_that_would_have_to_be_compiled_is_recognised() -> None:
    assert explain.wants_compiler_for_psycopg2("  x Failed to build `psycopg2==2.9.10`\n  Error: pg_config executable")
    assert not explain.wants_compiler_for_psycopg2("  x Failed to build `lxml==5.0`")


def test_an_answer_of_500_to_the_probe_is_the_reason_for_a_failed_start() -> None:
    journal = "Traceback (most recent call last):\nValueError: x\n\nError: slipway: GET / answered 500 Oh\n"
    assert explain.start(journal, None) == (
        "The release does not start: GET / answered 500 Oh. No release was serving before."
    )


def test_a_broken_import_is_the_reason_for_a_failed_start() -> None:
    journal = "Traceback (most recent call last):\n  File x\nImportError: cannot import name 'y'\n"
    assert explain.start(journal, "r1") == (
        "The release does not start: ImportError: cannot import name 'y'. Release r1 is still serving."
    )


ABORTED = """app@green.service: start operation timed out. Terminating.
Fatal Python error: Aborted

Thread 0x00007f01 (most recent call first):
  File "/srv/app/releases/r2/src/guestbook/consumer.py", line 9 in listen

Current thread 0x00007f02 (most recent call first):
  File "/usr/lib/python3.13/threading.py", line 359 in wait
  File "/srv/app/releases/r2/src/config/wsgi.py", line 18 in <module>
  File "/srv/app/venvs/v/lib/python3.13/site-packages/gunicorn/util.py", line 371 in import_app
"""


def test_a_start_that_hangs_is_told_with_the_line_of_the_project() -> None:
    assert explain.start(ABORTED, "r1") == (
        "The release does not start: it did not get ready in time: it hung at config/wsgi.py, line 18. "
        "Release r1 is still serving."
    )
    without = "app@green.service: start operation timed out. Terminating."
    assert explain.start(without, "r1").startswith("The release does not start: it did not get ready in time. ")


def test_a_start_that_the_kernel_ended_for_want_of_memory_is_told() -> None:
    said = "app@green.service: A process of this unit has been killed by the OOM killer."
    assert explain.start(said, "r1") == (
        "The release does not start: the host has no memory left for it. Release r1 is still serving."
    )


def test_a_full_disk_is_told_wherever_it_shows() -> None:
    assert explain.start("OSError: [Errno 28] No space left on device", "r1") == explain.full()
    assert step("collectstatic", "OSError: [Errno 28] No space left on device") == explain.full()


def test_a_runtime_error_that_gunicorn_reports_in_its_own_way_is_told() -> None:
    said = explain.start("\nError: broken on purpose\n", "abc")
    assert said == "The release does not start: Error: broken on purpose. Release abc is still serving."
