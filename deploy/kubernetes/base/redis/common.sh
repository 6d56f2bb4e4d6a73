# Read by the others. NODES: all machines; ME: this one. Ports and folder are others only in tests.
name=wenyanglao
port=${REDIS_PORT:-6379}
sentinel_port=${SENTINEL_PORT:-26379}
data=${DATA:-/data}
server=$(command -v valkey-server || command -v redis-server)
cli=$(command -v valkey-cli || command -v redis-cli)
# In the environment of single commands, never in a process list.
password=$(cat "${PASSWORD_FILE:-/run/secrets/redis-password}")

# What the Sentinels say, else what this machine's Sentinel knew last, else the first machine. After a fall of all three
# the first one must not win by being the first: it may be the one that had fallen behind.
primary() {
  for node in $NODES; do
    found=$(timeout 3 "$cli" -h "$node" -p "$sentinel_port" sentinel get-master-addr-by-name "$name" 2>/dev/null | head -n 1) || true
    if [ -n "$found" ]; then
      echo "$found"
      return
    fi
  done
  found=$(sed -n "s/^sentinel monitor $name \([^ ]*\) .*/\1/p" "$data/sentinel.conf" 2>/dev/null || true)
  echo "${found:-${NODES%% *}}"
}
