"""One turn of a talk, pure."""
