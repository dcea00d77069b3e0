"""All problems are counted, and few are kept."""

from scripts.check.seed.findings import ERROR, LOOK_ALIKES, WARNING, Example, Findings


def test_given_many_problems_when_added_then_all_are_counted_and_the_first_kept() -> None:
    findings = Findings(limit=2)
    for line in range(1, 6):
        findings.add_error("type", "is wrong", line)
    findings.add_warning("type", "is odd")
    assert (findings.total(ERROR), findings.total(WARNING)) == (5, 1)
    assert [example.line for example in findings.examples[ERROR, "type"]] == [1, 2]


def test_given_pairs_that_look_alike_when_added_then_more_than_a_few_are_kept() -> None:
    findings = Findings(limit=2)
    for number in range(50):
        findings.add_warning(LOOK_ALIKES, f"pair {number}")
    assert len(findings.examples[WARNING, LOOK_ALIKES]) == 50


def test_given_a_line_or_a_column_then_the_place_has_what_there_is() -> None:
    assert [Example("", 2, "A").place, Example("", 2).place, Example("", None, "A").place, Example("").place] == [
        "line 2, column A",
        "line 2",
        "column A",
        "",
    ]
