import sys
from pathlib import Path

from . import make

for name, (path, _) in make(Path(sys.argv[1]), sys.argv[2:]).items():
    print(f"{path.stat().st_size:10} {name}")
