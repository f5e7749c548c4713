"""Checks: one module a family, one function a rule of the same name. A check sees a ``Unit``, never a syntax tree."""
