"""The vocabulary of steps, and the exact text of what runs on the host."""

from __future__ import annotations

import pytest

from components.remote import as_root
from tests.unit.recording import Recording
from tests.unit.running import run_program


def script(stack: Recording, name: str) -> str:
    """A step's script without the wrapping that every step has."""
    create = stack.named(name).inputs["create"]
    return str(create).removeprefix("sudo -n sh -c \"$(cat <<'STEP'\nset -eu\n").removesuffix('\nSTEP\n)"')


def test_a_script_reaches_root_unchanged_with_its_standard_input_free() -> None:
    assert as_root("echo \"$HOME\" 'x'\n") == "sudo -n sh -c \"$(cat <<'STEP'\nset -eu\necho \"$HOME\" 'x'\nSTEP\n)\""


def test_a_file_is_written_beside_and_renamed(update: Recording) -> None:
    assert script(update, "gunicorn-config") == (
        "path=/etc/slipway/gunicorn.conf.py\n"
        'new="$path.new"\n'
        'old="$path.old"\n'
        'trap \'rm -f "$new" "$old"\' EXIT\n'
        'install -D -m 0644 -o root -g root /dev/stdin "$new"\n'
        'mv -f "$new" "$path"'
    )


def test_a_file_that_fails_its_check_is_put_back(update: Recording) -> None:
    assert script(update, "site-https") == (
        "path=/etc/nginx/sites/site.conf\n"
        'new="$path.new"\n'
        'old="$path.old"\n'
        'trap \'rm -f "$new" "$old"\' EXIT\n'
        'install -D -m 0644 -o root -g root /dev/stdin "$new"\n'
        '[ ! -e "$path" ] || cp -p "$path" "$old"\n'
        'mv -f "$new" "$path"\n'
        "if ! sh -euc 'nginx -t && systemctl --no-warn reload nginx'; then\n"
        '    if [ -e "$old" ]; then mv -f "$old" "$path"; else rm -f "$path"; fi\n'
        '    echo "$path is as it was before: its new text did not pass the check above." >&2\n'
        "    exit 1\n"
        "fi"
    )


def test_ssh_is_let_in_before_the_firewall_goes_up(update: Recording) -> None:
    assert script(update, "system-firewall").splitlines()[1:] == [
        "ufw allow OpenSSH",
        "ufw allow 80/tcp",
        "ufw allow 443/tcp",
        "ufw --force enable",
    ]


def test_packages_come_in_one_step_that_waits_for_other_apt_runs(update: Recording) -> None:
    assert [step.name for step in update.steps() if "apt-get" in str(step.inputs.get("create"))] == ["system-packages"]
    text = script(update, "system-packages")
    assert "DEBIAN_FRONTEND=noninteractive" in text
    assert text.count("apt-get -qq") == text.count("-o DPkg::Lock::Timeout=300") == 2
    assert "--no-install-recommends" in text


def test_a_release_is_prepared_with_what_configuration_says(update: Recording, values: dict[str, str]) -> None:
    release = update.outputs["release"]
    assert script(update, "release-prepare") == (
        f"slipway-host prepare --release {release} --archive /var/tmp/slipway/{release}.tar.gz --manage manage.py"
    )
    chosen = run_program({**values, "djangoSettings": "shop.settings", "wsgiModule": "shop.wsgi:app"})
    assert script(chosen, "release-prepare").endswith(
        " --manage manage.py --settings shop.settings --wsgi shop.wsgi:app"
    )
    assert chosen.outputs["release"] != release, "other choices build another release"


def test_archives_are_uploaded_under_the_name_of_their_content(update: Recording) -> None:
    release = update.outputs["release"]
    assert update.named("release-upload").inputs["remotePath"] == f"/var/tmp/slipway/{release}.tar.gz"
    host = update.named("system-host-package").inputs
    digest = host["remotePath"].removeprefix("/var/tmp/slipway/host-").removesuffix(".tar.gz")
    assert host["source"].endswith(f"/slipway/sources/{digest}.tar.gz")
    assert script(update, "system-host").startswith(f"archive=/var/tmp/slipway/host-{digest}.tar.gz\n")


