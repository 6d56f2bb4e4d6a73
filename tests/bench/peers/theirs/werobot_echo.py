"""WeRoBot's bare echo in safe mode, sessions off: for gunicorn as `wsgi`, or by its own server."""

from __future__ import annotations

import os

from werobot import WeRoBot
from werobot.config import Config

config = Config(
    TOKEN=os.environ["TOKEN"],
    APP_ID=os.environ["APP_ID"],
    ENCODING_AES_KEY=os.environ["AES_KEY"],
    SESSION_STORAGE=False,
    HOST="127.0.0.1",
    PORT=os.environ.get("PORT", "8888"),
)
robot = WeRoBot(config=config)


@robot.text
def echo(message):
    """Says what was said."""
    return message.content


wsgi = robot.wsgi

if __name__ == "__main__":
    robot.wsgi.run(server="wsgiref", host="127.0.0.1", port=int(os.environ["PORT"]), quiet=True)
