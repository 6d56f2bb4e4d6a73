"""The talk that books a call: what is wanted, what is still to be asked, said back in one sentence, and kept."""

from bot.dialogue.calling.steps import wants_number, wants_older

__all__ = ["wants_number", "wants_older"]
