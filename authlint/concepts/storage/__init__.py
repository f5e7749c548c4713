"""Where what is secret ends up: browser storage, cookies, files, logs and messages."""
