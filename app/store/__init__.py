"""What must survive a crash: queue, progress, transcripts, edits and settings."""
