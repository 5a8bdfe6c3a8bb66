-- The courses of each child's plans: all of one child's in one row, so that a
-- change is one statement and two processes cannot interleave.

-- +goose Up
CREATE TABLE plans (
    ref     text   NOT NULL PRIMARY KEY,
    version bigint NOT NULL,
    sealed  bytea  NOT NULL
);

-- +goose Down
DROP TABLE plans;
