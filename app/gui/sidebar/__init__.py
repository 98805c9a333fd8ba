"""The list of everything at the left of the window."""
