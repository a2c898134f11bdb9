"""A language model that helps with questions: it reads them, and words answers. Where it does not, the rules do."""

from __future__ import annotations

import time

from msgspec import Struct, field
from msgspec.structs import replace

from graph.errors import LlmError
from graph.llm import answers, questions
from graph.llm.client import Client
from graph.llm.schema import NoReplyError
from graph.model import Question, Reply


class Helper(Struct):
    """Helps with `questions`, with `answers`, or both. Once the model cannot be used it is asked no more, and `told`
    says why; `fallbacks` tells what it was asked in vain for the question at hand."""

    client: Client
    questions: bool
    answers: bool
    told: str = ""
    fallbacks: list[str] = field(default_factory=list)

    def read(self, question: Question) -> Question:
        """`question` with what else to search for."""
        self.fallbacks = []
        if not self.questions or self.told:
            return question
        try:
            reply = self.client.ask(questions.task(question))
        except NoReplyError as error:
            self.fallbacks.append(f"the question is read by rule alone: {error.why.told}")
            return question
        except LlmError as error:
            self._give_up(error)
            return question
        return replace(question, added=questions.added(reply, question))

    def worded(self, reply: Reply, began: float) -> Reply:
        """`reply` in the model's words above the quotations, where memory holds an answer; `began` is the
        `time.perf_counter()` at which the question was taken up."""
        if self.answers and reply.answer.found and not self.told:
            try:
                text, cites = answers.checked(self.client.ask(answers.task(reply)), reply)
            except NoReplyError as error:
                self.fallbacks.append(f"the answer is worded by rule: {error.why.told}")
            except LlmError as error:
                self._give_up(error)
            else:
                wording = f"{text} {''.join(f'[{rank}]' for rank in cites)}"
                whole = f"{wording}\n{reply.answer.text}"
                answer = replace(reply.answer, text=whole, wording=wording, decided_by=self.client.name)
                reply = replace(reply, answer=answer)
        if self.told:
            self.fallbacks = [self.told]
        elapsed = round((time.perf_counter() - began) * 1000, 3)
        return replace(reply, elapsed_ms=elapsed, fallbacks=tuple(self.fallbacks))

    def _give_up(self, error: LlmError) -> None:
        self.told = f"without the language model: {error.message}" + (f" ({error.hint})" if error.hint else "")
