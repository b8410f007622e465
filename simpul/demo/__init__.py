"""The demonstration workshop: a leather-shoe workshop in Ciomas with a living history.

All names, numbers and accounts are invented. Prices, quantities and piece rates are plausible for
late 2026, not surveyed. The history is made through the steps themselves, so its journal is true.
"""
