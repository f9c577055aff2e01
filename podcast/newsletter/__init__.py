"""Summaries to a newsletter that a person reads, edits and sends, and to notes for those who keep a vault."""
