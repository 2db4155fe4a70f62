/* intake_mail.h - a mail on its way from the mailbox into the store, and how many came to what. */
#pragma once

#include "daemon/desk/desk.h"
#include "daemon/net/worker.h"

typedef struct IntakeCount {
    guint seen;     /* mails looked at */
    guint old;      /* from before the campaign: passed over */
    guint known;    /* another sighting of a mail that we have */
    guint campaign; /* registered */
    guint suspect;
    guint other; /* correspondence, automatic mail, our own */
    guint gone;  /* expunged between two commands */
} IntakeCount;

typedef struct IntakeMail {
    guint32 uid;
    guint32 size;         /* bytes, as the server says */
    gint64 received_at;   /* INTERNALDATE; the clock where the server gave none */
    GBytes *raw;          /* whole mail or its header; NULL until it is fetched */
    char *sha256;         /* hex, of raw */
    gboolean header_only; /* too large, or only its header could be fetched */
    const char *problem;  /* NULL, "too-large", "unreadable" */
    gboolean reading;     /* a worker has it */
    gboolean known;       /* seen before: nothing to fetch or read */
    guint attempts;       /* earlier runs that began to read it and did not survive */
    gboolean given_up;    /* raw only names it: nothing of it could be had */
    gint64 again;         /* id of a mail to be judged again (from junk to inbox), else 0 */
    WorkerResult *result;

    /* Only of mails that a record names (replay.h); the rest of the time NULL and 0. */
    DeskSettled *settled;
    guint64 sequence; /* of the letter that answered it, 0 = none */
    char *identity;   /* as recorded, whatever is read today */
    Facts *told;      /* what the record says of it: for a mail that is lost */
    char *folder;     /* where it is to be fetched */
    guint32 uidvalidity;
    DeskFolder role;
} IntakeMail;

void intake_mail_free(IntakeMail *mail);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(IntakeMail, intake_mail_free)
