"""The command line: the only place that prints. Results go to stdout, everything for people to stderr."""

from __future__ import annotations

import contextlib
import dataclasses
import gc
import json
import math
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

from podcast import __version__, private
from podcast.console import (
    INTERRUPTED,
    UNEXPECTED,
    answer,
    answer_either,
    have_streams,
    reporting,
    saying_that_output_is_lost,
)
from podcast.errors import FindingsError, GoneError, InputError, PodcastError, from_os_error
from podcast.interrupts import be_interruptible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from podcast.console import Reporter
    from podcast.pipeline import Observe
    from podcast.pipeline.arriving import Arrival
    from podcast.pipeline.backlog import Worked
    from podcast.pipeline.episode import Speaking
    from podcast.pipeline.script import WriteOptions, WrittenScript
    from podcast.show import Show
    from podcast.spending import Ledger

T = TypeVar("T")

app = typer.Typer(
    name="podcast",
    help="The week's AI papers as a podcast: newsletter in, produced episode out.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

history_app = typer.Typer(help="The author's taste, as a table.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(history_app, name="history")

# ── options that several commands have ──────────────────────────────────────────────────────────────────

ShowOption = Annotated[
    Path | None,
    typer.Option("--show", metavar="DIR", help="The show's folder; default: the nearest show.toml upwards."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
QuietOption = Annotated[bool, typer.Option("--quiet", help="Say nothing on stderr but errors.")]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show tracebacks and every outside command.")]
SectionOption = Annotated[
    str | None, typer.Option("--section", metavar="HEADING", help="Which section of the newsletter to speak.")
]
SlugOption = Annotated[
    str | None, typer.Option("--slug", metavar="NAME", help="Name of the episode; default: the newsletter's date.")
]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace an edited script, or another source.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what would be spoken, and stop there.")]
VoiceOption = Annotated[str | None, typer.Option("--voice", metavar="NAME", help="A profile in voices/.")]
JobsOption = Annotated[
    int | None,
    typer.Option("--jobs", metavar="N", min=1, help="Pieces of work at once; default: one a processor, and one."),
]
ClusterOption = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="ADDRESS", help="A Dask scheduler whose workers do it, like tcp://10.0.0.1:8786."
    ),
]
MaxCostOption = Annotated[
    float | None, typer.Option("--max-cost", metavar="USD", min=0, help="Allow this once instead of max_cost_usd.")
]
WriterOption = Annotated[
    str | None,
    typer.Option("--writer", metavar="NAME", help="Who writes: extractive (the source's own words), openai (paid)."),
]
MinutesOption = Annotated[
    float, typer.Option("--minutes", metavar="N", min=0, help="How long the episode may be; 0: as show.toml says.")
]

SourcesArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="SOURCE",
        help="Newsletters (files, folders, https addresses, `-`, slugs); `week`; arXiv ids, addresses, PDFs, or lists "
        "of them.",
    ),
]
EnrichOption = Annotated[
    bool, typer.Option("--enrich", help="Look the newsletter's papers up on arXiv, and tell them by their own text.")
]


@dataclasses.dataclass(frozen=True, slots=True)
class Reported:
    """A file that was written, and what programs are told of it."""

    path: Path
    document: dict[str, Any]


# ── commands ────────────────────────────────────────────────────────────────────────────────────────────


