#!/bin/sh
# Whether the server on the port answers; one that still reads its file lives, and is not ready. Nor is a replica that
# follows a machine which is gone while the Sentinels name another: they had not heard of it before, so nobody tells it,
# and the new primary may take nothing without it. Started again it finds the right one.
set -eu
. "$(dirname "$0")/common.sh"
asked=$1
if [ "$asked" = "$port" ]; then export REDISCLI_AUTH="$password"; fi
"$cli" -h "${ME:-127.0.0.1}" -p "$asked" ping | grep -q PONG
if [ "$asked" = "$port" ]; then
  # What it is, whom it follows, on which port, how far it is with that.
  set -- $("$cli" -h "${ME:-127.0.0.1}" -p "$port" role | head -n 4)
  [ "$1" != slave ] || [ "$4" = connected ] || [ "$2" = "$(REDISCLI_AUTH="" && primary)" ]
fi
