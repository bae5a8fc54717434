"""One person's data: found, handed out, made unknown (UU 27/2022)."""
