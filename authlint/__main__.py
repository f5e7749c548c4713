"""``python -m authlint``."""

from authlint.cli import main

if __name__ == "__main__":
    main()
