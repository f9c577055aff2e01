"""One language model, asked so that nothing is paid twice, nothing beyond the limit, and nothing unlogged."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from podcast import prices
from podcast.outside import services
from podcast.outside.openai_client import ChatAnswer, ChatClient, ChatRequest, Message, ServiceError
from podcast.outside.services import Errand
from podcast.spending import Charge
from podcast.writing.kept import Answers, Kept, question_key
from podcast.writing.tokens import count, count_messages

if TYPE_CHECKING:
    from podcast.outside.openai_client import Patience
    from podcast.outside.services import Persistence
    from podcast.writing.writers import Means

_SET_IN = "show.toml under [writing]"
_TEMPERATURE = 0.3
"""Words may vary, facts should not."""

_TOO_LONG = "too long"
"""Why a model did not answer: kept as answers are, so that the same text is cut in the same way again, until the show
says that the model takes another number of tokens."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What an answer has to look like: a JSON Schema and its name."""

    name: str
    schema: Mapping[str, Any]


Ask = Callable[[Sequence[Message], Shape, int, str], ChatAnswer]
"""Messages, shape and longest length of an answer, and what it is for → the answer."""


class NotKeptError(Exception):
    """An answer that would have to be asked for."""


class Model:
    """The model that a show names, at the service that it names."""

    def __init__(self, means: Means, persistence: Persistence, patience: Patience) -> None:
        self.name = means.model or prices.list_prices().chat_default
        self.address = services.address(means.base_url)
        self._named_in = services.named_in(means.base_url, _SET_IN)
        self.limits = prices.chat_model(self.name)
        self.context_tokens = means.context_tokens or self.limits.context_tokens
        self.is_paid = not services.is_own(self.address)
        self._temperature = _TEMPERATURE if means.temperature is None else means.temperature
        self._ledger = means.ledger
        self._answers = Answers(means.drafts)
        self._persistence = persistence
        self._patience = patience
        self._clients: dict[str, ChatClient] = {}
        self._lock = threading.Lock()

    def ask(
        self, messages: Sequence[Message], shape: Shape, max_tokens: int, what: str, *, only_kept: bool = False
    ) -> Kept:
        """Return the answer to a question, the kept one where there is one; `what` is it for, as the log says it.

        Raises OutsideError if the service fails for good, InputError if the answer could cost more than is allowed,
        ServiceError if the text is too long for the model, and with `only_kept` NotKeptError in place of asking.
        """
        wanted = self._request(messages, shape, max_tokens)
        host = services.without_password(self.address)
        key, too_long = question_key(wanted, host), question_key(wanted, f"{host} of {self.context_tokens} tokens")
        if self._answers.load(too_long):
            raise _shorter()
        kept = self._answers.load(key)
        if kept is None and only_kept:
            raise NotKeptError
        if kept is None or kept.answer.stopped == _TOO_LONG:
            kept = self._asked(wanted, what)
            is_too_long = kept.answer.stopped == _TOO_LONG
            self._answers.save(too_long if is_too_long else key, kept)
            if is_too_long:
                raise _shorter()
        return kept if kept.usd is not None else Kept(kept.answer, self._list_usd(wanted, kept.answer))

    def usd(self, tokens_in: int, tokens_out: int) -> float:
        """List price of so many tokens; 0 on a machine of your own."""
        return self.limits.usd(tokens_in, tokens_out) if self.is_paid else 0.0

    def _request(self, messages: Sequence[Message], shape: Shape, max_tokens: int) -> ChatRequest:
        return ChatRequest(
            messages=tuple(messages),
            model=self.name,
            schema_name=shape.name,
            schema=shape.schema,
            max_tokens=max_tokens,
            temperature=self._temperature,
            effort=self.limits.effort,
        )

    def _asked(self, wanted: ChatRequest, what: str) -> Kept:
        try:
            return self._persistence.ask(lambda: self._once(wanted, what), self._errand())
        except ServiceError as error:
            if not error.is_too_long:
                raise
            return Kept(ChatAnswer("", stopped=_TOO_LONG))

    def _once(self, wanted: ChatRequest, what: str) -> Kept:
        """Ask once; what it cost, or may have cost, is written down however it ends."""
        tokens_in = question_tokens(wanted.messages, wanted.schema)
        worst = self._charge(tokens_in, wanted.max_tokens, "no whole answer came")
        reserved = self._ledger.reserve(worst.usd, what)
        try:
            answer = self._client().ask(wanted)
        except ServiceError as error:
            self._ledger.settle(reserved, worst if error.may_cost else self._charge(0, 0, "refused"))
            raise
        except BaseException:
            self._ledger.settle(reserved, worst)
            raise
        due = self._charge(*_tokens(wanted, answer), answer.stopped)
        self._ledger.settle(reserved, due)
        return Kept(answer, due.usd)

    def _list_usd(self, wanted: ChatRequest, answer: ChatAnswer) -> float:
        return self.usd(*_tokens(wanted, answer))

    def _charge(self, tokens_in: int, tokens_out: int, outcome: str) -> Charge:
        return Charge(
            service=services.host(self.address),
            model=self.name,
            usd=self.usd(tokens_in, tokens_out),
            tokens_in=tokens_in,
            tokens_out=tokens_out,
            outcome=outcome,
        )

    def _client(self) -> ChatClient:
        key = services.key()
        with self._lock:
            if key not in self._clients:
                self._clients[key] = ChatClient(self.address, key, self._patience)
            return self._clients[key]

    def _errand(self) -> Errand:
        return Errand(
            who="The writer",
            address=self.address,
            model=self.name,
            wants="chat",
            set_in=_SET_IN,
            settings="model or base_url",
            kept="finished papers are kept.",
            named_in=self._named_in,
            instead="`--writer extractive`, which needs no service",
        )


def _shorter() -> ServiceError:
    return ServiceError("takes less at once", code="context_length_exceeded", status=400, may_cost=False)


def _tokens(wanted: ChatRequest, answer: ChatAnswer) -> tuple[int, int]:
    """Tokens of a question and its answer, estimated where the service does not count them."""
    asked = question_tokens(wanted.messages, wanted.schema) if answer.tokens_in is None else answer.tokens_in
    return asked, count(answer.text) if answer.tokens_out is None else answer.tokens_out


def question_tokens(messages: Sequence[Message], schema: Mapping[str, Any]) -> int:
    """Tokens of a question, estimated."""
    return count_messages(message.text for message in messages) + count(str(schema))
