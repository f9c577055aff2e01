"""`python -m podcast` is the `podcast` command."""

from podcast.cli import run

if __name__ == "__main__":
    run()
