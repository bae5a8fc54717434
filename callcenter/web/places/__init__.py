"""Places: found by name while they are typed, picked on the map, listed and extended by the city."""
