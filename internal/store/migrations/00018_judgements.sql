-- What a person of the Virtual School judged of the filled form of one plan.
-- Nothing is ever changed: a later judgement stands beside the earlier one.

-- +goose Up
CREATE TABLE judgements (
    id       text   NOT NULL PRIMARY KEY,
    ref      text   NOT NULL,
    given_at bigint NOT NULL,
    sealed   bytea  NOT NULL
);
CREATE INDEX judgements_ref ON judgements (ref);

-- +goose Down
DROP TABLE judgements;
