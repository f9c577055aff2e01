"""A written newsletter taken apart, from HTML to papers: the steps behind podcast/papers/newsletter.py."""
