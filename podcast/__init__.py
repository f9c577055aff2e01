"""The week's AI papers as a podcast: papers to newsletter, script, speech, episode and feed."""

__version__ = "0.1.0"
