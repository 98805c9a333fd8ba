"""What is done to text besides recognising it: pure functions, no engine, no Qt, no files."""
