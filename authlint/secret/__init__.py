"""What a secret looks like, and how it is masked: placeholders, checksums, encodings, detectors. Pure."""
