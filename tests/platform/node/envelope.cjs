// Encrypts, signs, verifies and decrypts as the platform does, by @wecom/crypto: a JSON line in, a JSON line out.
"use strict";

const path = require("node:path");
const readline = require("node:readline");

const wecom = require(path.join(process.argv[2], "node_modules", "@wecom", "crypto"));

const calls = {
  seal({ key, appId, token, timestamp, nonce, message }) {
    const sealed = wecom.encrypt(key, message, appId);
    return { sealed, signature: wecom.getSignature(token, timestamp, nonce, sealed) };
  },
  open({ key, token, timestamp, nonce, sealed }) {
    const { message, id } = wecom.decrypt(key, sealed);
    return { message, appId: id, signature: wecom.getSignature(token, timestamp, nonce, sealed) };
  },
};

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { call, ...about } = JSON.parse(line);
  process.stdout.write(`${JSON.stringify(calls[call](about))}\n`);
});
