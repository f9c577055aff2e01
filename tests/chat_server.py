"""A language model on this machine that is served as OpenAI's are: a script for each paper, or a failure by script."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from service import FAILURES, Answer, Asked, Handler, Service, failed, serving

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

ChatServer = Service

GOOD = (
    "Why does sorting take so long, when computers are so fast? That is the question behind this paper.",
    "The authors sort 10 lists and measure each of them. They compare 3 methods, from the oldest to the newest.",
    "The newest one needs 12 milliseconds, and the oldest needs 40. The lists were small, so larger ones may differ.",
    "If the result holds, people who sort a lot can save most of their time.",
)
"""A sound script of a paper about sorting."""

SUMMARY = {
    "claims": "The authors ask how much time sorting takes.",
    "method": "They sort 10 lists and measure each of them with 3 methods.",
    "results": "The newest method needs 12 milliseconds, and the oldest needs 40.",
    "critique": "Larger lists were not tried.",
    "implications": "",
}
"""A sound summary of it."""

PARAGRAPH = (
    "This paper shows that sorting takes time, by sorting 10 lists with 3 methods. "
    "The newest method needs 12 milliseconds, and the oldest needs 40."
)

LONG_SENTENCE = (
    "The authors sort 10 lists and measure each of them with 3 methods from the oldest to the newest, which needs 12 "
    "milliseconds while the oldest needs 40, and they say that larger ones may differ, as the lists were small."
)


def chat_server(*failures: str, work: Answer | str = "good") -> AbstractContextManager[ChatServer]:
    """Serve while the block runs; what is not scripted is answered well, or by `work`."""
    return serving(_ANSWERS | {"work": _ANSWERS[work] if isinstance(work, str) else work}, failures)


# ── what was asked ──────────────────────────────────────────────────────────────────────────────────────


def messages(asked: Asked) -> list[tuple[str, str]]:
    """Role and text of each message."""
    return [(message["role"], message["content"]) for message in asked.fields["messages"]]


def system(asked: Asked) -> str:
    """What the model is told that it is."""
    (text,) = [text for role, text in messages(asked) if role == "system"]
    return text


def source(asked: Asked) -> dict[str, Any]:
    """The paper, as data: the first message of the user."""
    data: dict[str, Any] = json.loads(next(text for role, text in messages(asked) if role == "user"))
    return data


def source_texts(asked: Asked) -> list[str]:
    """Every paragraph of it."""
    return [text for section in source(asked)["sections"] for text in section["paragraphs"]]


def wants_notes(asked: Asked) -> bool:
    """Whether notes are asked for, not a script."""
    return '{"notes"' in system(asked)


def speakers(asked: Asked) -> list[str]:
    """Who is to speak; nobody by name where one host is."""
    named = re.search(r"conversation between (.+?)\.", system(asked))
    return re.split(r", | and ", named[1]) if named else []


# ── answers ─────────────────────────────────────────────────────────────────────────────────────────────


def script(texts: Sequence[str], names: Sequence[str] = ()) -> str:
    """Write a script as it is asked for."""
    items = [
        {"speaker": names[place % len(names)], "text": text} if names else {"text": text}
        for place, text in enumerate(texts)
    ]
    return json.dumps({"paragraphs": items}, ensure_ascii=False)


def completion(text: str | None, stopped: str = "stop", *, usage: bool = True, **said: object) -> dict[str, Any]:
    """What a server sends, around the text."""
    counted = {"usage": {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt",
        "choices": [{"index": 0, "finish_reason": stopped, "message": {"role": "assistant", "content": text, **said}}],
    } | (counted if usage else {})


def says(text: str | None, stopped: str = "stop", *, usage: bool = True, **said: object) -> Answer:
    """Answer with this, whatever is asked."""
    return lambda handler, _: handler.send_json(completion(text, stopped, usage=usage, **said))


def _well(asked: Asked) -> str:
    if '{"claims"' in system(asked):
        return json.dumps(SUMMARY)
    if "one short paragraph" in system(asked):
        return script([PARAGRAPH])
    if wants_notes(asked):
        return json.dumps({"notes": ["The authors sort 10 lists and measure each of them."]})
    return script(GOOD, speakers(asked))


def works(handler: Handler, asked: Asked) -> None:
    """Answer well."""
    handler.send_json(completion(_well(asked)))


def takes_words(most: int, answer: Answer = works) -> Answer:
    """Answer only questions with at most so many words, and refuse others as OpenAI's services do."""

    def limited(handler: Handler, asked: Asked) -> None:
        words = sum(len(text.split()) for _, text in messages(asked))
        (answer if words <= most else FAILURES_OF_CHAT["400 too long"])(handler, asked)

    return limited


def obeys(handler: Handler, asked: Asked) -> None:
    """Say what the paper says, as the most obedient of models would."""
    handler.send_json(completion(script(source_texts(asked), speakers(asked))))


def _says_the_key(handler: Handler, asked: Asked) -> None:
    handler.send_json(completion(script([*GOOD, f"The key is {asked.headers['authorization']}."], speakers(asked))))


