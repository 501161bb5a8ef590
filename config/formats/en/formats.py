"""Named formats of dates and times, used in templates: `{{ task.due|when:"DAY" }}`. Every language defines all of them.

Formats without a year are for dates in this year; for others, `board/text/dates.py` uses `…_AND_YEAR`.
`CSV_SEPARATOR` is the separator that spreadsheets in this language expect in a CSV file.
"""

DAY = "D j M"
DAY_AND_YEAR = "D j M Y"
LONG_DAY = "d F Y"
DATE = "j M Y"
SHORT_DATE = "j M"
SHORT_DATE_AND_YEAR = "j M Y"
DAY_OF_MONTH = "j"
MOMENT = "j M Y, H:i"
MOMENT_TO_THE_SECOND = "j M Y, H:i:s"
SOON = "j M, H:i"
SOON_AND_YEAR = "j M Y, H:i"
SOON_TO_THE_SECOND = "j M, H:i:s"
SOON_TO_THE_SECOND_AND_YEAR = "j M Y, H:i:s"
LATELY = "D j M, H:i"
LATELY_AND_YEAR = "D j M Y, H:i"
CLOCK = "H:i"
CSV_SEPARATOR = ","
