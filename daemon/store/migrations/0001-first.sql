-- The first schema. Instants (*_at) are Unix seconds, UTC. Truth values are 0 and 1. NULL in a committee column
-- is a committee that nobody knows yet (待认领). Hashes are SHA-256 in lower-case hex.

-- The roster of the config, mirrored at each start. Who left it stays, with in_roster = 0.
CREATE TABLE committee (
    code TEXT PRIMARY KEY,
    position INTEGER NOT NULL,          -- 0-based order of the roster
    name TEXT NOT NULL,
    kind TEXT NOT NULL,                 -- 类型
    aliases TEXT NOT NULL,              -- joined by 、
    addresses TEXT NOT NULL,            -- joined by 、
    contact TEXT NOT NULL,
    telephone TEXT NOT NULL,
    secretary TEXT NOT NULL,
    secretary_address TEXT NOT NULL,
    branches INTEGER NOT NULL,          -- 党支部数, 0 = not given
    least INTEGER NOT NULL,             -- 应报不少于
    most INTEGER NOT NULL,              -- 0 = no ceiling
    in_roster INTEGER NOT NULL CHECK (in_roster IN (0, 1))
) STRICT;

-- Where reading stands in each folder of the mailbox.
CREATE TABLE folder (
    name TEXT PRIMARY KEY,
    role TEXT NOT NULL,                 -- inbox, junk, sent, ledger
    uidvalidity INTEGER NOT NULL,
    last_uid INTEGER NOT NULL
) STRICT;

