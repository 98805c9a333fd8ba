"""Parts that know nothing of Songshu but its looks: colours, icons, cards, fields, bars."""
