"""The pages of the settings sheet."""
