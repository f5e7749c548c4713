"""What is a credential: by its name, its form and its provider, and where one is written down."""
