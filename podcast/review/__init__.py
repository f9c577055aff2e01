"""The page on which a person reads a script beside its sources, corrects it and says that it may be spoken.

    Script, evidence ─▶ view ─▶ JSON ─▶ review.js            what the page shows
    review.js ─▶ gate ─▶ routes ─▶ edits ─▶ Desk ─▶ script.md   what the person does

Everything here is pure but for the files of the page itself; the desk, which reads, writes and speaks, stands in
`podcast/pipeline/reviewing.py`.
"""
