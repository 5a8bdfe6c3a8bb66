-- Forms that came back. The document is sealed apart from what was read from
-- it, so that a list opens no documents.

-- +goose Up
CREATE TABLE returns (
    id            text   NOT NULL PRIMARY KEY,
    message_hash  bytea  NOT NULL,
    document_hash bytea  NOT NULL,
    ref           text   NOT NULL,
    received_at   bigint NOT NULL,
    state         text   NOT NULL,
    sealed        bytea  NOT NULL,
    document      bytea  NOT NULL,
    UNIQUE (message_hash, document_hash)
);
CREATE INDEX returns_ref ON returns (ref);

-- +goose Down
DROP TABLE returns;
