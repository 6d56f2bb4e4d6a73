"""How the bot is watched: metrics, logs with a request's id, traces; nothing personal in any of them."""
