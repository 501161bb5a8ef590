"""The log: what changed, by whom and when, and everything that is read from it.

A transaction takes the next number from the one-row table `board_counter` (`log.next_number`). That row is the lock of
all writers, so numbers have no gaps and are in commit order. The number is the event's `seq` and the row's `version`.
`log.write` refuses what `schema` doesn't define.
"""
