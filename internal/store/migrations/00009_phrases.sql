-- The phrases agreed with settings by telephone, and the telephone numbers that
-- an officer confirmed. Both are found by the keyed hash of the contact's
-- address in lower case. The phrase itself is a cell of its own, empty once the
-- agreement has ended.

-- +goose Up
CREATE TABLE agreed_phrases (
    id           text   NOT NULL PRIMARY KEY,
    contact_hash bytea  NOT NULL,
    told_at      bigint NOT NULL,
    sealed       bytea  NOT NULL,
    phrase       bytea  NOT NULL
);
CREATE INDEX agreed_phrases_contact ON agreed_phrases (contact_hash);

CREATE TABLE confirmed_phones (
    contact_hash bytea  NOT NULL PRIMARY KEY,
    confirmed_at bigint NOT NULL,
    sealed       bytea  NOT NULL
);

-- +goose Down
DROP TABLE confirmed_phones;
DROP TABLE agreed_phrases;
