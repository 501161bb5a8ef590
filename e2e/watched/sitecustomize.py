"""On PYTHONPATH of a server under test: writes each address that it connects to into the file $CONNECTIONS."""

import os
import sys


def note(event, arguments):
    if event == "socket.connect":
        with open(os.environ["CONNECTIONS"], "a") as file:
            file.write(f"{arguments[1]}\n")


sys.addaudithook(note)
