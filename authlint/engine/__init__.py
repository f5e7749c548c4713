"""From the bytes of a file to a report: pre-filter, inspection, verdict. Pure."""
