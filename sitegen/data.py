"""The files in data/."""

from os.path import splitext
from typing import Any

from .errors import SiteError
from .folder import Folder
from .metadata import READERS, read_csv

DATA_READERS = READERS | {"csv": read_csv}


class DataFolder(dict[str, Any]):
    """The data of a folder by name, as opposed to the content of a file."""


def read_data(folder: Folder) -> tuple[DataFolder, list[SiteError]]:
    """Return the content of the files in data/ by their names, and the SiteErrors of unusable ones.

    `data/team.json` is `team`; `data/team/berlin.json` is `berlin` within `team`.
    """
    data, problems = DataFolder(), []
    for path, file in folder.files.items():
        stem, suffix = splitext(path)
        if path.startswith("data/") and suffix[1:] in DATA_READERS:
            try:
                content = DATA_READERS[suffix[1:]](folder.read_text(path), file)
                add_data(data, stem.split("/")[1:], content, file)
            except SiteError as error:
                problems.append(error)
    return data, problems


def add_data(data: DataFolder, names: list[str], content: Any, file: str) -> None:
    """Put content where its names lead. Raises SiteError where something is already."""
    *folders, name = names
    for each in folders:
        data = data.setdefault(each, DataFolder())
        if not isinstance(data, DataFolder):
            raise SiteError(file, f"is data named “{each}”, as a file beside the folder is")
    if name in data:
        raise SiteError(file, f"is data named “{name}”, as another file or folder is")
    data[name] = content
