"""The text of one item: shown line by line while it comes, corrected, searched."""
