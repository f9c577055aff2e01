"""From a Script to sound, clip by clip."""
