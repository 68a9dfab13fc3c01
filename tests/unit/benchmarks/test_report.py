"""The sheet as a page."""

from pathlib import Path

import pytest
from benchmarks.sheet.many import fits, growth
from benchmarks.sheet.plan import CONDITIONS
from benchmarks.sheet.report import page, percentile, sheet
from benchmarks.sheet.rows import OWN, SELKIES, TIGERVNC
from benchmarks.sheet.samples import Samples, load


def measured() -> Samples:
    """A run of one row, and of what went wrong."""
    samples = Samples(versions={OWN: "ownstream 1"}, machine={"cores": "2"})
    samples.add(OWN, "720p", "memory", [100, 120, 110])
    samples.add(SELKIES, "720p", "memory", [200])
    samples.fail(TIGERVNC, "720p", "starting it", "Xvnc is\nmissing")
    return samples


def test_a_row_has_medians_spread_ratio_aim_and_verdict() -> None:
    assert (
        "| memory of a session (PSS), MiB | 110 (105-115) | - | 200 (200-200) | 0.55 "
        "| at most Selkies | met |"
    ) in sheet(measured(), CONDITIONS)


def test_the_page_begins_with_what_was_met_and_missed() -> None:
    samples = measured()
    samples.add(OWN, "720p", "still_cpu", [0.2])
    samples.add(SELKIES, "720p", "still_cpu", [0.1])
    text = sheet(samples, CONDITIONS)
    assert "1 of 2 rows are met. Missed: CPU, still screen, 720p." in text


def test_a_missed_row_is_explained_and_a_met_one_is_not() -> None:
    samples = measured()
    for system, age_ms in ((OWN, 200), (TIGERVNC, 50)):
        samples.add(system, "720p", "key_video", [age_ms])
        samples.add(system, "720p", "scrolling_age", [age_ms])
    text = sheet(samples, CONDITIONS)
    assert "* key to pixel, during video: The answer lies in the video" in text
    assert "* scrolling text, age of what is shown: not known yet." in text
    assert "* memory of a session" not in text


def test_a_row_of_key_presses_has_its_p95() -> None:
    samples = Samples()
    samples.add(OWN, "50ms", "key_video", range(101))
    assert "| key to pixel, during video, ms | 50 / 95 | - | - | - |" in sheet(samples, CONDITIONS)


def test_what_was_not_measured_is_not_in_the_page() -> None:
    text = page(measured(), CONDITIONS)
    assert "1920x1080, no delay" not in text
    assert "Many sessions" not in text


def test_what_could_not_be_measured_is_in_the_page() -> None:
    assert "* TigerVNC+noVNC, 720p: starting it: Xvnc is missing" in page(measured(), CONDITIONS)


def test_many_sessions_are_told_by_their_number() -> None:
    samples = Samples()
    for count, cores, mib in ((1, 0.1, 150), (20, 0.29, 2050)):
        samples.add(OWN, f"idle {count}", "cores", [cores])
        samples.add(OWN, f"idle {count}", "memory", [mib])
    text = sheet(samples, CONDITIONS)
    assert "| 20 idle | 0.29 cores, 2050 MiB |" in text
    assert "| memory of one more idle session, MiB | 100 |" in text


def test_growth_is_what_one_more_takes() -> None:
    assert growth([(1, 7.0), (3, 11.0)]) == pytest.approx(2.0)
    assert growth([(1, 7.0)]) is None


def test_sessions_fit_until_two_cores_are_taken() -> None:
    assert fits([(1, 0.2), (2, 0.4), (4, 0.8)]) == pytest.approx(10)
    assert fits([(2, 0.5)]) == pytest.approx(8)
    assert fits([]) is None


@pytest.mark.parametrize(
    ("share", "value"), [(0.0, 1.0), (0.5, 2.5), (0.25, 1.75), (1.0, 4.0)], ids=str
)
def test_a_percentile_may_lie_between_two_values(share: float, value: float) -> None:
    assert percentile([4, 1, 3, 2], share) == value


def test_samples_survive_a_file(tmp_path: Path) -> None:
    path = tmp_path / "build" / "numbers.json"
    measured().save(path)
    assert load(path) == measured()
