"""Coming and going: sign-in, sign-out, language, position."""
