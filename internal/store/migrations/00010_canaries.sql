-- The canaries of the encrypting gateways: what was sent through each, and
-- whether it came back encrypted. A canary is about nobody, so that nothing
-- here is sealed; its markers are derived and stored nowhere.

-- +goose Up
CREATE TABLE canaries (
    id        text   NOT NULL PRIMARY KEY,
    gateway   text   NOT NULL,
    sent_at   bigint NOT NULL,
    state     text   NOT NULL,
    judged_at bigint NOT NULL,
    why       text   NOT NULL
);
CREATE INDEX canaries_by_gateway ON canaries (gateway, sent_at);

-- +goose Down
DROP TABLE canaries;
