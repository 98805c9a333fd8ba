"""What a person has set: typed values, kept one by one in the library."""
