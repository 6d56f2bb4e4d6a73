"""Who may do what: roles, passwords, one-time codes, sessions at the desk, the audit log."""
