#!/bin/sh
# Makes the environment named by the first argument: Python 3.10, because Rasa runs on no newer one, and the lock.
set -eu
venv=$1
lock=$(dirname "$0")/requirements.lock

runs() { "$@" >/dev/null 2>&1; }

python=
for each in python3.10 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python3.10; do
  # A pyenv shim stands on the PATH and yet may not run.
  if [ -z "$python" ] && runs "$each" -c ''; then python=$each; fi
done
uv=
for each in .venv/bin/uv uv; do
  if [ -z "$uv" ] && runs "$each" --version; then uv=$each; fi
done

if [ -n "$uv" ] && runs "$uv" venv --clear --python "${python:-3.10}" "$venv"; then
  "$uv" pip install --quiet --python "$venv/bin/python" --compile-bytecode --require-hashes --no-deps -r "$lock"
elif [ -n "$python" ]; then
  "$python" -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock"
else
  echo "Rasa needs Python 3.10 and none was found: put python3.10 on the PATH, or have uv fetch one (pip install uv)" >&2
  exit 1
fi
