"""Requests and their answers: to whom they go, what they carry, and how well the way there is protected."""
