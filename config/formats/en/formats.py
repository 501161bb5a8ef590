"""How dates and moments are written; templates name them: `{{ task.due|when:"DAY" }}`. Every language has all of them.

What has no year is for dates of this year; `board/text/dates.py` takes its `…_AND_YEAR` for others.
`CSV_SEPARATOR` is what spreadsheets of that language expect between the cells of a CSV file.
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
