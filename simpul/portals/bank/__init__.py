"""Notices of gateways, mail and messengers: no pages, and nobody logs in.

Whoever knocks here proves what is said by its signature; see `door.py`.
"""
