-- Runs of the schedules, each named by the civil time at which it falls due, so
-- that it is run once whichever process sees it first. A row that was once
-- ahead of the clock was recorded by a wrong one: it still keeps its run from
-- being made again, and does not count as the last that was seen.

-- +goose Up
CREATE TABLE schedule_run (
    schedule   text    NOT NULL,
    nominal    text    NOT NULL,
    state      text    NOT NULL,
    tries      integer NOT NULL,
    started_at bigint  NOT NULL,
    ended_at   bigint  NOT NULL,
    owner      text    NOT NULL,
    note       text    NOT NULL,
    ahead      boolean NOT NULL,
    PRIMARY KEY (schedule, nominal)
);
CREATE INDEX schedule_run_state ON schedule_run (state);

-- +goose Down
DROP TABLE schedule_run;
