#!/bin/sh
# Installs requirements.lock in the environment named by the first argument: by uv, which takes a tenth of pip's time.
set -eu
python=$1/bin/python
pip() { "$python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$1"; }

# uv's own lines of the lock, hashes and all.
sed -n '/^uv==/,/^[^ ]/{/^uv==/p;/^ /p;}' requirements.lock >"$1/uv.lock"
if pip "$1/uv.lock" &&
  "$1/bin/uv" pip install --quiet --python "$python" --compile-bytecode --require-hashes --no-deps -r requirements.lock; then
  exit
fi
echo "uv could not install requirements.lock; pip takes some minutes" >&2
pip requirements.lock
