"""The commands of `python -m bot`, a module for what belongs together; each is loaded only when it is asked for."""
