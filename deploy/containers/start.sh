#!/bin/sh
# The trained model goes where the bot looks for it; then the command of `python -m bot`, as this same process.
set -eu
umask 077
model=/app/model/understanding.json
if [ -f "$model" ] && [ -w "$BOT_DATA_DIR" ] && ! cmp -s "$model" "$BOT_DATA_DIR/understanding.json"; then
  cp "$model" "$BOT_DATA_DIR/.understanding.$$" && mv "$BOT_DATA_DIR/.understanding.$$" "$BOT_DATA_DIR/understanding.json"
fi
exec python -m bot "$@"
