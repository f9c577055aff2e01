"""From what is here and what is there to what has to go: pure functions, and the list that stands beside the files."""
