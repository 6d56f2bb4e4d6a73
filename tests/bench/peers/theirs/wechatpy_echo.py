"""wechatpy's bare echo in safe mode on Flask, after the example in its manual."""

from __future__ import annotations

import os

from flask import Flask, abort, request
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidAppIdException, InvalidSignatureException
from wechatpy.utils import check_signature

TOKEN, AES_KEY, APP_ID = os.environ["TOKEN"], os.environ["AES_KEY"], os.environ["APP_ID"]
wsgi = Flask(__name__)
# Made once; its manual makes it anew with every message.
crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)


@wsgi.route("/", methods=["POST"])
def echo():
    """Says what was said."""
    query = request.args
    timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
    try:
        check_signature(TOKEN, query.get("signature", ""), timestamp, nonce)
        sealed = crypto.decrypt_message(request.data, query.get("msg_signature", ""), timestamp, nonce)
    except (InvalidSignatureException, InvalidAppIdException):
        abort(403)
    message = parse_message(sealed)
    reply = create_reply(message.content if message.type == "text" else "", message)
    return crypto.encrypt_message(reply.render(), nonce, timestamp)
