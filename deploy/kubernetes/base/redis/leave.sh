#!/bin/sh
# Before this machine's Redis ends: where it is the primary, another one becomes it.
set -eu
. "$(dirname "$0")/common.sh"
# By what the Sentinels say: it would itself go on as a primary for some ten seconds more, and another try in that time
# would put its successor aside too.
for _ in 1 2 3 4 5 6 7 8 9 10; do
  [ "$(primary)" = "$ME" ] || exit 0
  "$cli" -h "$ME" -p "$sentinel_port" sentinel failover "$name" || true
  sleep 2
done
