-- context: warehouse
-- Every scan at a station, good or refused: accuracy is counted from here.
create table station_scan (
    organisation_id {id} not null,
    [pg: scan_id bigint generated always as identity, :]
    [sqlite: scan_id integer primary key autoincrement, :]
    fulfilment_order_id {id} not null,
    node_id {id} not null,
    stage {text} not null check (stage in ('pick', 'pack')),
    code {text} not null,
    line_no {int},
    quantity {int} not null,
    outcome {text} not null,
    actor {text} not null,
    scanned_at {time} not null
    [pg: , primary key (organisation_id, scan_id) :]
) {tail};
create index station_scan_by_work on station_scan (organisation_id, fulfilment_order_id, scan_id);
create index station_scan_by_time on station_scan (organisation_id, scanned_at);
