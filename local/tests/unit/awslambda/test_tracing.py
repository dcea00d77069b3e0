"""Which invocations are traced."""

from local_aws.awslambda.tracing import Sampler


def test_given_active_tracing_then_the_first_in_each_second_and_one_in_twenty_of_the_others_are_traced() -> None:
    now, chance = [10.2], [0.5]
    sampler = Sampler(lambda: now[0], lambda: chance[0])
    assert [sampler.sample("f"), sampler.sample("f"), sampler.sample("g")] == [True, False, True]
    chance[0] = 0.049
    assert sampler.sample("f")
    now[0], chance[0] = 11.0, 0.5
    assert [sampler.sample("f"), sampler.sample("f")] == [True, False]