def test_the_database_is_readied_by_its_master_user(update: Recording) -> None:
    assert script(update, "release-database") == (
        "slipway-host database --host database.example.internal --port 5432"
        " --ca /etc/ssl/certs/rds-global-bundle.pem --name app --role app --other-role app_2"
        " --owner app_owner --generation 1"
    )
    assert update.named("release-database").inputs["stdin"] == (
        '{"master_user": "master", "master_password": "PASSWORD-database-master-password",'
        ' "owner_password": "PASSWORD-database-owner-password-1", "password": "PASSWORD-database-app-password-1"}'
    )


def test_a_colour_gets_its_whole_environment(update: Recording) -> None:
    assert update.named("release-activate").inputs["stdin"] == (
        'DATABASE_URL="postgresql://app:PASSWORD-database-app-password-1@database.example.internal:5432/app'
        '?sslmode=verify-full&sslrootcert=/etc/ssl/certs/rds-global-bundle.pem&conn_max_age=600"\n'
        'SLIPWAY_MIGRATION_URL="postgresql://app_owner:PASSWORD-database-owner-password-1@database.example.internal:5432/app'
        '?sslmode=verify-full&sslrootcert=/etc/ssl/certs/rds-global-bundle.pem&conn_max_age=600"\n'
        'SECRET_KEY="PASSWORD-release-secret-key-1"\n'
        'SLIPWAY_SECRET_KEY_GENERATION="1"\n'
        'SLIPWAY_DATABASE_PASSWORD_GENERATION="1"\n'
        'SLIPWAY_DOMAIN="www.example.org"\n'
        'SLIPWAY_HSTS_SECONDS="0"\n'
        'WEB_CONCURRENCY="3"\n'
        'SLIPWAY_THREADS="4"\n'
        'SLIPWAY_HEALTH_PATH="/"\n'
        'SLIPWAY_KEEP_SETTINGS=""\n'
        'GREETING="hello"\n'
        'TOKEN="TOKEN-OF-THE-APP"\n'
    )


def test_a_release_goes_live_under_the_digest_of_its_configuration(update: Recording) -> None:
    words = script(update, "release-activate").split()
    assert words[:4] == ["slipway-host", "activate", "--release", update.outputs["release"]]
    assert words[4] == "--config-digest" and len(words[5]) == 64
    assert words[6] == "--rules-digest" and len(words[7]) == 64 and len(words) == 8


@pytest.mark.parametrize(
    ("server", "email", "line"),
    [
        ("production", "", "server=https://acme-v02.api.letsencrypt.org/directory"),
        ("staging", "", "server=https://acme-staging-v02.api.letsencrypt.org/directory"),
        ("https://acme.example.org/dir", "", "server=https://acme.example.org/dir"),
        ("production", "me@example.org", '        --email me@example.org --no-eff-email "$@"'),
        ("production", "", '        --register-unsafely-without-email "$@"'),
    ],
)
def test_the_certificate_comes_from_the_directory_that_configuration_names(
    values: dict[str, str], server: str, email: str, line: str
) -> None:
    stack = run_program({**values, "acmeServer": server, "acmeEmail": email})
    assert line in script(stack, "certificate-issue").splitlines()


def test_certbot_keeps_a_good_certificate_and_touches_no_file_of_ours(update: Recording) -> None:
    lines = [line.strip() for line in script(update, "certificate-issue").splitlines()]
    (line,) = [line for line in lines if line.startswith("certbot ")]
    assert line == "certbot certonly --quiet --non-interactive --agree-tos --webroot --webroot-path /var/www/acme \\"
    assert "--keep-until-expiring \\" in lines
    assert "systemctl enable --quiet --now certbot.timer" in lines
