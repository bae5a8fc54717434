"""The agency's own side: its page, and what the room hears of it."""