-- One row per mail, however often it was delivered. Of correspondence and of our own letters come back only
-- hashes, size and arrival are kept: the columns from message_id on are NULL.
CREATE TABLE mail (
    id INTEGER PRIMARY KEY,
    raw_sha256 TEXT NOT NULL UNIQUE CHECK (length(raw_sha256) = 64),
    identity TEXT NOT NULL UNIQUE,
    whose TEXT NOT NULL CHECK (whose IN
        ('correspondence', 'campaign', 'suspect', 'staff', 'automatic', 'ours')),
    junk INTEGER NOT NULL CHECK (junk IN (0, 1)),               -- first seen in the junk folder: 曾入垃圾箱
    header_only INTEGER NOT NULL CHECK (header_only IN (0, 1)), -- too large: only the header was fetched
    received_at INTEGER NOT NULL,
    stored_at INTEGER NOT NULL,
    size INTEGER NOT NULL,              -- bytes, as the server says
    folder TEXT NOT NULL,               -- where it was first seen
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    certainty TEXT NOT NULL CHECK (certainty IN ('none', 'probable', 'certain')), -- of the committee
    committee TEXT REFERENCES committee (code),
    message_id TEXT,                    -- without <>
    from_name TEXT,
    from_address TEXT,
    subject TEXT,
    date TEXT,                          -- the Date header, RFC 3339
    facts TEXT                          -- JSON of baosong-parse
) STRICT;
CREATE INDEX mail_committee ON mail (committee, received_at);
CREATE INDEX mail_message_id ON mail (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX mail_whose ON mail (whose);

CREATE TABLE sighting (
    folder TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    mail INTEGER NOT NULL REFERENCES mail (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (folder, uidvalidity, uid)
) STRICT, WITHOUT ROWID;
CREATE INDEX sighting_mail ON sighting (mail);

-- Attachments and what lies inside them (members of archives, of forwarded mails).
CREATE TABLE attachment (
    id INTEGER PRIMARY KEY,
    mail INTEGER NOT NULL REFERENCES mail (id),
    parent INTEGER REFERENCES attachment (id),
    position INTEGER NOT NULL,          -- 0-based among its siblings
    path TEXT NOT NULL,                 -- 2.1: the first member of the second attachment
    name TEXT NOT NULL,
    declared_type TEXT NOT NULL,
    type TEXT NOT NULL,                 -- by content
    size INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    held INTEGER NOT NULL CHECK (held IN (0, 1)), -- files/ab/<sha256> is there
    UNIQUE (mail, path)
) STRICT;
CREATE INDEX attachment_parent ON attachment (parent) WHERE parent IS NOT NULL;
CREATE INDEX attachment_sha256 ON attachment (sha256);

CREATE TABLE item (
    number INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('summary', 'plan', 'case')),
    committee TEXT REFERENCES committee (code),
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,            -- normalised; '' = generic, never merges
    theme TEXT NOT NULL,                -- full title of the theme, 其他, or ''
    theme_source TEXT NOT NULL,         -- 标签, 表格, 系统建议, or ''
    innovation TEXT NOT NULL,           -- 理论创新 …, or ''
    leader TEXT NOT NULL,
    telephone TEXT NOT NULL,
    branch TEXT NOT NULL,               -- 党支部, or ''
    received_at INTEGER NOT NULL,       -- of the first version
    updated_at INTEGER NOT NULL,        -- of the latest
    on_time INTEGER NOT NULL CHECK (on_time IN (0, 1)),
    counts INTEGER NOT NULL CHECK (counts IN (0, 1)),       -- towards the quota
    withdrawn INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    duplicate_of INTEGER REFERENCES item (number)           -- possible duplicate of
) STRICT;
CREATE INDEX item_committee ON item (committee, kind);

CREATE TABLE version (
    item INTEGER NOT NULL REFERENCES item (number),
    version INTEGER NOT NULL,           -- 1, 2, …
    mail INTEGER NOT NULL REFERENCES mail (id),
    received_at INTEGER NOT NULL,
    on_time INTEGER NOT NULL CHECK (on_time IN (0, 1)),
    counts INTEGER NOT NULL CHECK (counts IN (0, 1)),
    PRIMARY KEY (item, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_mail ON version (mail);

CREATE TABLE version_file (
    item INTEGER NOT NULL,
    version INTEGER NOT NULL,
    attachment INTEGER NOT NULL REFERENCES attachment (id),
    PRIMARY KEY (item, version, attachment),
    FOREIGN KEY (item, version) REFERENCES version (item, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX version_file_attachment ON version_file (attachment);

-- What is wrong with a mail or one of its files.
CREATE TABLE problem (
    id INTEGER PRIMARY KEY,
    mail INTEGER NOT NULL REFERENCES mail (id),
    attachment INTEGER REFERENCES attachment (id),  -- NULL = the mail as a whole
    item INTEGER REFERENCES item (number),
    code TEXT NOT NULL,
    detail TEXT NOT NULL                -- Chinese, '' if the code says all
) STRICT;
CREATE INDEX problem_mail ON problem (mail);
CREATE INDEX problem_item ON problem (item) WHERE item IS NOT NULL;

-- The Chinese words for codes of problems and todos.
CREATE TABLE problem_text (
    code TEXT PRIMARY KEY,
    text TEXT NOT NULL,
    remedy TEXT NOT NULL
) STRICT;

-- 待处理: what a person must look at, and why.
CREATE TABLE todo (
    id INTEGER PRIMARY KEY,
    mail INTEGER REFERENCES mail (id),
    item INTEGER REFERENCES item (number),
    code TEXT NOT NULL,
    why TEXT NOT NULL,                  -- Chinese, one sentence
    created_at INTEGER NOT NULL,
    done_at INTEGER                     -- NULL = open
) STRICT;
CREATE INDEX todo_open ON todo (created_at) WHERE done_at IS NULL;
CREATE INDEX todo_mail ON todo (mail) WHERE mail IS NOT NULL;
CREATE INDEX todo_item ON todo (item) WHERE item IS NOT NULL;

-- How each mail was understood, question by question, and the reason.
CREATE TABLE decision (
    mail INTEGER NOT NULL REFERENCES mail (id),
    position INTEGER NOT NULL,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    reason TEXT NOT NULL,               -- English
    PRIMARY KEY (mail, position)
) STRICT, WITHOUT ROWID;

-- Letters to people, as final bytes.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY,
    sequence INTEGER NOT NULL UNIQUE,
    message_id TEXT NOT NULL UNIQUE,    -- without <>, derived from kind, cause and stage
    kind TEXT NOT NULL CHECK (kind IN ('receipt', 'reminder')),
    cause TEXT NOT NULL,                -- identity of the mail answered; remind/<committee>
    stage TEXT NOT NULL,                -- '' for a receipt
    committee TEXT REFERENCES committee (code),
    mail INTEGER REFERENCES mail (id),  -- the mail answered
    urgent INTEGER NOT NULL CHECK (urgent IN (0, 1)),
    to_address TEXT NOT NULL,
    cc TEXT NOT NULL,                   -- addresses joined by a comma, or ''
    subject TEXT NOT NULL,
    day TEXT NOT NULL,                  -- 2014-05-30 in the campaign's zone: the daily cap counts by it
    state TEXT NOT NULL CHECK (state IN
        ('held', 'queued', 'in_flight', 'accepted', 'sent', 'deferred', 'failed')),
    hold_reason TEXT NOT NULL CHECK (hold_reason IN ('', 'new', 'observe', 'burst', 'approve', 'admin')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at INTEGER NOT NULL,           -- not before this
    created_at INTEGER NOT NULL,
    accepted_at INTEGER,                -- by the server
    last_error TEXT NOT NULL DEFAULT '',
    bytes BLOB NOT NULL,
    CHECK ((state = 'held') = (hold_reason <> ''))
) STRICT;
CREATE INDEX outbox_waiting ON outbox (urgent DESC, id) WHERE state IN ('queued', 'deferred');
CREATE INDEX outbox_state ON outbox (state, hold_reason);
CREATE INDEX outbox_committee ON outbox (committee, kind);
CREATE INDEX outbox_mail ON outbox (mail) WHERE mail IS NOT NULL;

-- The items that a letter spoke of.
CREATE TABLE letter_item (
    outbox INTEGER NOT NULL REFERENCES outbox (id),
    item INTEGER NOT NULL REFERENCES item (number),
    PRIMARY KEY (outbox, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_item_item ON letter_item (item);

-- Each stage reaches a committee at most once, ever. Several stages may share one letter.
CREATE TABLE reminder (
    committee TEXT NOT NULL REFERENCES committee (code),
    stage TEXT NOT NULL,                -- 14d, overdue-3d
    due_at INTEGER NOT NULL,
    taken_at INTEGER NOT NULL,
    outbox INTEGER REFERENCES outbox (id), -- NULL = passed by without a letter
    PRIMARY KEY (committee, stage)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_outbox ON reminder (outbox) WHERE outbox IS NOT NULL;

-- mode (observe, live, hold), campaign, last_poll_at …
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What the administrator asked for and got.
CREATE TABLE request (
    id TEXT PRIMARY KEY,
    verb TEXT NOT NULL,
    args TEXT NOT NULL,                 -- JSON object
    asked_by TEXT NOT NULL,
    asked_at INTEGER NOT NULL,
    applied_at INTEGER NOT NULL,
    result TEXT NOT NULL
) STRICT, WITHOUT ROWID;
