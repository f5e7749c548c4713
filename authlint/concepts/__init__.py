"""Concepts: what facts *mean*, told by the library rows. One module a topic; checks ask a :class:`Unit` for them."""
