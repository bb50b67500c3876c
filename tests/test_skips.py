"""Under CI=true a skip is a failure, in a test as in a module; elsewhere it is a skip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MODULES = {
    "test_inside.py": "import pytest\n\ndef test_it():\n    pytest.skip('no inside')\n",
    "test_mark.py": "import pytest\n\n@pytest.mark.skipif(True, reason='no mark')\ndef test_it():\n    pass\n",
    "test_module.py": "import pytest\n\npytest.skip('no module', allow_module_level=True)\n",
    "test_expected.py": "import pytest\n\n@pytest.mark.xfail\ndef test_it():\n    raise ValueError\n",
}


@pytest.mark.parametrize(
    ("ci", "status", "summary"), [("", 0, "3 skipped, 1 xfailed"), ("true", 1, "1 failed, 1 xfailed, 2 errors")]
)
def test_a_skip_fails_under_ci_only(ci: str, status: int, summary: str, tmp_path: Path) -> None:
    for name in ("conftest.py", "frames.py", "strategies.py"):
        shutil.copy(Path(__file__).with_name(name), tmp_path)
    for name, text in MODULES.items():
        (tmp_path / name).write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--continue-on-collection-errors", "--rootdir=."],
        env=os.environ | {"CI": ci},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert summary in done.stdout
    assert done.returncode == status
    assert all(reason in done.stdout for reason in ("no inside", "no mark", "no module")) == bool(ci)
