"""What people read, by kind of thing: times, states, errors, languages."""
