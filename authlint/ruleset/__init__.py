"""What ``rules/`` says, as objects: rules, providers, libraries, and the schema they are held to. Pure."""
