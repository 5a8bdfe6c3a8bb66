-- The mail that came back, as it came, sealed: kept before anything follows
-- from it, found by the keyed hash of its digest, so that the same message
-- fetched twice is one.

-- +goose Up
CREATE TABLE mail (
    id          text   NOT NULL PRIMARY KEY,
    digest_hash bytea  NOT NULL UNIQUE,
    received_at bigint NOT NULL,
    state       text   NOT NULL,
    sealed      bytea  NOT NULL,
    raw         bytea  NOT NULL
);

CREATE INDEX mail_by_state ON mail (state, received_at);

-- +goose Down
DROP TABLE mail;
