"""Who may sign in: the administrator's page."""
