"""From clips to one episode."""
