"""Have podcastfy join sound files, as its `convert_to_speech` does once it has them; print how long that took.

Runs in an environment of its own, in which podcastfy is installed. Usage: python merge_podcastfy.py FOLDER TARGET
"""

import contextlib
import io
import json
import sys
import time
from pathlib import Path

from podcastfy.text_to_speech import TextToSpeech  # type: ignore[import-not-found]


def main(folder: Path, target: Path) -> dict[str, float]:
    """Join everything in the folder."""
    with contextlib.redirect_stdout(io.StringIO()):  # it says that there are no settings of ours
        speech = TextToSpeech(model="edge")  # the engine that needs no key; it is not asked for anything
    files = [str(path) for path in folder.iterdir()]
    started = time.perf_counter()
    speech._merge_audio_files(files, str(target))  # noqa: SLF001 - there is no other way to it without its services
    return {"wall_s": time.perf_counter() - started, "length_s": target.stat().st_size * 8 / 128_000}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())))
