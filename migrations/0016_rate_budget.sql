-- context: runtime
-- How often each subject may still ask, on all nodes together. A row whose all is back may go.
create table rate_budget (
    organisation_id {id} not null,
    subject {text} not null,
    -- When all that was taken is given back, in microseconds of the Unix epoch.
    full_at {int} not null,
    -- When rows that may go were last taken away, as far as this one knows.
    swept_at {int} not null,
    primary key (organisation_id, subject)
) {keyed};
