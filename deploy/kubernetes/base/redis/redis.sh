#!/bin/sh
# A Redis that joins the others: as the primary where it is that, else as a replica of it.
set -eu
. "$(dirname "$0")/common.sh"
first=$(primary)
replica=""
if [ "$first" != "$ME" ]; then replica="replicaof $first $port"; fi
exec "$server" - <<END
bind ${BIND:-* -::*}
protected-mode no
port $port
dir $data
requirepass $password
masterauth $password
replica-announce-ip $ME
$replica
appendonly yes
appendfsync always
save ""
maxmemory ${MAXMEMORY:-2gb}
maxmemory-policy noeviction
# Cut off from both others it takes nothing more: what it took then would be lost.
min-replicas-to-write 1
min-replicas-max-lag 10
loglevel warning
END
