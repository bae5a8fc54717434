"""The wallboard: the room at one glance, live, and the same for the city's command centre and other programs."""
