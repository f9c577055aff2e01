"""What a Dask worker can have in memory before work comes: `dask worker ADDRESS --preload podcast.worker`."""

from __future__ import annotations

import gc


def dask_setup(_: object) -> None:
    """Load what writes, what encodes, and the voice that speaks unless a show says otherwise; called by Dask.

    Otherwise the first piece of work takes a second longer.
    """
    import podcast.audio.parts
    import podcast.writing.compose
    import podcast.writing.evidence  # noqa: F401
    from podcast.show import SpeechSettings, starter_voices
    from podcast.speech.clips import engine_here
    from podcast.speech.engines import Loading
    from podcast.speech.voice import load_voice

    voice = load_voice(SpeechSettings().voice, starter_voices())
    engine = engine_here(voice.engine)
    assert isinstance(engine, Loading)  # noqa: S101 - the embedded one
    engine.load(voice)
    gc.freeze()  # a million objects that stay
