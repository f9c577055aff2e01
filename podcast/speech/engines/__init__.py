"""The voices: one method behind one protocol."""
