"""Where the rules and templates that come with mailbot lie: in the project's folder, or beside an installed wheel."""

import sysconfig
from pathlib import Path

import mailbot
from mailbot.errors import BadInput, Words

FOLDERS = ("rules", "templates")


def shipped_folder() -> Path:
    """The folder that holds both. Raises BadInput if the installation has lost them."""
    project = Path(mailbot.__file__).parent.parent
    installed = Path(sysconfig.get_path("data")) / "share" / "mailbot"
    for folder in (project, installed):
        if all((folder / name).is_dir() for name in FOLDERS):
            return folder
    raise BadInput(
        where=str(installed),
        what=Words("правила и шаблоны из поставки не найдены", "the shipped rules and templates are not found"),
        mend=Words("Установите mailbot заново или запустите его из папки проекта", "Install mailbot anew"),
    )
