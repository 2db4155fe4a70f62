"""The clock of the machine is wrong while the mail server's is right."""

import time

from facts import go_live, good, letters, mark
from test_intake import odd  # noqa: F401 - a fixture

DAY = 86400
SHORT = {"campaign__rehearsal": "no", "remind__before": "", "remind__overdue": "1d"}


def day(days):
    """The date so many days from now, as config wants it."""
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600 + days * DAY))


def todo(campaign, code):
    return [row["why"] for row in campaign.query("SELECT why FROM todo WHERE code = ?", code)]


def test_a_clock_that_is_ahead_reminds_nobody(odd):  # noqa: F811
    """It says that the deadline has passed, and the server that it has not: staff are told, and nobody else. Once the
    two agree, each committee gets its reminder once."""
    campaign = odd()
    campaign.server.behind = 400 * DAY
    campaign.write(**SHORT, campaign__starts=day(-60), campaign__deadline=day(-6))
    since = mark(campaign.smtp)
    go_live(campaign, None)
    done = good(campaign.daemon(None))
    assert "hours ahead of the mail server's" in done.stderr
    assert since.taken() == [] and letters(campaign) == [] and len(todo(campaign, "clock")) == 1
    campaign.server.behind = 0
    for _ in range(2):
        good(campaign.daemon(None))
    ids = since.message_ids()
    assert len(ids) == len(set(ids)) == len(letters(campaign, "reminder")) > 0
    assert {o["state"] for o in letters(campaign)} == {"sent"}


def test_reminders_of_long_ago_are_left_to_people(odd):  # noqa: F811
    """A machine that was off for weeks, or an old campaign: the stage is past, and staff read that it is."""
    campaign = odd()
    campaign.write(**SHORT, campaign__starts=day(-90), campaign__deadline=day(-30))
    since = mark(campaign.smtp)
    go_live(campaign, None)
    for _ in range(2):
        good(campaign.daemon(None))
    assert since.taken() == [] and letters(campaign) == []
    assert [why[:5] for why in todo(campaign, "remind-missed")] == ["“逾期1天"]
