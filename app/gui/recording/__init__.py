"""Recordings while they are made: the bar, its words, what is kept after a crash."""