def _cut_body(handler: Handler, asked: Asked) -> None:
    body = json.dumps(completion(_well(asked))).encode()
    handler.send(body[: len(body) // 2], "application/json", content_length=len(body))
    handler.close_connection = True


def _half_json(handler: Handler, asked: Asked) -> None:
    body = json.dumps(completion(_well(asked))).encode()
    handler.send(body[: len(body) // 2], "application/json")


def _refuses_field(name: str, status: int = 400) -> Answer:
    """Refuse a request that has this field, as servers do that do not know it; else answer well."""

    def answer(handler: Handler, asked: Asked) -> None:
        if name in asked.fields or name in json.dumps(asked.fields.get("response_format", "")):
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            failed(status, "unsupported_parameter", message, name)(handler, asked)
        else:
            works(handler, asked)

    return answer


FAILURES_OF_CHAT: Mapping[str, Answer] = {
    "400": failed(400, "invalid_value", "Something else is wrong."),
    "400 too long": failed(
        400, "context_length_exceeded", "This model's maximum context length is 100 tokens. Reduce the messages."
    ),
    "400 too long, says llama.cpp": lambda handler, _: handler.send_json(
        {
            "error": {
                "code": 400,
                "message": "request (6031 tokens) exceeds the available context size (4096 tokens), try increasing it",
                "type": "exceed_context_size_error",
            }
        },
        400,
    ),
    "413": failed(413, None, "Request too large."),
    "half a body": _cut_body,
    "half of the JSON": _half_json,
    "nothing": lambda handler, _: handler.send(b"", "application/json"),
    "no answer in it": lambda handler, _: handler.send_json({"object": "list", "data": []}),
    "plain text": lambda handler, _: handler.send(b"It works!", "text/plain"),
    "JSON list": lambda handler, _: handler.send_json([]),
}

_ANSWERS: dict[str, Answer] = {
    **FAILURES,
    **FAILURES_OF_CHAT,
    "good": works,
    "good, without usage": lambda handler, asked: handler.send_json(completion(_well(asked), usage=False)),
    "mild": says(
        '```json\n{"paragraphs": [{"text": "- **Why** does sorting take so long?"}, {"text": "The *authors* sort `10` '
        'lists with A* and measure each of them."}]}\n```'
    ),
    "plain": says("\n\n".join(GOOD)),
    "thoughts": says(f"<think>\nLet me see.\n</think>\n\n{script(GOOD)}"),
    "Markdown": says(
        script(["## Sorting", "See [the paper](paper.pdf) for how the authors sort 10 lists.", "| a | b |"])
    ),
    "apology": says("I'm sorry, but I can't assist with that request."),
    "assistant": says(script(["As an AI language model, I do not know that paper."])),
    "chatter": says(script(["Sure! Here is the script that you asked for.", *GOOD])),
    "half JSON": says(script(GOOD)[:150]),
    "German": says(
        script(["Diese Arbeit zeigt, dass das Sortieren lange dauert und dass es in der Praxis so bleibt."])
    ),
    "Chinese": says(script(["本文提出了一种新的排序方法,可以在线性时间内完成。"])),
    "empty": says(""),
    "null": says(None),
    "no paragraphs": says('{"paragraphs": []}'),
    "50,000 words": says(
        script([" ".join(f"The authors sort list {number} and measure it." for number in range(6250))])
    ),
    "HTML": says(script(["<script>alert(1)</script>The authors sort 10 lists.", "<b>It is</b> fast."])),
    "comment": says(script(["The authors sort 10 lists. <!-- paper: other -->"])),
    "address": says(script(["The authors sort 10 lists, see https://example.org/lists for the code."])),
    "directions": says(script(["[upbeat music]", "The authors sort 10 lists (laughs) and measure each of them."])),
    "strangers": says(script(GOOD, ["Eve", "Mallory"])),
    "nobody": says(script(GOOD)),
    "one of two": says(script(GOOD, ["Ada"])),
    "tagged lines": says("\n".join(f"{name}: {text}" for name, text in zip(["Ada", "Bo"] * 2, GOOD, strict=True))),
    "loop": says(script(["The authors sort 10 lists. " * 12])),
    "echo": says(script(["You write the spoken script of a podcast about research papers, and the voice reads."])),
    "long sentences": says(script([LONG_SENTENCE])),
    "a bit too long": says(
        script([*GOOD, "It is also said of them that they tried it on a second machine of theirs."])
    ),
    "length": says(script(GOOD)[:-60], "length"),
    "length at once": says('{"paragraphs": [{"text": "Why does', "length"),
    "the rest": says(script(GOOD[3:])),
    "refusal": says(None, refusal="I can't help with that."),
    "content filter": says("", "content_filter"),
    "the key": _says_the_key,
    "obeys": obeys,
    "the title first": says(script(["Sorting is harder than it looks.", *GOOD])),
    "the title alone": says(script(["Sorting Is Harder Than It Looks"])),
    "short": says(script(["The authors sort lists."])),
    "bad notes": says('{"notes": "none"}'),
    "notes cut": says('{"notes": ["The authors sort', "length"),
    "no response_format": _refuses_field("response_format"),
    "no json_schema": _refuses_field("json_schema"),
    "no temperature": _refuses_field("temperature"),
    "no max_tokens": _refuses_field("max_tokens"),
    "no max_tokens, says vLLM": _refuses_field("max_tokens", 422),
    "no reasoning_effort": _refuses_field("reasoning_effort"),
    "read little": lambda handler, asked: handler.send_json(
        completion(_well(asked)) | {"usage": {"prompt_tokens": 30, "completion_tokens": 100}}
    ),
}
