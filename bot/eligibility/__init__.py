"""Three-valued rules, pure."""
