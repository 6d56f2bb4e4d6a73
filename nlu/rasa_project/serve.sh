#!/bin/sh
# Serves the trained model in the environment named first; all else is handed on to `rasa run`.
set -eu
venv=$1
shift
. "$(dirname "$0")/settings.sh"
exec "$venv/bin/rasa" run --enable-api --model "$models/$model.tar.gz" "$@"
