"""From episodes to what subscribers see."""
