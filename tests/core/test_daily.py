"""What a subscription owes where the zone's rules changed after its next post was worked out."""

from datetime import date, timedelta

from bot.core.scheduling.recurrence import Occurrence
from bot.core.scheduling.subscription import owed
from tests.adapters.store.processes import GRACE, MONDAY, NINE


def test_a_date_that_falls_due_again_by_new_rules_is_owed_once_and_not_missed() -> None:
    found = owed(NINE, Occurrence(MONDAY, date(2026, 11, 23)), MONDAY + timedelta(hours=2), GRACE)
    assert found.post is not None
    assert (found.post.date, found.missed, found.next.date) == (date(2026, 11, 23), (), date(2026, 11, 24))
