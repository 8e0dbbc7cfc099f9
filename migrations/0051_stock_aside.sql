-- context: inventory
-- Units that nobody can sell or send until somebody does something are few among all balances.
create index stock_account_aside on stock_account (organisation_id, account_id)
    where state in ('damaged', 'quarantine', 'in_transit');