@app.command()
def make(
    sources: SourcesArgument,
    show: ShowOption = None,
    section: SectionOption = None,
    slug: SlugOption = None,
    writer: WriterOption = None,
    minutes: MinutesOption = 0.0,
    enrich: EnrichOption = False,
    voice: VoiceOption = None,
    jobs: JobsOption = None,
    cluster: ClusterOption = None,
    max_cost: MaxCostOption = None,
    force: ForceOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Make an episode of newsletters, of the week or of papers. The last line printed is the path of episode.mp3."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import arriving
        from podcast.pipeline.ahead import Ahead, refuse_unknown_voice
        from podcast.pipeline.executing import executing

        the_show = _open(show, observe)
        given = arriving.arrivals(the_show, sources)
        _one_name_each(given, slug)
        if voice:
            refuse_unknown_voice(the_show, voice)
        problems: list[str] = []

        def begin(arrival: arriving.Arrival, told: Observe) -> tuple[WrittenScript, Speaking]:
            how = dataclasses.replace(options, executor=executor)
            written = _script_of(the_show, arrival, how, told, ledger, problems)
            prepared = episode.prepare(the_show, written.script, written.slug, str(written.path), voice)
            return written, ahead.with_engines(prepared)

        def finish(ready: tuple[WrittenScript, Speaking], told: Observe) -> Any:
            written, speaking = ready
            if dry_run:
                return dataclasses.replace(episode.estimate(speaking), writing_usd=written.writing_usd)
            return episode.render(the_show, speaking, told, ahead, ledger=ledger)

        with _naming(problems), executing(jobs, None if dry_run else cluster) as executor:
            ahead = Ahead(the_show, executor)
            if not dry_run:
                ahead.begin(str(given[0]), slug=slug, voice=voice)
            from podcast.pipeline import backlog, costs, episode, script  # beside the voice, which takes as long
            from podcast.pipeline import feed as feed_stage

            options = script.WriteOptions(section, slug, force, dry_run, writer, minutes, enrich)
            ledger = costs.open_ledger(the_show, max_cost)
            worked = backlog.work_through(given, backlog.Steps(begin, finish), executor, observe)
            _answer_all(worked, None if dry_run else lambda: feed_stage.write_feed(the_show, observe), as_json=as_json)


@app.command()
def pick(
    sources: Annotated[
        list[str] | None, typer.Argument(metavar="[SOURCE]", help="arXiv ids, PDFs, files of them; default: week.")
    ] = None,
    show: ShowOption = None,
    slug: SlugOption = None,
    force: Annotated[bool, typer.Option("--force", help="Make a list anew that is there.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the list, and write nothing.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Search this week's arXiv and write scripts/<slug>/picks.md: the papers in the order of your taste, to tick."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import arriving
        from podcast.pipeline.picking import PickOptions

        the_show = _open(show, observe)
        arrival = arriving.papers_or_week(the_show, sources or [arriving.WEEK])
        picked = arriving.pick(the_show, arrival, PickOptions(slug, force, dry_run), observe)
        answer_either(arriving.picked_document(picked), picked.text if dry_run else str(picked.path), as_json=as_json)
        _all_well(picked.problems)


@app.command()
def newsletter(
    sources: Annotated[
        list[str], typer.Argument(metavar="SLUG|SOURCE", help="An episode with picks; `week`; arXiv ids, PDFs.")
    ],
    show: ShowOption = None,
    slug: SlugOption = None,
    writer: WriterOption = None,
    max_cost: MaxCostOption = None,
    force: Annotated[bool, typer.Option("--force", help="Write it anew, also where you edited it.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what writing it would cost, and stop there.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write newsletter.md and newsletter.html from the ticks of picks.md, and learn from them."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import arriving, costs
        from podcast.pipeline import newsletter as stage
        from podcast.pipeline.picking import PickOptions

        the_show = _open(show, observe)
        arrival = arriving.papers_or_week(the_show, sources)
        picked = arriving.pick(the_show, arrival, PickOptions(slug, dry_run=dry_run), observe)
        options = stage.NewsletterOptions(writer, force, dry_run, is_decided=arrival.slug is not None)
        ledger = costs.open_ledger(the_show, max_cost)
        written = stage.write_newsletter(the_show, picked, options, observe, ledger)
        cents = math.ceil(written.usd * 100)
        text = f"{written.slug}: writing it at most {cents / 100:.2f} USD" if dry_run else str(written.path)
        document = {**stage.document(written), "problems": (*picked.problems, *written.problems)}
        answer_either(document, text, as_json=as_json)
        _all_well((*picked.problems, *written.problems))


@app.command()
def script(
    sources: SourcesArgument,
    show: ShowOption = None,
    section: SectionOption = None,
    slug: SlugOption = None,
    writer: WriterOption = None,
    minutes: MinutesOption = 0.0,
    enrich: EnrichOption = False,
    max_cost: MaxCostOption = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 while anything in it is to look at.")] = False,
    force: ForceOption = False,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write scripts/<slug>/script.md to review, and stop there: nothing is spoken."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import arriving, costs, episode, report
        from podcast.pipeline import script as stage

        the_show = _open(show, observe)
        given = arriving.arrivals(the_show, sources)
        _one_name_each(given, slug)
        options = stage.WriteOptions(section, slug, force, dry_run, writer, minutes, enrich)
        ledger = costs.open_ledger(the_show, max_cost)
        found = []
        problems: list[str] = []

        def one(arrival: arriving.Arrival) -> Any:
            written = _script_of(the_show, arrival, options, observe, ledger, problems)
            if dry_run:
                speaking = episode.prepare(the_show, written.script, written.slug, str(written.path))
                return dataclasses.replace(episode.estimate(speaking), writing_usd=written.writing_usd)
            numbers = report.report_on(the_show, written.slug, written.script)
            for line in report.lines(numbers):
                observe.note(line)
            found.append((written.slug, numbers.findings))
            return Reported(written.path, report.document(written, numbers))

        with _naming(problems):
            _each(given, one, as_json=as_json)
        _all_well([f"{slug}: {count} to look at." for slug, count in found if count] if strict else [])


@app.command()
def render(
    scripts: Annotated[
        list[str] | None, typer.Argument(metavar="[SLUG|script.md]", help="Scripts of this show.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All scripts of this show.")] = False,
    show: ShowOption = None,
    voice: VoiceOption = None,
    jobs: JobsOption = None,
    cluster: ClusterOption = None,
    max_cost: MaxCostOption = None,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Speak a script to its episode; only sentences that changed are spoken again."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import script_files as stage
        from podcast.pipeline.ahead import Ahead
        from podcast.pipeline.executing import executing

        the_show = _open(show, observe)
        names = stage.scripts_to_render(the_show, scripts or [], every=every)

        def begin(name: str, _: Observe) -> Speaking:
            path, slug = stage.find_script(the_show, name)
            return ahead.with_engines(episode.prepare(the_show, stage.read_script(path), slug, str(path), voice))

        def finish(speaking: Speaking, told: Observe) -> Any:
            if dry_run:
                return episode.estimate(speaking)
            return episode.render(the_show, speaking, told, ahead, ledger=ledger)

        def write_feed() -> None:
            if feed_stage.has_feed(the_show):
                feed_stage.write_feed(the_show, observe)

        with executing(jobs, None if dry_run else cluster) as executor:
            ahead = Ahead(the_show, executor)
            if not dry_run:
                ahead.begin(names[0], voice=voice)
            from podcast.pipeline import backlog, costs, episode  # beside the voice, which takes as long
            from podcast.pipeline import feed as feed_stage

            ledger = costs.open_ledger(the_show, max_cost)
            worked = backlog.work_through(names, backlog.Steps(begin, finish), executor, observe)
            _answer_all(worked, None if dry_run else write_feed, as_json=as_json)


@app.command()
def feed(
    slugs: Annotated[list[str] | None, typer.Argument(metavar="[SLUG]", help="Episodes that must be in it.")] = None,
    show: ShowOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write feed/ from all rendered episodes: feed.xml for apps, index.html for people."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import feed as feed_stage

        the_show = _open(show, observe, with_feed=bool(slugs))  # without a slug that may be missing, it is written now
        path = feed_stage.write_feed(the_show, observe, slugs or ())
        answer_either({"path": path, "episodes": feed_stage.slugs(the_show)}, str(path), as_json=as_json)


@app.command()
def serve(
    show: ShowOption = None,
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="0.0.0.0 lets phones on your network in.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 picks a free one.")] = 8000,
    proxy: Annotated[
        list[str] | None,
        typer.Option("--proxy", metavar="ADDRESS", help="A proxy in front, on another machine, or its network."),
    ] = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Serve feed and episodes on this machine: apps subscribe to the address printed with feed.xml behind it."""
    with reporting(quiet=quiet, debug=debug, interrupted="Stopped.") as observe:
        from podcast.pipeline import serving

        the_show = _open(show, observe)

        def ready(address: str) -> None:
            answer_either({"address": address, "feed": f"{address}feed.xml"}, address, as_json=as_json)
            observe.note(f"Subscribe to {address}feed.xml; Ctrl-C ends.")

        serving.serve(the_show, serving.ServeOptions(host, port, tuple(proxy or ())), ready, observe)


TargetArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[TARGET]",
        help="A folder, s3://…, sftp://…, git+https://… or what else fsspec knows; default: [publish] in show.toml.",
    ),
]


_PUBLISH_DRY_RUN = "List what would go, and send nothing; feed/ on this machine is brought up to date."


@app.command()
def publish(
    target: TargetArgument = None,
    show: ShowOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_PUBLISH_DRY_RUN)] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Publish whatever `check` finds.")] = False,
    prune: Annotated[bool, typer.Option("--prune", help="Remove what was published and is here no more.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Publish what changed, the feed last. The last line printed is the feed's address."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import publishing

        the_show = _open(show, observe)
        done = publishing.publish(the_show, target, observe, dry_run=dry_run, anyway=anyway, prune=prune)
        answer_either(publishing.document(done), publishing.listing(done) if dry_run else done.feed, as_json=as_json)


@app.command()
def restore(
    target: TargetArgument = None,
    show: ShowOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Bring back episodes that are published and missing here, as in a fresh clone of the show."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import restoring

        done = restoring.restore(_open(show, observe, with_feed=False), target, observe)
        document = {"target": done.target, "feed": done.feed, "restored": done.slugs}
        answer_either(document, str(done.feed), as_json=as_json)


@app.command()
def review(
    name: Annotated[str, typer.Argument(metavar="SLUG|script.md", help="A script of this show.")],
    show: ShowOption = None,
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 picks a free one.")] = 0,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the address.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Read a script beside its sources, correct, hear and approve it, in a page of this machine."""
    with reporting(quiet=quiet, debug=debug, interrupted="Stopped.") as observe:
        from podcast.pipeline import reviewing

        the_show = _open(show, observe)

        def ready(address: str) -> None:
            answer_either({"address": address}, address, as_json=as_json)
            observe.note("Open it in a browser; every change is written to the script at once. Ctrl-C ends.")
            if sys.stdout.isatty() and not (no_browser or quiet or as_json):
                reviewing.open_in_browser(address)

        reviewing.review(the_show, name, port, ready)


@app.command()
def check(
    name: Annotated[
        str | None, typer.Argument(metavar="[SLUG]", help="An episode, or a script.md; default: all of the show.")
    ] = None,
    url: Annotated[
        str | None, typer.Option("--url", metavar="FEED", help="Check a published feed and its server instead.")
    ] = None,
    listen: Annotated[bool, typer.Option("--listen", help="Transcribe the sound, too, and compare (slow).")] = False,
    model: Annotated[
        Path | None, typer.Option("--model", metavar="DIR", help="A faster-whisper model to listen with.")
    ] = None,
    show: ShowOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Find what a listener or an app could stumble over, and change nothing. Exit code 1 if something was found."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import checking, checking_feed
        from podcast.show import load_show

        if url:
            found = checking_feed.check_address(url, observe)
        else:
            ears = checking.ears_for(model) if listen or model else None
            found = checking.check_show(load_show(show), name, observe, ears)
        lines = [f"{each.where}: {each.text}\n    {each.rule}: expected {each.expected}" for each in found]
        answer_either([dataclasses.asdict(each) for each in found], "\n".join(lines) or "No findings.", as_json=as_json)
        if found:
            next_step = "" if url or as_json else checking.next_step(found)
            raise FindingsError(f"{len(found)} finding{'s' if len(found) > 1 else ''}.{next_step}")


@app.command()
def repair(
    slug: Annotated[str | None, typer.Argument(metavar="[SLUG]", help="An episode; default: all of the show.")] = None,
    show: ShowOption = None,
    jobs: JobsOption = None,
    max_cost: MaxCostOption = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove kept sentences that no script has.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop there.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Make again what is damaged or missing in a show, and say what only you can put right; exit code 1 if anything."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import costs, deeds, repairing
        from podcast.show import load_show

        the_show = load_show(show)  # and nothing is completed in passing: all that is done is listed
        options = deeds.RepairOptions(slug, dry_run, prune, jobs)
        repaired = repairing.repair(the_show, options, observe, costs.open_ledger(the_show, max_cost))
        answer_either(deeds.document(repaired), deeds.listing(repaired), as_json=as_json)
        _all_well(repaired.left)


@app.command()
def notes(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of your vault.")],
    show: ShowOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write a Markdown note for each highlighted paper of all episodes; files that you changed are left alone."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import vault

        plan = vault.write_notes(_open(show, observe), folder, observe)
        written = [str(folder / name) for name in plan.writes]
        found = {"folder": folder, "written": written, "kept": plan.kept, "unchanged": plan.unchanged}
        summary = f"{folder}: {len(written)} written, {len(plan.unchanged)} unchanged, {len(plan.kept)} left alone"
        answer_either(found, summary, as_json=as_json)


@history_app.command("export")
def history_export(
    path: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Where the table goes.")],
    show: ShowOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Write papers.db, all papers that were seen, offered, kept and skipped, as a table."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import taste

        taste.export_history(_open(show, observe), path)
        answer_either({"path": path}, str(path), as_json=as_json)


@history_app.command("import")
def history_import(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE.csv", help="Our own tables, or a list of kept papers.")],
    show: ShowOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Take over what such tables say; importing one again changes nothing."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import taste

        taken = taste.import_history(_open(show, observe), paths)
        documents = [{"path": path, **dataclasses.asdict(imported)} for path, imported in taken.files]
        lines = "\n".join(
            f"{path}: {each.counts.kept} papers kept, {each.counts.skipped} skipped, {each.counts.seen} in all"
            for path, each in taken.files
        )
        answer_either(documents, lines, as_json=as_json)
        _all_well(taken.problems)


@app.command("say")
def say_line(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What to say, written as one writes it.")],
    show: ShowOption = None,
    voice: VoiceOption = None,
    out: Annotated[Path, typer.Option("--out", metavar="FILE.wav", help="Where the sound goes.")] = Path("say.wav"),
    spoken: Annotated[bool, typer.Option("--spoken", help="Only print what would really be said.")] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Speak one line, to try a voice or a word."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import costs, saying

        if out.is_dir():
            raise InputError(f"{out}: a folder. Name a file in it, like --out {out / 'line.wav'}.")
        the_show = _show_or_none(show, observe)
        line = saying.plan_line(text, the_show, voice)
        if spoken:
            said = {"written": line.written, "spoken": line.spoken, "phonemes": saying.phonemes_of(line)}
            lines = "\n".join(f"{name:9} {text}" for name, text in said.items() if text)
            answer_either(said, lines, as_json=as_json)
            return
        duration_ms = saying.speak_line(line, out, costs.open_ledger(the_show))
        answer_either({"path": out, "duration_ms": duration_ms, "spoken": line.spoken}, str(out), as_json=as_json)


@app.command()
def voices(
    show: ShowOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """List the voices and what a minute costs; try one with `podcast say --voice NAME "…"`."""
    with reporting(quiet=quiet, debug=debug) as observe:
        from podcast.pipeline import saying

        offers, problems = saying.offered_voices(_show_or_none(show, observe))
        documents, lines = [offer.document for offer in offers], "\n".join(offer.line for offer in offers)
        answer_either(documents, lines, as_json=as_json)
        if problems:
            raise FindingsError("\n".join(problems))


@app.command()
def doctor(
    show: ShowOption = None,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Say what is installed, ready or missing, and what it costs. Nothing is written or spent."""
    with reporting(quiet=quiet, debug=debug):
        from podcast.pipeline import doctor as stage

        report = stage.examine(show)
        answer_either(dataclasses.asdict(report), "\n".join(stage.lines(report)), as_json=as_json)
        if report.missing:
            raise FindingsError(f"To put right: {', '.join(check.name for check in report.missing)}.")


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or one that is not a show yet.")],
    as_json: JsonOption = False,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Make a new show: settings, voices, music."""
    with reporting(quiet=quiet, debug=debug):
        from podcast.starter import init_show

        init_show(folder)
        answer_either({"show": folder}, str(folder / "show.toml"), as_json=as_json)


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    if version:
        with reporting():
            answer(f"podcast {__version__}")
        raise typer.Exit


# ── helpers of the commands ─────────────────────────────────────────────────────────────────────────────


def _open(folder: Path | None, observe: Reporter, *, with_feed: bool = True) -> Any:
    """The show, and whatever a killed run left in it completed; until the command ends, it counts as at work."""
    from podcast.pipeline.feed import mend
    from podcast.pipeline.running import running
    from podcast.show import load_show

    show = load_show(folder)
    if not private.close_to_others(show.cache):
        observe.note(f"{show.cache}: others on this machine may read it; chmod -R go= takes that from them.")
    observe.work.enter_context(running(show, observe))
    mend(show, observe, with_feed=with_feed)
    return show


def _show_or_none(folder: Path | None, observe: Reporter) -> Any:
    """The show, if there is one here: trying a voice needs none."""
    from podcast.show import has_show

    return _open(folder, observe) if has_show(folder) else None


def _script_of(
    show: Show, arrival: Arrival, options: WriteOptions, observe: Observe, ledger: Ledger, problems: list[str]
) -> WrittenScript:
    """Have the newsletter that something leads to, and its script; what could not be had is added to the problems."""
    from podcast.pipeline import arriving, script

    arrived = arriving.arrive(show, arrival, options, observe, ledger)
    problems.extend(arrived.problems)
    named = dataclasses.replace(options, slug=arrived.slug or options.slug)
    written = script.write_script(show, arrived.source, named, observe, ledger)
    problems.extend(written.problems)
    return dataclasses.replace(written, writing_usd=arrived.writing_usd + written.writing_usd)


def _each(items: Sequence[T], one: Callable[[T], Any], *, as_json: bool) -> None:
    """Do one or several and answer; of several a failure stops none of the others, and each is named."""
    if len(items) == 1:
        result = one(items[0])
        answer_either(_document(result), _path_of(result), as_json=as_json)
        return
    results, failures = [], []
    for item in items:
        try:
            results.append(one(item))
        except (PodcastError, OSError) as error:
            failures.append(_named(item, error))
    _answer_several(results, failures, as_json=as_json)


def _named(item: object, error: PodcastError | OSError) -> str:
    """Say what failed, and why, where the reason does not name it."""
    text = str(from_os_error(error) if isinstance(error, OSError) else error)
    return text if Path(str(item)).name in text else f"{item}: {text}"


def _answer_several(
    results: Sequence[Any], failures: Sequence[str], *, as_json: bool, gone: GoneError | None = None
) -> None:
    if as_json or results:
        answer_either([_document(result) for result in results], "\n".join(map(_path_of, results)), as_json=as_json)
    if gone:
        raise GoneError("\n".join([*failures, str(gone)])) from gone
    if failures:
        count = len(results) + len(failures)
        raise FindingsError("\n".join([*failures, f"{len(failures)} of {count} failed; the others are done."]))


def _answer_all(worked: Worked[T, Any], write_feed: Callable[[], object] | None, *, as_json: bool) -> None:
    """Answer for a backlog, when what is finished of it is in the feed."""
    if alone := worked.alone:
        raise alone
    failures = [_named(*each) for each in worked.failures]
    if worked.results and write_feed:
        with _also_naming([*failures, *([str(worked.gone)] if worked.gone else [])]):
            write_feed()
    if len(worked.results) == 1 and not (failures or worked.gone):
        answer_either(_document(worked.results[0]), _path_of(worked.results[0]), as_json=as_json)
    else:
        _answer_several(worked.results, failures, as_json=as_json, gone=worked.gone)


@contextlib.contextmanager
def _naming(problems: list[str]) -> Iterator[None]:
    """End with exit code 1 if something failed on the way; it is named also where the rest fails, too."""
    with _also_naming(problems):
        yield
    _all_well(problems)


@contextlib.contextmanager
def _also_naming(problems: list[str]) -> Iterator[None]:
    """Name what failed before where the rest fails, too."""
    try:
        yield
    except PodcastError as error:
        if problems:
            raise type(error)("\n".join([*problems, str(error)])) from error
        raise


def _all_well(problems: Sequence[str]) -> None:
    """End with exit code 1, naming each, if some items failed while the others were done."""
    if problems:
        raise FindingsError("\n".join(problems))


def _one_name_each(items: Sequence[object], slug: str | None) -> None:
    if slug and len(items) > 1:
        raise InputError(f"--slug {slug} names one episode: give one newsletter with it.")


def _path_of(result: Any) -> str:
    from podcast.pipeline.episode import Estimate, Rendered

    if isinstance(result, Estimate):
        return (
            f"{result.slug}: {result.clips_to_speak} of {result.clips} sentences to speak, "
            f"about {result.minutes:.1f} minutes, {result.usd:.2f} USD"
            + (f"; writing it at most {result.writing_usd:.2f} USD" if result.writing_usd else "")
        )
    return str(result.mp3 if isinstance(result, Rendered) else result.path)


def _document(result: Any) -> dict[str, Any]:
    from podcast.pipeline.episode import Estimate, Rendered

    if isinstance(result, Estimate):
        return dataclasses.asdict(result)
    if isinstance(result, Rendered):
        document: dict[str, Any] = json.loads((result.mp3.parent / "episode.json").read_bytes())
        return {**document, "path": result.mp3}
    return dict(result.document)


def main() -> None:
    """Run the command line."""
    have_streams()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr] # a terminal may know ASCII only
    be_interruptible()
    try:
        with saying_that_output_is_lost():
            app()
    except KeyboardInterrupt:  # before a command has begun, or when it is over
        raise SystemExit(INTERRUPTED) from None


_COLLECTING = 50_000, 10, 10
"""After how many new objects garbage is looked for, and after how many such looks among older ones; usual: 700, 10."""


def be_quick() -> None:
    """Look for garbage seldom, and have no threads of OpenBLAS, which numpy mostly has; called before that is imported.

    Most of what is made, a voice's lexicons above all, stays to the end. No matrix here gains by such threads, which
    wait for one busily.
    """
    gc.set_threshold(*_COLLECTING)
    if not os.environ.get("OMP_NUM_THREADS"):
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def run() -> NoReturn:
    """Run it, and end the process at once: to take apart all that was loaded would take a tenth of a second.

    By then everything is written, and every thread and program of ours has ended.
    """
    be_quick()
    status: object = None
    try:
        main()
    except SystemExit as end:
        status = end.code
    if status is not None and not isinstance(status, int):
        raise SystemExit(status)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # what was to be said of that has been said
        status = status or UNEXPECTED
    os._exit(status or 0)
