"""What is done with items: they come in, wait, stop, are found again, recognised again."""
