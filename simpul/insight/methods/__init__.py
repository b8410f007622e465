"""What statistics says of customers, demand and stock: pure functions, arrays in, dataclasses out.

Each module follows the papers that its docstring names; `docs/methods.md` says in plain words what
each tells and when it is silent. None of them knows Django or a table. numpy and scipy take a second
to load: whoever needs a method imports it in the module of its job, never in that of a page.
"""
