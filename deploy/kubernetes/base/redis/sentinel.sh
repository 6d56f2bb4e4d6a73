#!/bin/sh
# The Sentinel of this machine. It writes into its own file what it learns, and knows it again after a restart.
set -eu
. "$(dirname "$0")/common.sh"
umask 077
# After a fall of all three, whoever was the primary has the newest on its disk: it is given a minute to come back before
# Sentinels may put another in its place. Where others are up already, they have decided, and this waits for nobody.
first=$(primary)
waited=0
until [ "$waited" -ge "${PATIENCE_S:-60}" ] ||
  timeout 3 "$cli" -h "$first" -p "$port" ping 2>&1 | grep -qE 'PONG|NOAUTH|LOADING'; do
  waited=$((waited + 1))
  sleep 1
done
if [ ! -f "$data/sentinel.conf" ]; then
  cat >"$data/sentinel.new" <<END
port $sentinel_port
bind ${BIND:-* -::*}
protected-mode no
dir ${TMP:-/tmp}
sentinel resolve-hostnames yes
sentinel announce-hostnames yes
sentinel announce-ip $ME
sentinel monitor $name $first $port 2
sentinel auth-pass $name $password
sentinel down-after-milliseconds $name ${DOWN_AFTER_MS:-5000}
sentinel failover-timeout $name 20000
sentinel parallel-syncs $name 1
END
  mv "$data/sentinel.new" "$data/sentinel.conf"
fi
exec "$server" "$data/sentinel.conf" --sentinel
