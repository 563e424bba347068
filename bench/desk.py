"""`python -m bench.desk [LETTERS]`: how long the admin waits: check, test, replay of a past under two rulebooks.

Wall seconds of the real commands, start-up included; say on which machine and how busy it was when you quote them.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.ground import corpus_letters

ROOT = Path(__file__).parent.parent
REPEATS = 3


def best_s(*words: str, cwd: Path) -> float:
    """The shortest of a few runs of one command."""
    taken = []
    for _ in range(REPEATS):
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "mailbot", *words], cwd=cwd, check=False, stdout=subprocess.DEVNULL
        )
        taken.append(time.perf_counter() - begun)
        if done.returncode not in (0, 1):
            raise SystemExit(f"mailbot {' '.join(words)} ended with {done.returncode}")
    return min(taken)


def main() -> None:
    """Prints the three figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    with TemporaryDirectory() as place:
        school = Path(place)
        for name in ("rules", "templates"):
            shutil.copytree(ROOT / name, school / name)
            shutil.copytree(ROOT / name, school / "new" / name)
        topics = school / "new" / "rules" / "topics.yaml"
        changed = topics.read_text(encoding="utf-8").replace("[student, class, subject]", "[student, class]", 1)
        topics.write_text(changed, encoding="utf-8")
        (school / "past").mkdir()
        for number, raw in enumerate(corpus_letters(count)):
            (school / "past" / f"{number:05}.eml").write_bytes(raw)
        check_s, test_s = best_s("check", cwd=school), best_s("test", cwd=school)
        replay_s = best_s("replay", "past", "--rules", "new/rules", cwd=school)
    print(f"check {check_s:.2f} s; check + test {check_s + test_s:.2f} s")
    print(f"replay of {count} letters under two rulebooks {replay_s:.1f} s: {count / replay_s:.0f} letters/s")


if __name__ == "__main__":
    main()
