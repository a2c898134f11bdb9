"""The model at work: texts to word pieces, and word pieces to a vector each."""

from __future__ import annotations

import pkgutil
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.embedding.catalog import EmbeddingModel
from graph.embedding.interaction import FORM, units
from graph.errors import ModelMissingError
from graph.model import Scale

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

_FIRST, _LAST = "[CLS]", "[SEP]"
_BLOCK = re.compile(r"(?s).{1,65536}(?!\S)|.{1,65536}")
"""What is cut into word pieces at once, if possible up to a space: the tokenizer takes 500 bytes a letter."""


class Encoder:
    """A BERT-like model as ONNX, with its tokenizer; both are loaded when they are first used.

    `folder` holds the model's files. With `threads` 0 it uses every processor. The `name` of its vectors tells the
    model from every other, and the form in which they are kept.
    """

    def __init__(self, model: EmbeddingModel, folder: Path, threads: int = 0) -> None:
        self.name = f"{model.id}.{FORM}"
        self._model = model
        self._folder = folder
        self._threads = threads

    def pieces(self, texts: Sequence[str]) -> list[list[int]]:
        """The word pieces of each text, as the model numbers them."""
        with self._working():
            return [[piece for block in _BLOCK.findall(text) for piece in self._cut(block)] for text in texts]

    def tokens(self, pieces: Sequence[int]) -> NDArray[float32]:
        """A vector of length 1 for each of `pieces` (at most 510), each in the light of all: (pieces, dimensions).

        One window a call: the model is quantized by what it is given, so that a vector would depend on the company it
        is made in.
        """
        import numpy

        with self._working():
            window = numpy.array([[self._ends[0], *pieces, self._ends[1]]], dtype=numpy.int64)
            given = {
                "input_ids": window,
                "attention_mask": numpy.ones_like(window),
                "token_type_ids": numpy.zeros_like(window),
            }
            (states,) = self._session.run(["last_hidden_state"], given)
        return units(states[0, 1:-1])

    @cached_property
    def scale(self) -> Scale:
        """Where the model's token vectors lie, as found once on texts of many kinds."""
        import numpy

        data = pkgutil.get_data("graph.embedding", f"{self._model.name}.scale")
        assert data is not None
        numbers = numpy.frombuffer(data, "<f2").astype(numpy.float32)
        size = self._model.dimensions
        return Scale(numbers[:size], numbers[size:-1].reshape(size, -1), float(numbers[-1]))

    def _cut(self, text: str) -> list[int]:
        ids: list[int] = self._tokenizer.encode(text, add_special_tokens=False).ids
        return ids

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _ends(self) -> tuple[int, int]:
        first, last = (self._tokenizer.token_to_id(each) for each in (_FIRST, _LAST))
        return first, last

    @cached_property
    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        # Threads that spin while they wait take the processor from everybody else.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        path = str(self._folder / "model.onnx")
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    @contextmanager
    def _working(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            # Both libraries raise classes of their own that have nothing but Exception in common.
            raise ModelMissingError(
                f"the model in {self._folder} does not work: {error}", "fetch it again with `memcli model pull`"
            ) from error
