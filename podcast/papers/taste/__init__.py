"""What an author keeps, learned and remembered: the steps behind history, exchange, ranking and offering beside it."""
