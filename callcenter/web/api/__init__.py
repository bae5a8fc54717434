"""For other programs: health, calls, tickets, and the description of all that."""
