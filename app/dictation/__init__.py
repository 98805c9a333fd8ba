"""Dictation into other programs: keys, text rules, the course of a dictation. Knows no Qt."""
