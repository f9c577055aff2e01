"""The rules from written to spoken, a module a subject; text.py puts them in order."""
