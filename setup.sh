#!/bin/sh
# Makes .venv from requirements-dev.txt, with the commands `rehearse` and `slipway` in it. Ends at once when nothing has changed.
set -eu
cd "$(dirname "$0")"

stamp="$PWD $(cat requirements-dev.txt pyproject.toml | sha256sum)"
if [ -x .venv/bin/python ] && [ -f .venv/complete ] && [ "$(cat .venv/complete)" = "$stamp" ]; then
    exit 0
fi

for python in python3 python3.14 python3.13 python3.12 python3.11; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        exec "$python" -m rehearsal.bootstrap "$stamp"
    fi
done
echo "Slipway needs Python 3.11 or newer, and no python3 here is: install it and run this again." >&2
exit 1
