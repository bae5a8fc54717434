"""The hand-over between shifts: one sheet, on the screen and on paper."""
