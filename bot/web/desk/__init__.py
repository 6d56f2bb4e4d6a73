"""The pages of those who serve, behind a sign-in: look-up, calls, figures, catalog, audit log, account."""
