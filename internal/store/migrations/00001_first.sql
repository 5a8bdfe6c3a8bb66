-- Portable between SQLite and PostgreSQL. Moments are microseconds since 1970
-- in UTC, nought where there is none. Columns called sealed, identity, record
-- and import_rows are ciphertext; columns that end in _hash are keyed hashes.

-- +goose Up
CREATE TABLE counters (
    name   text   NOT NULL PRIMARY KEY,
    number bigint NOT NULL,
    hash   text   NOT NULL
);

CREATE TABLE children (
    serial      bigint NOT NULL PRIMARY KEY,
    ref         text   NOT NULL UNIQUE,
    child_hash  bytea  NOT NULL UNIQUE,
    identity    bytea  NOT NULL,
    record      bytea  NOT NULL,
    import_rows bytea  NOT NULL,
    changed_at  bigint NOT NULL
);

CREATE TABLE deliveries (
    id             text    NOT NULL PRIMARY KEY,
    key_hash       bytea   NOT NULL UNIQUE,
    ref            text    NOT NULL,
    kind           text    NOT NULL,
    due            text    NOT NULL,
    state          text    NOT NULL,
    relay          text    NOT NULL,
    recipient_hash bytea   NOT NULL,
    passphrase     text    NOT NULL,
    next_attempt   bigint  NOT NULL,
    lease_owner    text    NOT NULL,
    lease_until    bigint  NOT NULL,
    dot_marked     boolean NOT NULL,
    left_at        bigint  NOT NULL,
    events         bigint  NOT NULL,
    attempts       bigint  NOT NULL,
    version        bigint  NOT NULL,
    sealed         bytea   NOT NULL
);
CREATE INDEX deliveries_waiting ON deliveries (state, relay, next_attempt);
CREATE INDEX deliveries_ref ON deliveries (ref);
CREATE INDEX deliveries_recipient ON deliveries (recipient_hash);

CREATE TABLE contents (
    delivery text  NOT NULL REFERENCES deliveries (id),
    kind     text  NOT NULL,
    sealed   bytea NOT NULL,
    PRIMARY KEY (delivery, kind)
);

CREATE TABLE evidence (
    seq      bigint NOT NULL PRIMARY KEY,
    at       bigint NOT NULL,
    action   text   NOT NULL,
    ref      text   NOT NULL,
    delivery text   NOT NULL,
    prev     text   NOT NULL,
    hash     text   NOT NULL,
    sealed   bytea  NOT NULL
);
CREATE INDEX evidence_delivery ON evidence (delivery);

-- +goose Down
DROP TABLE evidence;
DROP TABLE contents;
DROP TABLE deliveries;
DROP TABLE children;
DROP TABLE counters;
