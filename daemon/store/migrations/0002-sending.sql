-- What sending and reading learn about the world.

-- Addresses that sent a letter of ours back, or that a server does not know. A later mail from one removes it.
CREATE TABLE dead_address (
    address TEXT PRIMARY KEY,           -- lower case
    committee TEXT REFERENCES committee (code),
    mail INTEGER REFERENCES mail (id) ON DELETE SET NULL, -- the bounce; NULL = the server said so while we sent
    since_at INTEGER NOT NULL,
    why TEXT NOT NULL                   -- the server's words, or ''
) STRICT, WITHOUT ROWID;

-- Receivers that want fewer letters. '*' is the submission server itself.
CREATE TABLE pause (
    domain TEXT PRIMARY KEY,
    until_at INTEGER NOT NULL,          -- real time
    why TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- UIDs whose reading was begun: a row that is found at a start stands for a run that did not survive them.
CREATE TABLE reading (
    folder TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    first_uid INTEGER NOT NULL,
    last_uid INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    PRIMARY KEY (folder, uidvalidity, first_uid, last_uid)
) STRICT, WITHOUT ROWID;

-- How much left in the last minutes and hour: next_at of these is when the attempt began.
CREATE INDEX outbox_tried ON outbox (next_at) WHERE state IN ('in_flight', 'accepted', 'sent');

-- How often the server answered about the letter and refused it for now; attempts counts also those at which no
-- server was there.
ALTER TABLE outbox ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0;
