"""Letters whose fate this instance does not know go to nobody twice, and to nobody unasked."""

from facts import go_live, good, letters, mark
from season import NOW
from test_intake import odd  # noqa: F401 - a fixture

LATER = "2014-05-30T09:45:00+08:00"  # past the lease of 30 minutes


def test_a_backup_that_cannot_take_the_lease_sends_nothing(odd, stage):  # noqa: F811
    """The first pass after restore fails at the lease: what was held is not sent by the next one."""
    campaign = odd()
    mails, campaign.server.mails = campaign.server.mails, {}
    campaign.write(smtp__burst="2", smtp__sent_copy="append")
    go_live(campaign)
    campaign.server.mails = mails
    good(campaign.daemon(NOW))
    assert {o["hold_reason"] for o in letters(campaign)} == {"burst"}
    file = stage.folder("backups") / "held.tar"
    good(campaign.command("backup", file))
    good(campaign.command("restore", "--force", file))
    since = mark(campaign.smtp)
    campaign.server.full = True
    good(campaign.daemon(LATER), 75)
    campaign.server.full = False
    good(campaign.daemon(LATER))
    assert since.log() == []
    assert {(o["state"], o["hold_reason"]) for o in letters(campaign)} == {("held", "burst")}
