"""One's own account: password, authenticator, sessions, sign-ins."""
