-- What stands in the ledger folder, so that it can be written again when the mail server has lost it.

CREATE TABLE record (
    seq INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,           -- without <>
    summary TEXT NOT NULL,              -- one English line
    json TEXT NOT NULL                  -- not sealed
) STRICT;

-- Records of before are taken from the folder: it is read once more from the start.
UPDATE folder SET last_uid = 0 WHERE role = 'ledger';
