"""What values come to: text with holes, names that are followed, helper functions. Pure."""
