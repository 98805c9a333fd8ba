"""Transcripts out: one writer per format, subtitle cues, and files that are never half-written."""
