-- context: runtime
-- What was decided in a hurry is committed whole, as a slip, and filed into its tables within moments: see
-- `runtime::filing`. A slip that is filed is deleted in the same transaction.
create table slip (
    organisation_id {id} not null,
    [pg: slip_id bigint generated always as identity, :]
    [sqlite: slip_id integer primary key autoincrement, :]
    -- How much there is to file in it.
    size {int} not null,
    body {text} not null
    [pg: , primary key (organisation_id, slip_id) :]
) {tail};
