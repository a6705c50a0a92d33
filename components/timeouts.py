"""How long things may take, in seconds. Each must outlast the one before it, or it cuts off what that one allows."""

from __future__ import annotations

GUNICORN_WORKER = 30  # a worker silent for longer is killed
GUNICORN_GRACEFUL = 35  # requests in flight when a colour is told to stop
SYSTEMD_STOP = 45  # what is left of that colour is killed
NGINX_READ = 60  # nginx gives up on the app

COMMAND_STOP = 300  # what runs beside the site and is told to stop: a task in hand may end
