"""Callers beyond one call: whom we owe a callback, whose number is flagged, who reports the same."""
