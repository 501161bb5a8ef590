"""The cases of search.json, by which the server and the scripts are tested."""

import json
from pathlib import Path

TABLE = json.loads((Path(__file__).parent / "search.json").read_text())
