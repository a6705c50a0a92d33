"""No secret in what people read."""

from slipway_host.redact import Redactor


def test_a_value_is_replaced_by_the_name_of_its_variable() -> None:
    assert Redactor({"API_TOKEN": "s3cr3t-t0ken"})("bad token s3cr3t-t0ken!") == "bad token [API_TOKEN]!"


def test_the_password_inside_a_url_is_found_on_its_own_and_however_it_is_spelled() -> None:
    redact = Redactor({"DATABASE_URL": "postgresql://app:p%40ss%2Fword@db:5432/app"})
    assert redact("p@ss/word p%40ss%2Fword") == "[DATABASE_URL] [DATABASE_URL]"


def test_a_secret_inside_a_longer_secret_does_not_break_it_up() -> None:
    assert Redactor({"A": "abcdef", "B": "abcdefghij"})("abcdefghij") == "[B]"


def test_a_value_with_a_line_break_is_found_as_python_prints_it() -> None:
    assert Redactor({"KEY": "first\nsecond"})(r"KeyError: 'first\nsecond'") == "KeyError: '[KEY]'"


def test_a_key_of_several_lines_is_found_line_by_line() -> None:
    assert Redactor({"KEY": "first-line\nsecond-line"})("second-line\n") == "[KEY]\n"


def test_each_of_several_fallbacks_is_found_on_its_own() -> None:
    redact = Redactor({"SECRET_KEY_FALLBACKS": "first-key,second-key"})
    assert redact("tried second-key, first-key") == "tried [SECRET_KEY_FALLBACKS], [SECRET_KEY_FALLBACKS]"


def test_what_a_sentence_is_about_stays_readable() -> None:
    redact = Redactor({"SLIPWAY_HEALTH_PATH": "/health/", "SLIPWAY_BASE_SETTINGS": "mysite.settings"})
    assert redact("GET /health/ answered 500, as mysite.settings has it") == (
        "GET /health/ answered 500, as mysite.settings has it"
    )


def test_numbers_switches_and_the_domain_stay_readable() -> None:
    redact = Redactor({"WEB_CONCURRENCY": "3", "X": "on", "DEBUG": "False", "SLIPWAY_DOMAIN": "www.example.org"})
    assert redact("3 on False www.example.org") == "3 on False www.example.org"
