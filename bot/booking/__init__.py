"""The rules of a call: its number, who may move it, and when it can be had; pure, they never wait."""
