"""python3 -m bombs FOLDER [NAME ...] - files that try to cost their reader time, memory or its life, written into FOLDER.

Each function makes one file, named after it; its docstring says what the file is up to. `allowed` are the problems
that a reader may state (anywhere in its answer): one of them must be there, or none at all if "" is among them.
"""

from . import mails, ole2, ooxml, papers, zips  # noqa: F401
from .registry import BOMBS, make  # noqa: F401
