"""`python -m sitegen new NAME`: a small site to begin with."""

import json
import re
import shutil
from pathlib import Path

STARTER = Path(__file__).parent / "starter"


def start_site(name: str) -> str | None:
    """Copy the starter into the new folder `name` and give it that name; return why not, if so."""
    folder = Path(name)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        return f"{folder}: exists and is not empty"
    title = re.sub(r"[-_]+", " ", folder.resolve().name).strip().capitalize()
    shutil.copytree(STARTER, folder, dirs_exist_ok=True)
    settings = folder / "site.yaml"
    settings.write_text(settings.read_text().replace("title: NAME", f"title: {json.dumps(title)}"))
    print(f"{folder} is there. See it with: python -m sitegen serve {folder}")
    return None
