-- context: catalogue
-- True where the channel's merchant has ever set what a channel may sell: only then does an order ask for it.
alter table channel add column has_stock_rules {bool} not null default [pg: false :] [sqlite: 0 :];
