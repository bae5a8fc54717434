"""Quality: calls drawn by lot, score sheets, trends, coaching."""
