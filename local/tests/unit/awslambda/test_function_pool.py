"""Which process serves which invocation."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import pytest

from local_aws.awslambda.function_pool import FunctionPool
from local_aws.awslambda.model import Function, LoggingConfig, ThrottledError

FUNCTION = Function(
    name="f",
    version="1",
    arn="arn:aws:lambda:us-east-1:123456789012:function:f",
    account_id="123456789012",
    region="us-east-1",
    handler="app.handler",
    runtime="python3.13",
    timeout=3.0,
    memory=128,
    role="arn:aws:iam::123456789012:role/r",
    environment={},
    code_sha256="sha",
    logging=LoggingConfig("/aws/lambda/f"),
)


@dataclass(eq=False)
class FakeEnvironment:
    function: Function
    alive: bool = True
    idle_since: float = field(default_factory=time.monotonic)

    def stop(self) -> None:
        self.alive = False


class Started(list[FakeEnvironment]):
    def __call__(self, function: Function) -> FakeEnvironment:
        self.append(FakeEnvironment(function))
        return self[-1]


def use(pool: FunctionPool, function: Function = FUNCTION) -> FakeEnvironment:
    with pool.lend(function) as environment:
        return environment  # type: ignore[return-value]


def test_given_a_warm_process_when_invoked_again_then_it_serves() -> None:
    started = Started()
    pool = FunctionPool(started, capacity=4)
    assert use(pool) is use(pool)
    assert len(started) == 1


def test_given_a_busy_process_when_invoked_then_another_starts() -> None:
    pool = FunctionPool(Started(), capacity=4)
    with pool.lend(FUNCTION) as first, pool.lend(FUNCTION) as second:
        assert first is not second


def test_given_new_configuration_when_invoked_then_the_old_process_is_retired() -> None:
    started = Started()
    pool = FunctionPool(started, capacity=4)
    use(pool)
    use(pool, replace(FUNCTION, environment={"A": "1"}))
    assert [environment.alive for environment in started] == [False, True]


def test_given_two_versions_then_each_keeps_its_process() -> None:
    started = Started()
    pool = FunctionPool(started, capacity=4)
    for version in "1212":
        use(pool, replace(FUNCTION, version=version))
    assert len(started) == 2


def test_given_reserved_concurrency_in_use_then_calls_are_throttled() -> None:
    pool = FunctionPool(Started(), capacity=4)
    limited = replace(FUNCTION, reserved_concurrency=1)
    with pool.lend(limited), pytest.raises(ThrottledError), pool.lend(limited):
        pass
    use(pool, limited)


def test_given_zero_reserved_concurrency_then_the_function_is_off() -> None:
    with pytest.raises(ThrottledError):
        use(FunctionPool(Started(), capacity=4), replace(FUNCTION, reserved_concurrency=0))


def test_given_a_full_machine_when_invoked_then_calls_wait_for_a_process() -> None:
    started = Started()
    pool = FunctionPool(started, capacity=2)
    barrier = threading.Event()

    def hold() -> None:
        with pool.lend(FUNCTION):
            barrier.wait(5)

    with ThreadPoolExecutor(6) as threads:
        calls = [threads.submit(hold) for _ in range(6)]
        barrier.set()
        assert [call.result(timeout=5) for call in calls] == [None] * 6
    assert len(started) <= 2


def test_given_other_versions_idle_on_a_full_machine_then_one_makes_room() -> None:
    started = Started()
    pool = FunctionPool(started, capacity=1)
    use(pool)
    use(pool, replace(FUNCTION, version="2"))
    assert [environment.alive for environment in started] == [False, True]


def test_given_a_process_that_died_when_invoked_then_a_new_one_starts() -> None:
    started = Started()
    pool = FunctionPool(started, capacity=4)
    use(pool).alive = False
    assert use(pool) is started[1]


def test_given_idle_processes_when_reaped_then_only_the_old_ones_end() -> None:
    started = Started()
    pool = FunctionPool(started, capacity=4)
    with pool.lend(FUNCTION), pool.lend(FUNCTION):
        pass
    started[0].idle_since -= 100
    pool.reap(idle_seconds=50)
    assert [environment.alive for environment in started] == [False, True]


def test_given_a_kill_when_a_process_is_busy_then_it_ends_and_is_forgotten() -> None:
    pool = FunctionPool(Started(), capacity=4)
    with pool.lend(FUNCTION) as environment:
        assert pool.stop() == 1
        assert not environment.alive
    assert pool.snapshot() == []


def test_given_a_closed_pool_then_nothing_starts() -> None:
    pool = FunctionPool(Started(), capacity=4)
    pool.close()
    with pytest.raises(ThrottledError):
        use(pool)
