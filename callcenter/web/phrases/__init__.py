"""Phrases by shortcut: read by the room, written by supervisors and administrators."""
