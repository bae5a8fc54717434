"""Figures of the room and the monthly report."""
