#!/bin/sh
# The password goes to the server through its standard input: neither a process list nor a file of the container has it.
set -eu
server=$(command -v valkey-server || command -v redis-server)
password=$(cat "${PASSWORD_FILE:-/run/secrets/redis-password}")
exec "$server" - <<END
$(cat "${REDIS_CONF:-/etc/wenyanglao/redis.conf}")
requirepass $password
masterauth $password
END
