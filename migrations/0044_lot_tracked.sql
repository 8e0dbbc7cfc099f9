-- context: catalogue
-- True where nobody may take units in without saying of which lot they are.
alter table item add column is_lot_tracked {bool} not null default [pg: false :] [sqlite: 0 :];
