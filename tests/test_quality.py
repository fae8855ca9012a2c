"""How well entries are found does not fall behind what was reached, over the reported part of the labelled set."""

from benchmarks.quality import measure, read_cases, read_library


def test_the_reported_part_keeps_its_figures() -> None:
    figures = measure(read_library(), [case for case in read_cases() if case.split == "reported"])
    assert figures.first["a"] >= 0.97
    assert figures.first["b"] >= 0.88
    assert figures.first["c"] >= 0.88
    assert figures.refused
    assert figures.refused > 0.5
