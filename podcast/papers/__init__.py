"""From sources to a Newsletter."""
