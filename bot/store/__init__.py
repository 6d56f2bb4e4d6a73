"""Where sessions and once-only answers are kept."""
