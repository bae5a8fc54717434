"""Recordings: heard, taken out, held."""
