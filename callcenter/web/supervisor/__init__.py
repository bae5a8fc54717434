"""The call log, one call, one ticket, recordings, export."""
