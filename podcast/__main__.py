"""`python -m podcast` is the `podcast` command."""

from podcast.cli import main

if __name__ == "__main__":
    main()
