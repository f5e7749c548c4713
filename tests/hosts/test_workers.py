"""The processes of the editor server: what they are given, and what becomes of the ones that do not answer."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from authlint.lsp.worker import Job, Setup
from authlint.lsp.workers import LostError, Workers
from authlint.run.session import Session

QUOTED = "what the text says"


def pid(session: Session, seconds: float = 0) -> int:
    time.sleep(seconds)
    return os.getpid()


def generation(session: Session) -> int:
    return id(session)


def crash(session: Session) -> None:
    raise ValueError(QUOTED)


def die(session: Session) -> None:
    os._exit(3)


def spin(session: Session) -> None:
    import resource  # noqa: PLC0415 - Windows has none

    used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    resource.setrlimit(resource.RLIMIT_CPU, (used + 1, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    while True:
        pass


def touch(session: Session, file: str) -> None:
    Path(file).touch()


def job(function: Callable[..., Any], *arguments: object, number: int = 0) -> Job:
    return Job(Setup(number), function, arguments)


def run(story: Callable[[Workers], Coroutine[None, None, None]], **limits: float) -> None:
    async def told() -> None:
        workers = Workers(**limits)
        try:
            await story(workers)
        finally:
            workers.close()

    asyncio.run(told())


def test_a_process_is_used_again_and_another_one_beside_it() -> None:
    async def story(workers: Workers) -> None:
        one = await workers.do(job(pid))
        assert one != os.getpid()
        assert await workers.do(job(pid)) == one
        two = await asyncio.gather(*(workers.do(job(pid, 0.5)) for _ in range(4)))
        assert one in two
        assert len(set(two)) == 2

    run(story)


def test_settings_are_read_anew_when_they_are_others() -> None:
    async def story(workers: Workers) -> None:
        first = await workers.do(job(generation))
        assert await workers.do(job(generation)) == first
        assert await workers.do(job(generation, number=1)) != first

    run(story)


def test_an_error_is_told_without_its_message_and_ends_nothing() -> None:
    async def story(workers: Workers) -> None:
        before = await workers.do(job(pid))
        with pytest.raises(LostError, match=r"internal error \(ValueError in test_workers.py:\d+\)") as lost:
            await workers.do(job(crash))
        assert QUOTED not in str(lost.value)
        assert await workers.do(job(pid)) == before

    run(story)


def test_a_process_that_dies_is_followed_by_another() -> None:
    async def story(workers: Workers) -> None:
        for _ in range(3):
            with pytest.raises(LostError, match="died"):
                await workers.do(job(die))
        assert await workers.do(job(pid))

    run(story)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of processor time")
def test_one_that_the_system_ends_took_too_long() -> None:
    async def story(workers: Workers) -> None:
        with pytest.raises(LostError, match="took too long"):
            await workers.do(job(spin))

    run(story)


def test_one_that_says_nothing_is_given_up() -> None:
    async def story(workers: Workers) -> None:
        before = await workers.do(job(pid))
        with pytest.raises(LostError, match="took too long"):
            await workers.do(job(pid, 60))
        assert await workers.do(job(pid)) != before

    run(story, limit=8)


def test_what_nobody_waits_for_is_ended_if_it_takes_long() -> None:
    async def story(workers: Workers) -> None:
        before = await workers.do(job(pid))
        for seconds, is_kept in ((0.1, True), (60, False)):
            task = asyncio.create_task(workers.do(job(pid, seconds)))
            await asyncio.sleep(0.05)
            task.cancel()
            await asyncio.sleep(1 if is_kept else 3)
            assert (await workers.do(job(pid)) == before) is is_kept

    run(story, patience=2)


def test_what_nobody_waits_for_is_not_begun(tmp_path: Path) -> None:
    async def story(workers: Workers) -> None:
        busy = [asyncio.create_task(workers.do(job(pid, 0.5))) for _ in range(2)]
        await asyncio.sleep(0)
        waiting = asyncio.create_task(workers.do(job(touch, str(tmp_path / "begun"))))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(*busy)
        await workers.do(job(pid))

    run(story)
    assert not (tmp_path / "begun").exists()


def test_nothing_is_imported_from_the_working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("pickle", "click", "queue"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not this one')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    async def story(workers: Workers) -> None:
        assert await workers.do(job(pid))

    run(story)
