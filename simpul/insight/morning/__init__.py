"""The tasks of the morning: found and ranked, shown or held out by lot, followed, and judged.

`finding` says what could be done, `making` what is shown (the job of the night), `following` what
came of it, `results` whether it helps, and `words` says it all to people.
"""
