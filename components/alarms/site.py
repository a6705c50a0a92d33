"""Alarms about what visitors get."""

from __future__ import annotations

from components.alarms.alarm import ABOVE, BELOW, FINE, FIVE_MINUTES, KEEP, MINUTE, Alarm

# certbot renews when a third of the lifetime is left: 30 days of 90, 15 of 45 (Let's Encrypt from 2028). At 10 it has
# failed for days.
CERTIFICATE_DAYS = 10
# Of the requests of a minute; fewer errors than these are one visitor's bad luck.
ERROR_PERCENT, ERRORS = 5, 5
ERROR_RATE = f"IF(errors >= {ERRORS}, 100 * errors / requests, 0)"


def site_alarms() -> list[Alarm]:
    """Alarms about what visitors get."""
    return [
        Alarm(
            name="down",
            about="site",
            metric="SiteAnswers",
            statistic="Minimum",
            comparison=BELOW,
            threshold=1,
            period=MINUTE,
            periods=5,
            breaching=3,
            missing=KEEP,
            reported=True,
            action="The server gets no answer from its own site over HTTPS, or an error. "
            "See journalctl -u 'app@*' and /var/log/nginx/error.log.",
        ),
        Alarm(
            name="errors",
            about="site",
            expression=ERROR_RATE,
            inputs={"errors": "ServerErrors", "requests": "Requests"},
            comparison=ABOVE,
            threshold=ERROR_PERCENT,
            period=MINUTE,
            periods=5,
            breaching=3,
            missing=FINE,  # no requests, no errors
            action=f"More than {ERROR_PERCENT} % of the requests end in a 5xx. "
            "See the log group …/app for tracebacks; a release just made can be taken back.",
        ),
        Alarm(
            name="certificate",
            about="site",
            metric="CertificateDaysLeft",
            statistic="Minimum",
            comparison=BELOW,
            threshold=CERTIFICATE_DAYS,
            period=FIVE_MINUTES,
            periods=3,
            breaching=3,
            missing=KEEP,
            reported=True,
            action=f"The certificate ends in less than {CERTIFICATE_DAYS} days: its renewal fails. "
            "See systemctl status certbot.timer and run: certbot renew --dry-run.",
        ),
    ]
