"""Lines to quick workers: what is asked together goes together, and a line that ends costs one question its answer."""

from __future__ import annotations

import asyncio
import contextlib
import marshal
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from fosen_graph.asking import Limits, Question, Reason, Unanswered
from fosen_graph.asking.lines import QuickLines
from fosen_graph.asking.messages import ANSWER, HEAD, SIZE, end_of_message, question_of
from fosen_graph.asking.workers import EndedError

Behaviour = Callable[["Worker", list[str]], bytes | None]


class Worker:
    """Stands in for workers: tells what came together; `behave` gives the bytes to send, or None to end."""

    def __init__(self, behave: Behaviour) -> None:
        self.behave = behave
        self.together: list[list[str]] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = b""
        with contextlib.suppress(ConnectionError):
            while part := await reader.read(1 << 16):
                data += part
                texts, at = [], 0
                while (end := end_of_message(data, at)) is not None:
                    texts.append(question_of(marshal.loads(data[at + SIZE.size : end])).text)
                    at = end
                data = data[at:]
                self.together.append(texts)
                told = self.behave(self, texts)
                if told is None:
                    break
                for start in range(0, len(told), 7):  # in pieces that end anywhere
                    writer.write(told[start : start + 7])
                    await writer.drain()
                    await asyncio.sleep(0)
        writer.close()


def echo(_: Worker, texts: list[str]) -> bytes:
    return b"".join(HEAD.pack(ANSWER, len(text), 1) + text.encode() for text in texts)


def ends_on_long(worker: Worker, texts: list[str]) -> bytes | None:
    return None if "long" in texts else echo(worker, texts)


def run(folder: Path, behave: Behaviour, asks: Callable[[QuickLines], Awaitable[None]]) -> Worker:
    worker = Worker(behave)

    async def main() -> None:
        address = str(folder / "quick")
        async with await asyncio.start_unix_server(worker.answer, address):
            lines = QuickLines(address, Limits(seconds=1.0, wait_seconds=1.0))
            await asks(lines)
            lines.close()
            await asyncio.sleep(0.05)

    asyncio.run(main())
    return worker


async def asked(lines: QuickLines, text: str) -> str:
    answer, _ = await lines.ask(Question(text=text, format="json"), lambda: False)
    return answer.decode()


def test_questions_of_one_turn_go_together_and_each_gets_its_own_answer(tmp_path: Path) -> None:
    texts = [f"question {number}" for number in range(20)]

    async def asks(lines: QuickLines) -> None:
        await asyncio.gather(asked(lines, "first"), asked(lines, "second"))  # the lines are open
        assert await asyncio.gather(*(asked(lines, text) for text in texts)) == texts

    worker = run(tmp_path, echo, asks)
    assert max(map(len, worker.together)) == 4


def test_a_line_that_ends_has_ended_on_one_question(tmp_path: Path) -> None:
    async def asks(lines: QuickLines) -> None:
        answers = await asyncio.gather(
            *(asked(lines, text) for text in ("long", "a", "b", "c", "d")), return_exceptions=True
        )
        assert isinstance(answers[0], EndedError)
        assert answers[1:] == ["a", "b", "c", "d"]

    run(tmp_path, ends_on_long, asks)


def test_a_question_that_was_learned_to_be_long_is_not_carried(tmp_path: Path) -> None:
    async def asks(lines: QuickLines) -> None:
        with pytest.raises(EndedError):
            await lines.ask(Question(text="long", format="json"), lambda: True)

    assert run(tmp_path, echo, asks).together == []


def test_where_no_worker_comes_the_question_is_refused_in_time(tmp_path: Path) -> None:
    async def main() -> None:
        with pytest.raises(Unanswered) as told:
            await asked(QuickLines(str(tmp_path / "nobody"), Limits(wait_seconds=0.1)), "ASK {}")
        assert told.value.refusal.reason is Reason.BUSY

    asyncio.run(main())


def test_a_worker_that_is_silent_is_left(tmp_path: Path) -> None:
    async def asks(lines: QuickLines) -> None:
        with pytest.raises(EndedError):
            await asked(lines, "ASK {}")

    run(tmp_path, lambda *_: b"", asks)
