"""Protocol cards: shown beside the ticket, edited by the city."""
