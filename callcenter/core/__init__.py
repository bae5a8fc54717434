"""The pure core: facts, wishes, the floor and the rules. No clock, no network, no database, no randomness."""
