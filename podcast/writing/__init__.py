"""From a Newsletter to a Script."""
