"""The call taker's screen: one page for the whole shift."""
